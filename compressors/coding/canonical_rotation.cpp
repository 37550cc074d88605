#include "compressors/coding/canonical_rotation.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace volpress::coding {
namespace {

constexpr std::size_t kSplatGrain = 4096;

using Quaternion = std::array<double, 4>;

Quaternion multiply(const Quaternion& a, const Quaternion& b) {
  return {a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
          a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
          a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
          a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]};
}

}  // namespace

CanonicalEllipsoid canonicalEllipsoid(const float* logScales, const float* rotation) {
  CanonicalEllipsoid result;
  double norm = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    result.rotation[i] = static_cast<double>(rotation[i]);
    norm += result.rotation[i] * result.rotation[i];
  }
  for (double& component : result.rotation) {
    component /= std::sqrt(norm);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    result.logScales[i] = static_cast<double>(logScales[i]);
  }
  // A quarter turn about the third axis swaps two axes, up to a sign that a Gaussian does not see.
  const auto order = [&](std::size_t first, std::size_t second) {
    if (result.logScales[first] < result.logScales[second]) {
      std::swap(result.logScales[first], result.logScales[second]);
      Quaternion quarter{std::numbers::sqrt2 / 2, 0, 0, 0};
      quarter[1 + 3 - first - second] = std::numbers::sqrt2 / 2;
      result.rotation = multiply(result.rotation, quarter);
    }
  };
  order(0, 1);
  order(1, 2);
  order(0, 1);
  // Half turns about the axes bring any component to the front.
  std::size_t largest = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    if (std::abs(result.rotation[i]) > std::abs(result.rotation[largest])) {
      largest = i;
    }
  }
  if (largest != 0) {
    Quaternion half{};
    half[largest] = 1;
    result.rotation = multiply(result.rotation, half);
  }
  if (result.rotation[0] < 0) {
    for (double& component : result.rotation) {
      component = -component;
    }
  }
  return result;
}

void canonicalise(GaussianCloud& cloud, TaskRunner& runner) {
  runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const CanonicalEllipsoid ellipsoid =
          canonicalEllipsoid(&cloud.logScales[3 * i], &cloud.rotations[4 * i]);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        cloud.logScales[3 * i + axis] = static_cast<float>(ellipsoid.logScales[axis]);
      }
      for (std::size_t part = 0; part < 4; ++part) {
        cloud.rotations[4 * i + part] = static_cast<float>(ellipsoid.rotation[part]);
      }
    }
  });
}

}  // namespace volpress::coding
