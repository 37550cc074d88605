#include "compressors/sags/stored_scene.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compressors/coding/quantise.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/stages/packed_numbers.hpp"
#include "scene/base/half_float.hpp"

namespace volpress::compressors::sags {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;
using coding::UniformQuantiser;

constexpr float kMostLogSize = 40;
constexpr float kMostNumber = 1e4F;
constexpr float kMostParameter = 1e3F;
/// A key point takes many bytes; a file that claims more than one a byte is damaged.
constexpr std::uint64_t kFreeKeys = 1024;

SymbolLayout layoutOf(std::size_t rows, std::size_t channels, std::size_t chain,
                      std::span<const std::uint32_t> neighbours) {
  SymbolLayout layout;
  layout.rows = rows;
  layout.channels = channels;
  layout.chain = chain;
  layout.neighbours = neighbours;
  return layout;
}

std::int32_t levelOf(float value, float step) { return UniformQuantiser{step, 0}.quantise(value); }

float boundedSize(float value) { return std::clamp(value, -kMostLogSize, kMostLogSize); }

/// Axes as they are, then how far the point may move in relation to them.
SymbolArray sizeSymbols(const FloatArray& sizes, float step) {
  SymbolArray symbols(sizes.size());
  for (std::size_t i = 0; i < sizes.size(); i += kSizeWidth) {
    for (std::size_t c = 0; c < 3; ++c) {
      symbols[i + c] = levelOf(boundedSize(sizes[i + 3 + c]), step);
      symbols[i + 3 + c] = levelOf(boundedSize(sizes[i + c]), step) - symbols[i + c];
    }
  }
  return symbols;
}

Result<FloatArray> sizesFrom(const SymbolArray& symbols, float step) {
  FloatArray sizes(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const std::size_t c = i % kSizeWidth;
    const std::int64_t level = std::int64_t{symbols[i]} + (c < 3 ? 0 : symbols[i - 3]);
    const double value = static_cast<double>(step) * static_cast<double>(level);
    // Rounding may lead past the bound by a step.
    if (!(std::abs(value) <= 2 * static_cast<double>(kMostLogSize))) {
      return fail(ErrorCode::CorruptData, "chunk 'sizes' holds {}, allowed are +-{}", value,
                  2 * kMostLogSize);
    }
    sizes[c < 3 ? i + 3 : i - 3] = static_cast<float>(value);
  }
  return sizes;
}

/// Numbers with a step for each of their row's columns.
Result<FloatArray> numbersFrom(const SymbolArray& symbols, std::span<const float> steps,
                               const char* what) {
  FloatArray values(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    values[i] = static_cast<float>(static_cast<double>(steps[i % steps.size()]) *
                                   static_cast<double>(symbols[i]));
    if (!(std::abs(values[i]) <= kMostNumber)) {
      return fail(ErrorCode::CorruptData, "{} holds {}, allowed are +-{}", what, values[i],
                  kMostNumber);
    }
  }
  return values;
}

SymbolArray symbolsOf(const FloatArray& values, std::span<const float> steps) {
  SymbolArray symbols(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    symbols[i] = levelOf(values[i], steps[i % steps.size()]);
  }
  return symbols;
}

float roundedHalf(float value) {
  return floatFromHalf(halfFromFloat(std::clamp(value, -kMostParameter, kMostParameter)));
}

Result<FloatArray> readHalves(ByteReader& reader, std::size_t count) {
  VOLPRESS_TRY(const ByteView bytes, reader.take(2 * count, "networks"));
  FloatArray values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + 2 * i, 2);
    values[i] = floatFromHalf(half);
    if (!(std::abs(values[i]) <= kMostParameter)) {
      return fail(ErrorCode::CorruptData, "chunk 'networks' holds {}, allowed are +-{}", values[i],
                  kMostParameter);
    }
  }
  return values;
}

/// What the file says of itself besides the common header.
Bytes sceneChunk(const SceneHeader& header, const StoredScene& scene) {
  ByteWriter writer;
  writeSceneHeader(header, writer);
  for (const float coordinate : scene.grid.origin) {
    writer.write(coordinate);
  }
  writer.write(scene.grid.cell);
  writer.write(static_cast<std::uint8_t>(scene.grid.bits));
  writer.write(static_cast<std::uint8_t>(scene.shape.features));
  writer.write(static_cast<std::uint8_t>(scene.shape.tableBits));
  writer.write(static_cast<std::uint8_t>(scene.shape.shapesSeeView ? 1 : 0));
  writer.write(scene.shape.viewDistance);
  for (const float coordinate : scene.shape.place.centre) {
    writer.write(coordinate);
  }
  writer.write(scene.shape.place.radius);
  writer.write(scene.steps.sizes);
  writer.write(scene.steps.grid);
  for (const float step : scene.steps.features) {
    writer.write(step);
  }
  return std::move(writer).take();
}

