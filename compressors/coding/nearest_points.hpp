// The nearest points of an integer grid: exact, so that every machine finds the same ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::coding {

struct NearestPoints {
  std::size_t each = 0;                ///< per point: min(k, points - 1)
  std::vector<std::uint32_t> indices;  ///< [point][place], nearest first
};

/// The k nearest other points of each; of equally near ones the lower index comes first.
/// Coordinates are below 2^24. Slow where very many points are equal: refuse that first. Cancelled
/// when `stop` asks for it.
[[nodiscard]] Result<NearestPoints> nearestPoints(std::span<const GridPoint> points, std::size_t k,
                                                  TaskRunner& runner,
                                                  const std::stop_token& stop = {});

/// In grid units.
[[nodiscard]] std::int64_t squaredDistance(const GridPoint& a, const GridPoint& b) noexcept;

}  // namespace volpress::coding
