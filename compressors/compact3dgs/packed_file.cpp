#include "compressors/compact3dgs/packed_file.hpp"

#include <algorithm>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/compact3dgs/chunk_names.hpp"
#include "compressors/stages/packed_numbers.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;
using coding::UniformQuantiser;

/// Beyond that alpha is clamped or invisible anyway, and far values would cost bits.
constexpr float kLogitLimit = 6;
constexpr std::uint32_t kMostStages = 8;
constexpr std::uint32_t kMostCodes = 1024;
/// Numbers of a grid that a byte of the file justifies, in terms of splats.
constexpr std::size_t kGridNumbersPerSplat = 256;

SymbolLayout layoutOf(std::size_t rows, std::size_t channels, std::size_t chain,
                      std::span<const std::uint32_t> near = {}) {
  SymbolLayout layout;
  layout.rows = rows;
  layout.channels = channels;
  layout.chain = chain;
  layout.neighbours = near;
  return layout;
}

template <typename Floats>
SymbolArray levelsOf(const Floats& values, float step) {
  const UniformQuantiser quantiser{step, 0};
  SymbolArray levels(values.size());
  std::transform(values.begin(), values.end(), levels.begin(),
                 [&](float value) { return quantiser.quantise(value); });
  return levels;
}

template <typename Floats>
void valuesOf(const SymbolArray& levels, float step, Floats& values) {
  const UniformQuantiser quantiser{step, 0};
  values.resize(levels.size());
  std::transform(levels.begin(), levels.end(), values.begin(),
                 [&](std::int32_t level) { return quantiser.value(level); });
}

/// Entries of all stages, one after the other.
SymbolArray entryLevels(const ResidualBooks& books, float step) {
  SymbolArray levels;
  for (const ResidualBooks::Stage& stage : books.stages) {
    const SymbolArray part = levelsOf(stage.entries, step);
    levels.insert(levels.end(), part.begin(), part.end());
  }
  return levels;
}

/// A row a splat, a channel a stage.
SymbolArray labelRows(const ResidualBooks& books, std::span<const std::uint32_t> order) {
  SymbolArray labels;
  labels.reserve(order.size() * books.stages.size());
  for (const std::uint32_t splat : order) {
    for (const ResidualBooks::Stage& stage : books.stages) {
      labels.push_back(static_cast<std::int32_t>(stage.labels[splat]));
    }
  }
  return labels;
}

struct BookPlan {
  const char* entriesChunk;
  const char* indexChunk;
  std::size_t dimension;
};
constexpr BookPlan kScalePlan{kScaleBooksChunk, kScaleIndexChunk, 3};
constexpr BookPlan kRotationPlan{kRotationBooksChunk, kRotationIndexChunk, 4};

Result<ResidualBooks> readBooks(const Container& container, const BookPlan& plan,
                                std::uint32_t stages, std::uint32_t codes, float step,
                                std::span<const std::uint32_t> near, const std::stop_token& stop,
                                TaskRunner& runner) {
  VOLPRESS_TRY(const SymbolArray levels,
               readSymbols(container, plan.entriesChunk,
                           layoutOf(std::size_t{stages} * codes, plan.dimension, plan.dimension),
                           stop, runner));
  VOLPRESS_TRY(const SymbolArray labels,
               readSymbols(container, plan.indexChunk, layoutOf(near.size(), stages, stages, near),
                           stop, runner));
  ResidualBooks books;
  books.dimension = plan.dimension;
  books.stages.resize(stages);
  std::vector<float> entries;
  valuesOf(levels, step, entries);
  const std::size_t width = codes * plan.dimension;
  for (std::size_t index = 0; index < stages; ++index) {
    ResidualBooks::Stage& stage = books.stages[index];
    const auto first = entries.begin() + static_cast<std::ptrdiff_t>(index * width);
    stage.entries.assign(first, first + static_cast<std::ptrdiff_t>(width));
    stage.labels.resize(near.size());
    for (std::size_t i = 0; i < near.size(); ++i) {
      const std::int32_t label = labels[i * stages + index];
      if (label < 0 || static_cast<std::uint32_t>(label) >= codes) {
        return fail(ErrorCode::CorruptData, "chunk '{}' names entry {} of {}", plan.indexChunk,
                    label, codes);
      }
      stage.labels[i] = static_cast<std::uint32_t>(label);
    }
  }
  return books;
}

}  // namespace

float roundedLogit(float logit, float step) noexcept {
  const UniformQuantiser quantiser{step, 0};
  return quantiser.value(quantiser.quantise(std::clamp(logit, -kLogitLimit, kLogitLimit)));
}

