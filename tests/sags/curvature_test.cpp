#include "compressors/sags/curvature.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace volpress::compressors::sags {
namespace {

using coding::GridPoint;

std::vector<float> curvaturesOf(std::span<const GridPoint> points) {
  SerialRunner runner;
  return curvatures(points, runner, {}).value();
}

/// On a grid whose unit length is `unit` cells, away from its border.
GridPoint place(double x, double y, double z, double unit) {
  const auto cell = [unit](double at) {
    return static_cast<std::uint32_t>(std::lround(2 * unit + unit * at));
  };
  return {cell(x), cell(y), cell(z)};
}

TEST(Curvature, IsZeroOnAPlane) {
  std::mt19937 random(3);
  std::vector<GridPoint> plane;
  for (int i = 0; i < 2000; ++i) {
    const auto x = static_cast<std::uint32_t>(random() % 100000);
    const auto y = static_cast<std::uint32_t>(random() % 100000);
    plane.push_back({x, y, x + y});
  }
  for (const float curvature : curvaturesOf(plane)) {
    EXPECT_LT(curvature, 1e-4F);
  }
}

TEST(Curvature, OfASphereIsLessThanOfTheEdgeOfACube) {
  std::mt19937 random(4);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> unit(-1, 1);
  std::vector<GridPoint> sphere;
  std::vector<GridPoint> cube;
  std::vector<bool> onEdge;
  for (int i = 0; i < 6000; ++i) {
    const std::array<double, 3> at{normal(random), normal(random), normal(random)};
    const double length = std::hypot(at[0], at[1], at[2]);
    sphere.push_back(place(at[0] / length, at[1] / length, at[2] / length, 1 << 17));
    std::array<double, 3> side{unit(random), unit(random), unit(random)};
    const auto axis = static_cast<std::size_t>(random() % 3);
    side[axis] = side[axis] < 0 ? -1 : 1;
    const double next = std::max(std::abs(side[(axis + 1) % 3]), std::abs(side[(axis + 2) % 3]));
    onEdge.push_back(next > 0.99);
    cube.push_back(place(side[0], side[1], side[2], 1 << 17));
  }
  const std::vector<float> ofSphere = curvaturesOf(sphere);
  const std::vector<float> ofCube = curvaturesOf(cube);
  double round = 0;
  double edge = 0;
  double edges = 0;
  for (std::size_t i = 0; i < ofSphere.size(); ++i) {
    round += static_cast<double>(ofSphere[i]) / static_cast<double>(ofSphere.size());
    edge += onEdge[i] ? static_cast<double>(ofCube[i]) : 0;
    edges += onEdge[i] ? 1 : 0;
  }
  ASSERT_GT(edges, 50);
  EXPECT_LT(10 * round, edge / edges);
}

TEST(Curvature, ANoisyPlaneBesideABushIsFlat) {
  std::mt19937 random(6);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::normal_distribution<double> noise(0, 0.002);
  constexpr std::size_t kPlane = 900;
  std::vector<GridPoint> points;
  for (std::size_t i = 0; i < kPlane; ++i) {
    points.push_back(place(unit(random), unit(random), noise(random), 1 << 17));
  }
  for (std::size_t i = 0; i < 5100; ++i) {
    points.push_back(
        place(4 + 0.5 * unit(random), 0.5 * unit(random), 1 + 0.5 * unit(random), 1 << 17));
  }
  const std::vector<float> z = standardised(curvaturesOf(points));
  const auto flat = std::count_if(z.begin(), z.begin() + kPlane, [](float v) { return v < kFlat; });
  EXPECT_GE(flat, static_cast<std::ptrdiff_t>(0.9 * kPlane));
  const auto wrong = std::count_if(z.begin() + kPlane, z.end(), [](float v) { return v < kFlat; });
  EXPECT_LE(wrong, 1000);
}

TEST(Curvature, IsStandardisedToMeanZeroAndDeviationOne) {
  EXPECT_EQ(standardised(std::vector<float>{1, 3}), (std::vector<float>{-1, 1}));
  EXPECT_EQ(standardised(std::vector<float>{2, 2}), (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace volpress::compressors::sags
