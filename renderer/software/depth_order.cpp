#include "renderer/software/depth_order.hpp"

#include <algorithm>

namespace volpress::renderer {
namespace {

constexpr unsigned kDigitBits = 11;  // three passes over 32 bits, histogram fits the L1 cache
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr std::size_t kMinChunk = 16384;

struct Digit {
  unsigned shift;
  [[nodiscard]] std::size_t operator()(std::uint32_t key) const {
    return (key >> shift) & (kDigits - 1);
  }
};

}  // namespace

void sortByDepth(Uninitialised<std::uint32_t>& keys, Uninitialised<std::uint32_t>& values,
                 const std::stop_token& stop, TaskRunner& runner, DepthSortScratch& scratch) {
  const std::size_t count = keys.size();
  if (count < 2) {
    return;
  }
  const std::size_t grain = std::max(kMinChunk, (count - 1) / runner.concurrency() + 1);
  const std::size_t chunks = (count - 1) / grain + 1;
  scratch.keys.clear();  // so that growing copies nothing
  scratch.values.clear();
  scratch.keys.resize(count);
  scratch.values.resize(count);
  scratch.histograms.resize(chunks * kDigits);

  for (unsigned shift = 0; shift < 32 && !stop.stop_requested(); shift += kDigitBits) {
    const Digit digit{shift};
    runner.parallelFor(count, grain, [&](std::size_t begin, std::size_t end) {
      std::uint32_t* histogram = scratch.histograms.data() + begin / grain * kDigits;
      std::fill_n(histogram, kDigits, 0U);
      for (std::size_t i = begin; i < end; ++i) {
        ++histogram[digit(keys[i])];
      }
    });
    // Counts become places: digit by digit, and within a digit chunk by chunk (which is stable).
    std::uint32_t place = 0;
    bool oneDigit = false;
    for (std::size_t d = 0; d < kDigits; ++d) {
      const std::uint32_t first = place;
      for (std::size_t c = 0; c < chunks; ++c) {
        std::uint32_t& entry = scratch.histograms[c * kDigits + d];
        const std::uint32_t size = entry;
        entry = place;
        place += size;
      }
      oneDigit = oneDigit || place - first == count;
    }
    if (oneDigit) {
      continue;
    }
    runner.parallelFor(count, grain, [&](std::size_t begin, std::size_t end) {
      std::uint32_t* places = scratch.histograms.data() + begin / grain * kDigits;
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t to = places[digit(keys[i])]++;
        scratch.keys[to] = keys[i];
        scratch.values[to] = values[i];
      }
    });
    keys.swap(scratch.keys);
    values.swap(scratch.values);
  }
}

}  // namespace volpress::renderer
