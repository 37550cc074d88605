#include "scene/sequence/frame_order.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "scene/sequence/point_distances.hpp"

namespace volpress {
namespace {

constexpr double kMostMove = 3;
constexpr double kMostMoveShare = 0.25;
constexpr double kLeastCorrelation = 0.9;

/// Pearson correlation of one number a Gaussian over those in `rows`.
template <typename At>
double correlation(const std::vector<std::size_t>& rows, const At& a, const At& b) {
  const std::size_t count = rows.size();
  double sumA = 0, sumB = 0;
  for (const std::size_t i : rows) {
    sumA += a(i);
    sumB += b(i);
  }
  const double meanA = sumA / static_cast<double>(count);
  const double meanB = sumB / static_cast<double>(count);
  double squareA = 0, squareB = 0, product = 0;
  for (const std::size_t i : rows) {
    const double da = a(i) - meanA;
    const double db = b(i) - meanB;
    squareA += da * da;
    squareB += db * db;
    product += da * db;
  }
  constexpr double kFlat = 1e-9;
  const double limit = kFlat * static_cast<double>(count);
  if (squareA < limit && squareB < limit) {
    return 1;  // nothing to tell Gaussians apart by
  }
  return squareA < limit || squareB < limit ? 0 : product / std::sqrt(squareA * squareB);
}

}  // namespace

FrameStep measureStep(const GaussianCloud& before, const GaussianCloud& after) {
  FrameStep step;
  step.before = before.count;
  step.after = after.count;
  if (before.count != after.count || before.count == 0) {
    step.ordered = before.count == after.count;
    return step;
  }
  const std::size_t count = before.count;
  const double moved = medianDistance(before.means, after.means, 0);
  const double apart = medianDistance(before.means, before.means, count / 2);
  const double near = medianNeighbourDistance(before.means);
  step.move = near > 0 ? moved / near : 0;
  step.moveShare = apart > 0 ? moved / apart : 0;
  const auto opacity = [](const GaussianCloud& cloud) {
    return [&cloud](std::size_t i) {
      return 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
    };
  };
  const auto color = [](const GaussianCloud& cloud) {
    return [&cloud](std::size_t i) {
      return static_cast<double>(cloud.shDc[3 * i]) + static_cast<double>(cloud.shDc[3 * i + 1]) +
             static_cast<double>(cloud.shDc[3 * i + 2]);
    };
  };
  // Those that cannot be seen in one of the frames have yet to appear, or are gone.
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::min(opacity(before)(i), opacity(after)(i)) > 1.0 / 255) {
      rows.push_back(i);
    }
  }
  if (rows.empty()) {
    return step;
  }
  step.opacityCorrelation = correlation(rows, opacity(before), opacity(after));
  step.colorCorrelation = correlation(rows, color(before), color(after));
  step.ordered = (step.move < kMostMove || step.moveShare < kMostMoveShare) &&
                 step.opacityCorrelation > kLeastCorrelation &&
                 step.colorCorrelation > kLeastCorrelation;
  return step;
}

}  // namespace volpress
