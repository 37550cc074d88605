#include "compressors/mesongs/faithful_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "compressors/coding/quantise.hpp"
#include "compressors/mesongs/bit_allocation.hpp"
#include "scene/base/morton.hpp"

namespace volpress::compressors::mesongs {
namespace {

constexpr std::int32_t kLevels = 255;

Chunk zstdChunk(const char* name, Bytes data) {
  return {name, std::move(data), Packing::Zstd, true};
}

unsigned indexBits(std::size_t entries) {
  return static_cast<unsigned>(std::bit_width(entries - 1));
}

/// A chunk that must hold exactly `size` bytes.
Result<ByteView> requireSize(const Container& container, std::string_view name,
                             std::uint64_t size) {
  VOLPRESS_TRY(const ByteView data, container.require(name));
  if (data.size() != size) {
    return fail(ErrorCode::CorruptData, "chunk '{}' holds {} bytes, not {}", name, data.size(),
                size);
  }
  return data;
}

/// Columns first .. last as one byte a symbol, column after column.
Bytes symbolBytes(const FaithfulScene& scene, std::size_t first, std::size_t last) {
  Bytes bytes;
  for (std::size_t channel = first; channel < last; ++channel) {
    const coding::SymbolArray& column = scene.symbols[channel];
    const std::vector<Block>& blocks = scene.blocks[channel];
    for (std::size_t index = 0; index < blocks.size(); ++index) {
      const std::size_t end = blockStart(column.size(), blocks.size(), index + 1);
      for (std::size_t i = blockStart(column.size(), blocks.size(), index); i < end; ++i) {
        bytes.push_back(static_cast<std::byte>(column[i] - blocks[index].low));
      }
    }
  }
  return bytes;
}

Result<BlockTable> readBlocks(ByteView bytes, std::size_t blocks,
                              const AttributeTransform& transform) {
  ByteReader reader(bytes);
  BlockTable table;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const std::size_t count = blockCount(transform.length(channel), blocks);
    for (std::size_t index = 0; index < count; ++index) {
      Block block;
      VOLPRESS_TRY(block.step, reader.read<float>("block scale"));
      VOLPRESS_TRY(const std::uint8_t zero, reader.read<std::uint8_t>("block zero point"));
      if (!(block.step > 0) || !std::isfinite(block.step)) {
        return fail(ErrorCode::CorruptData, "block {} of column {} has scale {}", index, channel,
                    block.step);
      }
      block.low = -std::int32_t{zero};
      block.high = block.low + kLevels;
      table[channel].push_back(block);
    }
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "chunk 'quantisers' has {} bytes too many",
                reader.remaining());
  }
  return table;
}

void readColumns(ByteView bytes, std::size_t first, std::size_t last, std::size_t length,
                 FaithfulScene& scene) {
  std::size_t at = 0;
  for (std::size_t channel = first; channel < last; ++channel) {
    const std::vector<Block>& blocks = scene.blocks[channel];
    coding::SymbolArray& column = scene.symbols[channel];
    column.resize(length);
    for (std::size_t index = 0; index < blocks.size(); ++index) {
      const std::size_t end = blockStart(length, blocks.size(), index + 1);
      for (std::size_t i = blockStart(length, blocks.size(), index); i < end; ++i) {
        column[i] = static_cast<std::int32_t>(bytes[at++]) + blocks[index].low;
      }
    }
  }
}

Result<std::vector<coding::GridPoint>> readKeys(ByteView bytes, unsigned bits) {
  std::vector<coding::GridPoint> points(bytes.size() / sizeof(std::uint64_t));
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::uint64_t key = 0;
    std::memcpy(&key, bytes.data() + i * sizeof key, sizeof key);
    if (key >> (3 * bits) != 0 || (i != 0 && key <= before)) {
      return fail(ErrorCode::CorruptData,
                  "voxel key {} of splat {} follows {} on a grid of {} bits", key, i, before, bits);
    }
    const MortonPoint point = mortonPoint(key);
    points[i] = {point.x, point.y, point.z};
    before = key;
  }
  return points;
}

Result<ShPalette> readPalette(const Container& container, const SceneHeader& header,
                              std::uint32_t entries) {
  ShPalette palette;
  palette.dimension = 3 * shRestCount(header.shDegree);
  if (entries == 0) {
    return palette;
  }
  VOLPRESS_TRY(const ByteView floats, requireSize(container, "shN-codebook",
                                                  std::uint64_t{4} * entries * palette.dimension));
  palette.entries.resize(entries * palette.dimension);
  std::memcpy(palette.entries.data(), floats.data(), floats.size());
  VOLPRESS_TRY(const ByteView indices,
               requireSize(container, "shN-index",
                           (std::uint64_t{header.count} * indexBits(entries) + 7) / 8));
  coding::BitReader reader(indices);
  palette.labels.resize(header.count);
  for (std::int32_t& label : palette.labels) {
    const std::uint32_t index = reader.read(indexBits(entries));
    if (index >= entries) {
      return fail(ErrorCode::CorruptData, "chunk 'shN-index' names entry {} of a codebook of {}",
                  index, entries);
    }
    label = static_cast<std::int32_t>(index);
  }
  return palette;
}

}  // namespace

TransformStyle faithfulStyle() { return {RowOrder::Morton, false, false, false}; }

