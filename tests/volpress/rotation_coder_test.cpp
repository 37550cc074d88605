#include "compressors/volpress/rotation_coder.hpp"

#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace volpress::compressors::own {
namespace {

std::array<double, 4> randomQuaternion(std::mt19937& random) {
  std::normal_distribution<double> normal;
  std::array<double, 4> q{};
  double squares = 0;
  for (double& part : q) {
    part = normal(random);
    squares += part * part;
  }
  for (double& part : q) {
    part /= std::sqrt(squares);
  }
  return q;
}

double angleBetweenLines(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  const double cosine = std::abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  return std::acos(std::min(1.0, cosine));
}

TEST(Rotations, QuaternionsAndAxesAgree) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const std::array<double, 4> q = randomQuaternion(random);
    const std::array<float, 4> back = quaternionOf(axesOfQuaternion(q));
    double dot = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      dot += q[c] * static_cast<double>(back[c]);
    }
    EXPECT_NEAR(std::abs(dot), 1, 1e-6);
  }
  // A quarter turn about z takes x to y.
  const Axes axes = axesOfQuaternion({std::sqrt(0.5), 0, 0, std::sqrt(0.5)});
  EXPECT_NEAR(axes[0][1], 1, 1e-12);
  EXPECT_NEAR(axes[1][0], -1, 1e-12);
}

TEST(Rotations, CodesAreAsFineAsTheirBits) {
  std::mt19937 random(2);
  for (unsigned bits = 0; bits <= kMaxTurnBits; ++bits) {
    const TurnBits resolution{static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits)};
    // Half the diagonal of a cell, times how far the square is stretched at most; the turn adds
    // half of its cell.
    const double cell = std::ldexp(1.0, -static_cast<int>(bits));
    const double direction = 3.5 * cell;
    for (int i = 0; i < 300; ++i) {
      const Axes axes = axesOfQuaternion(randomQuaternion(random));
      for (const unsigned distinct : {0U, 2U}) {
        const Axes back = axesOf(turnCodeOf(axes, distinct, resolution), distinct, resolution);
        EXPECT_LE(angleBetweenLines(axes[distinct], back[distinct]), direction) << bits;
        const unsigned follower = distinct == 0 ? 1 : 0;
        EXPECT_LE(angleBetweenLines(axes[follower], back[follower]),
                  1.5 * direction + std::numbers::pi / 2 * cell)
            << bits;
        // Right-handed and orthonormal.
        for (std::size_t c = 0; c < 3; ++c) {
          const std::size_t d = (c + 1) % 3;
          const std::size_t e = (c + 2) % 3;
          EXPECT_NEAR(back[0][d] * back[1][e] - back[0][e] * back[1][d], back[2][c], 1e-9);
        }
      }
    }
  }
}

TEST(Rotations, TheDistinctAxisIsTheOneThatStandsOut) {
  EXPECT_EQ(distinctAxis(5000, 1000, 900), 0U);
  EXPECT_EQ(distinctAxis(5000, 4900, 0), 2U);
}

}  // namespace
}  // namespace volpress::compressors::own
