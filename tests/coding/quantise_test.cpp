#include "compressors/coding/quantise.hpp"

#include <gtest/gtest.h>

#include <random>

#include "scene/base/half_float.hpp"

namespace volpress::coding {
namespace {

TEST(UniformQuantiser, StaysWithinHalfAStep) {
  const UniformQuantiser quantiser{0.05F, -1.25F};
  for (int i = -2000; i <= 2000; ++i) {
    const float value = static_cast<float>(i) * 0.00137F;
    EXPECT_NEAR(quantiser.value(quantiser.quantise(value)), value, 0.0251);
  }
  EXPECT_EQ(quantiser.quantise(-1.25F), 0);
  EXPECT_EQ(quantiser.quantise(1e30F), UniformQuantiser::kMaxLevel);
  EXPECT_EQ(quantiser.quantise(-1e30F), -UniformQuantiser::kMaxLevel);
}

TEST(UniformQuantiser, LevelsAreFixedPoints) {
  const auto quantiser = UniformQuantiser::fromRange(-3.5F, 7.25F, 256);
  for (std::int32_t level = 0; level < 256; ++level) {
    EXPECT_EQ(quantiser.quantise(quantiser.value(level)), level);
  }
  EXPECT_EQ(quantiser.value(0), -3.5F);
  EXPECT_NEAR(quantiser.value(255), 7.25F, 1e-5);
  const auto flat = UniformQuantiser::fromRange(2, 2, 256);
  EXPECT_EQ(flat.value(flat.quantise(2)), 2.0F);
}

TEST(UniformQuantiser, DeadZoneWidensZeroAlone) {
  const UniformQuantiser quantiser{1, 0};
  EXPECT_EQ(quantiser.quantiseWithDeadZone(0.69F, 0.7), 0);
  EXPECT_EQ(quantiser.quantiseWithDeadZone(-0.69F, 0.7), 0);
  EXPECT_EQ(quantiser.quantiseWithDeadZone(0.71F, 0.7), 1);
  EXPECT_EQ(quantiser.quantiseWithDeadZone(-1.6F, 0.7), -2);
}

TEST(SmallestThree, RebuildsTheRotation) {
  std::mt19937_64 random(7);
  std::normal_distribution<float> normal;
  for (const std::int32_t maxLevel : {1, 15, 511, 32767}) {
    for (int i = 0; i < 2000; ++i) {
      const std::array<float, 4> q{normal(random), normal(random), normal(random), normal(random)};
      const SmallestThree coded = SmallestThree::quantise(q.data(), maxLevel);
      const std::array<float, 4> back = coded.value(maxLevel);
      double dot = 0;
      double norm = 0;
      double length = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        dot += static_cast<double>(q[c]) * static_cast<double>(back[c]);
        norm += static_cast<double>(q[c]) * static_cast<double>(q[c]);
        length += static_cast<double>(back[c]) * static_cast<double>(back[c]);
      }
      // Each of three parts errs by half a step of sqrt(1/2) / maxLevel, the largest by less than
      // twice their sum.
      const double step = 0.70711 / maxLevel;
      EXPECT_GE(std::abs(dot) / std::sqrt(norm * length), 1 - 1.5 * step * step - 1e-6);
      if (maxLevel > 15) {
        EXPECT_NEAR(length, 1, 1e-5);
      }
    }
  }
}

TEST(SmallestThree, AnyPartsGiveAFiniteRotation) {
  for (std::uint8_t largest = 0; largest < 4; ++largest) {
    const SmallestThree extreme{largest, {511, -511, 511}};
    double length = 0;
    for (const float part : extreme.value(511)) {
      ASSERT_TRUE(std::isfinite(part));
      length += static_cast<double>(part) * static_cast<double>(part);
    }
    EXPECT_NEAR(length, 1.5, 1e-6);
    const SmallestThree none{largest, {0, 0, 0}};
    EXPECT_EQ(none.value(511)[largest], 1.0F);
  }
}

TEST(Half, EveryPatternRoundTrips) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = floatFromHalf(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(floatFromHalf(halfFromFloat(value))));
    } else {
      EXPECT_EQ(halfFromFloat(value), half);
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(halfFromFloat(1.0F), 0x3C00);
  EXPECT_EQ(halfFromFloat(-2.0F), 0xC000);
  EXPECT_EQ(halfFromFloat(65504.0F), 0x7BFF);
  EXPECT_EQ(halfFromFloat(65519.9F), 0x7BFF);
  EXPECT_EQ(halfFromFloat(65520.0F), 0x7C00);
  EXPECT_EQ(halfFromFloat(1.0F + 0x1p-11F), 0x3C00);      // a tie, to even
  EXPECT_EQ(halfFromFloat(1.0F + 3 * 0x1p-11F), 0x3C02);  // a tie, to even
  EXPECT_EQ(halfFromFloat(1.0F + 0x1p-11F + 0x1p-20F), 0x3C01);
  EXPECT_EQ(halfFromFloat(0x1p-24F), 0x0001);
  EXPECT_EQ(halfFromFloat(0x1p-25F), 0x0000);  // a tie, to even
  EXPECT_EQ(halfFromFloat(0x1.8p-25F), 0x0001);
  EXPECT_EQ(halfFromFloat(0x1.ffcp-15F), 0x0400);  // rounds up into the normal range
  EXPECT_EQ(halfFromFloat(-0.0F), 0x8000);
}

TEST(Half, AgreesWithTheNearestOfAllPatterns) {
  std::mt19937 random(9);
  for (int i = 0; i < 100000; ++i) {
    const auto value =
        std::bit_cast<float>(static_cast<std::uint32_t>((random() & 0x8FFFFFFFU) | 0x30000000U));
    const float back = floatFromHalf(halfFromFloat(value));
    const std::uint16_t half = halfFromFloat(std::abs(value));
    const float above = floatFromHalf(static_cast<std::uint16_t>(half + 1));
    const float below = half == 0 ? 0 : floatFromHalf(static_cast<std::uint16_t>(half - 1));
    const float error = std::abs(back - value);
    EXPECT_LE(error, std::abs(above - std::abs(value)));
    EXPECT_LE(error, half == 0 ? error : std::abs(std::abs(value) - below));
  }
}

TEST(BitPacking, MostSignificantBitFirst) {
  BitWriter writer;
  writer.write(0b101, 3);
  writer.write(0b01, 2);
  writer.write(0x1FFF, 13);
  const Bytes bytes = writer.finish();
  const Bytes expected{std::byte{0b10101111}, std::byte{0xFF}, std::byte{0b11000000}};
  EXPECT_EQ(bytes, expected);
  BitReader reader(bytes);
  EXPECT_TRUE(reader.hasBits(24));
  EXPECT_FALSE(reader.hasBits(25));
  EXPECT_EQ(reader.read(3), 0b101U);
  EXPECT_EQ(reader.read(2), 0b01U);
  EXPECT_EQ(reader.read(13), 0x1FFFU);
  EXPECT_TRUE(reader.hasBits(6));
  EXPECT_EQ(reader.read(32), 0U);
}

}  // namespace
}  // namespace volpress::coding
