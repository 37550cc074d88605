#include "compressors/mesongs/attribute_transform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/mesongs/block_quantiser.hpp"
#include "compressors/mesongs/quantised_scene.hpp"
#include "compressors/mesongs/voxels.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::mesongs {
namespace {

VoxelCloud smallScene(std::size_t count) {
  const GaussianCloud cloud = testing::randomCloud(count, 0, 7);
  return *voxelise(cloud, std::vector<double>(count, 1.0), VoxelGrid::cubes(cloud.means, 12), false,
                   {});
}

TEST(AttributeTransform, InvertsItselfInEveryStyle) {
  SerialRunner runner;
  for (const std::size_t count : {1U, 2U, 3U, 500U}) {
    const VoxelCloud scene = smallScene(count);
    for (const TransformStyle style : {TransformStyle{RowOrder::Level, true, true, false},
                                       TransformStyle{RowOrder::Level, true, true, true},
                                       TransformStyle{RowOrder::Morton, false, false, false}}) {
      const AttributeTransform transform(scene.points, style);
      const Coefficients coefficients = transform.forward(scene.cloud, runner);
      for (std::size_t c = 0; c < kChannels; ++c) {
        ASSERT_EQ(coefficients.columns[c].size(), transform.length(c));
      }
      GaussianCloud rebuilt;
      resizeCloud(rebuilt, scene.cloud.count, 0);
      transform.inverse(coefficients, rebuilt, runner);
      for (std::size_t i = 0; i < scene.cloud.count; ++i) {
        ASSERT_NEAR(rebuilt.opacityLogits[i], scene.cloud.opacityLogits[i], 1e-4);
        double product = 0;
        double square = 0;
        for (std::size_t c = 0; c < 4; ++c) {
          const auto q = static_cast<double>(scene.cloud.rotations[4 * i + c]);
          product += q * static_cast<double>(rebuilt.rotations[4 * i + c]);
          square += q * q;
        }
        ASSERT_NEAR(std::abs(product) / std::sqrt(square), 1, 1e-5);
        for (std::size_t c = 3 * i; c < 3 * i + 3; ++c) {
          ASSERT_NEAR(rebuilt.shDc[c], scene.cloud.shDc[c], 1e-4);
          ASSERT_NEAR(rebuilt.logScales[c], scene.cloud.logScales[c], 1e-4);
        }
      }
    }
  }
}

TEST(AttributeTransform, LevelOrderPutsLargeCoefficientsFirst) {
  // What blocks profit from: the first eighth holds most of the opacity's energy.
  SerialRunner runner;
  const VoxelCloud scene = smallScene(4000);
  const auto firstShare = [&](RowOrder order) {
    const AttributeTransform transform(scene.points, {order, true, true, false});
    GaussianCloud smooth = scene.cloud;
    for (std::size_t i = 0; i < smooth.count; ++i) {
      smooth.opacityLogits[i] = std::sin(2 * smooth.means[3 * i]);
    }
    const std::vector<float> column = transform.forward(smooth, runner).columns[kOpacity];
    double first = 0;
    double whole = 0;
    for (std::size_t i = 0; i < column.size(); ++i) {
      const double energy = static_cast<double>(column[i]) * static_cast<double>(column[i]);
      whole += energy;
      first += i < column.size() / 8 ? energy : 0;
    }
    return first / whole;
  };
  EXPECT_GT(firstShare(RowOrder::Level), 0.9);
  EXPECT_LT(firstShare(RowOrder::Morton), 0.6);
}

TEST(BlockQuantiser, IsTheAffineEightBitOneOfThePaper) {
  // min -1, max 3: scale 4/255, zero point 255 - 3/scale = 63.75, rounded 64.
  const std::vector<float> values{-1, 0.5F, 3};
  const Block block = eightBitBlock(values);
  EXPECT_NEAR(block.step, 4.0 / 255, 1e-7);
  EXPECT_EQ(block.low, -64);
  EXPECT_EQ(block.high, 191);
  EXPECT_EQ(block.quantise(0.5F), 32);  // 0.5 / scale = 31.875
  EXPECT_NEAR(block.value(32), 32 * 4.0 / 255, 1e-7);
  EXPECT_EQ(block.quantise(100), 191);
  // Zero is in every range, and a block of zeros has a step.
  EXPECT_EQ(eightBitBlock(std::vector<float>{2, 4}).low, 0);
  EXPECT_EQ(eightBitBlock(std::vector<float>{0, 0}).step, 1.0F);
}

TEST(BlockQuantiser, DeadZoneAndSteps) {
  const Block block = blockOfStep(-4);
  EXPECT_EQ(block.step, 0.5F);
  EXPECT_NEAR(blockOfStep(2).step, std::sqrt(2.0), 1e-6);
  EXPECT_EQ(block.quantise(0.29F, 0.6), 0);
  EXPECT_EQ(block.quantise(0.29F, 0.5), 1);
  EXPECT_EQ(block.quantise(-0.31F, 0.6), -1);
  // The first length mod blocks are one longer.
  EXPECT_EQ(blockStart(10, 3, 0), 0U);
  EXPECT_EQ(blockStart(10, 3, 1), 4U);
  EXPECT_EQ(blockStart(10, 3, 2), 7U);
  EXPECT_EQ(blockStart(10, 3, 3), 10U);
}

TEST(QuantisedScene, CodesEveryBlockWithItsOwnStep) {
  SerialRunner runner;
  Coefficients coefficients;
  BlockTable blocks;
  for (std::size_t c = 0; c < kChannels; ++c) {
    coefficients.columns[c] = {0.26F, -1.3F, 7.9F, 8.1F};
    blocks[c] = {blockOfStep(-8), blockOfStep(8)};  // steps 1/4 and 4
  }
  std::array<double, kChannels> zones{};
  zones.fill(0.5);
  const SymbolTable symbols = quantise(coefficients, blocks, zones, runner);
  EXPECT_EQ(symbols[3], (coding::SymbolArray{1, -5, 2, 2}));
  coefficients.roots[2] = 9;
  const Coefficients rounded = dequantise(symbols, blocks, coefficients.roots, runner);
  EXPECT_EQ(rounded.columns[3], (std::vector<float>{0.25F, -1.25F, 8, 8}));
  EXPECT_EQ(rounded.roots[2], 9);
}

}  // namespace
}  // namespace volpress::compressors::mesongs
