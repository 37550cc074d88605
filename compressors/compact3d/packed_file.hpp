// The packed layout in the container's chunks; byte layout in FORMAT.md.
#pragma once

#include <stop_token>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/compact3d/codebooks.hpp"
#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"

namespace volpress::compressors::compact3d {

/// The quantisers of the packed layout.
struct PackedSteps {
  float opacity = 1;                   ///< of the logit
  std::array<float, kGroups> books{};  ///< of codebook entries; colours as luma and chromas
};

/// Everything that the packed layout stores.
struct PackedScene {
  coding::PositionGrid grid;
  std::vector<coding::GridPoint> points;  ///< n, in Morton order
  PackedSteps steps;
  coding::SymbolArray opacities;                    ///< n
  std::array<coding::SymbolArray, kGroups> levels;  ///< entries in steps, row-major
  std::array<coding::SymbolArray, kGroups> labels;  ///< n each, or none without such parameters
};

/// A group's entries in steps, and back.
[[nodiscard]] coding::SymbolArray entryLevels(const Codebook& book, std::size_t group,
                                              const PackedSteps& steps);
[[nodiscard]] std::vector<float> entriesOf(const coding::SymbolArray& levels, std::size_t group,
                                           const PackedSteps& steps);

/// The level of an opacity logit, and back; far logits are clamped.
[[nodiscard]] std::int32_t opacityLevel(float logit, float step);
[[nodiscard]] float opacityLogit(std::int32_t level, float step);

[[nodiscard]] Result<std::vector<Chunk>> writePacked(const SceneHeader& header,
                                                     const PackedScene& scene,
                                                     const std::stop_token& stop,
                                                     TaskRunner& runner);

/// The cloud of a packed file. `scene` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<GaussianCloud> readPacked(const Container& container,
                                               const SceneHeader& header, ByteReader scene,
                                               const std::stop_token& stop, TaskRunner& runner);

}  // namespace volpress::compressors::compact3d
