#include "compressors/mesongs/voxels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::mesongs {
namespace {

double sigmoid(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

std::vector<double> ones(std::size_t count) { return std::vector<double>(count, 1.0); }

TEST(VoxelGrid, SlabsCoverTheBoxAndKeepTheLargestPointInside) {
  const std::vector<float> positions{-1, 0, 5, 3, 8, 6};
  const VoxelGrid grid = VoxelGrid::slabs(positions, 4);
  const coding::GridPoint low = grid.quantise(positions.data());
  const coding::GridPoint high = grid.quantise(positions.data() + 3);
  EXPECT_EQ(low, (coding::GridPoint{0, 0, 0}));
  EXPECT_EQ(high, (coding::GridPoint{15, 15, 15}));  // not 16, which would carry into the next axis
  // Centres lie half a slab inside: 4/16, 8/16, 1/16 wide.
  const auto centre = grid.position(low);
  EXPECT_NEAR(centre[0], -1 + 4.0 / 32, 1e-6);
  EXPECT_NEAR(centre[1], 8.0 / 32, 1e-6);
  EXPECT_NEAR(centre[2], 5 + 1.0 / 32, 1e-6);
}

TEST(VoxelGrid, PositionsStayWithinHalfAVoxel) {
  const GaussianCloud cloud = testing::randomCloud(2000, 0, 3);
  for (const VoxelGrid& grid :
       {VoxelGrid::cubes(cloud.means, 9.5), VoxelGrid::slabs(cloud.means, 10)}) {
    for (std::size_t i = 0; i < cloud.count; ++i) {
      const auto centre = grid.position(grid.quantise(cloud.means.data() + 3 * i));
      for (std::size_t axis = 0; axis < 3; ++axis) {
        ASSERT_NEAR(centre[axis], cloud.means[3 * i + axis], 0.5001F * grid.cell[axis]);
      }
    }
  }
}

TEST(Voxelise, MergesByImportanceAndLetsOpacitiesPileUp) {
  GaussianCloud cloud = testing::randomCloud(2, 1, 4);
  std::fill(cloud.means.begin(), cloud.means.end(), 0.25F);
  cloud.rotations = {1, 0, 0, 0, -1, 0, 0, 0};  // the same rotation twice
  const std::vector<double> significance{3, 1};
  const VoxelGrid grid = VoxelGrid::slabs(std::vector<float>{0, 0, 0, 1, 1, 1}, 3);
  const auto merged = voxelise(cloud, significance, grid, false, {});
  ASSERT_TRUE(merged);
  ASSERT_EQ(merged->cloud.count, 1U);
  EXPECT_TRUE(validate(merged->cloud));
  EXPECT_NEAR(merged->significance[0], 4, 1e-12);
  EXPECT_NEAR(merged->cloud.shDc[0], 0.75F * cloud.shDc[0] + 0.25F * cloud.shDc[3], 1e-6);
  EXPECT_NEAR(merged->cloud.shRest[4], 0.75F * cloud.shRest[4] + 0.25F * cloud.shRest[13], 1e-6);
  EXPECT_NEAR(std::abs(merged->cloud.rotations[0]), 1, 1e-6);
  const double through =
      (1 - sigmoid(cloud.opacityLogits[0])) * (1 - sigmoid(cloud.opacityLogits[1]));
  EXPECT_NEAR(sigmoid(merged->cloud.opacityLogits[0]), 1 - through, 1e-6);

  // The released code takes plain means of everything.
  const auto plain = voxelise(cloud, significance, grid, true, {});
  EXPECT_NEAR(plain->cloud.shDc[0], (cloud.shDc[0] + cloud.shDc[3]) / 2, 1e-6);
  EXPECT_NEAR(plain->cloud.opacityLogits[0], (cloud.opacityLogits[0] + cloud.opacityLogits[1]) / 2,
              1e-6);
}

TEST(Voxelise, LeavesSingleSplatsAsTheyAre) {
  const GaussianCloud cloud = testing::randomCloud(500, 2, 5);
  const VoxelGrid grid = VoxelGrid::cubes(cloud.means, 18);
  const auto result = voxelise(cloud, ones(cloud.count), grid, false, {});
  ASSERT_EQ(result->cloud.count, cloud.count);
  const auto sum = [](const FloatArray& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  EXPECT_NEAR(sum(result->cloud.opacityLogits), sum(cloud.opacityLogits), 1e-3);
  EXPECT_NEAR(sum(result->cloud.logScales), sum(cloud.logScales), 1e-3);
  EXPECT_NEAR(sum(result->cloud.shRest), sum(cloud.shRest), 1e-3);
}

TEST(Voxelise, SaturatedAndInvisibleSplatsStayFinite) {
  GaussianCloud cloud = testing::randomCloud(4, 0, 6);
  std::fill(cloud.means.begin(), cloud.means.end(), 0.0F);
  const VoxelGrid grid = VoxelGrid::cubes(cloud.means, 10);
  for (const float logit : {-80.0F, -30.0F, 0.0F, 30.0F, 90.0F}) {
    std::fill(cloud.opacityLogits.begin(), cloud.opacityLogits.end(), logit);
    const auto result = voxelise(cloud, std::vector<double>(4, 0.0), grid, false, {});
    ASSERT_EQ(result->cloud.count, 1U);
    EXPECT_TRUE(validate(result->cloud)) << logit;
    const double through = std::pow(1 - sigmoid(logit), 4);
    EXPECT_NEAR(sigmoid(result->cloud.opacityLogits[0]), 1 - through, 2e-6) << logit;
  }
}

}  // namespace
}  // namespace volpress::compressors::mesongs
