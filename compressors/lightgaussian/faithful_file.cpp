#include "compressors/lightgaussian/faithful_file.hpp"

#include <algorithm>
#include <bit>

#include "compressors/coding/quantise.hpp"
#include "scene/base/half_float.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

constexpr float kLargestHalf = 65504.0F;

template <typename Floats>
Bytes halves(const Floats& values) {
  ByteWriter writer;
  for (const float value : values) {
    writer.write(halfFromFloat(std::clamp(value, -kLargestHalf, kLargestHalf)));
  }
  return std::move(writer).take();
}

unsigned indexBits(std::size_t entries) {
  return static_cast<unsigned>(std::bit_width(entries - 1));
}

Chunk zstdChunk(const char* name, Bytes data) {
  return {name, std::move(data), Packing::Zstd, true};
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

/// Reads `count` half floats.
Result<std::vector<float>> readHalves(const Container& container, std::string_view name,
                                      std::uint64_t count) {
  VOLPRESS_TRY(const ByteView data, requireSize(container, name, 2 * count));
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, data.data() + 2 * i, sizeof half);
    values[i] = floatFromHalf(half);
  }
  return values;
}

}  // namespace

std::vector<float> shFeatures(const GaussianCloud& cloud) {
  const std::size_t rest = 3 * shRestCount(cloud.shDegree);
  std::vector<float> features;
  features.reserve(cloud.count * (3 + rest));
  for (std::size_t i = 0; i < cloud.count; ++i) {
    features.insert(features.end(), cloud.shDc.data() + 3 * i, cloud.shDc.data() + 3 * i + 3);
    features.insert(features.end(), cloud.shRest.data() + rest * i,
                    cloud.shRest.data() + rest * (i + 1));
  }
  return features;
}

std::vector<Chunk> writeFaithful(const SceneHeader& header, const GaussianCloud& cloud,
                                 const FaithfulColors& colors) {
  const std::size_t dimension = 3 + 3 * shRestCount(cloud.shDegree);
  const std::size_t entries = colors.codebook.size() / dimension;
  ByteWriter scene;
  writeSceneHeader(header, scene);
  scene.write(static_cast<std::uint32_t>(colors.indices.size()));
  scene.write(static_cast<std::uint32_t>(entries));
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(scene).take()});
  const ByteView positions = viewBytes(std::span<const float>(cloud.means));
  chunks.push_back(zstdChunk("positions", Bytes(positions.begin(), positions.end())));
  chunks.push_back(zstdChunk("scales", halves(cloud.logScales)));
  chunks.push_back(zstdChunk("rotations", halves(cloud.rotations)));
  chunks.push_back(zstdChunk("opacities", halves(cloud.opacityLogits)));
  const std::vector<float> features = shFeatures(cloud);
  std::vector<float> direct;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    if (colors.fromBook.empty() || colors.fromBook[i] == 0) {
      const auto row = features.begin() + static_cast<std::ptrdiff_t>(dimension * i);
      direct.insert(direct.end(), row, row + static_cast<std::ptrdiff_t>(dimension));
    }
  }
  chunks.push_back(zstdChunk("sh", halves(direct)));
  if (!colors.indices.empty()) {
    coding::BitWriter mask;
    for (const std::int32_t flag : colors.fromBook) {
      mask.write(static_cast<std::uint32_t>(flag), 1);
    }
    coding::BitWriter indices;
    for (const std::uint32_t index : colors.indices) {
      indices.write(index, indexBits(entries));
    }
    chunks.push_back(zstdChunk("sh-mask", mask.finish()));
    chunks.push_back(zstdChunk("sh-index", indices.finish()));
    chunks.push_back(zstdChunk("sh-codebook", halves(colors.codebook)));
  }
  return chunks;
}

Result<GaussianCloud> readFaithful(const Container& container, const SceneHeader& header,
                                   ByteReader scene) {
  VOLPRESS_TRY(const std::uint32_t served, scene.read<std::uint32_t>("codebook splats"));
  VOLPRESS_TRY(const std::uint32_t entries, scene.read<std::uint32_t>("codebook entries"));
  if (served > header.count || entries > served || (served != 0 && entries == 0)) {
    return fail(ErrorCode::CorruptData,
                "a codebook of {} entries for {} of {} splats is not possible", entries, served,
                header.count);
  }
  const std::uint64_t count = header.count;
  const std::size_t rest = 3 * shRestCount(header.shDegree);
  const std::size_t dimension = 3 + rest;
  VOLPRESS_TRY(const ByteView positions, requireSize(container, "positions", 12 * count));
  VOLPRESS_TRY(const auto scales, readHalves(container, "scales", 3 * count));
  VOLPRESS_TRY(const auto rotations, readHalves(container, "rotations", 4 * count));
  VOLPRESS_TRY(const auto opacities, readHalves(container, "opacities", count));
  VOLPRESS_TRY(const auto direct, readHalves(container, "sh", (count - served) * dimension));
  std::vector<float> codebook;
  ByteView maskBytes;
  ByteView indexBytes;
  if (served != 0) {
    VOLPRESS_TRY(codebook, readHalves(container, "sh-codebook", entries * dimension));
    VOLPRESS_TRY(maskBytes, requireSize(container, "sh-mask", (count + 7) / 8));
    VOLPRESS_TRY(indexBytes, requireSize(container, "sh-index",
                                         (std::uint64_t{served} * indexBits(entries) + 7) / 8));
  }

  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  if (count != 0) {
    std::memcpy(cloud.means.data(), positions.data(), positions.size());
  }
  std::copy(scales.begin(), scales.end(), cloud.logScales.begin());
  std::copy(rotations.begin(), rotations.end(), cloud.rotations.begin());
  std::copy(opacities.begin(), opacities.end(), cloud.opacityLogits.begin());
  coding::BitReader mask(maskBytes);
  coding::BitReader indices(indexBytes);
  std::size_t nextDirect = 0;
  std::size_t nextServed = 0;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const bool fromBook = served != 0 && mask.read(1) != 0;
    const float* feature = nullptr;
    if (fromBook) {
      const std::uint32_t index = indices.read(indexBits(entries));
      if (++nextServed > served || index >= entries) {
        return fail(ErrorCode::CorruptData,
                    "chunk 'sh-index' names entry {} of {} for splat {} of {}", index, entries,
                    nextServed, served);
      }
      feature = codebook.data() + dimension * index;
    } else {
      if (++nextDirect > cloud.count - served) {
        return fail(ErrorCode::CorruptData, "chunk 'sh-mask' flags fewer than {} splats", served);
      }
      feature = direct.data() + dimension * (nextDirect - 1);
    }
    std::copy_n(feature, 3, cloud.shDc.data() + 3 * i);
    std::copy_n(feature + 3, rest, cloud.shRest.data() + rest * i);
  }
  return cloud;
}

}  // namespace volpress::compressors::lightgaussian
