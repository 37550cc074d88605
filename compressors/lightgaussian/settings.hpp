// The parameters of LightGaussian, their presets, and their values as plain numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "compressors/stages/significance.hpp"
#include "scene/base/params.hpp"

namespace volpress::compressors::lightgaussian {

/// How the attributes are laid out.
enum class Layout : std::uint8_t {
  Packed,    ///< quantised, context coded
  Faithful,  ///< half floats and raw positions under zstd, as the released code writes them
};

/// How what pruning cost is won back.
enum class Recovery : std::uint8_t {
  None,
  Linear,  ///< colours alone, in closed steps
  Full,    ///< every parameter by gradients, then colours again after quantisation
};

struct Settings {
  Layout layout = Layout::Packed;
  coding::ScoreKind score = coding::ScoreKind::Significance;
  coding::VolumeNorm volumeNorm = coding::VolumeNorm::None;
  double prune = 0;         ///< share of the splats that is removed, 0..1
  bool keepUnseen = false;  ///< splats that no view sees are removed last
  unsigned shDegree = 3;    ///< higher bands are dropped
  Recovery recovery = Recovery::Linear;
  std::size_t steps = 0;      ///< of full recovery
  std::size_t passes = 0;     ///< of linear recovery over all teacher views
  double jitter = 0;          ///< of pseudo-views, per axis, share of the camera distance
  double vqRatio = 0;         ///< share of the splats whose SH goes to the codebook, 0..1
  std::size_t codebook = 0;   ///< entries; 0: follows the splat count
  bool vqAtRandom = false;    ///< which splats: at random instead of the least significant
  double positionBits = 12;   ///< scene size over position step, log2
  float scaleStep = 0.2F;     ///< of the natural log
  float rotationStep = 0.1F;  ///< of quaternion components
  float opacityStep = 0.05F;  ///< of asin(sqrt(opacity)) * 2 / pi
  float colorStep = 0.1F;     ///< of SH band 0
  float shStep = 0.1F;        ///< of the bands above
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();

/// The numbers of a completed set, with the quality knob applied.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

}  // namespace volpress::compressors::lightgaussian
