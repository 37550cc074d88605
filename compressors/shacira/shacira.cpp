#include "compressors/shacira/shacira.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "compressors/fields/field_container.hpp"
#include "compressors/fields/viewing_rays.hpp"
#include "compressors/shacira/distillation.hpp"
#include "compressors/shacira/latents.hpp"
#include "scene/base/half.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

using shacira::LevelLatents;

constexpr std::string_view kDecoders = "decoders";
constexpr std::array<std::string_view, 1> kOwnChunks{kDecoders};
constexpr std::size_t kMostRays = 1536;  // of a fine-tuning step

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

/// Decodes all levels and writes their features.
Result<void> decodeLevels(const std::vector<ByteView>& streams, std::vector<LevelLatents>& levels,
                          HashGridField& field, TaskRunner& runner) {
  const std::vector<GridLevel> shapes = gridLevels(field.grid);
  std::vector<std::optional<Error>> problems(levels.size());
  const std::span<float> table(field.parameters.data() + field.gridFirst(),
                               field.parameters.size() - field.gridFirst());
  runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t l = begin; l < end; ++l) {
      if (auto done = shacira::decodeValues(streams[l], shapes[l], levels[l]); !done) {
        problems[l] = std::move(done).error();
        continue;
      }
      shacira::decodeLatents(levels[l], field.grid.features, field.storesHalf, table);
    }
  });
  for (std::size_t l = 0; l < levels.size(); ++l) {
    if (problems[l]) {
      return withContext(*problems[l], fmt::format("level {}", l));
    }
  }
  return {};
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
    const FloatArray sensitivity =
        fields::gridSensitivity(field, rays, context.seed, context.runner);
    auto entries = shacira::codedEntries(field, touchedEntries(field, context.runner));
    std::size_t coded = 0;
    for (const auto& level : entries) {
      coded += level.size() * field.grid.features;
    }
    // Were every number coded with the same error, that would be the pictures' error.
    const double lambda = 2 * std::log(2.0) * std::pow(10, -paramReal(params, "quality") / 10) /
                          static_cast<double>(std::max<std::size_t>(1, coded));
    HashGridField tuned = field;
    std::vector<LevelLatents> levels = shacira::fitLatents(
        field, std::move(entries), sensitivity,
        {lambda, static_cast<unsigned>(paramInt(params, "dims"))}, context.runner);
    context.progress.report(0.2);
    const shacira::DistillationSettings settings{
        static_cast<unsigned>(paramInt(params, "steps")),
        std::clamp<std::size_t>(rays.pixels.size() / 4, 64, kMostRays), lambda,
        paramChoice(params, "rounding") == "annealed", context.seed};
    VOLPRESS_CHECK(shacira::distil(tuned, levels, rays, settings, context));
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return pack(tuned, levels, params, context);
  }

  [[nodiscard]] Result<HashGridField> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(Opened opened, open(file, context));
    HashGridField& field = opened.field;
    VOLPRESS_TRY(const ByteView decoders, opened.container.require(kDecoders));
    ByteReader reader(decoders);
    auto entries = shacira::codedEntries(field, touchedEntries(field, context.runner));
    std::vector<LevelLatents> levels(entries.size());
    std::vector<ByteView> streams(levels.size());
    for (std::size_t l = 0; l < levels.size(); ++l) {
      levels[l].entries = std::move(entries[l]);
      VOLPRESS_CHECK(readDecoder(reader, field.grid.features, levels[l]));
      VOLPRESS_TRY(streams[l], opened.container.require(levelChunk(l)));
    }
    if (reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "{} bytes follow the last level's decoder",
                  reader.remaining());
    }
    VOLPRESS_CHECK(decodeLevels(streams, levels, field, context.runner));
    VOLPRESS_CHECK(validate(field));
    return std::move(field);
  }

private:
  Result<Bytes> pack(const HashGridField& field, const std::vector<LevelLatents>& levels,
                     const ParamSet& params, RunContext& context) const {
    VOLPRESS_TRY(Container container, begin(field, params, paramBool(params, "keep_training")));
    ByteWriter decoders;
    for (const LevelLatents& level : levels) {
      decoders.write(static_cast<std::uint8_t>(level.dims));
      for (const auto* numbers : {&level.mean, &level.basis}) {
        for (const float value : *numbers) {
          decoders.write(floatToHalf(value));
        }
      }
    }
    container.chunks.push_back(
        {std::string(kDecoders), std::move(decoders).take(), Packing::Stored, true});
    const std::vector<GridLevel> shapes = gridLevels(field.grid);
    std::vector<Bytes> streams(levels.size());
    context.runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t l = begin; l < end; ++l) {
        streams[l] = shacira::encodeValues(levels[l], shapes[l]);
      }
    });
    for (std::size_t l = 0; l < levels.size(); ++l) {
      container.chunks.push_back({levelChunk(l), std::move(streams[l]), Packing::Stored, true});
    }
    return writeContainer(container, context.stop);
  }

  static Result<void> readDecoder(ByteReader& reader, std::size_t features, LevelLatents& level) {
    VOLPRESS_TRY(const auto dims, reader.read<std::uint8_t>("latent dimensions"));
    if (dims > features) {
      return fail(ErrorCode::CorruptData, "a level has {} latent dimensions, allowed are 0 to {}",
                  dims, features);
    }
    level.dims = dims;
    level.mean.resize(features);
    level.basis.resize(dims * features);
    for (auto* numbers : {&level.mean, &level.basis}) {
      for (float& value : *numbers) {
        VOLPRESS_TRY(const auto half, reader.read<std::uint16_t>("a level's decoder"));
        value = halfToFloat(half);
      }
    }
    return {};
  }
};

}  // namespace

const FieldCodec& shaciraCodec() {
  static const Shacira kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
