#include "compressors/coding/value_coder.hpp"
#include "tests/coding/entropy.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace volpress::coding {
namespace {

std::vector<std::int32_t> laplacian(std::size_t count, double scale, unsigned seed) {
  std::mt19937 random(seed);
  std::exponential_distribution<double> size(1 / scale);
  std::vector<std::int32_t> values(count);
  for (std::int32_t& value : values) {
    const auto level = static_cast<std::int32_t>(std::lround(size(random)));
    value = (random() & 1U) != 0 ? level : -level;
  }
  return values;
}

Bytes written(std::span<const std::int32_t> values) {
  BitWriteSide side;
  ValueCoder<2> coder({1, 4});
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(coder.code(side, {0, static_cast<std::uint32_t>(i % 4)}, values[i]), values[i]);
  }
  return side.finish();
}

void expectReadBack(std::span<const std::int32_t> values, const Bytes& bytes) {
  BitReadSide side(bytes);
  ValueCoder<2> coder({1, 4});
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(coder.code(side, {0, static_cast<std::uint32_t>(i % 4)}, 0), values[i]) << i;
  }
  EXPECT_TRUE(side.atEnd());
}

TEST(ValueCoder, RoundTripsNearAndFarValues) {
  std::vector<std::int32_t> values = laplacian(2000, 3, 1);
  for (int bit = 0; bit < 26; ++bit) {
    values.push_back(1 << bit);
    values.push_back(-(1 << bit) - 1);
    values.push_back(12 + bit % 3);
  }
  expectReadBack(values, written(values));
  expectReadBack({}, written({}));
}

TEST(ValueCoder, ComesCloseToTheEntropy) {
  for (const double scale : {0.3, 1.0, 2.0, 6.0}) {
    const std::vector<std::int32_t> values = laplacian(100000, scale, 2);
    EXPECT_LT(static_cast<double>(written(values).size()),
              1.02 * testing::entropyBytes(values) + 200)
        << scale;
  }
}

TEST(ValueCoder, LearnsWhatAContextSays) {
  // The second context (the place modulo 4) decides whether a value is large.
  std::vector<std::int32_t> values(40000);
  std::mt19937 random(3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i % 4 == 0 ? static_cast<std::int32_t>(random() % 3) + 4 : 0;
  }
  // log2(3) bits for a quarter of the values.
  EXPECT_LT(static_cast<double>(written(values).size()) * 8, 1.05 * 10000 * std::log2(3.0) + 2000);
}

}  // namespace
}  // namespace volpress::coding
