#include "compressors/lightgaussian/packed_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/symbol_coder.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

using coding::GridPoint;
using coding::SymbolLayout;
using Symbols = coding::SymbolArray;

/// Runs independent steps, in parallel where there are threads; the first failure in order counts.
Result<void> runAll(std::span<const std::function<Result<void>()>> steps, TaskRunner& runner) {
  std::vector<Result<void>> results(steps.size());
  runner.parallelFor(steps.size(), 1,
                     [&](std::size_t step, std::size_t) { results[step] = steps[step](); });
  for (const Result<void>& result : results) {
    VOLPRESS_CHECK(result);
  }
  return {};
}

/// Points of the splats whose flag equals `wanted`; all of them without flags.
std::vector<GridPoint> pointsWhere(std::span<const GridPoint> points, const Symbols& flags,
                                   std::int32_t wanted) {
  std::vector<GridPoint> result;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (flags.empty() ? wanted == 0 : flags[i] == wanted) {
      result.push_back(points[i]);
    }
  }
  return result;
}

/// For every splat a nearby earlier one, among all and among each of the two kinds of colours.
struct Neighbourhoods {
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> direct;
  std::vector<std::uint32_t> served;
};

Neighbourhoods findNeighbours(std::span<const GridPoint> points, const Symbols& fromBook,
                              bool withSh, TaskRunner& runner) {
  Neighbourhoods result;
  result.all = coding::nearestEarlier(points, runner);
  if (withSh && !fromBook.empty()) {
    result.direct = coding::nearestEarlier(pointsWhere(points, fromBook, 0), runner);
    result.served = coding::nearestEarlier(pointsWhere(points, fromBook, 1), runner);
  } else if (withSh) {
    result.direct = result.all;
  }
  return result;
}

/// The streams of a packed scene: names, arrays and how each is coded. Writer and reader walk the
/// same list.
struct StreamPlan {
  const char* name;
  std::size_t rows;
  std::size_t channels;
  std::size_t chain;
  const std::vector<std::uint32_t>* neighbours;  ///< null: the row before
};

SymbolLayout layoutOf(const StreamPlan& plan) {
  SymbolLayout layout;
  layout.rows = plan.rows;
  layout.channels = plan.channels;
  layout.chain = plan.chain;
  if (plan.neighbours != nullptr) {
    layout.neighbours = *plan.neighbours;
  }
  return layout;
}

constexpr std::size_t kStreams = 7;

std::array<StreamPlan, kStreams> planStreams(std::size_t count, std::size_t served,
                                             std::size_t entries, unsigned shDegree,
                                             const Neighbourhoods& near) {
  const std::size_t channels = 3 * shRestCount(shDegree);
  const std::size_t direct = channels == 0 ? 0 : count - served;
  return {{{"scales", count, 3, 3, &near.all},
           {"rotations", count, 3, 3, &near.all},
           {"opacities", count, 1, 1, &near.all},
           {"sh0", count, 3, 3, &near.all},
           {"shN", direct, std::max<std::size_t>(1, channels), 3, &near.direct},
           {"shN-index", served, 1, 1, &near.served},
           {"shN-codebook", entries, std::max<std::size_t>(1, channels), 3, nullptr}}};
}

Result<float> readStep(ByteReader& reader, std::string_view field) {
  VOLPRESS_TRY(const float step, reader.read<float>(field));
  if (!(step > 0) || !std::isfinite(step)) {
    return fail(ErrorCode::CorruptData, "{} is {}, it must be positive", field, step);
  }
  return step;
}

}  // namespace

Result<std::vector<Chunk>> writePacked(const SceneHeader& header, const PackedGeometry& geometry,
                                       const PackedColors& colors, const std::stop_token& stop,
                                       TaskRunner& runner) {
  const std::size_t served = colors.indices.size();
  const std::size_t channels = 3 * shRestCount(colors.shDegree);
  const std::size_t entries = channels == 0 ? 0 : colors.codebook.size() / channels;
  const Neighbourhoods near =
      findNeighbours(geometry.points, colors.fromBook, channels != 0, runner);
  const auto plans = planStreams(header.count, served, entries, colors.shDegree, near);
  const std::array<const Symbols*, kStreams> arrays{
      &geometry.scales, &geometry.rotations, &geometry.opacities, &colors.dc,
      &colors.direct,   &colors.indices,     &colors.codebook};

  ByteWriter scene;
  writeSceneHeader(header, scene);
  for (const float coordinate : geometry.grid.origin) {
    scene.write(coordinate);
  }
  scene.write(geometry.grid.cell);
  scene.write(static_cast<std::uint8_t>(geometry.grid.bits));
  for (const float step : {geometry.scaleStep, geometry.rotationStep, geometry.opacityStep,
                           colors.colorStep, colors.shStep}) {
    scene.write(step);
  }
  scene.write(static_cast<std::uint32_t>(served));
  scene.write(static_cast<std::uint32_t>(entries));

  std::vector<Chunk> chunks;
  chunks.push_back({"scene", std::move(scene).take()});
  chunks.push_back({"positions", {}});
  chunks.push_back({"shN-mask", {}});
  for (const StreamPlan& plan : plans) {
    chunks.push_back({plan.name, {}});
  }
  std::vector<std::function<Result<void>()>> steps;
  steps.emplace_back([&]() -> Result<void> {
    VOLPRESS_TRY(auto encoded, coding::encodePositions(geometry.points, geometry.grid.bits, stop));
    chunks[1].data = std::move(encoded.bytes);
    return {};
  });
  steps.emplace_back([&]() -> Result<void> {
    if (served != 0) {
      VOLPRESS_TRY(chunks[2].data,
                   coding::encodeSymbols(colors.fromBook, {header.count, 1, 1, {}}, runner, stop));
    }
    return {};
  });
  for (std::size_t i = 0; i < kStreams; ++i) {
    steps.emplace_back([&, i]() -> Result<void> {
      if (plans[i].rows != 0) {
        VOLPRESS_TRY(chunks[3 + i].data,
                     coding::encodeSymbols(*arrays[i], layoutOf(plans[i]), runner, stop));
      }
      return {};
    });
  }
  VOLPRESS_CHECK(runAll(steps, runner));
  std::erase_if(chunks, [](const Chunk& chunk) { return chunk.data.empty(); });
  padPackedChunks(chunks, header.count);
  return chunks;
}

