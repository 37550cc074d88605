#include "compressors/learning/sh_baking.hpp"

#include <cmath>
#include <numbers>

#include <Eigen/Dense>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress::learning {
namespace {

/// `count` directions all around, evenly: a Fibonacci spiral.
std::vector<Direction> spread(std::size_t count) {
  std::vector<Direction> directions(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double z = 1 - (2 * static_cast<double>(i) + 1) / static_cast<double>(count);
    const double angle = static_cast<double>(i) * std::numbers::pi * (3 - std::sqrt(5.0));
    const double flat = std::sqrt(1 - z * z);
    directions[i] = {static_cast<float>(flat * std::cos(angle)),
                     static_cast<float>(flat * std::sin(angle)), static_cast<float>(z)};
  }
  return directions;
}

}  // namespace

Direction directionTo(const float* mean, const std::array<float, 3>& eye) {
  std::array<double, 3> way{};
  double length = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    way[axis] = static_cast<double>(mean[axis]) - static_cast<double>(eye[axis]);
    length += way[axis] * way[axis];
  }
  length = std::sqrt(length);
  if (!(length > 0)) {
    return {0, 0, 1};
  }
  return {static_cast<float>(way[0] / length), static_cast<float>(way[1] / length),
          static_cast<float>(way[2] / length)};
}

ShBaking::ShBaking(unsigned degree) : m_bands(shRestCount(degree) + 1) {
  m_directions = spread(m_bands + m_bands / 2);
  // The matrix of least squares: what the directions' colours say about the coefficients.
  Eigen::MatrixXd basis(m_directions.size(), m_bands);
  for (std::size_t turn = 0; turn < m_directions.size(); ++turn) {
    std::array<float, kMaxShBasis> values{};
    evaluateShBasis(degree, m_directions[turn], values);
    for (std::size_t k = 0; k < m_bands; ++k) {
      basis(static_cast<Eigen::Index>(turn), static_cast<Eigen::Index>(k)) =
          static_cast<double>(values[k]) / static_cast<double>(kSh0);
    }
  }
  const Eigen::MatrixXf solve =
      basis.completeOrthogonalDecomposition().pseudoInverse().cast<float>();
  for (std::size_t k = 0; k < m_bands; ++k) {
    for (std::size_t turn = 0; turn < m_directions.size(); ++turn) {
      m_solve.push_back(solve(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(turn)));
    }
  }
}

std::array<float, 3> ShBaking::coefficient(std::size_t k, const float* values) const {
  std::array<float, 3> sum{};
  for (std::size_t turn = 0; turn < m_directions.size(); ++turn) {
    for (std::size_t c = 0; c < 3; ++c) {
      sum[c] += weight(k, turn) * values[3 * turn + c];
    }
  }
  return sum;
}

}  // namespace volpress::learning
