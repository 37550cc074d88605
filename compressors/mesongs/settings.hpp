// The parameters of MesonGS, their presets, and their values as plain numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/params.hpp"

namespace volpress::compressors::mesongs {

/// How the attributes are laid out.
enum class Layout : std::uint8_t {
  Packed,    ///< steps by bit allocation, entropy coded
  Faithful,  ///< 8 bits a coefficient in equal blocks, as the released code writes them
};

struct Settings {
  Layout layout = Layout::Packed;
  double octaves = 0;        ///< above the neutral quality: steps halve with each
  std::uint64_t budget = 0;  ///< bytes of the file; 0: what the quality gives
  double prune = 0;          ///< share of the splats that is removed at the neutral quality, 0..1
  double volumePower = 0.1;  ///< of the volume in the importance
  double depth = 0;          ///< of the octree; 0: follows the bit allocation
  bool canonical = true;     ///< whether equal ellipsoids are described alike
  std::size_t blocks = 64;
  unsigned shDegree = 3;     ///< higher bands are dropped
  std::size_t codebook = 0;  ///< entries; 0: follows the splat count and the quality
  unsigned steps = 0;        ///< of fine-tuning
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();

/// The numbers of a completed set.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

}  // namespace volpress::compressors::mesongs
