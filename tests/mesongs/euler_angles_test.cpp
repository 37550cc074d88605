#include "compressors/mesongs/euler_angles.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "scene/base/bytes.hpp"

namespace volpress::compressors::mesongs {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

/// R diag(s^2) R^T of a quaternion of any length.
Matrix covariance(const std::array<double, 4>& q, const std::array<double, 3>& scales) {
  double norm = 0;
  for (const double component : q) {
    norm += component * component;
  }
  const double s = 2 / norm;
  const auto [w, x, y, z] = q;
  const Matrix r{{{1 - s * (y * y + z * z), s * (x * y - w * z), s * (x * z + w * y)},
                  {s * (x * y + w * z), 1 - s * (x * x + z * z), s * (y * z - w * x)},
                  {s * (x * z - w * y), s * (y * z + w * x), 1 - s * (x * x + y * y)}}};
  Matrix result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        result[i][j] += r[i][k] * scales[k] * scales[k] * r[j][k];
      }
    }
  }
  return result;
}

/// Frobenius norm of the difference over that of the original.
double relativeError(const std::array<float, 4>& original, const std::array<float, 4>& rebuilt) {
  const std::array<double, 3> scales{1, 0.3, 0.05};
  const auto wide = [](const std::array<float, 4>& q) {
    return std::array<double, 4>{q[0], q[1], q[2], q[3]};
  };
  const Matrix a = covariance(wide(original), scales);
  const Matrix b = covariance(wide(rebuilt), scales);
  double error = 0;
  double norm = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      error += (a[i][j] - b[i][j]) * (a[i][j] - b[i][j]);
      norm += a[i][j] * a[i][j];
    }
  }
  return std::sqrt(error / norm);
}

std::array<float, 4> throughAngles(const std::array<float, 4>& q) {
  const EulerAngles angles = eulerFromQuaternion(q.data());
  return quaternionFromEuler(static_cast<float>(angles.roll), static_cast<float>(angles.pitch),
                             static_cast<float>(angles.yaw));
}

TEST(EulerAngles, KeepTheCovarianceOfAMillionRotations) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  double worst = 0;
  for (int i = 0; i < 1000000; ++i) {
    std::array<float, 4> q{};
    for (float& component : q) {
      component = static_cast<float>(normal(random));
    }
    worst = std::max(worst, relativeError(q, throughAngles(q)));
  }
  EXPECT_LT(worst, 1e-5);
}

TEST(EulerAngles, SurviveGimbalLock) {
  // Pitch of +-90 degrees, exactly and nearly, with any yaw and roll.
  for (const double off : {0.0, 1e-9, 1e-7, 1e-5, 1e-3}) {
    for (const double sign : {-1.0, 1.0}) {
      for (int step = 0; step < 28; ++step) {
        const double turn = -3.1 + 0.23 * step;
        for (const double roll : {-2.0, 0.0, 0.7}) {
          const double half = sign * (std::numbers::pi / 2 - off) / 2;
          const double cr = std::cos(roll / 2);
          const double sr = std::sin(roll / 2);
          const double cp = std::cos(half);
          const double sp = std::sin(half);
          const double cy = std::cos(turn / 2);
          const double sy = std::sin(turn / 2);
          const std::array<float, 4> q{static_cast<float>(cr * cp * cy + sr * sp * sy),
                                       static_cast<float>(sr * cp * cy - cr * sp * sy),
                                       static_cast<float>(cr * sp * cy + sr * cp * sy),
                                       static_cast<float>(cr * cp * sy - sr * sp * cy)};
          EXPECT_LT(relativeError(q, throughAngles(q)), 1e-5) << off << " " << turn << " " << roll;
        }
      }
    }
  }
}

TEST(EulerAngles, OfSimpleTurns) {
  const float root = std::sqrt(0.5F);
  const std::array<float, 4> aboutX{root, root, 0, 0};
  EXPECT_NEAR(eulerFromQuaternion(aboutX.data()).roll, std::numbers::pi / 2, 1e-6);
  const std::array<float, 4> aboutY{2 * std::cos(0.2F), 0, 2 * std::sin(0.2F), 0};
  EXPECT_NEAR(eulerFromQuaternion(aboutY.data()).pitch, 0.4, 1e-6);
  const std::array<float, 4> aboutZ{-root, 0, 0, -root};
  EXPECT_NEAR(eulerFromQuaternion(aboutZ.data()).yaw, std::numbers::pi / 2, 1e-6);
  EXPECT_EQ(quaternionFromEuler(0, 0, 0), (std::array<float, 4>{1, 0, 0, 0}));
}

TEST(EulerAngles, QuaternionsAgreeWithTheLibrarysSines) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<float> uniform(-kMaxAngle, kMaxAngle);
  for (int i = 0; i < 100000; ++i) {
    const float angle = uniform(random);
    const std::array<float, 4> q = quaternionFromEuler(angle, 0, 0);
    ASSERT_NEAR(q[0], std::cos(static_cast<double>(angle) / 2), 1e-7) << angle;
    ASSERT_NEAR(q[1], std::sin(static_cast<double>(angle) / 2), 1e-7) << angle;
  }
}

TEST(EulerAngles, RebuildTheSameBitsOnEveryMachine) {
  std::vector<float> rebuilt;
  for (int i = 0; i < 30000; ++i) {
    const float t = static_cast<float>(i) * 0x1p-12F;
    const std::array<float, 4> q = quaternionFromEuler(t, 0.5F - t, 3 * t);
    rebuilt.insert(rebuilt.end(), q.begin(), q.end());
  }
  EXPECT_EQ(hashBytes(viewBytes(std::span<const float>(rebuilt))), 17503002338357263692ULL);
}

}  // namespace
}  // namespace volpress::compressors::mesongs
