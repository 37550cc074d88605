#include "compressors/mesongs/packed_file.hpp"

#include <algorithm>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/stages/packed_numbers.hpp"

namespace volpress::compressors::mesongs {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;

/// Columns that are coded together: those of one attribute.
struct AttributePlan {
  const char* name;
  std::size_t first;
  std::size_t channels;
};
constexpr std::array<AttributePlan, 4> kAttributes{{{"opacities", kOpacity, 1},
                                                    {"rotations", kAngles, 3},
                                                    {"sh0", kColors, 3},
                                                    {"scales", kScales, 3}}};

constexpr std::size_t kMaxBlocks = 4096;

/// For each splat a nearby earlier one, for the streams that stand in Morton order.
struct Neighbours {
  std::vector<std::uint32_t> near;
};

SymbolLayout layoutOf(std::size_t rows, std::size_t channels, std::size_t chain,
                      std::span<const std::uint32_t> neighbours = {}) {
  SymbolLayout layout;
  layout.rows = rows;
  layout.channels = channels;
  layout.chain = chain;
  layout.neighbours = neighbours;
  return layout;
}

/// Rows and channels of an attribute's stream. Scales that no transform touched stand in Morton
/// order and have neighbours.
SymbolLayout layoutOf(const AttributePlan& plan, std::size_t count, bool transformScales,
                      const Neighbours& neighbours) {
  const bool plain = plan.first == kScales && !transformScales;
  return plain ? layoutOf(count, plan.channels, plan.channels, neighbours.near)
               : layoutOf(count - 1, plan.channels, plan.channels);
}

SymbolArray interleave(const SymbolTable& columns, const AttributePlan& plan) {
  const std::size_t rows = columns[plan.first].size();
  SymbolArray values(rows * plan.channels);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < plan.channels; ++c) {
      values[row * plan.channels + c] = columns[plan.first + c][row];
    }
  }
  return values;
}

void separate(const SymbolArray& values, const AttributePlan& plan, SymbolTable& columns) {
  const std::size_t rows = values.size() / plan.channels;
  for (std::size_t c = 0; c < plan.channels; ++c) {
    SymbolArray& column = columns[plan.first + c];
    column.resize(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      column[row] = values[row * plan.channels + c];
    }
  }
}

/// The blocks' steps as rows of all columns; columns with fewer blocks repeat their last.
SymbolArray stepRows(const StepLevels& steps) {
  std::size_t rows = 0;
  for (const auto& column : steps) {
    rows = std::max(rows, column.size());
  }
  SymbolArray values(rows * kChannels);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < kChannels; ++c) {
      values[row * kChannels + c] = steps[c][std::min(row, steps[c].size() - 1)];
    }
  }
  return values;
}

/// A chunk's symbols; none when there are no rows, and then no chunk.
Result<SymbolArray> readRows(const Container& container, const char* name,
                             const SymbolLayout& layout, const std::stop_token& stop,
                             TaskRunner& runner) {
  return layout.rows == 0 ? SymbolArray{} : readSymbols(container, name, layout, stop, runner);
}

}  // namespace

TransformStyle packedStyle(bool transformScales) {
  return {RowOrder::Level, true, true, transformScales};
}

BlockTable packedBlocks(const StepLevels& steps) {
  BlockTable blocks;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    for (const std::int32_t level : steps[channel]) {
      blocks[channel].push_back(blockOfStep(level));
    }
  }
  return blocks;
}

ShPalette packedPalette(const PackedScene& scene, unsigned shDegree) {
  ShPalette palette;
  palette.dimension = 3 * shRestCount(shDegree);
  palette.labels.assign(scene.shLabels.begin(), scene.shLabels.end());
  const coding::UniformQuantiser quantiser{scene.shStep, 0};
  palette.entries.resize(scene.shLevels.size());
  for (std::size_t i = 0; i < palette.entries.size(); i += 3) {
    const std::array<float, 3> lumaChroma{quantiser.value(scene.shLevels[i]),
                                          quantiser.value(scene.shLevels[i + 1]),
                                          quantiser.value(scene.shLevels[i + 2])};
    coding::fromLumaChroma(lumaChroma.data(), palette.entries.data() + i);
  }
  return palette;
}

Result<std::vector<Chunk>> writePacked(const SceneHeader& header, const PackedScene& scene,
                                       const std::stop_token& stop, TaskRunner& runner) {
  const std::size_t dimension = 3 * shRestCount(header.shDegree);
  const std::size_t entries = dimension == 0 ? 0 : scene.shLevels.size() / dimension;
  const Neighbours neighbours{coding::nearestEarlier(scene.points, runner)};
  const SymbolArray steps = stepRows(scene.steps);

  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const float coordinate : scene.grid.origin) {
    writer.write(coordinate);
  }
  writer.write(scene.grid.cell[0]);
  writer.write(static_cast<std::uint8_t>(scene.grid.bits));
  writer.write(static_cast<std::uint8_t>(scene.transformScales ? 1 : 0));
  writer.write(static_cast<std::uint16_t>(steps.size() / kChannels));
  for (const float root : scene.roots) {
    writer.write(root);
  }
  writer.write(scene.shStep);
  writer.write(static_cast<std::uint32_t>(entries));

  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(writer).take()});
  VOLPRESS_TRY(auto positions, coding::encodePositions(scene.points, scene.grid.bits, stop));
  chunks.push_back({"positions", std::move(positions.bytes)});
  const auto add = [&](const char* name, const SymbolArray& values,
                       const SymbolLayout& layout) -> Result<void> {
    if (layout.rows != 0) {
      VOLPRESS_TRY(Bytes stream, coding::encodeSymbols(values, layout, runner, stop));
      chunks.push_back({name, std::move(stream)});
    }
    return {};
  };
  VOLPRESS_CHECK(add("steps", steps, layoutOf(steps.size() / kChannels, kChannels, 1)));
  for (const AttributePlan& plan : kAttributes) {
    VOLPRESS_CHECK(add(plan.name, interleave(scene.symbols, plan),
                       layoutOf(plan, header.count, scene.transformScales, neighbours)));
  }
  if (entries != 0) {
    VOLPRESS_CHECK(add("shN-codebook", scene.shLevels, layoutOf(entries, dimension, 3)));
    VOLPRESS_CHECK(add("shN-index", scene.shLabels, layoutOf(header.count, 1, 1, neighbours.near)));
  }
  padPackedChunks(chunks, header.count);
  return chunks;
}