void roundEntries(ResidualBooks& books, float step) {
  for (ResidualBooks::Stage& stage : books.stages) {
    valuesOf(levelsOf(stage.entries, step), step, stage.entries);
  }
}

Result<PackedFile> writePacked(const SceneHeader& header, const StoredScene& scene,
                               const coding::PositionGrid& grid, const PackedSteps& steps,
                               const std::stop_token& stop, TaskRunner& runner) {
  PackedFile file;
  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const float coordinate : grid.origin) {
    writer.write(coordinate);
  }
  writer.write(grid.cell);
  for (const float step : {steps.opacity, steps.color, steps.scales, steps.rotations,
                           steps.field.grid, steps.field.network}) {
    writer.write(step);
  }
  const std::size_t codes = scene.scales.stages.front().entries.size() / scene.scales.dimension;
  writer.write(static_cast<std::uint8_t>(scene.scales.stages.size()));
  writer.write(static_cast<std::uint16_t>(codes));
  writer.write(static_cast<std::uint8_t>(scene.tableBits));
  for (const float coordinate : scene.place.centre) {
    writer.write(coordinate);
  }
  writer.write(scene.place.radius);
  std::vector<Chunk>& chunks = file.chunks;
  chunks.push_back({"scene", std::move(writer).take()});

  std::vector<coding::GridPoint> points(header.count);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = grid.quantise(&scene.means[3 * i]);
  }
  VOLPRESS_TRY(auto positions, coding::encodePositions(points, grid.bits, stop));
  chunks.push_back({kPositionsChunk, std::move(positions.bytes)});
  file.order = std::move(positions.order);
  std::vector<coding::GridPoint> ordered(points.size());
  SymbolArray opacities(points.size());
  SymbolArray colors(scene.tableBits == 0 ? 3 * points.size() : 0);
  const UniformQuantiser opacity{steps.opacity, 0};
  const UniformQuantiser color{steps.color, 0};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::uint32_t splat = file.order[i];
    ordered[i] = points[splat];
    opacities[i] =
        opacity.quantise(std::clamp(scene.opacityLogits[splat], -kLogitLimit, kLogitLimit));
    if (scene.tableBits == 0) {
      std::array<float, 3> lumaChroma{};
      coding::toLumaChroma(&scene.colors[3 * std::size_t{splat}], lumaChroma.data());
      for (std::size_t c = 0; c < 3; ++c) {
        colors[3 * i + c] = color.quantise(lumaChroma[c]);
      }
    }
  }
  const std::vector<std::uint32_t> near = coding::nearestEarlier(ordered, runner);
  const auto add = [&](const char* name, const SymbolArray& values,
                       const SymbolLayout& layout) -> Result<void> {
    VOLPRESS_TRY(Bytes stream, coding::encodeSymbols(values, layout, runner, stop));
    chunks.push_back({name, std::move(stream)});
    return {};
  };
  VOLPRESS_CHECK(add(kOpacitiesChunk, opacities, layoutOf(header.count, 1, 1, near)));
  const auto addBooks = [&](const BookPlan& plan, const ResidualBooks& books,
                            float step) -> Result<void> {
    const std::size_t stages = books.stages.size();
    VOLPRESS_CHECK(add(plan.entriesChunk, entryLevels(books, step),
                       layoutOf(stages * codes, plan.dimension, plan.dimension)));
    return add(plan.indexChunk, labelRows(books, file.order),
               layoutOf(header.count, stages, stages, near));
  };
  VOLPRESS_CHECK(addBooks(kScalePlan, scene.scales, steps.scales));
  VOLPRESS_CHECK(addBooks(kRotationPlan, scene.rotations, steps.rotations));
  if (scene.tableBits == 0) {
    VOLPRESS_CHECK(add(kColorsChunk, colors, layoutOf(header.count, 3, 3, near)));
  } else {
    const learning::HashGridShape shape = fieldShape(scene.tableBits);
    VOLPRESS_CHECK(add(kGridChunk, levelsOf(scene.field.grid, steps.field.grid),
                       layoutOf(scene.field.grid.size() / shape.features, shape.features, 1)));
    VOLPRESS_CHECK(add(kNetworkChunk, levelsOf(scene.field.network, steps.field.network),
                       layoutOf(scene.field.network.size(), 1, 1)));
  }
  padPackedChunks(
      chunks, std::max(header.count,
                       static_cast<std::uint32_t>(scene.field.grid.size() / kGridNumbersPerSplat)));
  return file;
}

