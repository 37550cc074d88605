#include "compressors/compact3d/packed_file.hpp"

#include <algorithm>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/compact3d/chunk_names.hpp"
#include "compressors/stages/packed_numbers.hpp"

namespace volpress::compressors::compact3d {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;

/// Beyond that alpha is clamped or invisible anyway, and far values would cost bits.
constexpr float kLogitLimit = 6;
/// SH levels nearer to 0 than this become 0: most are noise, and zeros cost next to nothing.
constexpr double kShDeadZone = 0.6;

bool isColor(std::size_t group) { return group == kColors || group == kSh; }

SymbolLayout splatLayout(std::size_t count, std::span<const std::uint32_t> near) {
  SymbolLayout layout;
  layout.rows = count;
  layout.neighbours = near;
  return layout;
}

/// Entries stand in the order of their main spread: the one before resembles an entry.
SymbolLayout bookLayout(std::size_t entries, std::size_t dimension) {
  SymbolLayout layout;
  layout.rows = entries;
  layout.channels = dimension;
  layout.chain = dimension == 4 ? 4 : 3;
  return layout;
}

}  // namespace

SymbolArray entryLevels(const Codebook& book, std::size_t group, const PackedSteps& steps) {
  const coding::UniformQuantiser quantiser{steps.books[group], 0};
  const double deadZone = group == kSh ? kShDeadZone : 0.5;
  std::vector<float> values = book.entries;
  for (std::size_t i = 0; isColor(group) && i < values.size(); i += 3) {
    coding::toLumaChroma(values.data() + i, values.data() + i);
  }
  SymbolArray levels(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    levels[i] = quantiser.quantiseWithDeadZone(values[i], deadZone);
  }
  return levels;
}

std::vector<float> entriesOf(const SymbolArray& levels, std::size_t group,
                             const PackedSteps& steps) {
  const coding::UniformQuantiser quantiser{steps.books[group], 0};
  std::vector<float> values(levels.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = quantiser.value(levels[i]);
  }
  for (std::size_t i = 0; isColor(group) && i < values.size(); i += 3) {
    coding::fromLumaChroma(values.data() + i, values.data() + i);
  }
  return values;
}

std::int32_t opacityLevel(float logit, float step) {
  return coding::UniformQuantiser{step, 0}.quantise(std::clamp(logit, -kLogitLimit, kLogitLimit));
}

float opacityLogit(std::int32_t level, float step) {
  return coding::UniformQuantiser{step, 0}.value(level);
}

Result<std::vector<Chunk>> writePacked(const SceneHeader& header, const PackedScene& scene,
                                       const std::stop_token& stop, TaskRunner& runner) {
  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const float coordinate : scene.grid.origin) {
    writer.write(coordinate);
  }
  writer.write(scene.grid.cell);
  writer.write(scene.steps.opacity);
  std::array<std::size_t, kGroups> entries{};
  for (std::size_t group = 0; group < kGroups; ++group) {
    const std::size_t dimension = dimensionOf(group, header.shDegree);
    entries[group] = dimension == 0 ? 0 : scene.levels[group].size() / dimension;
    writer.write(scene.steps.books[group]);
    writer.write(static_cast<std::uint32_t>(entries[group]));
  }
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});
  VOLPRESS_TRY(auto positions, coding::encodePositions(scene.points, scene.grid.bits, stop));
  chunks.push_back({"positions", std::move(positions.bytes)});
  const std::vector<std::uint32_t> near = coding::nearestEarlier(scene.points, runner);
  const auto add = [&](const char* name, const SymbolArray& values,
                       const SymbolLayout& layout) -> Result<void> {
    VOLPRESS_TRY(Bytes stream, coding::encodeSymbols(values, layout, runner, stop));
    chunks.push_back({name, std::move(stream)});
    return {};
  };
  VOLPRESS_CHECK(add("opacities", scene.opacities, splatLayout(header.count, near)));
  for (std::size_t group = 0; group < kGroups; ++group) {
    if (entries[group] != 0) {
      VOLPRESS_CHECK(add(kBookChunks[group], scene.levels[group],
                         bookLayout(entries[group], dimensionOf(group, header.shDegree))));
      VOLPRESS_CHECK(
          add(kIndexChunks[group], scene.labels[group], splatLayout(header.count, near)));
    }
  }
  padPackedChunks(chunks, header.count);
  return chunks;
}

Result<GaussianCloud> readPacked(const Container& container, const SceneHeader& header,
                                 ByteReader reader, const std::stop_token& stop,
                                 TaskRunner& runner) {
  PackedScene scene;
  for (float& coordinate : scene.grid.origin) {
    VOLPRESS_TRY(coordinate, reader.read<float>("grid origin"));
  }
  VOLPRESS_TRY(scene.grid.cell, readPositive(reader, "grid cell"));
  VOLPRESS_TRY(scene.steps.opacity, readPositive(reader, "opacity step"));
  std::array<std::uint32_t, kGroups> entries{};
  for (std::size_t group = 0; group < kGroups; ++group) {
    VOLPRESS_TRY(scene.steps.books[group], readPositive(reader, "codebook step"));
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
  VOLPRESS_TRY(const ByteView positions, container.require("positions"));
  VOLPRESS_TRY(scene.points, coding::decodePositions(positions, stop));
  if (scene.points.size() != header.count) {
    return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} splats",
                scene.points.size(), header.count);
  }
  const std::vector<std::uint32_t> near = coding::nearestEarlier(scene.points, runner);
  const SymbolLayout perSplat = splatLayout(header.count, near);
  VOLPRESS_TRY(scene.opacities, readSymbols(container, "opacities", perSplat, stop, runner));

  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  Codebooks books;
  for (std::size_t group = 0; group < kGroups; ++group) {
    Codebook& book = books[group];
    book.dimension = dimensionOf(group, header.shDegree);
    if (book.dimension == 0) {
      continue;
    }
    VOLPRESS_TRY(scene.levels[group],
                 readSymbols(container, kBookChunks[group],
                             bookLayout(entries[group], book.dimension), stop, runner));
    VOLPRESS_TRY(scene.labels[group],
                 readSymbols(container, kIndexChunks[group], perSplat, stop, runner));
    for (const std::int32_t label : scene.labels[group]) {
      if (label < 0 || static_cast<std::uint32_t>(label) >= entries[group]) {
        return fail(ErrorCode::CorruptData, "chunk '{}' names entry {} of a codebook of {}",
                    kIndexChunks[group], label, entries[group]);
      }
    }
    book.entries = entriesOf(scene.levels[group], group, scene.steps);
    book.labels.assign(scene.labels[group].begin(), scene.labels[group].end());
  }
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::array<float, 3> centre = scene.grid.position(scene.points[i]);
    std::copy(centre.begin(), centre.end(), cloud.means.data() + 3 * i);
    cloud.opacityLogits[i] = opacityLogit(scene.opacities[i], scene.steps.opacity);
  }
  applyCodebooks(books, cloud, runner);
  return cloud;
}

}  // namespace volpress::compressors::compact3d
