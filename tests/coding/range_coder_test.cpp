#include "compressors/coding/range_coder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace volpress::coding {
namespace {

TEST(RangeCoder, BitsComeBackAndTheStreamEndsExactly) {
  std::mt19937 random(1);
  std::vector<bool> bits(30000);
  RangeEncoder encoder;
  std::array<BitModel, 4> models{};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    // Runs of very likely bits, so that carries ripple through long rows of 0xFF.
    bits[i] = random() % (1U << (4 * (i % 4))) == 0;
    encoder.encode(models[i % 4], bits[i]);
    if (i % 100 == 0) {
      encoder.encodeBits(static_cast<std::uint32_t>(i), 16);
      encoder.encodeBits(static_cast<std::uint32_t>(i), 0);
    }
  }
  const Bytes bytes = encoder.finish();
  RangeDecoder decoder(bytes);
  std::array<BitModel, 4> readModels{};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    ASSERT_EQ(decoder.decode(readModels[i % 4]), bits[i]) << i;
    if (i % 100 == 0) {
      ASSERT_EQ(decoder.decodeBits(16), i & 0xFFFFU);
      ASSERT_EQ(decoder.decodeBits(0), 0U);
    }
  }
  EXPECT_TRUE(decoder.atEnd());
}

TEST(RangeCoder, CarriesReachBytesThatWait) {
  // Probabilities at the edge, with the upper part taken again and again, drive `low` up to rows
  // of 0xFF; the final bits then carry or do not.
  for (std::uint32_t ending = 0; ending < 256; ++ending) {
    RangeEncoder encoder;
    for (int i = 0; i < 300; ++i) {
      encoder.encode(std::uint32_t{65535}, true);
      encoder.encode(std::uint32_t{1}, true);
    }
    encoder.encodeBits(ending, 8);
    const Bytes bytes = encoder.finish();
    RangeDecoder decoder(bytes);
    for (int i = 0; i < 300; ++i) {
      ASSERT_TRUE(decoder.decode(std::uint32_t{65535}));
      ASSERT_TRUE(decoder.decode(std::uint32_t{1}));
    }
    ASSERT_EQ(decoder.decodeBits(8), ending);
    ASSERT_TRUE(decoder.atEnd());
  }
}

TEST(RangeCoder, GoldenBytes) {
  // Worked by hand: range 0xFFFFFFFF; the bit 1 at half moves low to 0x7FFFFFFF and leaves
  // 0x80000000; 8 bits of value 0xA5 leave 0x800000 and add 0xA5 * that: low 0xD27FFFFF.
  RangeEncoder encoder;
  encoder.encode(std::uint32_t{32768}, true);
  encoder.encodeBits(0xA5, 8);
  const Bytes bytes = encoder.finish();
  const Bytes expected{std::byte{0xD2}, std::byte{0x7F}, std::byte{0xFF}, std::byte{0xFF},
                       std::byte{0x00}};
  EXPECT_EQ(bytes, expected);
}

TEST(RangeCoder, SkewedBitsCostTheirEntropy) {
  std::mt19937 random(2);
  for (const double p : {0.5, 0.1, 0.01, 0.001}) {
    RangeEncoder encoder;
    BitModel model;
    constexpr int kCount = 200000;
    double ones = 0;
    for (int i = 0; i < kCount; ++i) {
      const bool bit = static_cast<double>(random()) * 0x1p-32 < p;
      ones += bit ? 1 : 0;
      encoder.encode(model, bit);
    }
    const double q = ones / kCount;
    const double entropy = -kCount * (q * std::log2(q) + (1 - q) * std::log2(1 - q)) / 8;
    EXPECT_LE(static_cast<double>(encoder.finish().size()), 1.03 * entropy + 40) << p;
  }
}

TEST(RangeCoder, AnyBytesDecodeWithoutHarm) {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    Bytes bytes(random() % 40);
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(random() % 8 == 0 ? 0xFF : random());
    }
    RangeDecoder decoder(bytes);
    BitModel model;
    for (int i = 0; i < 500; ++i) {
      (void)decoder.decode(model);
      EXPECT_LT(decoder.decodeBits(16), 65536U);
    }
    EXPECT_TRUE(decoder.overran());
    EXPECT_FALSE(decoder.atEnd());
  }
}

TEST(BitModel, PrimingSetsTheFirstProbability) {
  BitModel model;
  EXPECT_EQ(model.zeroProbability(), 32768U);
  model.prime(1000, 50);
  EXPECT_EQ(model.zeroProbability(), 1000U);
  model.update(false);
  EXPECT_GT(model.zeroProbability(), 1000U);
  EXPECT_LT(model.zeroProbability(), 4000U);
}

}  // namespace
}  // namespace volpress::coding
