#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "scene/types/sample_scene.hpp"

namespace volpress {
namespace {

TEST(SampleScene, isLargeValidAndViewDependent) {
  const auto runner = makeThreadRunner(2);
  const GaussianCloud cloud = makeSampleScene(1, 1, *runner);
  EXPECT_GE(cloud.count, 100000U);
  EXPECT_EQ(cloud.shDegree, 3U);
  const auto valid = validate(cloud);
  ASSERT_TRUE(valid.has_value()) << valid.error().message;
  // Root mean square of each band's coefficients: none may be idle.
  std::array<double, 3> energy{};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t k = 0; k < 15; ++k) {
      const std::size_t band = k < 3 ? 0 : k < 8 ? 1 : 2;
      const double value = cloud.shRest[45 * i + 3 * k];
      energy[band] += value * value;
    }
  }
  for (const double sum : energy) {
    EXPECT_GT(std::sqrt(sum / static_cast<double>(cloud.count)), 0.02);
  }
}

TEST(SampleScene, isTheSameOnAnyThreadCountAndDiffersBySeed) {
  SerialRunner serial;
  const auto two = makeThreadRunner(2);
  const GaussianCloud a = makeSampleScene(3, 0.05, serial);
  const GaussianCloud b = makeSampleScene(3, 0.05, *two);
  const GaussianCloud c = makeSampleScene(4, 0.05, *two);
  EXPECT_EQ(a.means, b.means);
  EXPECT_EQ(a.shRest, b.shRest);
  EXPECT_EQ(a.rotations, b.rotations);
  EXPECT_NE(a.means, c.means);
}

TEST(SampleRoom, isValidClosedAndTheSameOnAnyThreadCount) {
  SerialRunner serial;
  const auto two = makeThreadRunner(2);
  const GaussianCloud a = makeSampleRoom(3, 0.1, serial);
  const GaussianCloud b = makeSampleRoom(3, 0.1, *two);
  const auto valid = validate(a);
  ASSERT_TRUE(valid.has_value()) << valid.error().message;
  EXPECT_EQ(a.count, 22000U);
  EXPECT_EQ(a.means, b.means);
  EXPECT_EQ(a.shRest, b.shRest);
  EXPECT_NE(a.means, makeSampleRoom(4, 0.1, *two).means);
  // Every way to look from where one stands meets a wall: no octant is empty.
  for (const View& view : sampleRoomViews()) {
    std::array<std::size_t, 8> seen{};
    for (std::size_t i = 0; i < a.count; ++i) {
      std::size_t octant = 0;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        octant |= std::size_t{a.means[3 * i + axis] > view.camera.position[axis] ? 1U : 0U} << axis;
      }
      ++seen[octant];
    }
    EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 20U) << view.name;
  }
}

}  // namespace
}  // namespace volpress
