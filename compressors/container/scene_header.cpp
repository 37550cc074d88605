#include "compressors/container/scene_header.hpp"

#include <string_view>

namespace volpress::compressors {

void writeSceneHeader(const SceneHeader& header, ByteWriter& writer) {
  writer.write(header.layout);
  writer.write(static_cast<std::uint8_t>(header.shDegree));
  writer.write(static_cast<std::uint8_t>(header.frame));
  writer.write(static_cast<std::uint8_t>(header.filter));
  writer.write(header.count);
}

Result<SceneHeader> readSceneHeader(ByteReader& reader, std::uint8_t lastLayout) {
  const auto readByte = [&](std::string_view field, unsigned most) -> Result<std::uint8_t> {
    VOLPRESS_TRY(const std::uint8_t value, reader.read<std::uint8_t>(field));
    if (value > most) {
      return fail(ErrorCode::CorruptData, "{} is {}, at most {} is allowed", field, value, most);
    }
    return value;
  };
  SceneHeader header;
  VOLPRESS_TRY(header.layout, readByte("layout", lastLayout));
  VOLPRESS_TRY(header.shDegree, readByte("SH degree", kMaxShDegree));
  VOLPRESS_TRY(const unsigned frame, readByte("axis frame", 2));
  VOLPRESS_TRY(const unsigned filter, readByte("filter", 1));
  header.frame = static_cast<AxisFrame>(frame);
  header.filter = static_cast<FilterMode>(filter);
  VOLPRESS_TRY(header.count, reader.read<std::uint32_t>("splat count"));
  return header;
}

Result<void> checkPackedCount(const SceneHeader& header, std::uint64_t fileBytes) {
  const std::uint64_t most = kFreeSplats + kMaxSplatsPerByte * fileBytes;
  if (header.count > most) {
    return fail(ErrorCode::CorruptData, "splat count is {}, but {} bytes hold at most {}",
                header.count, fileBytes, most);
  }
  return {};
}

void padPackedChunks(std::vector<Chunk>& chunks, std::uint32_t count) {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks) {
    bytes += chunk.data.size();
  }
  if (const std::uint64_t needed = count / kMaxSplatsPerByte; bytes < needed) {
    chunks.push_back(
        {"padding", Bytes(static_cast<std::size_t>(needed - bytes)), Packing::Stored, false});
  }
}

}  // namespace volpress::compressors
