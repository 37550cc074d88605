#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "compressors/coding/mixed_levels.hpp"
#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/raht.hpp"
#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/coding/value_coder.hpp"

namespace volpress::coding {
namespace {

/// Three chained channels of a slow random walk with Laplacian steps, about 4 bits a value.
std::vector<std::int32_t> walk(std::size_t rows) {
  std::mt19937_64 random(1);
  std::vector<std::int32_t> values(3 * rows);
  double state[3]{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53 - 0.5;
    double& s = state[i % 3];
    s = 0.8 * s - 4 * std::copysign(std::log(1 - 2 * std::abs(u)), u);
    values[i] = static_cast<std::int32_t>(std::lround(s));
  }
  return values;
}

std::vector<GridPoint> surface(std::size_t count) {
  std::mt19937_64 random(2);
  std::vector<GridPoint> points(count);
  for (GridPoint& point : points) {
    const auto x = static_cast<std::uint32_t>(random() & 0x3FFF);
    const auto y = static_cast<std::uint32_t>(random() & 0x3FFF);
    const double z = 8000 + 3000 * std::sin(x * 1e-3) * std::cos(y * 1e-3);
    point = {x, y, static_cast<std::uint32_t>(z) + static_cast<std::uint32_t>(random() % 64)};
  }
  return points;
}

constexpr std::size_t kRows = 200000;

void rangeCoderBits(benchmark::State& state) {
  std::mt19937 random(3);
  std::vector<bool> bits(1 << 20);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bits[i] = random() % 8 == 0;
  }
  RangeEncoder encoder;
  BitModel model;
  for (const bool bit : bits) {
    encoder.encode(model, bit);
  }
  const Bytes coded = encoder.finish();
  for ([[maybe_unused]] auto _ : state) {
    RangeDecoder decoder(coded);
    BitModel fresh;
    std::size_t ones = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
      ones += decoder.decode(fresh) ? 1U : 0U;
    }
    benchmark::DoNotOptimize(ones);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bits.size()));
}
BENCHMARK(rangeCoderBits)->Unit(benchmark::kMillisecond);

void encodeSymbolRows(benchmark::State& state) {
  const auto values = walk(kRows);
  SerialRunner serial;
  std::size_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    bytes = encodeSymbols(values, {kRows, 3, 3, {}}, serial).value().size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
  state.counters["bits/value"] =
      8 * static_cast<double>(bytes) / static_cast<double>(values.size());
}
BENCHMARK(encodeSymbolRows)->Unit(benchmark::kMillisecond);

void decodeSymbolRows(benchmark::State& state) {
  const auto values = walk(kRows);
  SerialRunner serial;
  const Bytes coded = encodeSymbols(values, {kRows, 3, 3, {}}, serial).value();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(decodeSymbols(coded, {kRows, 3, 3, {}}, serial));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(coded.size()));
}
BENCHMARK(decodeSymbolRows)->Unit(benchmark::kMillisecond);

/// The same values one by one: by chains of binary decisions, and by one mixed symbol each.
std::array<std::uint32_t, 3> contextsOf(const std::vector<std::int32_t>& values, std::size_t i) {
  const auto near = [&](std::size_t back) {
    return static_cast<std::uint32_t>(std::clamp(i < back ? 0 : values[i - back] / 2, -5, 5) + 5);
  };
  return {static_cast<std::uint32_t>(i % 3), near(3),
          near(1) * 3 + static_cast<std::uint32_t>(i % 3)};
}
constexpr std::array<std::uint32_t, 3> kContextSizes{3, 11, 33};

void decodeBinaryValues(benchmark::State& state) {
  const auto values = walk(kRows);
  BitWriteSide writer;
  ValueCoder<3> written(kContextSizes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    (void)written.code(writer, contextsOf(values, i), values[i]);
  }
  const Bytes coded = writer.finish();
  std::vector<std::int32_t> read(values.size());
  for ([[maybe_unused]] auto _ : state) {
    BitReadSide side(coded);
    ValueCoder<3> coder(kContextSizes);
    for (std::size_t i = 0; i < read.size(); ++i) {
      read[i] = coder.code(side, contextsOf(read, i), 0);
    }
    benchmark::DoNotOptimize(read.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(coded.size()));
}
BENCHMARK(decodeBinaryValues)->Unit(benchmark::kMillisecond);

void decodeMixedLevels(benchmark::State& state) {
  const auto values = walk(kRows);
  RansWriteSide writer;
  MixedLevels<3> written(kContextSizes, 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    (void)written.code(writer, contextsOf(values, i), i % 3, 1, values[i]);
  }
  const Bytes coded = writer.finish();
  std::vector<std::int32_t> read(values.size());
  for ([[maybe_unused]] auto _ : state) {
    RansReadSide side(coded);
    MixedLevels<3> coder(kContextSizes, 3);
    for (std::size_t i = 0; i < read.size(); ++i) {
      read[i] = coder.code(side, contextsOf(read, i), i % 3, 1, 0);
    }
    benchmark::DoNotOptimize(read.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(coded.size()));
}
BENCHMARK(decodeMixedLevels)->Unit(benchmark::kMillisecond);

void encodePositionRows(benchmark::State& state) {
  const auto points = surface(kRows);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(encodePositions(points, 14));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(points.size()));
}
BENCHMARK(encodePositionRows)->Unit(benchmark::kMillisecond);

void decodePositionRows(benchmark::State& state) {
  const Bytes coded = encodePositions(surface(kRows), 14).value().bytes;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(decodePositions(coded));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
  state.counters["bits/point"] = 8 * static_cast<double>(coded.size()) / kRows;
}
BENCHMARK(decodePositionRows)->Unit(benchmark::kMillisecond);

void findNeighbours(benchmark::State& state) {
  const Bytes coded = encodePositions(surface(kRows), 14).value().bytes;
  const auto points = decodePositions(coded).value();
  SerialRunner serial;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(nearestEarlier(points, serial));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(findNeighbours)->Unit(benchmark::kMillisecond);

void buildRaht(benchmark::State& state) {
  const auto points = decodePositions(encodePositions(surface(kRows), 14).value().bytes).value();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(Raht(points).rows());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(buildRaht)->Unit(benchmark::kMillisecond);

/// Seven channels, as MesonGS has them.
void inverseRaht(benchmark::State& state) {
  const auto points = decodePositions(encodePositions(surface(kRows), 14).value().bytes).value();
  const Raht raht(points);
  std::vector<float> values(7 * kRows, 0.5F);
  SerialRunner serial;
  for ([[maybe_unused]] auto _ : state) {
    raht.inverse(values, 7, serial);
    raht.forward(values, 7, serial);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(2 * values.size()));
}
BENCHMARK(inverseRaht)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace volpress::coding