std::vector<Chunk> writeFaithful(const SceneHeader& header, const FaithfulScene& scene) {
  const std::size_t entries =
      scene.palette.dimension == 0 ? 0 : scene.palette.entries.size() / scene.palette.dimension;
  std::size_t blocks = 0;
  for (const auto& column : scene.blocks) {
    blocks = std::max(blocks, column.size());
  }
  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    writer.write(scene.grid.origin[axis]);
    writer.write(scene.grid.cell[axis]);
  }
  writer.write(static_cast<std::uint8_t>(scene.grid.bits));
  writer.write(static_cast<std::uint16_t>(blocks));
  for (std::size_t channel = 0; channel < kScales; ++channel) {
    writer.write(scene.roots[channel]);
  }
  writer.write(static_cast<std::uint32_t>(entries));
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});

  ByteWriter keys;
  for (const coding::GridPoint& point : scene.points) {
    keys.write(mortonCode(point.x, point.y, point.z));
  }
  chunks.push_back(zstdChunk("positions", std::move(keys).take()));
  ByteWriter quantisers;
  for (const std::vector<Block>& column : scene.blocks) {
    for (const Block& block : column) {
      quantisers.write(block.step);
      quantisers.write(static_cast<std::uint8_t>(-block.low));
    }
  }
  chunks.push_back(zstdChunk("quantisers", std::move(quantisers).take()));
  chunks.push_back(zstdChunk("opacities", symbolBytes(scene, kOpacity, kAngles)));
  chunks.push_back(zstdChunk("rotations", symbolBytes(scene, kAngles, kColors)));
  chunks.push_back(zstdChunk("sh0", symbolBytes(scene, kColors, kScales)));
  chunks.push_back(zstdChunk("scales", symbolBytes(scene, kScales, kChannels)));
  if (entries != 0) {
    const ByteView floats = viewBytes(std::span<const float>(scene.palette.entries));
    chunks.push_back(zstdChunk("shN-codebook", Bytes(floats.begin(), floats.end())));
    coding::BitWriter indices;
    for (const std::int32_t label : scene.palette.labels) {
      indices.write(static_cast<std::uint32_t>(label), indexBits(entries));
    }
    chunks.push_back(zstdChunk("shN-index", indices.finish()));
  }
  return chunks;
}

Result<GaussianCloud> readFaithful(const Container& container, const SceneHeader& header,
                                   ByteReader reader, TaskRunner& runner) {
  FaithfulScene scene;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    VOLPRESS_TRY(scene.grid.origin[axis], reader.read<float>("grid origin"));
    VOLPRESS_TRY(scene.grid.cell[axis], reader.read<float>("grid cell"));
  }
  VOLPRESS_TRY(const std::uint8_t bits, reader.read<std::uint8_t>("grid bits"));
  scene.grid.bits = bits;
  VOLPRESS_TRY(const std::uint16_t blocks, reader.read<std::uint16_t>("blocks"));
  for (std::size_t channel = 0; channel < kScales; ++channel) {
    VOLPRESS_TRY(scene.roots[channel], reader.read<float>("root coefficient"));
  }
  VOLPRESS_TRY(const std::uint32_t entries, reader.read<std::uint32_t>("codebook entries"));
  if (header.count == 0 || bits == 0 || bits > coding::kMaxGridBits || blocks == 0 ||
      entries > header.count || (entries != 0) != (header.shDegree > 0) ||
      reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData,
                "{} splats on a grid of {} bits, {} blocks, {} codebook entries at SH degree {}, "
                "{} bytes more",
                header.count, bits, blocks, entries, header.shDegree, reader.remaining());
  }
  // Keys take 8 bytes a splat, so the count is justified once they are there.
  const std::uint64_t count = header.count;
  VOLPRESS_TRY(const ByteView keys, requireSize(container, "positions", 8 * count));
  VOLPRESS_TRY(const ByteView opacities, requireSize(container, "opacities", count - 1));
  VOLPRESS_TRY(const ByteView rotations, requireSize(container, "rotations", 3 * (count - 1)));
  VOLPRESS_TRY(const ByteView colors, requireSize(container, "sh0", 3 * (count - 1)));
  VOLPRESS_TRY(const ByteView scales, requireSize(container, "scales", 3 * count));
  VOLPRESS_TRY(const ByteView quantisers, container.require("quantisers"));
  VOLPRESS_TRY(scene.points, readKeys(keys, bits));
  const AttributeTransform transform(scene.points, faithfulStyle());
  VOLPRESS_TRY(scene.blocks, readBlocks(quantisers, blocks, transform));
  VOLPRESS_TRY(scene.palette, readPalette(container, header, entries));
  readColumns(opacities, kOpacity, kAngles, header.count - 1, scene);
  readColumns(rotations, kAngles, kColors, header.count - 1, scene);
  readColumns(colors, kColors, kScales, header.count - 1, scene);
  readColumns(scales, kScales, kChannels, header.count, scene);

  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::array<float, 3> centre = scene.grid.position(scene.points[i]);
    std::copy(centre.begin(), centre.end(), cloud.means.data() + 3 * i);
  }
  transform.inverse(dequantise(scene.symbols, scene.blocks, scene.roots, runner), cloud, runner);
  applyPalette(scene.palette, cloud, runner);
  return cloud;
}

}  // namespace volpress::compressors::mesongs
