#include "compressors/coding/raht.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "scene/base/morton.hpp"

namespace volpress::coding {
namespace {

constexpr std::size_t kGrain = 1 << 13;
/// Levels 1..32 part equal points by their place in the run, 33..95 are the bits of Morton codes.
constexpr unsigned kRunLevels = 32;
constexpr std::size_t kLevels = kRunLevels + 64;

/// For each row but the first the level at which it parts from the row before.
std::vector<std::uint8_t> borderLevels(std::span<const GridPoint> points) {
  std::vector<std::uint8_t> levels(points.size(), 0);
  std::uint64_t before = 0;
  std::uint32_t place = 0;  // in a run of equal points
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::uint64_t code = mortonCode(points[i].x, points[i].y, points[i].z);
    if (i != 0) {
      assert(code >= before);
      const bool equal = code == before;
      place = equal ? place + 1 : 0;
      const auto level = equal ? std::bit_width(place ^ (place - 1))
                               : static_cast<int>(kRunLevels) + std::bit_width(code ^ before);
      levels[i] = static_cast<std::uint8_t>(level);
    }
    before = code;
  }
  return levels;
}

}  // namespace

Raht::Raht(std::span<const GridPoint> points) : m_order(points.size()), m_weights(points.size()) {
  const std::size_t rows = points.size();
  if (rows == 0) {
    return;
  }
  const std::vector<std::uint8_t> levels = borderLevels(points);
  // A border's left node starts at the nearest earlier border of a higher level, its right node
  // ends before the nearest later one.
  std::vector<std::uint32_t> left(rows, 0);
  std::vector<std::uint32_t> end(rows, static_cast<std::uint32_t>(rows));
  std::vector<std::uint32_t> open;
  for (std::size_t i = 1; i < rows; ++i) {
    while (!open.empty() && levels[open.back()] < levels[i]) {
      end[open.back()] = static_cast<std::uint32_t>(i);
      open.pop_back();
    }
    left[i] = open.empty() ? 0 : open.back();
    open.push_back(static_cast<std::uint32_t>(i));
  }
  // A counting sort by level, finest first.
  std::vector<std::size_t> counts(kLevels + 1, 0);
  for (std::size_t i = 1; i < rows; ++i) {
    ++counts[levels[i]];
  }
  std::vector<std::size_t> starts(kLevels + 1, 0);
  for (std::size_t level = 0, sum = 0; level <= kLevels; ++level) {
    starts[level] = sum;
    sum += counts[level];
    if (counts[level] != 0) {
      m_levelEnds.push_back(sum);
    }
  }
  m_butterflies.resize(rows - 1);
  m_weights[0] = static_cast<std::uint32_t>(rows);
  for (std::size_t i = 1; i < rows; ++i) {
    const auto right = static_cast<std::uint32_t>(i);
    const double before = right - left[i];
    const double after = end[i] - right;
    m_butterflies[starts[levels[i]]++] = {left[i], right,
                                          static_cast<float>(std::sqrt(before / (before + after))),
                                          static_cast<float>(std::sqrt(after / (before + after)))};
    m_weights[i] = end[i] - left[i];
  }
  std::size_t next = 1;
  m_order[0] = 0;
  for (std::size_t level = m_levelEnds.size(); level-- != 0;) {
    for (std::size_t i = level == 0 ? 0 : m_levelEnds[level - 1]; i < m_levelEnds[level]; ++i) {
      m_order[next++] = m_butterflies[i].right;
    }
  }
}

void Raht::forward(std::span<float> values, std::size_t channels, TaskRunner& runner) const {
  assert(values.size() == rows() * channels);
  std::size_t begin = 0;
  for (const std::size_t levelEnd : m_levelEnds) {
    runner.parallelFor(levelEnd - begin, kGrain, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = begin + first; i < begin + last; ++i) {
        const Butterfly& step = m_butterflies[i];
        const auto a = static_cast<double>(step.a);
        const auto b = static_cast<double>(step.b);
        float* left = values.data() + channels * step.left;
        float* right = values.data() + channels * step.right;
        for (std::size_t c = 0; c < channels; ++c) {
          const auto before = static_cast<double>(left[c]);
          const auto after = static_cast<double>(right[c]);
          left[c] = static_cast<float>(a * before + b * after);
          right[c] = static_cast<float>(a * after - b * before);
        }
      }
    });
    begin = levelEnd;
  }
}

void Raht::inverse(std::span<float> values, std::size_t channels, TaskRunner& runner) const {
  assert(values.size() == rows() * channels);
  for (std::size_t level = m_levelEnds.size(); level-- != 0;) {
    const std::size_t begin = level == 0 ? 0 : m_levelEnds[level - 1];
    runner.parallelFor(m_levelEnds[level] - begin, kGrain,
                       [&](std::size_t first, std::size_t last) {
                         for (std::size_t i = begin + first; i < begin + last; ++i) {
                           const Butterfly& step = m_butterflies[i];
                           const auto a = static_cast<double>(step.a);
                           const auto b = static_cast<double>(step.b);
                           float* left = values.data() + channels * step.left;
                           float* right = values.data() + channels * step.right;
                           for (std::size_t c = 0; c < channels; ++c) {
                             const auto low = static_cast<double>(left[c]);
                             const auto high = static_cast<double>(right[c]);
                             left[c] = static_cast<float>(a * low - b * high);
                             right[c] = static_cast<float>(b * low + a * high);
                           }
                         }
                       });
  }
}

}  // namespace volpress::coding
