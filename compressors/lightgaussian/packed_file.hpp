// The packed layout in the container's chunks; byte layout in FORMAT.md.
#pragma once

#include <stop_token>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/lightgaussian/packed_scene.hpp"

namespace volpress::compressors::lightgaussian {

/// What both layouts say of a scene.
struct SceneHeader {
  Layout layout = Layout::Packed;
  unsigned shDegree = 0;
  AxisFrame frame = AxisFrame::RightDownForward;
  FilterMode filter = FilterMode::Default;
  std::uint32_t count = 0;
};

/// Every packed splat is justified by a quarter of a byte of its file at least; the encoder pads up
/// to it. (A faithful file has 12 bytes a splat of positions alone.)
inline constexpr std::uint64_t kMaxSplatsPerByte = 4;
inline constexpr std::uint64_t kFreeSplats = 1024;

/// The "scene" chunk's common part, and its reader, which leaves `reader` behind it.
void writeSceneHeader(const SceneHeader& header, ByteWriter& writer);
[[nodiscard]] Result<SceneHeader> readSceneHeader(ByteReader& reader, std::uint64_t fileBytes);

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
