#include "compressors/coding/symbol_mixer.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "compressors/coding/mixed_levels.hpp"
#include "tests/coding/entropy.hpp"

namespace volpress::coding {
namespace {

TEST(Lanes16, AreSixteenNumbersModulo65536) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    LaneArray a;
    LaneArray b;
    for (std::size_t i = 0; i < kLanes; ++i) {
      a[i] = static_cast<std::uint16_t>(random());
      b[i] = static_cast<std::uint16_t>(random());
    }
    std::array<LaneArray, 5> found;
    (Lanes16(a) + Lanes16(b)).store(found[0]);
    (Lanes16(a) - Lanes16(b)).store(found[1]);
    (Lanes16(a) ^ Lanes16(b)).store(found[2]);
    (Lanes16(a) & Lanes16(b)).store(found[3]);
    Lanes16::mulHigh(Lanes16(a), Lanes16(std::uint16_t{40000})).store(found[4]);
    for (std::size_t i = 0; i < kLanes; ++i) {
      EXPECT_EQ(found[0][i], static_cast<std::uint16_t>(a[i] + b[i]));
      EXPECT_EQ(found[1][i], static_cast<std::uint16_t>(a[i] - b[i]));
      EXPECT_EQ(found[2][i], a[i] ^ b[i]);
      EXPECT_EQ(found[3][i], a[i] & b[i]);
      EXPECT_EQ(found[4][i], std::uint32_t{a[i]} * 40000 >> 16);
    }
    std::sort(a.begin(), a.end());
    const auto limit = static_cast<std::uint16_t>(random());
    EXPECT_EQ(Lanes16(a).leadingAtMost(limit),
              std::upper_bound(a.begin(), a.end(), limit) - a.begin());
  }
  LaneArray all;
  all.fill(65535);
  EXPECT_EQ(Lanes16(all).leadingAtMost(65535), kLanes);
  EXPECT_EQ(Lanes16(all).leadingAtMost(65534), 0U);
}

TEST(RansSides, GoldenBytes) {
  // From state 2^31 a bit 1 at half makes (2^31 / 2^15) 2^16 + 2^15 = 2^32 + 2^15.
  RansWriteSide side;
  (void)side.plain(1, 1);
  const Bytes bytes = side.finish();
  const std::array<unsigned, 8> expected{0, 0x80, 0, 0, 1, 0, 0, 0};
  ASSERT_EQ(bytes.size(), expected.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_EQ(std::to_integer<unsigned>(bytes[i]), expected[i]);
  }
}

TEST(RansSides, EventsComeBackAndTheStreamEndsExactly) {
  std::mt19937 random(2);
  std::vector<std::uint32_t> events(20000);
  RansWriteSide writer;
  const auto code = [](auto& side, std::size_t i, std::uint32_t event) -> std::uint32_t {
    switch (i % 4) {
      case 0:
        return side.bit(1 + static_cast<std::uint32_t>(i * 7919 % 65535), event % 2 != 0) ? 1 : 0;
      case 1: return side.bit(std::uint32_t{65535}, event % 64 == 0) ? 1 : 0;
      case 2: return side.plain(event & 0xFFFF, 16);
      default: return side.plain(event & 7, i % 8 == 3 ? 3 : 0);
    }
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i] = code(writer, i, i % 8 == 7 ? 0 : static_cast<std::uint32_t>(random()));
  }
  const Bytes bytes = writer.finish();
  RansReadSide reader(bytes);
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(code(reader, i, 0), events[i]) << i;
  }
  EXPECT_TRUE(reader.atEnd());
  EXPECT_TRUE(RansReadSide(RansWriteSide().finish()).atEnd());
  RansReadSide nothing(ByteView{});
  EXPECT_TRUE(nothing.overran());
  EXPECT_FALSE(nothing.atEnd());
}

Bytes written(std::span<const std::int32_t> values, unsigned shift) {
  RansWriteSide side;
  MixedLevels<2> coder({1, 4}, 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(coder.code(side, {0, static_cast<std::uint32_t>(i % 4)}, 0, shift, values[i]),
              values[i]);
  }
  return side.finish();
}

TEST(MixedLevels, RoundTripsNearAndFarValues) {
  std::vector<std::int32_t> values;
  for (std::int32_t i = -40; i <= 40; ++i) {
    values.insert(values.end(), {i, -i});
  }
  for (int bit = 5; bit < 27; ++bit) {
    values.insert(values.end(), {(1 << bit) - 1, -(1 << bit) + 1, 1 << (bit - 1)});
  }
  for (const unsigned shift : {0U, 1U, 5U, 16U}) {
    const Bytes bytes = written(values, shift);
    RansReadSide side(bytes);
    MixedLevels<2> coder({1, 4}, 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(coder.code(side, {0, static_cast<std::uint32_t>(i % 4)}, 0, shift, 0), values[i])
          << i;
    }
    EXPECT_TRUE(side.atEnd());
  }
}

TEST(MixedLevels, ComesCloseToTheEntropy) {
  std::mt19937 random(3);
  for (const double scale : {0.3, 1.0, 2.0, 6.0}) {
    std::exponential_distribution<double> size(1 / scale);
    std::vector<std::int32_t> values(50000);
    for (std::int32_t& value : values) {
      const auto level = static_cast<std::int32_t>(std::lround(size(random)));
      value = (random() & 1U) != 0 ? level : -level;
    }
    EXPECT_LT(static_cast<double>(written(values, scale > 3 ? 1 : 0).size()),
              1.02 * testing::entropyBytes(values) + 200)
        << scale;
  }
}

TEST(MixedSymbols, TrustsTheInputThatKnows) {
  // The first context says nothing, the second all: mixing finds out which.
  std::mt19937 random(4);
  RansWriteSide side;
  MixedSymbols<2> coder({1, 16}, 1);
  constexpr std::size_t kCount = 20000;
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto symbol = static_cast<unsigned>(random() % 16);
    EXPECT_EQ(coder.code(side, {0, symbol}, 0, symbol), symbol);
  }
  EXPECT_LT(side.finish().size(), kCount / 20);
}

TEST(MixedLevels, DamagedStreamsEndOrGiveOtherValues) {
  std::vector<std::int32_t> values(400);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int32_t>(i * i % 61) - 30;
  }
  const Bytes bytes = written(values, 1);
  std::mt19937 random(5);
  std::size_t whole = 0;
  const auto read = [&](ByteView stream) {
    RansReadSide side(stream);
    MixedLevels<2> coder({1, 4}, 1);
    for (std::size_t i = 0; i < values.size() && !side.overran(); ++i) {
      const std::int32_t value = coder.code(side, {0, static_cast<std::uint32_t>(i % 4)}, 0, 1, 0);
      ASSERT_LT(std::abs(value), MixedLevels<2>::kLimit);
    }
    whole += side.atEnd() ? 1U : 0U;
  };
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    read(ByteView(bytes).first(length));
  }
  for (int round = 0; round < 2000; ++round) {
    Bytes damaged = bytes;
    damaged[random() % damaged.size()] ^= static_cast<std::byte>(1 + random() % 255);
    read(damaged);
  }
  // Another last value may end as well as the one that was written; containers have checksums.
  EXPECT_LT(whole, 10U);
}

}  // namespace
}  // namespace volpress::coding