Result<void> readSceneChunk(ByteReader& reader, StoredScene& scene) {
  for (float& coordinate : scene.grid.origin) {
    VOLPRESS_TRY(coordinate, reader.read<float>("grid origin"));
  }
  VOLPRESS_TRY(scene.grid.cell, readPositive(reader, "grid cell"));
  VOLPRESS_TRY(scene.grid.bits, reader.read<std::uint8_t>("grid bits"));
  DecoderShape& shape = scene.shape;
  VOLPRESS_TRY(shape.features, reader.read<std::uint8_t>("features"));
  VOLPRESS_TRY(shape.tableBits, reader.read<std::uint8_t>("hash grid bits"));
  VOLPRESS_TRY(const auto sees, reader.read<std::uint8_t>("whether shapes see the view"));
  VOLPRESS_TRY(shape.viewDistance, readPositive(reader, "view distance"));
  for (float& coordinate : shape.place.centre) {
    VOLPRESS_TRY(coordinate, reader.read<float>("cube centre"));
  }
  VOLPRESS_TRY(shape.place.radius, readPositive(reader, "cube radius"));
  VOLPRESS_TRY(scene.steps.sizes, readPositive(reader, "size step"));
  VOLPRESS_TRY(scene.steps.grid, readPositive(reader, "hash grid step"));
  shape.shapesSeeView = sees == 1;
  if (scene.grid.bits == 0 || scene.grid.bits > coding::kMaxGridBits || shape.features == 0 ||
      shape.features > kMaxFeatures || shape.tableBits < kLeastTableBits ||
      shape.tableBits > kMostTableBits || sees > 1 || reader.remaining() != 4 * shape.features) {
    return fail(ErrorCode::CorruptData,
                "grid of {} bits, {} features, hash grid of {} bits, view flag {}, {} bytes of "
                "steps",
                scene.grid.bits, shape.features, shape.tableBits, sees, reader.remaining());
  }
  for (std::size_t i = 0; i < shape.features; ++i) {
    VOLPRESS_TRY(const float step, readPositive(reader, "feature step"));
    scene.steps.features.push_back(step);
  }
  return {};
}

/// Which of the candidates have a mid-point.
Result<std::vector<std::array<std::uint32_t, 2>>> readParents(const Container& container,
                                                              const StoredScene& scene,
                                                              const std::stop_token& stop,
                                                              TaskRunner& runner) {
  VOLPRESS_TRY(const std::vector<Pair> candidates,
               candidatePairs(scene.keys, kLiteNeighbours, runner, stop));
  VOLPRESS_TRY(
      const SymbolArray kept,
      readSymbols(container, "mid-points", layoutOf(candidates.size(), 1, 1, {}), stop, runner));
  std::vector<std::array<std::uint32_t, 2>> parents;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] != 0 && kept[i] != 1) {
      return fail(ErrorCode::CorruptData, "chunk 'mid-points' holds {}, allowed are 0 and 1",
                  kept[i]);
    }
    if (kept[i] == 1) {
      parents.push_back({candidates[i].first, candidates[i].second});
    }
  }
  return parents;
}

}  // namespace

void roundWeights(const Steps& steps, const Weights& exact, Weights& rounded) {
  const auto round = [&](Part part, std::span<const float> of) {
    rounded[part].resize(exact[part].size());
    for (std::size_t i = 0; i < exact[part].size(); ++i) {
      const UniformQuantiser quantiser{of[i % of.size()], 0};
      const float value = part == kSizes ? boundedSize(exact[part][i]) : exact[part][i];
      rounded[part][i] = quantiser.value(quantiser.quantise(value));
    }
  };
  round(kFeatures, steps.features);
  round(kSizes, {&steps.sizes, 1});
  round(kGrid, {&steps.grid, 1});
  for (std::size_t part = kAffine; part < kParts; ++part) {
    rounded[part].resize(exact[part].size());
    std::transform(exact[part].begin(), exact[part].end(), rounded[part].begin(), roundedHalf);
  }
}

Result<void> checkKeyCount(const SceneHeader& header, std::uint64_t fileBytes) {
  if (header.count == 0 || header.count > kFreeKeys + fileBytes) {
    return fail(ErrorCode::CorruptData, "key point count is {}, but {} bytes hold 1 to {}",
                header.count, fileBytes, kFreeKeys + fileBytes);
  }
  return {};
}

