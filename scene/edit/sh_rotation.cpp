#include "scene/edit/sh_rotation.hpp"

#include <cmath>
#include <numbers>

#include <Eigen/Dense>

namespace volpress::edit {
namespace {

/// Enough directions, spread evenly (a Fibonacci sphere), to determine 9 coefficients well.
constexpr int kDirections = 64;

std::array<float, 3> direction(int index) {
  const double z = 1 - (2 * index + 1.0) / kDirections;
  const double radius = std::sqrt(1 - z * z);
  const double angle = index * std::numbers::pi * (3 - std::sqrt(5.0));
  return {static_cast<float>(radius * std::cos(angle)),
          static_cast<float>(radius * std::sin(angle)), static_cast<float>(z)};
}

}  // namespace

ShRotation::ShRotation(const std::array<double, 9>& rotation, unsigned degree) : m_degree(degree) {
  const Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>> turn(rotation.data());
  Eigen::MatrixXd before(kDirections, kMaxShBasis);
  Eigen::MatrixXd after(kDirections, kMaxShBasis);
  for (int i = 0; i < kDirections; ++i) {
    const std::array<float, 3> d = direction(i);
    const Eigen::Vector3f r = (turn * Eigen::Vector3d(d[0], d[1], d[2])).cast<float>();
    std::array<float, kMaxShBasis> basis{};
    evaluateShBasis(kMaxShDegree, d, basis);
    for (Eigen::Index k = 0; k < before.cols(); ++k) {
      before(i, k) = static_cast<double>(basis[static_cast<std::size_t>(k)]);
    }
    evaluateShBasis(kMaxShDegree, {r[0], r[1], r[2]}, basis);
    for (Eigen::Index k = 0; k < after.cols(); ++k) {
      after(i, k) = static_cast<double>(basis[static_cast<std::size_t>(k)]);
    }
  }
  for (unsigned band = 1; band <= degree; ++band) {
    // What c' must be so that c' . Y(R d) = c . Y(d) for every d.
    const Eigen::Index width = 2 * static_cast<Eigen::Index>(band) + 1;
    const Eigen::Index first = static_cast<Eigen::Index>(band) * static_cast<Eigen::Index>(band);
    const Eigen::MatrixXd map =
        after.middleCols(first, width).colPivHouseholderQr().solve(before.middleCols(first, width));
    std::vector<float>& rows = m_bands.emplace_back();
    for (Eigen::Index row = 0; row < width; ++row) {
      for (Eigen::Index column = 0; column < width; ++column) {
        rows.push_back(static_cast<float>(map(row, column)));
      }
    }
  }
}

void ShRotation::apply(float* rest) const noexcept {
  std::array<float, 3 * (2 * kMaxShDegree + 1)> turned{};
  for (unsigned band = 1; band <= m_degree; ++band) {
    const std::size_t width = 2 * std::size_t{band} + 1;
    const std::vector<float>& map = m_bands[band - 1];
    float* own = rest + 3 * shRestCount(band - 1);
    for (std::size_t row = 0; row < width; ++row) {
      for (std::size_t c = 0; c < 3; ++c) {
        float sum = 0;
        for (std::size_t k = 0; k < width; ++k) {
          sum += map[row * width + k] * own[3 * k + c];
        }
        turned[3 * row + c] = sum;
      }
    }
    std::copy(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(3 * width), own);
  }
}

}  // namespace volpress::edit
