#include "compressors/shacira/shacira.hpp"

#include <array>
#include <cmath>
#include <optional>

#include "compressors/fields/contributions.hpp"
#include "compressors/fields/field_container.hpp"
#include "compressors/fields/latent_stage.hpp"
#include "compressors/fields/pruning.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

constexpr std::string_view kDecoders = "decoders";
constexpr std::array<std::string_view, 1> kOwnChunks{kDecoders};
constexpr unsigned kLeanBits = 6;  // 2^6 cells of the mask along an edge

ParamPreset preset(const char* id, const char* label, const char* help, double quality,
                   std::int64_t dims) {
  return {id, label, help, {{"quality", quality}, {"dims", dims}}};
}

CodecInfo makeInfo() {
  CodecInfo info;
  info.id = "shacira";
  info.label = "SHACIRA";
  info.summary =
      "Quantised latents with small decoders in place of grid features, entropy-coded and "
      "fine-tuned against the field itself: many times smaller at little loss.";
  info.paper = "Girish, Shrivastava, Gupta: SHACIRA, ICCV 2023";
  info.extension = ".vpc";
  info.params = {
      numberParam("quality", "Quality",
                  "Aimed-at similarity to the original's pictures; less is smaller and blurrier.",
                  "dB", "Quality", 40.0, ParamRange{15, 60, 0.5, false}),
      numberParam("dims", "Latent dimensions",
                  "Integers of a grid entry at most; fewer are smaller and lose detail.", "",
                  "Quality", std::int64_t{8}, ParamRange{1, 8, 1, false}),
      numberParam("steps", "Fine-tuning steps",
                  "Steps that move latents, decoders and networks towards the original's pictures; "
                  "more take longer and are both smaller and better.",
                  "", "Fine-tuning", std::int64_t{600}, ParamRange{0, 20000, 100, false}),
      choiceParam("rounding", "Rounding while fine-tuning",
                  "How gradients pass the rounding: straight-through is faster, annealed follows "
                  "the paper.",
                  "Fine-tuning",
                  {{"straight", "Straight-through"}, {"annealed", "Annealed (Gumbel)"}}),
      choiceParam(
          "occupancy", "Occupancy",
          "Which cells count as occupied: exactly the original's, or those that the pictures "
          "need, eight at a time, which the field learns to live with while it is "
          "fine-tuned: far fewer bytes in fog, and less like the original there.",
          "Content", {{"exact", "Exactly the original's"}, {"lean", "What is needed"}}),
      numberParam("views", "Views",
                  "Pictures of the original that decide what is seen and that the fine-tune learns "
                  "from, from its cameras and around it; more take longer.",
                  "", "Views", std::int64_t{32}, ParamRange{2, 512, 1, false}, true),
      numberParam("view_side", "View size", "Pixels along a side of such a picture, about.",
                  "pixels", "Views", std::int64_t{64}, ParamRange{8, 512, 8, false}, true),
      flagParam("keep_training", "Keep the training state",
                "Keeps optimiser state and per-image corrections of the snapshot, at the price of "
                "size.",
                "Content")};
  info.presets = {
      preset("default", "Balanced", "Hardly to be told from the original.", 40, 8),
      preset("finest", "Finest", "Not to be told from the original.", 46, 8),
      preset("fine", "Fine", "Differences show in a flip only.", 43, 8),
      preset("small", "Small", "Fine grain is lost.", 36, 2),
      preset("smallest", "Smallest", "For previews: soft, with visible errors.", 32, 1)};
  info.qualityKnob = "quality";
  info.lost =
      "fine differences of features, features that cannot be seen, the density grid's values (its "
      "bits are kept), and the training state";
  return info;
}

class Shacira final : public FieldContainerCodec {
public:
  Shacira() : FieldContainerCodec(makeInfo(), kOwnChunks) {}

  [[nodiscard]] Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(field, params));
    const auto views = static_cast<std::size_t>(paramInt(params, "views"));
    const auto side = static_cast<std::size_t>(paramInt(params, "view_side"));
    const auto original = std::make_shared<const HashGridField>(field);
    VOLPRESS_TRY(const fields::ViewingRays rays,
                 fields::viewingRays(original, views, side * side, context.seed, context.runner,
                                     context.stop));
    context.progress.report(0.1, "asking what is seen");
    HashGridField tuned = field;
    std::optional<fields::SaliencyMask> mask;
    if (paramChoice(params, "occupancy") == "lean" && !field.occupancy.empty()) {
      VOLPRESS_TRY(mask, leanOccupancy(tuned, rays, params, context));
    }
    VOLPRESS_TRY(const fields::LatentStage stage,
                 fields::findLatents(
                     tuned, rays,
                     {paramReal(params, "quality"), static_cast<unsigned>(paramInt(params, "dims")),
                      static_cast<unsigned>(paramInt(params, "steps")),
                      paramChoice(params, "rounding") == "annealed"},
                     context));
    VOLPRESS_TRY(Container container, begin(tuned, params, paramBool(params, "keep_training")));
    if (mask) {
      addMask(container, *mask);
    } else {
      addOccupancy(container, tuned);
    }
    addWeights(container, tuned, stage.sensitivity, stage.lambda);
    container.chunks.push_back(
        {std::string(kDecoders), fields::encodeDecoders(stage.levels), Packing::Stored, true});
    const std::vector<GridLevel> shapes = gridLevels(tuned.grid);
    std::vector<Bytes> streams(stage.levels.size());
    context.runner.parallelFor(streams.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t l = begin; l < end; ++l) {
        streams[l] = fields::encodeValues(stage.levels[l], shapes[l]);
      }
    });
    for (std::size_t l = 0; l < streams.size(); ++l) {
      container.chunks.push_back({levelChunk(l), std::move(streams[l]), Packing::Stored, true});
    }
    fields::forgetPruning(context.scratch);
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<HashGridField> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(Opened opened, open(file, context));
    VOLPRESS_CHECK(readNetworks(opened));
    VOLPRESS_TRY(const ByteView decoders, opened.container.require(kDecoders));
    std::vector<ByteView> streams(opened.field.grid.levels);
    for (std::size_t l = 0; l < streams.size(); ++l) {
      VOLPRESS_TRY(streams[l], opened.container.require(levelChunk(l)));
    }
    VOLPRESS_CHECK(fields::decodeLevels(decoders, streams, fields::decodeValues, opened.field,
                                        context.runner));
    VOLPRESS_CHECK(validate(opened.field));
    return std::move(opened.field);
  }

private:
  /// A mask for the occupancy, which `field` has learnt to live with.
  static Result<fields::SaliencyMask> leanOccupancy(HashGridField& field,
                                                    const fields::ViewingRays& rays,
                                                    const ParamSet& params, RunContext& context) {
    const fields::SaliencyMask start = fields::maskOf(field.occupancy, kLeanBits);
    const auto sums = fields::overMask(
        fields::cellContributions(field, rays, context.runner, context.stop), start);
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    // What is left out darkens a ray by that part of it at most, on the average.
    const double share = 1 - std::pow(10, -paramReal(params, "quality") / 20);
    fields::PruneSettings settings;
    settings.bits = kLeanBits;
    settings.steps = static_cast<unsigned>(paramInt(params, "steps")) / 3;
    settings.rays = fields::raysAStep(rays);
    settings.kept = fields::salientCells(sums, start, share).count();
    settings.seed = context.seed;
    return fields::prune(field, sums, rays, settings, context);
  }
};

}  // namespace

const FieldCodec& shaciraCodec() {
  static const Shacira kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