Result<std::vector<Chunk>> writeScene(const SceneHeader& header, const StoredScene& scene,
                                      const std::stop_token& stop, TaskRunner& runner) {
  std::vector<Chunk> chunks;
  chunks.push_back({"scene", sceneChunk(header, scene)});
  VOLPRESS_TRY(auto positions, coding::encodePositions(scene.keys, scene.grid.bits, stop));
  chunks.push_back({"positions", std::move(positions.bytes)});
  const auto add = [&](const char* name, const SymbolArray& values,
                       const SymbolLayout& layout) -> Result<void> {
    VOLPRESS_TRY(Bytes stream, coding::encodeSymbols(values, layout, runner, stop));
    chunks.push_back({name, std::move(stream)});
    return {};
  };
  if (scene.layout == Layout::Lite) {
    VOLPRESS_TRY(const std::vector<Pair> candidates,
                 candidatePairs(scene.keys, kLiteNeighbours, runner, stop));
    SymbolArray kept(candidates.size());
    auto next = scene.parents.begin();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      kept[i] = next != scene.parents.end() && (*next)[0] == candidates[i].first &&
                        (*next)[1] == candidates[i].second
                    ? 1
                    : 0;
      next += kept[i];
    }
    VOLPRESS_CHECK(add("mid-points", kept, layoutOf(kept.size(), 1, 1, {})));
  }
  const std::size_t keys = scene.keys.size();
  const std::vector<std::uint32_t> near = coding::nearestEarlier(scene.keys, runner);
  VOLPRESS_CHECK(add("features", symbolsOf(scene.weights[kFeatures], scene.steps.features),
                     layoutOf(keys, scene.shape.features, 1, near)));
  VOLPRESS_CHECK(add("sizes", sizeSymbols(scene.weights[kSizes], scene.steps.sizes),
                     layoutOf(keys, kSizeWidth, 3, near)));
  VOLPRESS_CHECK(add("hash-grid", symbolsOf(scene.weights[kGrid], {&scene.steps.grid, 1}),
                     layoutOf(scene.weights[kGrid].size() / 2, 2, 1, {})));
  ByteWriter nets;
  for (std::size_t part = kAffine; part < kParts; ++part) {
    for (const float value : scene.weights[part]) {
      nets.write(halfFromFloat(std::clamp(value, -kMostParameter, kMostParameter)));
    }
  }
  chunks.push_back({"networks", std::move(nets).take(), Packing::Zstd});
  padPackedChunks(chunks, static_cast<std::uint32_t>(
                              std::min<std::uint64_t>(kMaxSplatsPerByte * header.count, ~0U)));
  return chunks;
}

Result<StoredScene> readScene(const Container& container, const SceneHeader& header,
                              ByteReader reader, const std::stop_token& stop, TaskRunner& runner) {
  StoredScene scene;
  scene.layout = static_cast<Layout>(header.layout);
  scene.shape.shDegree = header.shDegree;
  VOLPRESS_CHECK(readSceneChunk(reader, scene));
  VOLPRESS_TRY(const ByteView positions, container.require("positions"));
  VOLPRESS_TRY(scene.keys, coding::decodePositions(positions, stop));
  if (scene.keys.size() != header.count ||
      std::adjacent_find(scene.keys.begin(), scene.keys.end()) != scene.keys.end()) {
    return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} different ones",
                scene.keys.size(), header.count);
  }
  for (const coding::GridPoint& key : scene.keys) {
    if ((std::max({key.x, key.y, key.z}) >> scene.grid.bits) != 0) {
      return fail(ErrorCode::CorruptData,
                  "chunk 'positions' holds a point at {}, {}, {} in a grid of {} bits", key.x,
                  key.y, key.z, scene.grid.bits);
    }
  }
  if (scene.layout == Layout::Lite) {
    VOLPRESS_TRY(scene.parents, readParents(container, scene, stop, runner));
  }
  const std::size_t keys = scene.keys.size();
  const PointDecoder decoder(scene.shape);
  const std::vector<std::uint32_t> near = coding::nearestEarlier(scene.keys, runner);
  VOLPRESS_TRY(const SymbolArray features,
               readSymbols(container, "features", layoutOf(keys, scene.shape.features, 1, near),
                           stop, runner));
  VOLPRESS_TRY(scene.weights[kFeatures],
               numbersFrom(features, scene.steps.features, "chunk 'features'"));
  VOLPRESS_TRY(const SymbolArray sizes,
               readSymbols(container, "sizes", layoutOf(keys, kSizeWidth, 3, near), stop, runner));
  VOLPRESS_TRY(scene.weights[kSizes], sizesFrom(sizes, scene.steps.sizes));
  VOLPRESS_TRY(const SymbolArray grid,
               readSymbols(container, "hash-grid",
                           layoutOf(decoder.sizeOf(kGrid, keys) / 2, 2, 1, {}), stop, runner));
  VOLPRESS_TRY(scene.weights[kGrid],
               numbersFrom(grid, {&scene.steps.grid, 1}, "chunk 'hash-grid'"));
  VOLPRESS_TRY(const ByteView nets, container.require("networks"));
  ByteReader netReader(nets);
  for (std::size_t part = kAffine; part < kParts; ++part) {
    VOLPRESS_TRY(scene.weights[part],
                 readHalves(netReader, decoder.sizeOf(static_cast<Part>(part), keys)));
  }
  if (netReader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "chunk 'networks' has {} bytes too many",
                netReader.remaining());
  }
  return scene;
}

Result<GaussianCloud> bakeScene(const StoredScene& scene, const std::stop_token& stop,
                                TaskRunner& runner) {
  VOLPRESS_TRY(const Points points,
               buildPoints(scene.keys, scene.parents, scene.grid, runner, stop));
  const PointDecoder decoder(scene.shape);
  GaussianCloud cloud;
  FloatArray unused;
  Tape tape;
  decoder.decode(points, scene.weights, tape, cloud, unused, runner);
  return cloud;
}

}  // namespace volpress::compressors::sags
