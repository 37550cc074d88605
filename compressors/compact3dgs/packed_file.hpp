// The packed layout in the container's chunks; byte layout in FORMAT.md.
#pragma once

#include <stop_token>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/compact3dgs/stored_scene.hpp"
#include "compressors/container/container.hpp"

namespace volpress::compressors::compact3dgs {

/// The quantisers of the packed layout.
struct PackedSteps {
  float opacity = 1;    ///< of the logit
  float color = 1;      ///< of luma and chromas of SH band 0, where there is no field
  float scales = 1;     ///< of codebook entries
  float rotations = 1;  ///< of codebook entries
  FieldSteps field;
};

/// What the decoder makes of a logit and of codebook entries.
[[nodiscard]] float roundedLogit(float logit, float step) noexcept;
void roundEntries(ResidualBooks& books, float step);

/// The chunks, and the permutation of the splats to the order of the file. `scene` holds what
/// `steps` are about to round.
struct PackedFile {
  std::vector<Chunk> chunks;
  std::vector<std::uint32_t> order;
};
[[nodiscard]] Result<PackedFile> writePacked(const SceneHeader& header, const StoredScene& scene,
                                             const coding::PositionGrid& grid,
                                             const PackedSteps& steps, const std::stop_token& stop,
                                             TaskRunner& runner);

/// `reader` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<StoredScene> readPacked(const Container& container, const SceneHeader& header,
                                             ByteReader reader, const std::stop_token& stop,
                                             TaskRunner& runner);

}  // namespace volpress::compressors::compact3dgs