Result<GaussianCloud> readPacked(const Container& container, const SceneHeader& header,
                                 ByteReader scene, const std::stop_token& stop,
                                 TaskRunner& runner) {
  PackedGeometry geometry;
  PackedColors colors;
  colors.shDegree = header.shDegree;
  for (float& coordinate : geometry.grid.origin) {
    VOLPRESS_TRY(coordinate, scene.read<float>("grid origin"));
  }
  VOLPRESS_TRY(geometry.grid.cell, readStep(scene, "grid cell"));
  VOLPRESS_TRY(const std::uint8_t bits, scene.read<std::uint8_t>("grid bits"));
  geometry.grid.bits = bits;
  VOLPRESS_TRY(geometry.scaleStep, readStep(scene, "scale step"));
  VOLPRESS_TRY(geometry.rotationStep, readStep(scene, "rotation step"));
  VOLPRESS_TRY(geometry.opacityStep, readStep(scene, "opacity step"));
  VOLPRESS_TRY(colors.colorStep, readStep(scene, "colour step"));
  VOLPRESS_TRY(colors.shStep, readStep(scene, "SH step"));
  VOLPRESS_TRY(const std::uint32_t served, scene.read<std::uint32_t>("codebook splats"));
  VOLPRESS_TRY(const std::uint32_t entries, scene.read<std::uint32_t>("codebook entries"));
  const bool withSh = header.shDegree > 0;
  if (served > header.count || entries > served || (served != 0 && entries == 0) ||
      (served != 0 && !withSh)) {
    return fail(ErrorCode::CorruptData,
                "a codebook of {} entries for {} of {} splats at SH degree {} is not possible",
                entries, served, header.count, header.shDegree);
  }

  // Chunks without a symbol are left out of the file.
  const auto chunkOf = [&](std::string_view name, std::size_t rows) -> Result<ByteView> {
    if (rows == 0) {
      return ByteView{};
    }
    return container.require(name);
  };
  const std::array<std::function<Result<void>()>, 2> first{
      [&]() -> Result<void> {
        VOLPRESS_TRY(const ByteView stream, chunkOf("positions", 1));
        VOLPRESS_TRY(geometry.points, coding::decodePositions(stream, stop));
        if (geometry.points.size() != header.count) {
          return fail(ErrorCode::CorruptData, "chunk 'positions' holds {} points for {} splats",
                      geometry.points.size(), header.count);
        }
        return {};
      },
      [&]() -> Result<void> {
        if (served == 0) {
          return {};
        }
        VOLPRESS_TRY(const ByteView stream, chunkOf("shN-mask", served));
        VOLPRESS_TRY(colors.fromBook,
                     coding::decodeSymbols(stream, {header.count, 1, 1, {}}, runner, stop));
        std::size_t flagged = 0;
        for (const std::int32_t flag : colors.fromBook) {
          if (flag != 0 && flag != 1) {
            return fail(ErrorCode::CorruptData, "chunk 'shN-mask' holds {}, allowed are 0 and 1",
                        flag);
          }
          flagged += static_cast<std::size_t>(flag);
        }
        if (flagged != served) {
          return fail(ErrorCode::CorruptData, "chunk 'shN-mask' flags {} splats, not {}", flagged,
                      served);
        }
        return {};
      }};
  VOLPRESS_CHECK(runAll(first, runner));
  const Neighbourhoods near = findNeighbours(geometry.points, colors.fromBook, withSh, runner);
  const auto plans = planStreams(header.count, served, entries, header.shDegree, near);
  const std::array<Symbols*, kStreams> arrays{
      &geometry.scales, &geometry.rotations, &geometry.opacities, &colors.dc,
      &colors.direct,   &colors.indices,     &colors.codebook};
  std::vector<std::function<Result<void>()>> steps;
  for (std::size_t i = 0; i < kStreams; ++i) {
    steps.emplace_back([&, i]() -> Result<void> {
      if (plans[i].rows == 0) {
        return {};
      }
      VOLPRESS_TRY(const ByteView stream, container.require(plans[i].name));
      auto symbols = coding::decodeSymbols(stream, layoutOf(plans[i]), runner, stop);
      if (!symbols) {
        return withContext(symbols.error(), fmt::format("chunk '{}'", plans[i].name));
      }
      *arrays[i] = std::move(*symbols);
      return {};
    });
  }
  VOLPRESS_CHECK(runAll(steps, runner));
  for (const std::int32_t index : colors.indices) {
    if (index < 0 || static_cast<std::uint32_t>(index) >= entries) {
      return fail(ErrorCode::CorruptData, "chunk 'shN-index' names entry {} of a codebook of {}",
                  index, entries);
    }
  }

  GaussianCloud cloud;
  resizeCloud(cloud, header.count, header.shDegree);
  unpackGeometry(geometry, cloud, runner);
  unpackBaseColors(colors, cloud, runner);
  unpackSh(colors, cloud, runner);
  return cloud;
}

}  // namespace volpress::compressors::lightgaussian
