#include "compressors/coding/symbol_coder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "compressors/coding/context_mixer.hpp"
#include "tests/coding/entropy.hpp"

namespace volpress::coding {
namespace {

std::vector<std::int32_t> laplacian(std::size_t count, double scale, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::int32_t> values(count);
  for (std::int32_t& value : values) {
    const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53 - 0.5;
    const double x = -scale * std::copysign(std::log(1 - 2 * std::abs(u)), u);
    value = static_cast<std::int32_t>(std::lround(x));
  }
  return values;
}

std::size_t roundTrip(const std::vector<std::int32_t>& values, const SymbolLayout& layout) {
  SerialRunner serial;
  const auto coded = encodeSymbols(values, layout, serial);
  EXPECT_TRUE(coded);
  const auto decoded = decodeSymbols(*coded, layout, serial);
  EXPECT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(std::equal(decoded->begin(), decoded->end(), values.begin(), values.end()));
  return coded->size();
}

TEST(SymbolCoder, RoundTripsEdgeCases) {
  constexpr std::int32_t kLow = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t kHigh = std::numeric_limits<std::int32_t>::max();
  roundTrip({}, {0, 3, 1, {}});
  roundTrip({7}, {1, 1, 1, {}});
  roundTrip({kLow, kHigh, 0, -1, 1, kLow, kHigh}, {7, 1, 1, {}});
  roundTrip({kLow, kHigh, 0, -1, 1, kLow, kHigh, 5}, {2, 4, 2, {}});
  roundTrip({0, 4095, 0, 4096, 1, 4095}, {6, 1, 1, {}});
  EXPECT_LE(roundTrip(std::vector<std::int32_t>(100000, -12345), {100000, 1, 1, {}}), 32U);
  std::vector<std::int32_t> alternating(10000);
  for (std::size_t i = 0; i < alternating.size(); ++i) {
    alternating[i] = i % 2 == 0 ? -3 : 90;
  }
  EXPECT_LE(roundTrip(alternating, {10000, 1, 1, {}}), 150U);
  std::vector<std::int32_t> everyMagnitude;
  for (int bit = 0; bit < 31; ++bit) {
    for (const std::int32_t near : {-1, 0, 1}) {
      everyMagnitude.push_back((1 << bit) + near);
      everyMagnitude.push_back(-(1 << bit) - near);
    }
  }
  roundTrip(everyMagnitude, {everyMagnitude.size(), 1, 1, {}});
}

TEST(SymbolCoder, IndependentValuesCostAboutTheirEntropy) {
  const std::vector<std::int32_t> values = laplacian(200000, 2, 5);
  const std::size_t size = roundTrip(values, {values.size(), 1, 1, {}});
  // Contexts that tell nothing and fast adaptation cost something.
  EXPECT_LE(static_cast<double>(size), 1.02 * testing::entropyBytes(values) + 64);
}

TEST(SymbolCoder, CorrelatedValuesCostLessThanTheirEntropy) {
  // AR(1) with rho = 0.9: theory saves log2(1 / sqrt(1 - 0.81)) = 1.2 bits of about 5.
  std::vector<std::int32_t> values = laplacian(100000, 4, 6);
  double state = 0;
  for (std::int32_t& value : values) {
    state = 0.9 * state + value;
    value = static_cast<std::int32_t>(std::lround(state));
  }
  const std::size_t size = roundTrip(values, {values.size(), 1, 1, {}});
  EXPECT_LE(static_cast<double>(size), 0.85 * testing::entropyBytes(values));
}

TEST(SymbolCoder, ChainsAndNeighboursAreUsed) {
  // Channel 1 repeats channel 0, and every row repeats the row that its neighbour index names.
  std::mt19937 random(3);
  constexpr std::size_t kRows = 20000;
  std::vector<std::int32_t> values(2 * kRows);
  std::vector<std::uint32_t> neighbours(kRows, 0);
  for (std::size_t row = 0; row < kRows; ++row) {
    neighbours[row] = row == 0 ? 0 : static_cast<std::uint32_t>(random() % row);
    const bool fresh = row < 64;
    values[2 * row] =
        fresh ? static_cast<std::int32_t>(random() % 16) : values[2 * neighbours[row]];
    values[2 * row + 1] = values[2 * row];
  }
  const std::size_t informed = roundTrip(values, {kRows, 2, 2, neighbours});
  const std::size_t blind = roundTrip(values, {kRows, 2, 1, {}});
  EXPECT_LT(informed, 2500U);
  EXPECT_GT(blind, 15000U);
}

TEST(SymbolCoder, OutliersCostOnlyThemselves) {
  std::vector<std::int32_t> values = laplacian(50000, 2, 8);
  const std::size_t plain = roundTrip(values, {values.size(), 1, 1, {}});
  values[10] = 2000000000;
  values[20000] = -2000000000;
  const std::size_t outliers = roundTrip(values, {values.size(), 1, 1, {}});
  EXPECT_LT(outliers, plain + plain / 50);
}

TEST(SymbolCoder, SameBytesOnAnyNumberOfThreads) {
  const std::vector<std::int32_t> values = laplacian(9 * 3000, 5, 9);
  const SymbolLayout layout{3000, 9, 3, {}};
  SerialRunner serial;
  const auto threads = makeThreadRunner(4);
  const auto one = encodeSymbols(values, layout, serial);
  const auto four = encodeSymbols(values, layout, *threads);
  ASSERT_TRUE(one && four);
  EXPECT_EQ(*one, *four);
  EXPECT_EQ(decodeSymbols(*one, layout, *threads).value(),
            decodeSymbols(*one, layout, serial).value());
}

TEST(SymbolCoder, BlocksOfLongArraysCostLittle) {
  // Two and a half blocks' worth of rows that resemble the row before: what later blocks learn anew
  // is small beside what they hold, and rows that resemble one in another block do no harm.
  constexpr std::size_t kRows = 250000;
  std::vector<std::int32_t> values = laplacian(2 * kRows, 3, 12);
  std::vector<std::uint32_t> neighbours(kRows, 0);
  std::mt19937 random(4);
  for (std::size_t row = 1; row < kRows; ++row) {
    neighbours[row] =
        static_cast<std::uint32_t>(row - 1 - random() % std::min<std::size_t>(row, 50));
    values[2 * row] += values[2 * neighbours[row]] / 2;
  }
  const std::size_t whole = roundTrip(values, {kRows, 2, 2, neighbours});
  const std::size_t first = roundTrip({values.begin(), values.begin() + 80000},
                                      {40000, 2, 2, std::span(neighbours).first(40000)});
  EXPECT_LT(static_cast<double>(whole), 1.01 * static_cast<double>(first) * kRows / 40000);
  const SymbolLayout layout{kRows, 2, 2, neighbours};
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  EXPECT_EQ(encodeSymbols(values, layout, serial).value(),
            encodeSymbols(values, layout, *threads).value());
}

TEST(SymbolCoder, RowsOfZerosCostNextToNothing) {
  constexpr std::size_t kRows = 60000;
  std::vector<std::int32_t> values(3 * kRows, 0);
  const std::vector<std::int32_t> some = laplacian(3 * kRows / 10, 4, 13);
  for (std::size_t i = 0; i < some.size(); ++i) {
    values[3 * kRows / 2 + i] = some[i];
  }
  const std::size_t sparse = roundTrip(values, {kRows, 3, 3, {}});
  const std::size_t alone = roundTrip(some, {some.size() / 3, 3, 3, {}});
  EXPECT_LT(sparse, alone + 250);
}

TEST(SymbolCoder, RowsOfZerosNeedAnAlphabetWithZero) {
  // One chain of two channels whose only value is 5: two part lengths, then the table, whose first
  // bit says that there are rows of zeros.
  SerialRunner serial;
  Bytes coded = encodeSymbols(std::vector<std::int32_t>(20, 5), {10, 2, 2, {}}, serial).value();
  ASSERT_EQ(coded[8] & std::byte{0x80}, std::byte{0});
  coded[8] |= std::byte{0x80};
  const auto decoded = decodeSymbols(coded, {10, 2, 2, {}}, serial);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::CorruptData);
}

TEST(SymbolCoder, TruncatedAndProlongedStreamsFail) {
  const std::vector<std::int32_t> values = laplacian(3 * 200, 3, 10);
  const SymbolLayout layout{200, 3, 1, {}};
  SerialRunner serial;
  const Bytes coded = encodeSymbols(values, layout, serial).value();
  for (std::size_t size = 0; size < coded.size(); ++size) {
    const auto part = decodeSymbols(ByteView(coded).first(size), layout, serial);
    ASSERT_FALSE(part) << size;
    EXPECT_EQ(part.error().code, ErrorCode::CorruptData);
  }
  Bytes longer = coded;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decodeSymbols(longer, layout, serial));
  EXPECT_FALSE(decodeSymbols(coded, {201, 3, 1, {}}, serial));
  EXPECT_FALSE(decodeSymbols(coded, {199, 3, 1, {}}, serial));
}

TEST(SymbolCoder, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const std::vector<std::int32_t> values = laplacian(100, 3, 11);
  SerialRunner serial;
  const auto coded = encodeSymbols(values, {100, 1, 1, {}}, serial, source.get_token());
  ASSERT_FALSE(coded);
  EXPECT_EQ(coded.error().code, ErrorCode::Cancelled);
  const Bytes whole = encodeSymbols(values, {100, 1, 1, {}}, serial).value();
  const auto decoded = decodeSymbols(whole, {100, 1, 1, {}}, serial, source.get_token());
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::Cancelled);
}

TEST(ContextMixer, LogOddsTablesAgreeWithTheFormula) {
  for (std::int32_t odds = -LogOdds::kLimit; odds <= LogOdds::kLimit; ++odds) {
    const double expected = 65536 / (1 + std::exp(-odds / 256.0));
    EXPECT_NEAR(LogOdds::toProbability(odds), expected, 0.51);
  }
  for (std::uint32_t probability = 512; probability < 65024; probability += 16) {
    const double p = (probability + 8) / 65536.0;
    EXPECT_NEAR(LogOdds::of(probability), 256 * std::log(p / (1 - p)), 8);
  }
}

}  // namespace
}  // namespace volpress::coding
