#include "compressors/volpress/lossless_arrays.hpp"

#include <bit>
#include <random>

#include <gtest/gtest.h>

namespace volpress::compressors::own {
namespace {

/// The bytes of `values` coded, after checking that they come back bit by bit.
std::size_t codedSize(const std::vector<float>& values, std::size_t channels) {
  SerialRunner runner;
  const auto bytes = encodeFloats(values, channels, runner, {});
  EXPECT_TRUE(bytes);
  std::vector<float> back(values.size());
  EXPECT_TRUE(decodeFloats(*bytes, channels, back, runner, {}));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(values[i]) != std::bit_cast<std::uint32_t>(back[i])) {
      ADD_FAILURE() << "value " << i;
      break;
    }
  }
  EXPECT_FALSE(decodeFloats(ByteView(*bytes).first(bytes->size() - 1), channels, back, runner, {}));
  return bytes->size();
}

TEST(LosslessFloats, KeepEveryBitPattern) {
  std::mt19937 random(1);
  std::vector<float> values;
  values.reserve(30009);
  for (int i = 0; i < 30000; ++i) {
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
  }
  for (const std::uint32_t word : {0U, 0x80000000U, 1U, 0x80000001U, 0x7F800000U, 0xFF800000U,
                                   0x7FC12345U, 0xFFFFFFFFU, 0x7F800001U}) {
    values.push_back(std::bit_cast<float>(word));
  }
  values.push_back(0);
  // Random words cannot shrink; what modelling them in vain costs is bounded.
  EXPECT_LT(static_cast<double>(codedSize(values, 1)),
            1.004 * 4 * static_cast<double>(values.size()) + 100);
  EXPECT_GT(codedSize(values, 5), 0U);
}

TEST(LosslessFloats, ShrinkGaussianWeights) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal(0, 0.02F);
  std::vector<float> values(100000);
  for (float& value : values) {
    value = normal(random);
  }
  EXPECT_LT(static_cast<double>(codedSize(values, 1)), 0.86 * 4 * 100000);
  // Those that were bfloat16 cost what that costs.
  for (float& value : values) {
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xFFFF0000U);
  }
  EXPECT_LT(static_cast<double>(codedSize(values, 1)), 0.4 * 4 * 100000);
}

TEST(LosslessFloats, CodeFewValuesByRank) {
  std::mt19937 random(3);
  std::vector<float> values(60000);
  for (float& value : values) {
    value = 0.1F * static_cast<float>(random() % 16) - 0.7F;
  }
  EXPECT_LT(codedSize(values, 3), 60000U / 2 + 2000);  // 4 bits a value
  EXPECT_LT(codedSize(std::vector<float>(60000, 1.5F), 3), 200U);
}

TEST(LosslessFloats, EmptyAndSingle) {
  EXPECT_GT(codedSize({1.25F}, 1), 0U);
  EXPECT_GT(codedSize({1.25F, -0.0F, 3e-42F}, 3), 0U);
}

}  // namespace
}  // namespace volpress::compressors::own
