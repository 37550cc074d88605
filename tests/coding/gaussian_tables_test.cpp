// Fixed frequencies and the tables of rounded normal deviates, which every machine must have alike.
#include "compressors/coding/gaussian_tables.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "scene/base/bytes.hpp"

namespace volpress::coding {
namespace {

TEST(FrequencyTable, CodesWhatIsInItAndWhatIsNot) {
  const std::vector<std::uint32_t> frequencies{1, 60000, 5000, 7};
  const FrequencyTable table(-2, frequencies);
  EXPECT_EQ(table.entries(), 4U);
  EXPECT_EQ(table.frequency(1), 60000U);
  std::vector<std::int32_t> values{-2, -1, 0, 1, 2, -3, 3, 1000, -1000, -1, -1, 0};
  for (const std::int32_t limit :
       {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
    values.push_back(limit);
  }
  RangeEncoder encoder;
  for (const std::int32_t value : values) {
    table.encode(encoder, value);
  }
  const Bytes bytes = encoder.finish();
  RangeDecoder decoder(bytes);
  for (const std::int32_t value : values) {
    EXPECT_EQ(table.decode(decoder), value);
  }
  EXPECT_TRUE(decoder.atEnd());
}

TEST(FrequencyTable, ReadsAnyBytes) {
  const FrequencyTable table(5, std::vector<std::uint32_t>{1});
  std::mt19937 random(3);
  for (std::size_t round = 0; round < 200; ++round) {
    Bytes bytes(round % 40);
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(random() % 3 == 0 ? 255 : random());
    }
    RangeDecoder decoder(bytes);
    for (int i = 0; i < 100; ++i) {
      static_cast<void>(table.decode(decoder));
    }
  }
}

TEST(FrequencyTable, LeavesNothingOutWhenItRounds) {
  const std::vector<double> shares{0, 0.7, 1e-9, 0.25, 0};
  const std::vector<std::uint32_t> frequencies = FrequencyTable::frequenciesOf(shares);
  // 65530 to share: 0.7 of it is 45871, 0.25 is 16382.5.
  EXPECT_EQ(frequencies, (std::vector<std::uint32_t>{1, 45872, 1, 16384, 1}));
}

TEST(GaussianTables, CostWhatTheEntropySays) {
  // 1 % over the entropy of rounded normal deviates, whose sum is taken here in long double.
  std::mt19937 random(8);
  for (const std::size_t level : {0U, 10U, 25U, 40U, 63U}) {
    const double deviation = gaussianDeviation(level);
    std::normal_distribution<double> draw(0, deviation);
    RangeEncoder encoder;
    double ideal = 0;
    constexpr int kValues = 50000;
    for (int i = 0; i < kValues; ++i) {
      const auto value = static_cast<std::int32_t>(std::lround(draw(random)));
      gaussianTable(level).encode(encoder, value);
      const auto at = static_cast<long double>(std::abs(value));
      const long double unit = std::sqrt(2.0L) * static_cast<long double>(deviation);
      ideal -= static_cast<double>(
          std::log2(0.5L * (std::erfc((at - 0.5L) / unit) - std::erfc((at + 0.5L) / unit))));
    }
    EXPECT_LE(static_cast<double>(encoder.finish().size()), 1.01 * ideal / 8 + 16) << deviation;
  }
}

/// No sum that is rounded lies within a millionth of a tie, measured in long double: an `erfc` that
/// is right to ten digits gives these tables. The checksum pins them.
TEST(GaussianTables, AreTheSameOnEveryMachine) {
  Bytes all;
  for (std::size_t level = 0; level < kGaussianLevels; ++level) {
    const FrequencyTable& table = gaussianTable(level);
    const auto deviation = static_cast<long double>(gaussianDeviation(level));
    const auto free = static_cast<long double>(FrequencyTable::kWhole - table.entries() - 1);
    for (std::size_t entry = 0; entry < table.entries(); ++entry) {
      const long double edge =
          static_cast<long double>(table.first()) + static_cast<long double>(entry) + 0.5L;
      const long double sum = free * 0.5L * std::erfc(-edge / (deviation * std::sqrt(2.0L))) + 0.5L;
      EXPECT_GT(std::abs(sum - std::round(sum)), 1e-6L) << level << " " << entry;
      for (unsigned shift = 0; shift < 24; shift += 8) {
        all.push_back(static_cast<std::byte>(table.frequency(entry) >> shift));
      }
    }
  }
  EXPECT_EQ(hashBytes(all), 3421995718784577250U);
}

TEST(GaussianTables, AreChosenByIntegers) {
  EXPECT_EQ(gaussianLevel(std::numeric_limits<std::int32_t>::min()), 0U);
  EXPECT_EQ(gaussianLevel(0), 0U);
  EXPECT_EQ(gaussianLevel(std::numeric_limits<std::int32_t>::max()), kGaussianLevels - 1);
  for (std::size_t level = 0; level < kGaussianLevels; ++level) {
    const auto fixed = static_cast<std::int32_t>(
        std::lround(std::ldexp(gaussianDeviation(level), kDeviationBits)));
    EXPECT_EQ(gaussianLevel(fixed), level);
  }
  // Borders are not near ties either.
  for (std::size_t level = 0; level + 1 < kGaussianLevels; ++level) {
    const double border = std::ldexp(
        std::sqrt(gaussianDeviation(level) * gaussianDeviation(level + 1)), kDeviationBits);
    EXPECT_GT(std::abs(border - std::floor(border) - 0.5), 1e-4) << level;
  }
}

}  // namespace
}  // namespace volpress::coding
