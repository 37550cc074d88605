#include "app/engine/shape_alignment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace volpress::engine {
namespace {

using Matrix = std::array<std::array<float, 3>, 3>;
using Quaternion = std::array<float, 4>;  // w, x, y, z
using Scales = std::array<float, 3>;      // logarithms

/// New axis i is old axis `axes[i]`, turned by `turn` (which has no mirror in it).
struct Renaming {
  std::array<std::size_t, 3> axes;
  Quaternion turn;
};

constexpr float kHalf = 0.5F;
constexpr float kRoot = 0.70710678F;
/// The six orders of three axes; axes may change sign, which an ellipsoid does not show.
constexpr std::array<Renaming, 6> kRenamings{{
    {{0, 1, 2}, {1, 0, 0, 0}},
    {{1, 2, 0}, {kHalf, kHalf, kHalf, kHalf}},
    {{2, 0, 1}, {kHalf, -kHalf, -kHalf, -kHalf}},
    {{1, 0, 2}, {kRoot, 0, 0, kRoot}},
    {{0, 2, 1}, {kRoot, kRoot, 0, 0}},
    {{2, 1, 0}, {kRoot, 0, kRoot, 0}},
}};

Quaternion product(const Quaternion& a, const Quaternion& b) {
  return {a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
          a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
          a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
          a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]};
}

Quaternion unitOf(const FloatArray& rotations, std::size_t i) {
  Quaternion q{rotations[4 * i], rotations[4 * i + 1], rotations[4 * i + 2], rotations[4 * i + 3]};
  const float length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  for (float& component : q) {
    component /= length;
  }
  return q;
}

Matrix matrixOf(const Quaternion& q) {
  const auto [w, x, y, z] = q;
  return {{{1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)},
           {2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)},
           {2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)}}};
}

Scales scalesOf(const FloatArray& logScales, std::size_t i) {
  return {logScales[3 * i], logScales[3 * i + 1], logScales[3 * i + 2]};
}

/// Covariance of the original's scales under a rotation, the largest variance being 1.
Matrix covariance(const Quaternion& rotation, const Scales& logScales) {
  const Matrix r = matrixOf(rotation);
  const float largest = std::max({logScales[0], logScales[1], logScales[2]});
  Matrix sum{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float variance = std::exp(2 * (logScales[axis] - largest));
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t column = 0; column < 3; ++column) {
        sum[row][column] += variance * r[row][axis] * r[column][axis];
      }
    }
  }
  return sum;
}

/// What swapping scales alone and rotations alone would change, for one way of storing.
float swapCost(const Matrix& wanted, const Scales& original, const Quaternion& rotation,
               const Scales& scales) {
  float cost = 0;
  const Matrix turned = covariance(rotation, original);
  for (std::size_t row = 0; row < 3; ++row) {
    const float change = scales[row] - original[row];
    cost += change * change;
    for (std::size_t column = 0; column < 3; ++column) {
      const float difference = turned[row][column] - wanted[row][column];
      cost += difference * difference;
    }
  }
  return cost;
}

}  // namespace

GaussianCloud alignShapes(const GaussianCloud& original, const GaussianCloud& result,
                          const SplatMatch& match, TaskRunner& runner) {
  GaussianCloud aligned = result;
  runner.parallelFor(result.count, 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) {
      const std::uint32_t i = match.originalOf[j];
      if (i == kNoSplat) {
        continue;
      }
      const Scales wantedScales = scalesOf(original.logScales, i);
      const Matrix wanted = covariance(unitOf(original.rotations, i), wantedScales);
      const Quaternion rotation = unitOf(result.rotations, j);
      const Scales scales = scalesOf(result.logScales, j);
      float best = std::numeric_limits<float>::infinity();
      const Renaming* chosen = kRenamings.data();
      for (const Renaming& renaming : kRenamings) {
        const auto& axes = renaming.axes;
        const float cost = swapCost(wanted, wantedScales, product(rotation, renaming.turn),
                                    {scales[axes[0]], scales[axes[1]], scales[axes[2]]});
        if (cost < best) {
          best = cost;
          chosen = &renaming;
        }
      }
      if (chosen == kRenamings.data()) {
        continue;  // as it is, to the bit
      }
      const Quaternion turned = product(rotation, chosen->turn);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        aligned.logScales[3 * j + axis] = scales[chosen->axes[axis]];
      }
      std::copy(turned.begin(), turned.end(),
                aligned.rotations.begin() + static_cast<std::ptrdiff_t>(4 * j));
    }
  });
  return aligned;
}

}  // namespace volpress::engine
