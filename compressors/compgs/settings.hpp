// The parameters of CompGS.
#pragma once

#include <vector>

#include "scene/base/params.hpp"

namespace volpress::compressors::compgs {

struct Settings {
  double lambda = 0.001;  ///< what a bit costs
  unsigned fitSteps = 0;
  unsigned steps = 0;
  double prune = 0;  ///< share of the splats that goes first
  std::size_t splatsPerAnchor = 10;
  double precision = 13;
  unsigned networkBits = 8;
  bool ratePerElement = true;
  bool hyperprior = true;
  unsigned shDegree = 3;
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();
/// `params` is complete; quality is worked into what it moves.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

}  // namespace volpress::compressors::compgs
