// The parameters of Compact3D, their presets, and their values as plain numbers.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compressors/compact3d/codebooks.hpp"
#include "scene/base/params.hpp"

namespace volpress::compressors::compact3d {

/// How the scene is laid out.
enum class Layout : std::uint8_t {
  Packed,    ///< octree, quantised codebooks, entropy coded
  Faithful,  ///< floats and indices of fixed width, one of them as run lengths, as in the paper
};

struct Settings {
  Layout layout = Layout::Packed;
  double octaves = 0;      ///< above the neutral quality: steps halve and codebooks grow with each
  unsigned steps = 0;      ///< of fine-tuning
  unsigned refresh = 100;  ///< steps between two assignments of splats to entries
  unsigned sweeps = 10;    ///< of Lloyd's algorithm at each
  double opacityWeight = 0;                    ///< lambda of the sum of opacities
  double leastOpacity = 0;                     ///< splats below it are removed, 0..1
  unsigned shDegree = 3;                       ///< higher bands are dropped
  std::array<std::size_t, kGroups> entries{};  ///< at the neutral quality; 0: by the splat count
  bool canonical = true;                       ///< whether equal ellipsoids are described alike
  bool weighted = true;  ///< whether splats that show more pull more at the entries
};

[[nodiscard]] std::vector<ParamSpec> paramSpecs();
[[nodiscard]] std::vector<ParamPreset> presets();

/// The numbers of a completed set.
[[nodiscard]] Settings settingsOf(const ParamSet& params);

/// The entries that a group's codebook is to have for so many splats.
[[nodiscard]] std::size_t wantedEntries(const Settings& settings, std::size_t group,
                                        std::size_t splats);

}  // namespace volpress::compressors::compact3d
