// What the codecs of splats that store quantised attributes say first, in their chunk "scene".
#pragma once

#include <cstdint>
#include <vector>

#include "compressors/container/container.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors {

struct SceneHeader {
  std::uint8_t layout = 0;  ///< the codec's own: which of its layouts follows
  unsigned shDegree = 0;
  AxisFrame frame = AxisFrame::RightDownForward;
  FilterMode filter = FilterMode::Default;
  std::uint32_t count = 0;
};

/// Every splat of a packed file is justified by a quarter of a byte of it at least; the encoder
/// pads up to it.
inline constexpr std::uint64_t kMaxSplatsPerByte = 4;
inline constexpr std::uint64_t kFreeSplats = 1024;

/// The chunk's common part (8 bytes: layout, SH degree, axis frame, filter, count), and its reader,
/// which leaves `reader` behind it. CorruptData for a layout above `lastLayout` and for other
/// fields out of range.
void writeSceneHeader(const SceneHeader& header, ByteWriter& writer);
[[nodiscard]] Result<SceneHeader> readSceneHeader(ByteReader& reader, std::uint8_t lastLayout);

/// CorruptData when `header.count` is more than `fileBytes` can justify.
[[nodiscard]] Result<void> checkPackedCount(const SceneHeader& header, std::uint64_t fileBytes);

/// Adds a chunk "padding" where the others are too short for `count`.
void padPackedChunks(std::vector<Chunk>& chunks, std::uint32_t count);

}  // namespace volpress::compressors
