// The packed layout in the container's chunks; byte layout in FORMAT.md.
#pragma once

#include <stop_token>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"
#include "compressors/lightgaussian/packed_scene.hpp"

namespace volpress::compressors::lightgaussian {

/// The chunks of a packed scene.
[[nodiscard]] Result<std::vector<Chunk>> writePacked(const SceneHeader& header,
                                                     const PackedGeometry& geometry,
                                                     const PackedColors& colors,
                                                     const std::stop_token& stop,
                                                     TaskRunner& runner);

/// The cloud of a packed file. `scene` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<GaussianCloud> readPacked(const Container& container,
                                               const SceneHeader& header, ByteReader scene,
                                               const std::stop_token& stop, TaskRunner& runner);

}  // namespace volpress::compressors::lightgaussian
