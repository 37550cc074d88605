// The parameters of the `volpress` codec, their presets, and their values as plain numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/params.hpp"

namespace volpress::compressors::own {

struct VolpressSettings {
  bool lossless = false;
  double wantedPsnr = 40;    ///< dB, about: what steps and pruning aim at
  bool usesViews = true;     ///< sensitivities are measured, not guessed
  unsigned probes = 1;       ///< random sign pictures a view
  double pruning = 1;        ///< 0: only what shows nowhere; 1: what saves more than it costs
  unsigned shDegree = 4;     ///< higher bands are dropped
  unsigned tuningSteps = 0;  ///< of fine-tuning
  unsigned layers = 1;       ///< of detail; a prefix of the file holds whole ones
};

[[nodiscard]] std::vector<ParamSpec> volpressParamSpecs();
[[nodiscard]] std::vector<ParamPreset> volpressPresets();
/// The numbers of a completed set.
[[nodiscard]] VolpressSettings volpressSettings(const ParamSet& params);

}  // namespace volpress::compressors::own