namespace {

/// Steps of all columns, each cut to the blocks that it has.
Result<StepLevels> readSteps(const SymbolArray& rows, std::size_t blocks,
                             const AttributeTransform& transform) {
  for (const std::int32_t level : rows) {
    if (level < kMinStepLevel || level > kMaxStepLevel) {
      return fail(ErrorCode::CorruptData, "chunk 'steps' holds {}, allowed are {} to {}", level,
                  kMinStepLevel, kMaxStepLevel);
    }
  }
  StepLevels steps;
  for (std::size_t c = 0; c < kChannels; ++c) {
    const std::size_t count = blockCount(transform.length(c), blocks);
    for (std::size_t row = 0; row < count; ++row) {
      steps[c].push_back(rows[row * kChannels + c]);
    }
  }
  return steps;
}

Result<void> readPalette(const Container& container, const SceneHeader& header,
                         std::uint32_t entries, const Neighbours& neighbours, PackedScene& scene,
                         const std::stop_token& stop, TaskRunner& runner) {
  const std::size_t dimension = 3 * shRestCount(header.shDegree);
  VOLPRESS_TRY(scene.shLevels,
               readRows(container, "shN-codebook", layoutOf(entries, dimension, 3), stop, runner));
  VOLPRESS_TRY(scene.shLabels,
               readRows(container, "shN-index", layoutOf(header.count, 1, 1, neighbours.near), stop,
                        runner));
  for (const std::int32_t label : scene.shLabels) {
    if (label < 0 || static_cast<std::uint32_t>(label) >= entries) {
      return fail(ErrorCode::CorruptData, "chunk 'shN-index' names entry {} of a codebook of {}",
                  label, entries);
    }
  }
  return {};
}

}  // namespace

Result<GaussianCloud> readPacked(const Container& container, const SceneHeader& header,
                                 ByteReader reader, const std::stop_token& stop,
                                 TaskRunner& runner) {
  PackedScene scene;
  for (float& coordinate : scene.grid.origin) {
    VOLPRESS_TRY(coordinate, reader.read<float>("grid origin"));
  }
  VOLPRESS_TRY(const float cell, readPositive(reader, "grid cell"));
  scene.grid.cell = {cell, cell, cell};
  VOLPRESS_TRY(const std::uint8_t bits, reader.read<std::uint8_t>("grid bits"));
  scene.grid.bits = bits;
  VOLPRESS_TRY(const std::uint8_t transformScales, reader.read<std::uint8_t>("scale transform"));
  VOLPRESS_TRY(const std::uint16_t blocks, reader.read<std::uint16_t>("blocks"));
  for (float& root : scene.roots) {
    VOLPRESS_TRY(root, reader.read<float>("root coefficient"));
  }
  VOLPRESS_TRY(scene.shStep, readPositive(reader, "SH step"));
  VOLPRESS_TRY(const std::uint32_t entries, reader.read<std::uint32_t>("codebook entries"));
  const bool withSh = header.shDegree > 0;
  if (header.count == 0 || transformScales > 1 || blocks == 0 || blocks > kMaxBlocks ||
      entries > header.count || (entries != 0) != withSh || reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData,
                "{} splats, scale transform {}, {} blocks, {} codebook entries at SH degree {}, {} "
                "bytes more",
                header.count, transformScales, blocks, entries, header.shDegree,
                reader.remaining());
  }
  scene.transformScales = transformScales != 0;

  VOLPRESS_TRY(const ByteView positions, container.require("positions"));
  VOLPRESS_TRY(scene.points, coding::decodePositions(positions, stop));
  if (scene.points.size() != header.count) {
    return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} splats",
                scene.points.size(), header.count);
  }
  const Neighbours neighbours{coding::nearestEarlier(scene.points, runner)};
  const AttributeTransform transform(scene.points, packedStyle(scene.transformScales));
  VOLPRESS_TRY(const SymbolArray stepSymbols,
               readRows(container, "steps", layoutOf(blocks, kChannels, 1), stop, runner));
  VOLPRESS_TRY(scene.steps, readSteps(stepSymbols, blocks, transform));
  for (const AttributePlan& plan : kAttributes) {
    VOLPRESS_TRY(
        const SymbolArray symbols,
        readRows(container, plan.name,
                 layoutOf(plan, header.count, scene.transformScales, neighbours), stop, runner));
    separate(symbols, plan, scene.symbols);
  }
  if (withSh) {
    VOLPRESS_CHECK(readPalette(container, header, entries, neighbours, scene, stop, runner));
  }

  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::array<float, 3> centre = scene.grid.position(scene.points[i]);
    std::copy(centre.begin(), centre.end(), cloud.means.data() + 3 * i);
  }
  const Coefficients coefficients =
      dequantise(scene.symbols, packedBlocks(scene.steps), scene.roots, runner);
  transform.inverse(coefficients, cloud, runner);
  applyPalette(packedPalette(scene, header.shDegree), cloud, runner);
  return cloud;
}

}  // namespace volpress::compressors::mesongs
