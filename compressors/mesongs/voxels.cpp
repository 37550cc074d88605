#include "compressors/mesongs/voxels.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/morton.hpp"

namespace volpress::compressors::mesongs {
namespace {

/// Half the step of a slab's centre; products with it stay exact.
float positive(double value) {
  const auto rounded = static_cast<float>(value);
  return rounded > 0 && std::isfinite(rounded) ? rounded : 1.0F;
}

/// Mean of the splats `members` of one voxel, written to splat `to` of `target`.
class Merger {
public:
  Merger(const GaussianCloud& source, std::span<const double> significance, bool plainMean)
      : m_source(source), m_significance(significance), m_plain(plainMean) {}

  void merge(std::span<const std::uint32_t> members, GaussianCloud& target, std::size_t to) const {
    double whole = 0;
    for (const std::uint32_t member : members) {
      whole += weight(member);
    }
    average(m_source.logScales, 3, members, whole, target.logScales, to);
    average(m_source.shDc, 3, members, whole, target.shDc, to);
    average(m_source.shRest, 3 * shRestCount(m_source.shDegree), members, whole, target.shRest, to);
    mergeRotations(members, whole, target, to);
    mergeOpacities(members, target, to);
  }

private:
  /// Where nothing is significant, all count alike.
  [[nodiscard]] double weight(std::uint32_t member) const {
    return m_plain ? 1 : m_significance[member] + 1e-9;
  }

  void average(const FloatArray& from, std::size_t width, std::span<const std::uint32_t> members,
               double whole, FloatArray& target, std::size_t to) const {
    for (std::size_t c = 0; c < width; ++c) {
      double sum = 0;
      for (const std::uint32_t member : members) {
        sum += weight(member) * static_cast<double>(from[width * member + c]);
      }
      target[width * to + c] = static_cast<float>(sum / whole);
    }
  }

  void mergeRotations(std::span<const std::uint32_t> members, double whole, GaussianCloud& target,
                      std::size_t to) const {
    const float* first = m_source.rotations.data() + 4 * members.front();
    std::array<double, 4> sum{};
    for (const std::uint32_t member : members) {
      const float* next = m_source.rotations.data() + 4 * member;
      double squares = 0;
      double product = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        squares += static_cast<double>(next[c]) * static_cast<double>(next[c]);
        product += static_cast<double>(next[c]) * static_cast<double>(first[c]);
      }
      const double scale =
          m_plain ? 1 / whole
                  : weight(member) / whole * (product < 0 ? -1 : 1) / std::sqrt(squares);
      for (std::size_t c = 0; c < 4; ++c) {
        sum[c] += scale * static_cast<double>(next[c]);
      }
    }
    double squares = 0;
    for (const double component : sum) {
      squares += component * component;
    }
    for (std::size_t c = 0; c < 4; ++c) {
      // Opposite quaternions may cancel; then the first one stands for all.
      const double component =
          squares > 1e-12 ? sum[c] / std::sqrt(squares) : static_cast<double>(first[c]);
      target.rotations[4 * to + c] = static_cast<float>(component);
    }
  }

  void mergeOpacities(std::span<const std::uint32_t> members, GaussianCloud& target,
                      std::size_t to) const {
    if (m_plain || members.size() == 1) {
      average(m_source.opacityLogits, 1, members, sumOfWeights(members), target.opacityLogits, to);
      return;
    }
    double logThrough = 0;  // log of what all together let pass
    for (const std::uint32_t member : members) {
      logThrough -= std::log1p(std::exp(static_cast<double>(m_source.opacityLogits[member])));
    }
    // logit(1 - t) = log((1 - t) / t) = log(exp(-log t) - 1).
    const double logit = std::log(std::expm1(std::max(-logThrough, 1e-12)));
    constexpr auto kLimit = static_cast<double>(kOpacityLogitLimit);
    target.opacityLogits[to] =
        static_cast<float>(std::isfinite(logit) ? std::clamp(logit, -2 * kLimit, kLimit) : kLimit);
  }

  [[nodiscard]] double sumOfWeights(std::span<const std::uint32_t> members) const {
    double sum = 0;
    for (const std::uint32_t member : members) {
      sum += weight(member);
    }
    return sum;
  }

  const GaussianCloud& m_source;
  std::span<const double> m_significance;
  bool m_plain;
};

}  // namespace

VoxelGrid VoxelGrid::cubes(std::span<const float> positions, double precision) {
  const auto grid = coding::PositionGrid::between(positions, precision);
  return {grid.origin, {grid.cell, grid.cell, grid.cell}, grid.bits};
}

VoxelGrid VoxelGrid::slabs(std::span<const float> positions, unsigned depth) {
  VoxelGrid grid;
  grid.bits = depth;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    double low = positions[axis];
    double high = low;
    for (std::size_t i = axis; i < positions.size(); i += 3) {
      low = std::min(low, static_cast<double>(positions[i]));
      high = std::max(high, static_cast<double>(positions[i]));
    }
    grid.cell[axis] = positive(std::ldexp(high - low, -static_cast<int>(depth)));
    grid.origin[axis] = static_cast<float>(low + static_cast<double>(grid.cell[axis]) / 2);
  }
  return grid;
}

coding::GridPoint VoxelGrid::quantise(const float* xyz) const noexcept {
  std::array<std::uint32_t, 3> index{};
  const double last = std::ldexp(1.0, static_cast<int>(bits)) - 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double offset = static_cast<double>(xyz[axis]) - static_cast<double>(origin[axis]);
    index[axis] = static_cast<std::uint32_t>(
        std::round(std::clamp(offset / static_cast<double>(cell[axis]), 0.0, last)));
  }
  return {index[0], index[1], index[2]};
}

std::array<float, 3> VoxelGrid::position(const coding::GridPoint& point) const noexcept {
  // A 24-bit cell times a 21-bit index is exact in double: one rounding, the same everywhere.
  const auto along = [this](std::size_t axis, std::uint32_t index) {
    return static_cast<float>(static_cast<double>(origin[axis]) +
                              static_cast<double>(cell[axis]) * index);
  };
  return {along(0, point.x), along(1, point.y), along(2, point.z)};
}

Result<VoxelCloud> voxelise(const GaussianCloud& cloud, std::span<const double> significance,
                            const VoxelGrid& grid, bool plainMean, const std::stop_token& stop) {
  std::vector<coding::GridPoint> points(cloud.count);
  std::vector<std::uint64_t> keys(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    points[i] = grid.quantise(cloud.means.data() + 3 * i);
    keys[i] = mortonCode(points[i].x, points[i].y, points[i].z);
  }
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  const std::vector<std::uint32_t> order = sortedOrder(keys);
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || keys[order[i]] != keys[order[i - 1]]) {
      starts.push_back(i);
    }
  }
  VoxelCloud result;
  resizeCloud(result.cloud, starts.size(), cloud.shDegree);
  result.cloud.frame = cloud.frame;
  result.cloud.filter = cloud.filter;
  result.points.resize(starts.size());
  result.significance.resize(starts.size());
  const Merger merger(cloud, significance, plainMean);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : order.size();
    const auto members = std::span<const std::uint32_t>(order).subspan(starts[i], end - starts[i]);
    result.points[i] = points[members.front()];
    const std::array<float, 3> centre = grid.position(result.points[i]);
    std::copy(centre.begin(), centre.end(), result.cloud.means.data() + 3 * i);
    merger.merge(members, result.cloud, i);
    for (const std::uint32_t member : members) {
      result.significance[i] += significance[member];
    }
  }
  return result;
}

}  // namespace volpress::compressors::mesongs
