#include "compressors/gaussianforest/settings.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/coding/octree_positions.hpp"
#include "scene/base/param_builders.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

/// Quality at which the other parameters hold as they are set.
constexpr double kNeutralQuality = 60;
/// Leaves of a node double when quality falls by this.
constexpr double kQualityPerOctave = 20;
/// How much slower the rest follows, in bits or octaves.
constexpr double kPrecisionShare = 0.6;
constexpr double kPruneShare = 0.7;

const char* const kQuality = "Quality";
const char* const kForest = "Forest";
const char* const kDetail = "Detail";
const char* const kColour = "Colour";

}  // namespace

std::vector<ParamSpec> paramSpecs() {
  return {
      numberParam<double>(
          "quality", "Quality",
          "Moves how many splats share a node, how fine features and positions are, and pruning "
          "together: higher is larger and closer to the original; 60 takes the other parameters as "
          "they are set.",
          "", kQuality, kNeutralQuality, {0, 100, 1, false}),
      numberParam<std::int64_t>(
          "steps", "Fine-tuning steps",
          "Steps of gradient descent on pictures: more takes longer and is closer at the same "
          "size; a scene gets at most one for every 100 splats; 0 switches it off.",
          "", kQuality, 300, {0, 30000, 100, false}),
      numberParam<std::int64_t>(
          "fit_steps", "Fitting steps",
          "Steps that fit the shared features to the splats before anything is drawn; a scene gets "
          "at most 50 and one for every 24 splats.",
          "", kQuality, 2000, {1, 30000, 100, false}, true),
      numberParam<double>(
          "prune", "Prune",
          "Share of the splats that is removed, least important first: more is smaller and loses "
          "fine and distant parts.",
          "%", kForest, 10, {0, 95, 1, false}),
      flagParam("grow", "Grow and prune",
                "Between rounds of fine-tuning, adds leaves, nodes and roots where pictures differ "
                "and removes what shows least; a scene that is trained already is closer without.",
                kForest, false),
      numberParam<double>(
          "leaves_per_node", "Leaves a node",
          "Splats that share an internal node, on average: more is smaller and blurs what differs "
          "from splat to splat.",
          "", kForest, 10, {1, 1000, 0, true}),
      numberParam<double>("nodes_per_root", "Nodes a root",
                          "Internal nodes that share a root, on average.", "", kForest, 10,
                          {1, 1000000, 0, true}, true),
      numberParam<std::int64_t>(
          "node_features", "Features of a node",
          "Numbers that a node's splats share: more is larger and follows the splats more closely.",
          "", kForest, 16, {1, static_cast<double>(kMaxFeatures), 1, false}, true),
      numberParam<std::int64_t>("root_features", "Features of a root",
                                "Numbers that all nodes of a root share.", "", kForest, 32,
                                {1, static_cast<double>(kMaxFeatures), 1, false}, true),
      numberParam<double>(
          "feature_bits", "Feature bits",
          "Bits over the range of each feature, before entropy coding: more is larger and finer.",
          "", kDetail, 6, {1, 16, 0.5, false}),
      numberParam<double>(
          "precision", "Position precision",
          "Halvings of the scene's size down to a grid cell: one more costs up to 3 bits a splat.",
          "", kDetail, 13, {8, 20, 0.5, false}),
      numberParam<std::int64_t>(
          "sh_degree", "SH degree",
          "Bands of view-dependent colour that the colour network gives: fewer is a little smaller "
          "and flattens reflections.",
          "", kColour, 3, {0, 4, 1, false}),
  };
}

std::vector<ParamPreset> presets() {
  return {
      {"fast",
       "Fast",
       "Fits the forest to the splats alone, without looking at more pictures than pruning needs.",
       {{"steps", std::int64_t{0}}}},
      {"high",
       "High",
       "Few splats share a node.",
       {{"quality", 85.0}, {"steps", std::int64_t{600}}}},
      {"default", "Balanced", "Ten splats a node, a few minutes of fine-tuning.", {}},
      {"paper",
       "As described",
       "Nothing is removed first, ten splats a node and ten nodes a root, features of 8 bits, "
       "thousands of fine-tuning steps.",
       {{"steps", std::int64_t{2000}},
        {"grow", true},
        {"prune", 0.0},
        {"feature_bits", 8.0},
        {"precision", 16.0}}},
      {"small", "Small", "For previews and slow networks.", {{"quality", 40.0}, {"prune", 30.0}}},
  };
}

Settings settingsOf(const ParamSet& params) {
  Settings settings;
  settings.octaves = (paramReal(params, "quality") - kNeutralQuality) / kQualityPerOctave;
  settings.steps = static_cast<unsigned>(paramInt(params, "steps"));
  settings.fitSteps = static_cast<unsigned>(paramInt(params, "fit_steps"));
  settings.grow = paramBool(params, "grow");
  settings.prune = 1 - std::pow(1 - paramReal(params, "prune") / 100,
                                std::exp2(-kPruneShare * settings.octaves));
  settings.leavesPerNode =
      std::max(1.0, paramReal(params, "leaves_per_node") * std::exp2(-settings.octaves));
  settings.nodesPerRoot = paramReal(params, "nodes_per_root");
  settings.featureBits =
      std::clamp(paramReal(params, "feature_bits") + kPrecisionShare * settings.octaves, 1.0, 16.0);
  settings.precision =
      std::clamp(paramReal(params, "precision") + kPrecisionShare * settings.octaves, 8.0,
                 static_cast<double>(coding::kMaxGridBits));
  settings.widths = {static_cast<std::size_t>(paramInt(params, "node_features")),
                     static_cast<std::size_t>(paramInt(params, "root_features"))};
  settings.shDegree = static_cast<unsigned>(paramInt(params, "sh_degree"));
  return settings;
}

}  // namespace volpress::compressors::gaussianforest
