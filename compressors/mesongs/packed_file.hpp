// The packed layout in the container's chunks; byte layout in FORMAT.md.
#pragma once

#include <stop_token>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"
#include "compressors/mesongs/bit_allocation.hpp"
#include "compressors/mesongs/quantised_scene.hpp"

namespace volpress::compressors::mesongs {

/// Everything that the packed layout stores.
struct PackedScene {
  VoxelGrid grid;                         ///< of cubes
  std::vector<coding::GridPoint> points;  ///< n, in Morton order
  bool transformScales = false;
  std::array<float, kChannels> roots{};
  StepLevels steps;  ///< per column and block
  SymbolTable symbols;
  float shStep = 1;
  coding::SymbolArray shLevels;  ///< of the palette: luma and chromas, in shStep
  coding::SymbolArray shLabels;  ///< n, or none without SH
};

/// The transform, blocks and palette of a packed scene, as decoder and encoder see them.
[[nodiscard]] TransformStyle packedStyle(bool transformScales);
[[nodiscard]] BlockTable packedBlocks(const StepLevels& steps);
[[nodiscard]] ShPalette packedPalette(const PackedScene& scene, unsigned shDegree);

[[nodiscard]] Result<std::vector<Chunk>> writePacked(const SceneHeader& header,
                                                     const PackedScene& scene,
                                                     const std::stop_token& stop,
                                                     TaskRunner& runner);

/// The cloud of a packed file. `scene` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<GaussianCloud> readPacked(const Container& container,
                                               const SceneHeader& header, ByteReader scene,
                                               const std::stop_token& stop, TaskRunner& runner);

}  // namespace volpress::compressors::mesongs