Result<StoredScene> readPacked(const Container& container, const SceneHeader& header,
                               ByteReader reader, const std::stop_token& stop, TaskRunner& runner) {
  StoredScene scene;
  coding::PositionGrid grid;
  PackedSteps steps;
  for (float& coordinate : grid.origin) {
    VOLPRESS_TRY(coordinate, reader.read<float>("grid origin"));
  }
  VOLPRESS_TRY(grid.cell, readPositive(reader, "grid cell"));
  for (float* step : {&steps.opacity, &steps.color, &steps.scales, &steps.rotations,
                      &steps.field.grid, &steps.field.network}) {
    VOLPRESS_TRY(*step, readPositive(reader, "step"));
  }
  VOLPRESS_TRY(const std::uint8_t stages, reader.read<std::uint8_t>("stages"));
  VOLPRESS_TRY(const std::uint16_t codes, reader.read<std::uint16_t>("codes"));
  VOLPRESS_TRY(const std::uint8_t tableBits, reader.read<std::uint8_t>("table bits"));
  for (float& coordinate : scene.place.centre) {
    VOLPRESS_TRY(coordinate, reader.read<float>("field centre"));
  }
  VOLPRESS_TRY(scene.place.radius, readPositive(reader, "field radius"));
  const bool withField = tableBits != 0;
  if (header.count == 0 || stages == 0 || stages > kMostStages || codes == 0 ||
      codes > kMostCodes ||
      (withField && (tableBits < kLeastTableBits || tableBits > kMostTableBits)) ||
      reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData,
                "{} splats, {} stages of {} codes, a table of {} bits, {} bytes too many",
                header.count, stages, codes, tableBits, reader.remaining());
  }
  scene.tableBits = tableBits;

  VOLPRESS_TRY(const ByteView positions, container.require(kPositionsChunk));
  VOLPRESS_TRY(const auto points, coding::decodePositions(positions, stop));
  if (points.size() != header.count) {
    return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} splats",
                points.size(), header.count);
  }
  scene.means.resize(3 * points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::array<float, 3> centre = grid.position(points[i]);
    std::copy(centre.begin(), centre.end(), &scene.means[3 * i]);
  }
  const std::vector<std::uint32_t> near = coding::nearestEarlier(points, runner);
  VOLPRESS_TRY(
      const SymbolArray opacities,
      readSymbols(container, kOpacitiesChunk, layoutOf(header.count, 1, 1, near), stop, runner));
  valuesOf(opacities, steps.opacity, scene.opacityLogits);
  VOLPRESS_TRY(scene.scales,
               readBooks(container, kScalePlan, stages, codes, steps.scales, near, stop, runner));
  VOLPRESS_TRY(scene.rotations, readBooks(container, kRotationPlan, stages, codes, steps.rotations,
                                          near, stop, runner));
  if (!withField) {
    VOLPRESS_TRY(
        const SymbolArray colors,
        readSymbols(container, kColorsChunk, layoutOf(header.count, 3, 3, near), stop, runner));
    valuesOf(colors, steps.color, scene.colors);
    for (std::size_t i = 0; i < scene.colors.size(); i += 3) {
      coding::fromLumaChroma(&scene.colors[i], &scene.colors[i]);
    }
    return scene;
  }
  // A symbol stream justifies no row count: the grid may be as large as the file's bytes allow.
  std::uint64_t fileBytes = 0;
  for (const Chunk& chunk : container.chunks) {
    fileBytes += chunk.data.size();
  }
  const ColorField field(fieldShape(tableBits), scene.place);
  const learning::HashGrid& table = field.grid();
  if (table.parameters() / kGridNumbersPerSplat >
      kMaxSplatsPerByte * fileBytes + kMaxSplatsPerByte) {
    return fail(ErrorCode::CorruptData, "a table of {} bits has {} numbers in a file of {} bytes",
                tableBits, table.parameters(), fileBytes);
  }
  const std::size_t features = table.shape().features;
  VOLPRESS_TRY(const SymbolArray gridLevels,
               readSymbols(container, kGridChunk,
                           layoutOf(table.parameters() / features, features, 1), stop, runner));
  valuesOf(gridLevels, steps.field.grid, scene.field.grid);
  VOLPRESS_TRY(const SymbolArray networkLevels,
               readSymbols(container, kNetworkChunk,
                           layoutOf(field.network().layer().parameters(), 1, 1), stop, runner));
  valuesOf(networkLevels, steps.field.network, scene.field.network);
  return scene;
}

}  // namespace volpress::compressors::compact3dgs
