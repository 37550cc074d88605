#include "compressors/compact3dgs/faithful_file.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "compressors/coding/quantise.hpp"
#include "compressors/compact3dgs/chunk_names.hpp"
#include "scene/base/half_float.hpp"
#include "scene/base/morton.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

constexpr std::uint32_t kMostStages = 8;
constexpr std::uint32_t kMostCodes = 1024;
constexpr std::uint32_t kByteLevels = 256;
constexpr double kOpacityMargin = 1e-6;
/// The largest half float: positions beyond it stay there.
constexpr float kMostHalf = 65504;

Chunk zstdChunk(const char* name, Bytes data) {
  return {name, std::move(data), Packing::Zstd, true};
}

unsigned indexBits(std::size_t codes) { return static_cast<unsigned>(std::bit_width(codes - 1)); }

/// Numbers as bytes between their least and largest: two floats, then a byte each.
template <typename Floats>
Bytes byteLevels(const Floats& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto quantiser = coding::UniformQuantiser::fromRange(*low, *high, kByteLevels);
  ByteWriter writer;
  writer.write(quantiser.offset);
  writer.write(quantiser.step);
  for (const float value : values) {
    writer.write(static_cast<std::uint8_t>(std::clamp(quantiser.quantise(value), 0, 255)));
  }
  return std::move(writer).take();
}

Bytes halfBytes(const FloatArray& values) {
  ByteWriter writer;
  for (const float value : values) {
    writer.write(halfFromFloat(std::clamp(value, -kMostHalf, kMostHalf)));
  }
  return std::move(writer).take();
}

/// A chunk that must hold exactly `size` bytes.
Result<ByteReader> requireSize(const Container& container, const char* name, std::uint64_t size) {
  VOLPRESS_TRY(const ByteView data, container.require(name));
  if (data.size() != size) {
    return fail(ErrorCode::CorruptData, "chunk '{}' holds {} bytes, not {}", name, data.size(),
                size);
  }
  return ByteReader(data);
}

Result<void> readByteLevels(const Container& container, const char* name, std::uint64_t count,
                            FloatArray& values) {
  VOLPRESS_TRY(ByteReader reader, requireSize(container, name, 8 + count));
  coding::UniformQuantiser quantiser;
  VOLPRESS_TRY(quantiser.offset, reader.read<float>("least value"));
  VOLPRESS_TRY(quantiser.step, reader.read<float>("step"));
  values.resize(static_cast<std::size_t>(count));
  for (float& value : values) {
    VOLPRESS_TRY(const std::uint8_t level, reader.read<std::uint8_t>("level"));
    value = quantiser.value(level);
  }
  return {};
}

Result<void> readHalves(const Container& container, const char* name, std::uint64_t count,
                        FloatArray& values) {
  VOLPRESS_TRY(ByteReader reader, requireSize(container, name, 2 * count));
  values.resize(static_cast<std::size_t>(count));
  for (float& value : values) {
    VOLPRESS_TRY(const std::uint16_t half, reader.read<std::uint16_t>("half float"));
    value = floatFromHalf(half);
  }
  return {};
}

void writeBooks(const ResidualBooks& books, std::span<const std::uint32_t> order,
                const char* entriesChunk, const char* indexChunk, std::vector<Chunk>& chunks) {
  ByteWriter entries;
  coding::BitWriter indices;
  for (const ResidualBooks::Stage& stage : books.stages) {
    entries.append(viewBytes(std::span<const float>(stage.entries)));
    const unsigned bits = indexBits(stage.entries.size() / books.dimension);
    for (const std::uint32_t splat : order) {
      indices.write(stage.labels[splat], bits);
    }
  }
  chunks.push_back({entriesChunk, std::move(entries).take()});
  chunks.push_back(zstdChunk(indexChunk, indices.finish()));
}

Result<ResidualBooks> readBooks(const Container& container, const SceneHeader& header,
                                std::uint32_t stages, std::uint32_t codes, std::size_t dimension,
                                const char* entriesChunk, const char* indexChunk) {
  const std::uint64_t width = codes * dimension;
  const unsigned bits = indexBits(codes);
  VOLPRESS_TRY(ByteReader floats, requireSize(container, entriesChunk, 4 * width * stages));
  VOLPRESS_CHECK(
      requireSize(container, indexChunk, (std::uint64_t{header.count} * bits * stages + 7) / 8));
  VOLPRESS_TRY(const ByteView indexBytes, container.require(indexChunk));
  coding::BitReader indices(indexBytes);
  ResidualBooks books;
  books.dimension = dimension;
  books.stages.resize(stages);
  for (ResidualBooks::Stage& stage : books.stages) {
    stage.entries.resize(static_cast<std::size_t>(width));
    for (float& value : stage.entries) {
      VOLPRESS_TRY(value, floats.read<float>("codebook entry"));
    }
    stage.labels.resize(header.count);
    for (std::uint32_t& label : stage.labels) {
      label = indices.read(bits);
      if (label >= codes) {
        return fail(ErrorCode::CorruptData, "chunk '{}' names entry {} of {}", indexChunk, label,
                    codes);
      }
    }
  }
  return books;
}

}  // namespace

