#include "compressors/mesongs/bit_allocation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "compressors/mesongs/channel_weights.hpp"
#include "compressors/mesongs/quantised_scene.hpp"
#include "compressors/mesongs/voxels.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::mesongs {
namespace {

class AllocationTest : public ::testing::Test {
protected:
  AllocationTest()
      : m_cloud(testing::randomCloud(3000, 0, 8)),
        m_scene(*voxelise(m_cloud, std::vector<double>(m_cloud.count, 1.0),
                          VoxelGrid::cubes(m_cloud.means, 12), false, {})),
        m_transform(m_scene.points, {}),
        m_coefficients(m_transform.forward(m_scene.cloud, m_runner)) {}

  /// Error of the pictures as the weights foretell it, and the cost in entropy.
  struct Outcome {
    double error = 0;
    double bits = 0;
  };
  Outcome outcome(const StepLevels& steps, const ChannelWeights& weights) {
    BlockTable blocks;
    std::array<double, kChannels> zones{};
    for (std::size_t c = 0; c < kChannels; ++c) {
      for (const std::int32_t level : steps[c]) {
        blocks[c].push_back(blockOfStep(level));
      }
      zones[c] = m_transform.transforms(c) ? kDeadZone : 0.5;
    }
    const SymbolTable symbols = quantise(m_coefficients, blocks, zones, m_runner);
    const Coefficients rounded = dequantise(symbols, blocks, m_coefficients.roots, m_runner);
    Outcome result;
    const auto rows = static_cast<double>(m_transform.rows());
    for (std::size_t c = 0; c < kChannels; ++c) {
      std::map<std::int32_t, double> counts;
      for (std::size_t i = 0; i < symbols[c].size(); ++i) {
        const double off = static_cast<double>(rounded.columns[c][i]) -
                           static_cast<double>(m_coefficients.columns[c][i]);
        result.error += weights.channels[c] * off * off / rows;
        ++counts[symbols[c][i]];
      }
      for (const auto& [symbol, count] : counts) {
        result.bits -= count * std::log2(count / static_cast<double>(symbols[c].size())) / rows;
      }
    }
    return result;
  }

  SerialRunner m_runner;
  GaussianCloud m_cloud;
  VoxelCloud m_scene;
  AttributeTransform m_transform;
  Coefficients m_coefficients;
};

TEST_F(AllocationTest, DearerBitsBuyCoarserSteps) {
  const ChannelWeights weights = typicalWeights();
  const BitAllocation allocation(m_transform, m_coefficients, weights, 16, m_runner);
  Outcome last{1e9, 1e9};
  for (const double price : {1e-3, 1e-4, 1e-5, 1e-6}) {
    const Outcome now = outcome(allocation.choose(price), weights);
    EXPECT_LT(now.error, last.error) << price;
    if (last.bits < 1e9) {
      EXPECT_GT(now.bits, last.bits) << price;
    }
    last = now;
  }
}

TEST_F(AllocationTest, BeatsOneStepForAll) {
  // At no more bits than the same step everywhere costs, the weighted error is far lower.
  ChannelWeights weights = typicalWeights();
  weights.channels = {1e-4, 1e-3, 1e-4, 1e-5, 1e-2, 1e-3, 1e-4, 1e-3, 1e-4, 1e-5};
  const BitAllocation allocation(m_transform, m_coefficients, weights, 16, m_runner);
  StepLevels equal;
  for (std::size_t c = 0; c < kChannels; ++c) {
    equal[c] = {-12};
  }
  const Outcome plain = outcome(equal, weights);
  double price = 1e-2;
  Outcome chosen = outcome(allocation.choose(price), weights);
  for (Outcome next = chosen; next.bits <= plain.bits && price > 1e-9; price /= 1.3) {
    chosen = next;
    next = outcome(allocation.choose(price), weights);
  }
  EXPECT_LE(chosen.bits, plain.bits);
  EXPECT_LT(chosen.error, 0.6 * plain.error);
}

TEST_F(AllocationTest, ThreadsChangeNothing) {
  const auto threads = makeThreadRunner(2);
  const BitAllocation one(m_transform, m_coefficients, typicalWeights(), 16, m_runner);
  const BitAllocation two(m_transform, m_coefficients, typicalWeights(), 16, *threads);
  EXPECT_EQ(one.choose(1e-5), two.choose(1e-5));
}

TEST_F(AllocationTest, WeightsTellWhatThePicturesShow) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(m_runner);
  Progress progress;
  RunContext context{m_runner, progress, {}, rasterizer.get()};
  const std::vector<Camera> cameras{lookAt({0, -1, -6}, {}, {0, 1, 0}, 0.8F, 96, 72),
                                    lookAt({6, -1, 0}, {}, {0, 1, 0}, 0.8F, 96, 72)};
  const std::vector<double> significance(m_cloud.count, 1.0);
  GaussianCloud cloud = m_cloud;
  // Balls look the same whichever way they are turned.
  std::fill(cloud.logScales.begin(), cloud.logScales.end(), -2.5F);
  const auto weights = measureWeights(cloud, significance, cameras, 2e-5, context);
  ASSERT_TRUE(weights);
  for (std::size_t c = kAngles; c < kColors; ++c) {
    EXPECT_LT(weights->channels[c], 1e-2 * weights->channels[kScales]);
  }
  // Luma is one of three orthonormal directions; the measured one lies near the chromas'.
  EXPECT_NEAR(std::log2(weights->channels[kColors] / weights->channels[kColors + 1]), 0, 1);
  EXPECT_GT(weights->position, 0);
  // A finer price asks for a finer grid.
  EXPECT_LT(positionVariance(*weights, 1e-6), positionVariance(*weights, 1e-5));
}

}  // namespace
}  // namespace volpress::compressors::mesongs
