#include "compressors/learning/hash_grid.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::learning {
namespace {

constexpr std::size_t kPointGrain = 1024;
constexpr std::array<std::uint32_t, 3> kPrimes{1, 2654435761U, 805459861U};

}  // namespace

HashGrid::HashGrid(const HashGridShape& shape) : m_shape(shape) {
  const std::uint64_t most = std::uint64_t{1} << shape.tableBits;
  for (unsigned index = 0; index < shape.levels; ++index) {
    Level level{};
    const double scale = shape.base * std::pow(shape.growth, index) - 1;
    level.scale = static_cast<float>(scale);
    level.resolution = static_cast<std::uint32_t>(std::ceil(scale)) + 1;
    const std::uint64_t side = level.resolution;
    // Once a plane fills the table the volume does; the product cannot overflow before.
    const std::uint64_t dense = side * side > most ? most + 1 : (side * side * side + 7) / 8 * 8;
    level.hashed = side * side > most || side * side * side > most;
    level.entries = static_cast<std::size_t>(std::min(dense, most));
    level.offset = m_parameters;
    m_parameters += level.entries * shape.features;
    m_levels.push_back(level);
  }
}

HashGrid::Cell HashGrid::cell(const Level& level, const float* point) const noexcept {
  std::array<std::uint32_t, 3> corner{};
  std::array<float, 3> part{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    // In this order no number comes through as NaN.
    const float inside = std::max(0.0F, std::min(1.0F, point[axis]));
    const float place = inside * level.scale + 0.5F;
    const float whole = std::floor(place);
    corner[axis] = static_cast<std::uint32_t>(whole);
    part[axis] = place - whole;
  }
  Cell result{};
  for (std::uint32_t vertex = 0; vertex < 8; ++vertex) {
    float weight = 1;
    std::array<std::uint32_t, 3> at{};
    for (std::uint32_t axis = 0; axis < 3; ++axis) {
      const bool upper = (vertex >> axis & 1U) != 0;
      at[axis] = corner[axis] + (upper ? 1U : 0U);
      weight *= upper ? part[axis] : 1 - part[axis];
    }
    std::uint64_t entry = 0;
    if (level.hashed) {
      entry = (at[0] * kPrimes[0]) ^ (at[1] * kPrimes[1]) ^ (at[2] * kPrimes[2]);
    } else {
      entry = at[0] +
              std::uint64_t{level.resolution} * (at[1] + std::uint64_t{level.resolution} * at[2]);
    }
    result.at[vertex] =
        level.offset + static_cast<std::size_t>(entry % level.entries) * m_shape.features;
    result.weight[vertex] = weight;
  }
  return result;
}

void HashGrid::forward(std::span<const float> parameters, std::span<const float> points,
                       std::span<float> out, TaskRunner& runner) const {
  const std::size_t features = m_shape.features;
  runner.parallelFor(points.size() / 3, kPointGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      float* row = out.data() + i * outputs();
      for (const Level& level : m_levels) {
        const Cell around = cell(level, points.data() + 3 * i);
        for (std::size_t f = 0; f < features; ++f) {
          float sum = 0;
          for (std::size_t vertex = 0; vertex < 8; ++vertex) {
            sum += around.weight[vertex] * parameters[around.at[vertex] + f];
          }
          *row++ = sum;
        }
      }
    }
  });
}

void HashGrid::backward(std::span<const float> points, std::span<const float> outGradient,
                        std::span<float> parameterGradient, TaskRunner& runner) const {
  const std::size_t features = m_shape.features;
  // Levels share no parameters, and one thread adds up all of a level in the order of the points.
  runner.parallelFor(m_levels.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t index = begin; index < end; ++index) {
      for (std::size_t i = 0; i < points.size() / 3; ++i) {
        const Cell around = cell(m_levels[index], points.data() + 3 * i);
        const float* pulled = outGradient.data() + i * outputs() + index * features;
        for (std::size_t vertex = 0; vertex < 8; ++vertex) {
          for (std::size_t f = 0; f < features; ++f) {
            parameterGradient[around.at[vertex] + f] += around.weight[vertex] * pulled[f];
          }
        }
      }
    }
  });
}

}  // namespace volpress::learning
