// The parameters of Compact 3DGS, their presets, and their values as plain numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/params.hpp"

namespace volpress::compressors::compact3dgs {

/// How the scene is laid out.
enum class Layout : std::uint8_t {
  Packed,    ///< octree, fine quantisers, entropy coded
  Faithful,  ///< half floats, 6-bit indices and 8-bit grid values, as the released code packs them
};

struct Settings {
  Layout layout = Layout::Packed;
  double octaves = 0;        ///< above the neutral quality: steps halve with each
  double maskWeight = 0;     ///< lambda of the mean mask
  unsigned maskSteps = 0;    ///< steps over which the mask is learnt
  unsigned tableBits = 0;    ///< of the hash grid; 0: by the splat count
  unsigned fieldSteps = 0;   ///< of fitting the colour field to the scene's colours
  std::size_t stages = 2;    ///< of the residual quantiser
  std::size_t codes = 64;    ///< of each
  unsigned steps = 0;        ///< of fine-tuning everything together
  unsigned shDegree = 3;     ///< that view-dependent colours are baked to
  bool fieldAlways = false;  ///< also where it makes the file larger
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();

/// The numbers of a completed set.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

/// Bits of the hash table for so many splats.
[[nodiscard]] unsigned tableBitsFor(const Settings& settings, std::size_t splats);

}  // namespace volpress::compressors::compact3dgs
