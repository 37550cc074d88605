#include "compressors/hollownerf/hollownerf.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "compressors/coding/weight_coder.hpp"
#include "compressors/fields/contributions.hpp"
#include "compressors/fields/latent_codec.hpp"
#include "compressors/fields/pruning.hpp"
#include "compressors/hollownerf/student.hpp"
#include "scene/base/half.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors {
namespace {

using fields::LevelLatents;
using fields::SaliencyMask;

ParamPreset preset(const char* id, const char* label, const char* help, double quality,
                   double kept) {
  return {id, label, help, {{"quality", quality}, {"kept", kept}}};
}

CodecInfo makeInfo() {
  CodecInfo info;
  info.id = "hollownerf";
  info.label = "HollowNeRF";
  info.summary =
      "A learnt mask prunes what pictures do not need, inside and out; smaller tables, quantised "
      "and coded with their networks by adaptive contexts.";
  info.paper = "Chen, Wan, Huang, Chen: HollowNeRF, ICCV 2023";
  info.extension = ".vpc";
  info.params = {
      numberParam("quality", "Quality",
                  "Aimed-at similarity to the original's pictures; less is smaller and blurrier.",
                  "dB", "Quality", 43.0, ParamRange{15, 60, 0.5, false}),
      numberParam("kept", "Kept contribution",
                  "Cells that add up to this share of all pictures remain; the others are hollowed "
                  "out. Less is smaller, and opens holes in thin parts.",
                  "%", "Pruning", 99.5, ParamRange{50, 100, 0.1, false}),
      numberParam("shrink", "Halvings of the tables",
                  "Each halves the hash tables: smaller, and more features share an entry. Pays "
                  "where many entries are unused.",
                  "", "Pruning", std::int64_t{0}, ParamRange{0, 3, 1, false}),
      choiceParam("mask", "Mask", "How finely the mask follows the scene; finer takes more bytes.",
                  "Pruning",
                  {{"auto", "As fine as the scene needs"},
                   {"64", "64 cells along an edge"},
                   {"128", "128 cells"},
                   {"32", "32 cells"}}),
      numberParam("prune_steps", "Pruning steps",
                  "Steps in which the mask is learnt; 0 keeps the cells that add most.", "",
                  "Pruning", std::int64_t{256}, ParamRange{0, 20000, 32, false}),
      flagParam("keep_interior", "Keep the interior",
                "Prunes nothing, for scenes that are looked at from within closed surfaces.",
                "Pruning"),
      numberParam("steps", "Fine-tuning steps",
                  "Steps that move features and networks towards the original's pictures; more "
                  "take longer and are both smaller and better.",
                  "", "Fine-tuning", std::int64_t{600}, ParamRange{0, 20000, 100, false})};
  info.presets = {
      preset("default", "Balanced", "Hardly to be told from the original.", 43, 99.5),
      preset("small", "Small", "Fine grain is lost.", 39, 99),
      preset("smallest", "Smallest", "For previews: soft, with visible errors.", 34, 98)};
  info.qualityKnob = "quality";
  info.lost =
      "what no camera sees, inside closed surfaces above all, fine differences of features, the "
      "density grid's values, and the training state";
  return info;
}

/// How fine the mask is. Of its own accord 64 cells along an edge, eight of the occupancy each,
/// unless what they add shows: in fog, whose single cells matter, 128.
unsigned maskBits(const ParamSet& params, const HashGridField& field,
                  const fields::ViewingRays& rays, RunContext& context) {
  const std::string& choice = paramChoice(params, "mask");
  if (choice == "auto") {
    const double most = std::pow(10, -paramReal(params, "quality") / 10);
    return fields::bearsMask(field, 6, rays, most, context.seed, context.runner) ? 6 : 7;
  }
  return choice == "128" ? 7U : (choice == "32" ? 5U : 6U);
}

/// What rounding is to keep of a latent: the sensitivity of its entry's features, times the square
/// of what one unit of it adds to them.
std::vector<float> importanceOf(const LevelLatents& level, std::size_t features,
                                std::span<const float> ofGrid) {
  std::vector<float> lengths(level.dims, 0.0F);
  for (std::size_t k = 0; k < level.dims; ++k) {
    for (std::size_t f = 0; f < features; ++f) {
      lengths[k] += level.basis[k * features + f] * level.basis[k * features + f];
    }
  }
  std::vector<float> importance;
  importance.reserve(level.values.size());
  double total = 0;
  for (const std::size_t entry : level.entries) {
    float mean = 0;
    for (std::size_t f = 0; f < features; ++f) {
      mean += ofGrid[entry * features + f] / static_cast<float>(features);
    }
    total += static_cast<double>(mean);
    for (std::size_t k = 0; k < level.dims; ++k) {
      importance.push_back(mean * lengths[k]);
    }
  }
  // What no ray has seen is still not free, as somebody may look there.
  constexpr double kLeast = 0.02;
  const auto least = static_cast<float>(
      kLeast * total / static_cast<double>(std::max<std::size_t>(1, level.entries.size())));
  for (std::size_t i = 0; i < importance.size(); ++i) {
    importance[i] += least * lengths[i % level.dims];
  }
  return importance;
}

/// Step of dependent integers, in those of the latents: the error at the same bytes is least there.
constexpr double kDependentStep = 0.58;

Bytes encodeLevel(const LevelLatents& level, std::size_t features, std::span<const float> ofGrid,
                  double lambda) {
  if (level.dims == 0) {
    return {};
  }
  const coding::WeightLayout layout{level.dims, level.dims};
  if (level.unrounded.empty()) {
    return coding::encodeWeights(level.values, layout);
  }
  return coding::encodeDependent(
      coding::trellisWeights(level.unrounded, layout,
                             {kDependentStep, lambda, importanceOf(level, features, ofGrid)}),
      layout);
}

/// As the decoder of dependent integers has them: a unit is a step of theirs.
void scaleBasis(std::vector<LevelLatents>& levels) {
  for (LevelLatents& level : levels) {
    for (float& value : level.basis) {
      value = halfToFloat(floatToHalf(static_cast<float>(kDependentStep) * value));
    }
  }
}

Result<void> decodeLevel(ByteView stream, const GridLevel& /*shape*/, LevelLatents& level) {
  if (level.dims == 0) {
    return stream.empty()
               ? Result<void>()
               : fail(ErrorCode::CorruptData, "{} bytes of a level without latents", stream.size());
  }
  VOLPRESS_TRY(level.values, coding::decodeWeights(stream, level.dims * level.entries.size(),
                                                   {level.dims, level.dims}));
  return {};
}

Result<void> decodeDependentLevel(ByteView stream, const GridLevel& shape, LevelLatents& level) {
  if (level.dims == 0) {
    return decodeLevel(stream, shape, level);
  }
  VOLPRESS_TRY(
      const std::vector<std::int32_t> values,
      coding::decodeDependent(stream, level.dims * level.entries.size(), {level.dims, level.dims}));
  level.values = coding::dependentLevels(values);
  return {};
}

class HollowNerf final : public LatentFieldCodec {
public:
  HollowNerf() : LatentFieldCodec(makeInfo(), decodeLevel, decodeDependentLevel) {}

