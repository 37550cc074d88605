#include "compressors/mesongs/quantised_scene.hpp"

#include <algorithm>

namespace volpress::compressors::mesongs {
namespace {

constexpr std::size_t kSplatGrain = 8192;

/// Calls `work(channel, block, begin, end)` for every block of every column.
template <typename Table, typename Work>
void forEachBlock(const Table& columns, const BlockTable& blocks, TaskRunner& runner,
                  const Work& work) {
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const std::size_t count = blocks[channel].size();
    const std::size_t length = columns[channel].size();
    runner.parallelFor(count, 1, [&](std::size_t index, std::size_t) {
      work(channel, blocks[channel][index], blockStart(length, count, index),
           blockStart(length, count, index + 1));
    });
  }
}

}  // namespace

SymbolTable quantise(const Coefficients& coefficients, const BlockTable& blocks,
                     const std::array<double, kChannels>& deadZones, TaskRunner& runner) {
  SymbolTable symbols;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    symbols[channel].resize(coefficients.columns[channel].size());
  }
  forEachBlock(coefficients.columns, blocks, runner,
               [&](std::size_t channel, const Block& block, std::size_t begin, std::size_t end) {
                 const std::vector<float>& column = coefficients.columns[channel];
                 for (std::size_t i = begin; i < end; ++i) {
                   symbols[channel][i] = block.quantise(column[i], deadZones[channel]);
                 }
               });
  return symbols;
}

Coefficients dequantise(const SymbolTable& symbols, const BlockTable& blocks,
                        const std::array<float, kChannels>& roots, TaskRunner& runner) {
  Coefficients coefficients;
  coefficients.roots = roots;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    coefficients.columns[channel].resize(symbols[channel].size());
  }
  forEachBlock(symbols, blocks, runner,
               [&](std::size_t channel, const Block& block, std::size_t begin, std::size_t end) {
                 std::vector<float>& column = coefficients.columns[channel];
                 for (std::size_t i = begin; i < end; ++i) {
                   column[i] = block.value(symbols[channel][i]);
                 }
               });
  return coefficients;
}

void applyPalette(const ShPalette& palette, GaussianCloud& cloud, TaskRunner& runner) {
  if (palette.dimension == 0) {
    return;
  }
  runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto entry = static_cast<std::size_t>(palette.labels[i]);
      std::copy_n(palette.entries.data() + palette.dimension * entry, palette.dimension,
                  cloud.shRest.data() + palette.dimension * i);
    }
  });
}

}  // namespace volpress::compressors::mesongs
