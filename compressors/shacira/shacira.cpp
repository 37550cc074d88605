#include "compressors/shacira/shacira.hpp"

#include <cmath>
#include <memory>
#include <optional>

#include "compressors/fields/contributions.hpp"
#include "compressors/fields/latent_codec.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

constexpr unsigned kCoarseBits = 6;  // 2^6 cells of a mask along an edge where that will do

ParamPreset preset(const char* id, const char* label, const char* help, double quality,
                   const char* occupancy = "lean") {
  return {id, label, help, {{"quality", quality}, {"occupancy", std::string(occupancy)}}};
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
          "Which cells count as occupied: exactly the original's, or those that its pictures "
          "need, which the field learns to live with while it is fine-tuned: far fewer bytes, and "
          "less like the original from where its cameras never were.",
          "Content", {{"exact", "Exactly the original's"}, {"lean", "What is needed"}})};
  info.presets = {
      preset("default", "Balanced", "Hardly to be told from the original.", 40),
      preset("finest", "Finest", "Not to be told from the original, from wherever.", 46, "exact"),
      preset("fine", "Fine", "Differences show in a flip only.", 43),
      preset("small", "Small", "Fine grain is lost.", 36),
      preset("smallest", "Smallest", "For previews: soft, with visible errors.", 32)};
  info.qualityKnob = "quality";
  info.lost =
      "fine differences of features, features that cannot be seen, the density grid's values (its "
      "bits are kept), and the training state";
  return info;
}

class Shacira final : public LatentFieldCodec {
public:
  Shacira() : LatentFieldCodec(makeInfo(), fields::decodeValues) {}

  [[nodiscard]] Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(field, params));
    const auto original = std::make_shared<const HashGridField>(field);
    VOLPRESS_TRY(const fields::ViewingRays rays, raysOf(original, params, context));
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
    VOLPRESS_TRY(Container container, begin(tuned, params));
    if (mask) {
      addMask(container, *mask);
    } else {
      addOccupancy(container, tuned);
    }
    const std::vector<GridLevel> shapes = gridLevels(tuned.grid);
    addLatents(
        container, tuned, stage,
        [&](std::size_t level) { return fields::encodeValues(stage.levels[level], shapes[level]); },
        context.runner);
    return writeContainer(container, context.stop);
  }

private:
  /// A mask in the occupancy's place with as few cells as lose no more than what is aimed at; the
  /// fine-tune learns to live with it.
  static Result<fields::SaliencyMask> leanOccupancy(HashGridField& field,
                                                    const fields::ViewingRays& rays,
                                                    const ParamSet& params, RunContext& context) {
    // A quarter of the error that is aimed at: what is coded is to have the rest.
    const double most = 0.25 * std::pow(10, -paramReal(params, "quality") / 10);
    // Eight cells at a time take a tenth of the bytes, and the fine-tune mends much of what filling
    // them shows.
    constexpr double kMended = 16;
    const unsigned bits =
        fields::bearsMask(field, kCoarseBits, rays, kMended * most, context.seed, context.runner)
            ? kCoarseBits
            : kOccupancyBits;
    const fields::SaliencyMask start = fields::maskOf(field.occupancy, bits);
    fields::SaliencyMask mask =
        fields::leanCells(field, start, rays, most, context.seed, context.runner, context.stop);
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    context.log.push_back(fmt::format("{} of {} occupied cells of 1/{} stay", mask.count(),
                                      start.count(), 1U << bits));
    field.occupancy = fields::maskOccupancy(mask);
    return mask;
  }
};

}  // namespace

const FieldCodec& shaciraCodec() {
  static const Shacira kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