float halfRounded(float value) noexcept {
  return floatFromHalf(halfFromFloat(std::clamp(value, -kMostHalf, kMostHalf)));
}

std::vector<Chunk> writeFaithful(const SceneHeader& header, const StoredScene& scene,
                                 TaskRunner& runner) {
  const std::vector<std::uint32_t> order = mortonOrder(scene.means, runner);
  const std::size_t codes = scene.scales.stages.front().entries.size() / scene.scales.dimension;
  ByteWriter writer;
  writeSceneHeader(header, writer);
  writer.write(static_cast<std::uint8_t>(scene.scales.stages.size()));
  writer.write(static_cast<std::uint16_t>(codes));
  writer.write(static_cast<std::uint8_t>(scene.tableBits));
  for (const float coordinate : scene.place.centre) {
    writer.write(coordinate);
  }
  writer.write(scene.place.radius);
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});

  FloatArray means(scene.means.size());
  FloatArray opacities(scene.opacityLogits.size());
  FloatArray colors(scene.colors.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t splat = order[i];
    std::copy_n(&scene.means[3 * splat], 3, &means[3 * i]);
    opacities[i] =
        static_cast<float>(1 / (1 + std::exp(-static_cast<double>(scene.opacityLogits[splat]))));
    if (scene.tableBits == 0) {
      std::copy_n(&scene.colors[3 * splat], 3, &colors[3 * i]);
    }
  }
  chunks.push_back({kPositionsChunk, halfBytes(means)});
  chunks.push_back(zstdChunk(kOpacitiesChunk, byteLevels(opacities)));
  writeBooks(scene.scales, order, kScaleBooksChunk, kScaleIndexChunk, chunks);
  writeBooks(scene.rotations, order, kRotationBooksChunk, kRotationIndexChunk, chunks);
  if (scene.tableBits == 0) {
    chunks.push_back({kColorsChunk, halfBytes(colors)});
    return chunks;
  }
  FieldWeights seen;
  roundWeights(scene.field.grid, {}, {0, 0, kGridThreshold}, seen);
  chunks.push_back(zstdChunk(kGridChunk, byteLevels(seen.grid)));
  chunks.push_back({kNetworkChunk, halfBytes(scene.field.network)});
  return chunks;
}

Result<StoredScene> readFaithful(const Container& container, const SceneHeader& header,
                                 ByteReader reader) {
  StoredScene scene;
  VOLPRESS_TRY(const std::uint8_t stages, reader.read<std::uint8_t>("stages"));
  VOLPRESS_TRY(const std::uint16_t codes, reader.read<std::uint16_t>("codes"));
  VOLPRESS_TRY(const std::uint8_t tableBits, reader.read<std::uint8_t>("table bits"));
  for (float& coordinate : scene.place.centre) {
    VOLPRESS_TRY(coordinate, reader.read<float>("field centre"));
  }
  VOLPRESS_TRY(scene.place.radius, reader.read<float>("field radius"));
  if (header.count == 0 || stages == 0 || stages > kMostStages || codes == 0 ||
      codes > kMostCodes ||
      (tableBits != 0 && (tableBits < kLeastTableBits || tableBits > kMostTableBits)) ||
      !(scene.place.radius > 0) || reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData,
                "{} splats, {} stages of {} codes, a table of {} bits, a field of radius {}, {} "
                "bytes too many",
                header.count, stages, codes, tableBits, scene.place.radius, reader.remaining());
  }
  // Positions take 6 bytes a splat, so the count is justified once they are there.
  const std::uint64_t count = header.count;
  VOLPRESS_CHECK(readHalves(container, kPositionsChunk, 3 * count, scene.means));
  VOLPRESS_CHECK(readByteLevels(container, kOpacitiesChunk, count, scene.opacityLogits));
  for (float& value : scene.opacityLogits) {
    const double opacity =
        std::clamp(static_cast<double>(value), kOpacityMargin, 1 - kOpacityMargin);
    value = static_cast<float>(std::log(opacity) - std::log1p(-opacity));
  }
  VOLPRESS_TRY(scene.scales,
               readBooks(container, header, stages, codes, 3, kScaleBooksChunk, kScaleIndexChunk));
  VOLPRESS_TRY(scene.rotations, readBooks(container, header, stages, codes, 4, kRotationBooksChunk,
                                          kRotationIndexChunk));
  scene.tableBits = tableBits;
  if (tableBits == 0) {
    VOLPRESS_CHECK(readHalves(container, kColorsChunk, 3 * count, scene.colors));
    return scene;
  }
  const ColorField field(fieldShape(tableBits), scene.place);
  VOLPRESS_CHECK(
      readByteLevels(container, kGridChunk, field.grid().parameters(), scene.field.grid));
  VOLPRESS_CHECK(readHalves(container, kNetworkChunk, field.network().layer().parameters(),
                            scene.field.network));
  return scene;
}

}  // namespace volpress::compressors::compact3dgs