  [[nodiscard]] Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(field, params));
    VOLPRESS_TRY(const auto original, withOccupancy(field, context));
    VOLPRESS_TRY(const fields::ViewingRays rays, raysOf(original, params, context));
    HashGridField student = *original;
    VOLPRESS_TRY(const SaliencyMask mask, hollow(student, rays, params, context));
    const auto halvings = static_cast<unsigned>(paramInt(params, "shrink"));
    if (halvings != 0) {
      VOLPRESS_TRY(student, hollownerf::shrunken(student, halvings,
                                                 fields::parameterSensitivity(
                                                     student, rays, context.seed, context.runner)));
    }
    VOLPRESS_TRY(const fields::LatentStage stage,
                 fields::findLatents(student, rays,
                                     {paramReal(params, "quality"), student.grid.features,
                                      static_cast<unsigned>(paramInt(params, "steps")), false},
                                     context));
    fields::forgetPruning(context.scratch);
    return pack(student, mask, stage, params, context);
  }

private:
  /// The field, with the cells that sampling finds where it does not know them.
  static Result<std::shared_ptr<const HashGridField>> withOccupancy(const HashGridField& field,
                                                                    RunContext& context) {
    auto original = std::make_shared<HashGridField>(field);
    if (original->occupancy.empty()) {
      const renderer::FieldRenderer renderer(context.runner);
      VOLPRESS_TRY(const auto prepared, renderer.prepare(original, context.stop));
      original->occupancy = prepared->occupancy();
    }
    original->densityGrid.clear();
    return std::shared_ptr<const HashGridField>(std::move(original));
  }

  /// The cells that stay; `student` is left with them alone.
  static Result<SaliencyMask> hollow(HashGridField& student, const fields::ViewingRays& rays,
                                     const ParamSet& params, RunContext& context) {
    const unsigned bits = maskBits(params, student, rays, context);
    const SaliencyMask start = fields::maskOf(student.occupancy, bits);
    if (paramBool(params, "keep_interior")) {
      context.log.push_back(fmt::format("all {} occupied cells stay", start.count()));
      student.occupancy = fields::maskOccupancy(start);
      return start;
    }
    const std::vector<std::uint64_t> sums = fields::overMask(
        fields::cellContributions(student, rays, context.runner, context.stop), start);
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    SaliencyMask salient = fields::salientCells(sums, start, paramReal(params, "kept") / 100);
    context.log.push_back(
        fmt::format("{} of {} occupied cells stay", salient.count(), start.count()));
    const auto steps = static_cast<unsigned>(paramInt(params, "prune_steps"));
    if (steps == 0) {
      student.occupancy = fields::maskOccupancy(salient);
      return salient;
    }
    return fields::prune(student, sums, rays,
                         {bits, steps, fields::raysAStep(rays), salient.count(), context.seed},
                         context);
  }

  Result<Bytes> pack(const HashGridField& field, const SaliencyMask& mask,
                     const fields::LatentStage& stage, const ParamSet& params,
                     RunContext& context) const {
    VOLPRESS_TRY(Container container, begin(field, params));
    addMask(container, mask);
    fields::LatentStage stored = stage;
    const bool isDependent =
        std::any_of(stage.levels.begin(), stage.levels.end(),
                    [](const LevelLatents& level) { return !level.unrounded.empty(); });
    if (isDependent) {
      scaleBasis(stored.levels);
      addDependence(container);
    }
    const std::span<const float> ofGrid(stage.sensitivity.data() + field.gridFirst(),
                                        stage.sensitivity.size() - field.gridFirst());
    addLatents(
        container, field, stored,
        [&](std::size_t level) {
          return encodeLevel(stage.levels[level], field.grid.features, ofGrid, stage.lambda);
        },
        context.runner);
    return writeContainer(container, context.stop);
  }
};

}  // namespace

const FieldCodec& hollowNerfCodec() {
  static const HollowNerf kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
