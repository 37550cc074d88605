#include "compressors/compgs/settings.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/compgs/model.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors::compgs {
namespace {

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// The cost of a bit quadruples when quality falls by this.
constexpr double kQualityPerOctave = 20;
/// How much slower the rest follows.
constexpr double kPrecisionShare = 0.5;
constexpr double kPruneShare = 0.5;
constexpr double kAnchorShare = 0.5;

const char* const kQuality = "Quality";
const char* const kAnchors = "Anchors";
const char* const kDetail = "Detail";

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves the cost of a bit, how many splats share an anchor, pruning and the precision of "
          "positions together: higher is larger and closer to the original; 60 takes the other "
          "parameters as they are set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      numberParam<std::int64_t>(
          "steps", "Training steps",
          "Steps of gradient descent on pictures: more takes longer and is closer at the same "
          "size; a scene gets at most one for every 80 splats; 0 switches it off.",
          "", kQuality, 600, {0, 30000, 100, false}),
      numberParam<std::int64_t>(
          "fit_steps", "Fitting steps",
          "Steps that fit anchors and networks to the splats before anything is drawn; a scene "
          "gets at most 100 and one for every 32 splats; fewer than ten splats an anchor take "
          "more in proportion.",
          "", kQuality, 1500, {1, 30000, 100, false}),
      numberParam<double>("lambda", "Cost of a bit",
                          "Weight of the rate against the pictures' error, lambda of the paper: "
                          "more is smaller and "
                          "loses detail. The paper has 0.001, 0.005 and 0.01.",
                          "", kQuality, 0.004, {0, 1, 0, false}),
      numberParam<double>(
          "prune", "Prune",
          "Share of the splats that is removed, least important first: more is smaller and loses "
          "fine and distant parts.",
          "%", kAnchors, 15, {0, 95, 1, false}),
      numberParam<std::int64_t>("splats_per_anchor", "Splats an anchor",
                                "Splats that an anchor's ten primitives stand for at first: fewer "
                                "is larger and follows the splats more closely.",
                                "", kAnchors, static_cast<std::int64_t>(kPrimitives),
                                {1, static_cast<double>(kPrimitives), 1, false}),
      numberParam<double>("precision", "Position precision",
                          "Halvings of the scene's size down to a grid cell of anchors; one more "
                          "costs up to 3 bits "
                          "an anchor.",
                          "", kDetail, 12, {8, 20, 0.5, false}),
      numberParam<std::int64_t>("network_bits", "Network bits",
                                "Binary digits after the point of the networks' parameters.", "",
                                kDetail, 8, {4, learning::kParameterBits, 1, false}, true),
      choiceParam("rate", "Rate",
                  "What the cost of a bit applies to: the mean bits of a number, of each stream "
                  "alike, however long it is (the paper); or all bits alike.",
                  kDetail, {{"size", "the size"}, {"element", "each stream's mean"}}),
      flagParam("hyperprior", "Hyperprior",
                "Predicts how numbers are distributed from other numbers of their anchor; without, "
                "each has one distribution for all anchors.",
                kDetail, true),
      numberParam<std::int64_t>(
          "sh_degree", "SH degree",
          "Bands of view-dependent colour that exported colours are baked to.", "", kDetail, 3,
          {0, 4, 1, false}),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast",
       "Fast",
       "Fits anchors to the splats alone, without looking at more pictures than pruning needs.",
       {{"steps", std::int64_t{0}}}},
      {"high",
       "High",
       "Bits cost little and few splats share an anchor.",
       {{"quality", 85.0}, {"steps", std::int64_t{1500}}}},
      {"default", "Balanced", "Ten splats an anchor, some minutes of training.", {}},
      {"paper",
       "As described",
       "The paper's cost of a bit and thousands of steps of training; nothing is removed first.",
       {{"steps", std::int64_t{5000}},
        {"fit_steps", std::int64_t{5000}},
        {"prune", 0.0},
        {"lambda", 0.001},
        {"rate", std::string("element")},
        {"precision", 14.0},
        {"network_bits", std::int64_t{12}}}},
      {"small", "Small", "For previews and slow networks.", {{"quality", 35.0}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  const double octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerOctave;
  Settings settings;
  settings.lambda = paramReal(params, "lambda") * std::exp2(-2 * octaves);
  settings.steps = static_cast<unsigned>(paramInt(params, "steps"));
  settings.fitSteps = static_cast<unsigned>(paramInt(params, "fit_steps"));
  settings.prune =
      1 - std::pow(1 - paramReal(params, "prune") / 100, std::exp2(-kPruneShare * octaves));
  const double perAnchor = static_cast<double>(paramInt(params, "splats_per_anchor")) *
                           std::exp2(-kAnchorShare * octaves);
  settings.splatsPerAnchor = static_cast<std::size_t>(
      std::clamp(std::round(perAnchor), 1.0, static_cast<double>(kPrimitives)));
  settings.precision = std::clamp(paramReal(params, "precision") + kPrecisionShare * octaves, 8.0,
                                  static_cast<double>(coding::kMaxGridBits));
  settings.networkBits = static_cast<unsigned>(paramInt(params, "network_bits"));
  settings.ratePerElement = paramChoice(params, "rate") == "element";
  settings.hyperprior = paramBool(params, "hyperprior");
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  return settings;
}

}  // namespace volpress::compressors::compgs
