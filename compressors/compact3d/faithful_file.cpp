#include "compressors/compact3d/faithful_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "compressors/coding/quantise.hpp"
#include "compressors/compact3d/chunk_names.hpp"

namespace volpress::compressors::compact3d {
namespace {

/// The group that splats are sorted by: its index needs no more than how often each entry comes.
constexpr std::size_t kSorted = kScales;

unsigned indexBits(std::size_t entries) {
  return static_cast<unsigned>(std::bit_width(entries - 1));
}

template <typename Floats>
Bytes floatBytes(const Floats& values) {
  const ByteView bytes = viewBytes(std::span<const float>(values.data(), values.size()));
  return {bytes.begin(), bytes.end()};
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

/// The labels that stand for these run lengths: a count (u32) for each entry.
Result<std::vector<std::uint32_t>> readRuns(ByteView bytes, std::uint32_t count) {
  ByteReader reader(bytes);
  std::vector<std::uint32_t> labels;
  labels.reserve(count);
  for (std::uint32_t entry = 0; reader.remaining() != 0; ++entry) {
    VOLPRESS_TRY(const auto run, reader.read<std::uint32_t>("run length"));
    if (run > count - labels.size()) {
      return fail(ErrorCode::CorruptData, "chunk '{}': runs are longer than the {} splats",
                  kIndexChunks[kSorted], count);
    }
    labels.insert(labels.end(), run, entry);
  }
  if (labels.size() != count) {
    return fail(ErrorCode::CorruptData, "chunk '{}': runs make {} splats of {}",
                kIndexChunks[kSorted], labels.size(), count);
  }
  return labels;
}

Result<std::vector<std::uint32_t>> readIndices(ByteView bytes, std::size_t group,
                                               std::uint32_t entries, std::uint32_t count) {
  coding::BitReader reader(bytes);
  std::vector<std::uint32_t> labels(count);
  for (std::uint32_t& label : labels) {
    label = reader.read(indexBits(entries));
    if (label >= entries) {
      return fail(ErrorCode::CorruptData, "chunk '{}' names entry {} of a codebook of {}",
                  kIndexChunks[group], label, entries);
    }
  }
  return labels;
}

}  // namespace

std::vector<Chunk> writeFaithful(const SceneHeader& header, const GaussianCloud& cloud,
                                 const Codebooks& books) {
  std::vector<std::uint32_t> order(cloud.count);
  std::iota(order.begin(), order.end(), 0U);
  const std::vector<std::uint32_t>& key = books[kSorted].labels;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return key[a] < key[b]; });
  const GaussianCloud sorted = gatherSplats(cloud, order);

  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const Codebook& book : books) {
    writer.write(static_cast<std::uint32_t>(book.size()));
  }
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});
  chunks.push_back({"positions", floatBytes(sorted.means)});
  chunks.push_back({"opacities", floatBytes(sorted.opacityLogits)});
  for (std::size_t group = 0; group < kGroups; ++group) {
    const Codebook& book = books[group];
    if (book.size() == 0) {
      continue;
    }
    chunks.push_back({kBookChunks[group], floatBytes(book.entries)});
    if (group == kSorted) {
      std::vector<std::uint32_t> runs(book.size());
      for (const std::uint32_t label : book.labels) {
        ++runs[label];
      }
      const ByteView bytes = viewBytes(std::span<const std::uint32_t>(runs));
      chunks.push_back({kIndexChunks[group], Bytes(bytes.begin(), bytes.end())});
      continue;
    }
    coding::BitWriter indices;
    for (const std::uint32_t splat : order) {
      indices.write(book.labels[splat], indexBits(book.size()));
    }
    chunks.push_back({kIndexChunks[group], indices.finish()});
  }
  return chunks;
}

Result<GaussianCloud> readFaithful(const Container& container, const SceneHeader& header,
                                   ByteReader reader, TaskRunner& runner) {
  std::array<std::uint32_t, kGroups> entries{};
  for (std::size_t group = 0; group < kGroups; ++group) {
    VOLPRESS_TRY(entries[group], reader.read<std::uint32_t>("codebook entries"));
    const bool wanted = dimensionOf(group, header.shDegree) != 0;
    if (entries[group] > header.count || (entries[group] != 0) != wanted) {
      return fail(ErrorCode::CorruptData,
                  "codebook {} has {} entries for {} splats at SH degree {}", group, entries[group],
                  header.count, header.shDegree);
    }
  }
  if (header.count == 0 || reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "chunk 'scene': {} splats, {} bytes too many", header.count,
                reader.remaining());
  }
  // Positions take 12 bytes a splat, so the count is justified once they are there.
  const std::uint64_t count = header.count;
  VOLPRESS_TRY(const ByteView means, requireSize(container, "positions", 12 * count));
  VOLPRESS_TRY(const ByteView opacities, requireSize(container, "opacities", 4 * count));
  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  std::memcpy(cloud.means.data(), means.data(), means.size());
  std::memcpy(cloud.opacityLogits.data(), opacities.data(), opacities.size());
  Codebooks books;
  for (std::size_t group = 0; group < kGroups; ++group) {
    Codebook& book = books[group];
    book.dimension = dimensionOf(group, header.shDegree);
    if (book.dimension == 0) {
      continue;
    }
    VOLPRESS_TRY(const ByteView floats,
                 requireSize(container, kBookChunks[group],
                             std::uint64_t{4} * entries[group] * book.dimension));
    book.entries.resize(entries[group] * book.dimension);
    std::memcpy(book.entries.data(), floats.data(), floats.size());
    const bool sorted = group == kSorted;
    const std::uint64_t bytes =
        sorted ? std::uint64_t{4} * entries[group] : (count * indexBits(entries[group]) + 7) / 8;
    VOLPRESS_TRY(const ByteView index, requireSize(container, kIndexChunks[group], bytes));
    VOLPRESS_TRY(book.labels, sorted ? readRuns(index, header.count)
                                     : readIndices(index, group, entries[group], header.count));
  }
  applyCodebooks(books, cloud, runner);
  return cloud;
}

}  // namespace volpress::compressors::compact3d
