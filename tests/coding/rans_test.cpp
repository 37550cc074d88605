// Static rANS and planes over time.
#include "compressors/coding/rans.hpp"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "compressors/coding/temporal_plane.hpp"

namespace volpress::coding {
namespace {

std::vector<std::int32_t> decodeAll(const Bytes& stream, std::span<const std::uint8_t> contexts,
                                    std::size_t contextCount) {
  auto decoder = RansDecoder::open(stream, contexts.size(), contextCount).value();
  std::vector<std::int32_t> values(contexts.size());
  // In two pieces, as callers do.
  const std::size_t half = values.size() / 3;
  decoder.decode(contexts.first(half), std::span(values).first(half));
  decoder.decode(contexts.subspan(half), std::span(values).subspan(half));
  EXPECT_TRUE(decoder.finish());
  return values;
}

TEST(Rans, roundTripsAnything) {
  std::mt19937 random(1);
  const std::vector<std::vector<std::int32_t>> cases{
      {},
      {0},
      {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max(), -1, 0},
      std::vector<std::int32_t>(1000, 7),
      [&] {
        std::vector<std::int32_t> values(5000);
        for (auto& value : values) {
          value = static_cast<std::int32_t>(random()) >> (random() % 32);
        }
        return values;
      }()};
  for (const auto& values : cases) {
    std::vector<std::uint8_t> contexts(values.size());
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      contexts[i] = static_cast<std::uint8_t>(i % 3);
    }
    EXPECT_EQ(decodeAll(encodeRans(values, contexts, 3), contexts, 3), values);
  }
}

TEST(Rans, foldsUnsignedNumbersBothWays) {
  for (const std::uint32_t value : {0U, 1U, 2U, 24U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU}) {
    EXPECT_EQ(unfoldUnsigned(foldUnsigned(value)), value);
  }
  EXPECT_EQ(foldUnsigned(0), 0);
  EXPECT_EQ(foldUnsigned(1), -1);
  EXPECT_EQ(foldUnsigned(2), 1);
}

/// Zeros with probability `zero`, else +-1.
std::vector<std::int32_t> sparse(std::size_t count, double zero, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::int32_t> values(count);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (auto& value : values) {
    value = uniform(random) < zero ? 0 : uniform(random) < 0.5 ? 1 : -1;
  }
  return values;
}

TEST(Rans, isCloseToTheEntropyDownToATwentiethOfABit) {
  for (const double zero : {0.34, 0.9, 0.995}) {
    const auto values = sparse(400'000, zero, 3);
    const Bytes stream =
        encodeRans(values, std::vector<std::uint8_t>(values.size(), std::uint8_t{0}), 1);
    double count0 = 0;
    for (const auto value : values) {
      count0 += value == 0 ? 1 : 0;
    }
    const double n = static_cast<double>(values.size());
    const double p = count0 / n;
    const double bits = n * (-p * std::log2(p) - (1 - p) * std::log2((1 - p) / 2));
    EXPECT_LE(static_cast<double>(stream.size()), bits / 8 * 1.01 + 64) << zero;
  }
}

TEST(Rans, writesGoldenBytes) {
  // One symbol of certainty: an empty word list and four states at their start.
  const std::vector<std::int32_t> values(3, 0);
  const std::vector<std::uint8_t> contexts(3, 0);
  const Bytes stream = encodeRans(values, contexts, 1);
  const std::vector<int> expected{3, 1, 0x80, 0x20, 0, 0,  // 3 values; 1 symbol of 4096; 0 words
                                  0, 0, 1,    0,    0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0};
  ASSERT_EQ(stream.size(), expected.size());
  for (std::size_t i = 0; i < stream.size(); ++i) {
    EXPECT_EQ(std::to_integer<int>(stream[i]), expected[i]) << i;
  }
}

TEST(Rans, refusesDamage) {
  const auto values = sparse(1000, 0.7, 5);
  const std::vector<std::uint8_t> contexts(values.size(), 0);
  const Bytes stream = encodeRans(values, contexts, 1);
  EXPECT_FALSE(RansDecoder::open(stream, values.size() + 1, 1));
  for (std::size_t size = 0; size < stream.size(); ++size) {
    auto decoder = RansDecoder::open(ByteView(stream).first(size), values.size(), 1);
    if (decoder) {
      std::vector<std::int32_t> got(values.size());
      decoder->decode(contexts, got);
      EXPECT_FALSE(decoder->finish()) << size;
    }
  }
}

std::vector<std::int32_t> playPlane(const Bytes& bytes, std::size_t rows, std::size_t frames) {
  PlaneDecoder plane = PlaneDecoder::open(bytes, rows, frames).value();
  std::vector<std::int32_t> values;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto row = plane.next();
    values.insert(values.end(), row.begin(), row.end());
  }
  EXPECT_TRUE(plane.finish());
  return values;
}

TEST(TemporalPlane, roundTripsWhateverPredictionItTakes) {
  constexpr std::size_t kRows = 300, kFrames = 12;
  std::mt19937 random(9);
  for (const int kind : {0, 1, 2, 3}) {
    std::vector<std::int32_t> values(kRows * kFrames);
    for (std::size_t frame = 0; frame < kFrames; ++frame) {
      for (std::size_t row = 0; row < kRows; ++row) {
        const auto t = static_cast<std::int32_t>(frame), r = static_cast<std::int32_t>(row);
        const auto noise = static_cast<std::int32_t>(random() % 100);
        values[frame * kRows + row] = kind == 0   ? noise
                                      : kind == 1 ? 5 * r
                                      : kind == 2 ? 100 * r + 37 * t * (r % 7)
                                                  : (1 << 26) - noise * t;
      }
    }
    const Bytes bytes = encodePlane(values, kRows, kFrames);
    EXPECT_EQ(playPlane(bytes, kRows, kFrames), values) << kind;
    if (kind == 1 || kind == 2) {
      // What stands still or moves evenly costs next to nothing.
      EXPECT_LT(bytes.size(), kRows * 3) << kind;
    }
  }
  EXPECT_EQ(playPlane(encodePlane(std::vector<std::int32_t>{4, -9}, 2, 1), 2, 1),
            (std::vector<std::int32_t>{4, -9}));
}

}  // namespace
}  // namespace volpress::coding
