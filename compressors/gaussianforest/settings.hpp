// The parameters of GaussianForest.
#pragma once

#include <vector>

#include "compressors/gaussianforest/leaf_decoder.hpp"
#include "scene/base/params.hpp"

namespace volpress::compressors::gaussianforest {

struct Settings {
  double octaves = 0;  ///< of quality above the neutral one
  unsigned fitSteps = 0;
  unsigned steps = 0;
  bool grow = false;
  double prune = 0;  ///< share of the splats that goes first
  double precision = 13;
  double leavesPerNode = 10;
  double nodesPerRoot = 10;
  double featureBits = 6;
  FeatureWidths widths;
  unsigned shDegree = 3;
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();
/// `params` is complete; quality is worked into what it moves.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

}  // namespace volpress::compressors::gaussianforest
