#include "compressors/volpress/band_coder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <type_traits>
#include <vector>

#include "compressors/coding/mixed_levels.hpp"
#include "compressors/coding/value_coder.hpp"

namespace volpress::compressors::own {
namespace {

constexpr std::uint32_t kMaxCoefficients = shRestCount(kMaxShDegree);
constexpr std::uint32_t kMaxChannels = 3 * kMaxCoefficients;

/// A row while it is coded.
struct Row {
  std::array<std::int32_t, kMaxChannels> levels{};
  std::array<std::int32_t, kMaxCoefficients> steps{};
  /// The values of the near rows; zeros where there are none.
  std::array<const std::int32_t*, kNeighbours> near{};
  std::uint32_t surroundings = 0;  ///< how many levels near rows have, and the fineness
  std::uint32_t coded = 0;         ///< levels that are not zero so far, and the sum of their sizes
  std::uint64_t sum = 0;
};

/// How far from zero a value is in steps: 0 or +-1 or +-2.
std::int32_t sizeClass(std::int32_t value, std::int32_t step) noexcept {
  const std::int32_t size = std::abs(value);
  const std::int32_t grade = size * 2 < step ? 0 : size < 2 * step ? 1 : 2;
  return value < 0 ? -grade : grade;
}

std::uint32_t bounded(std::int32_t level, std::int32_t limit) noexcept {
  return static_cast<std::uint32_t>(std::min(std::abs(level), limit));
}

/// Bands of files of version 1: a level after the other, by chains of binary decisions.
class BinaryBands {
public:
  explicit BinaryBands(unsigned degree)
      : m_levels({static_cast<std::uint32_t>(3 * shRestCount(degree)) * 3, 5 * 5 * 3,
                  3 * 3 * 3 * 5 * 3}) {}

  void code(coding::BitReadSide& side, Row& row, unsigned degree, std::size_t first,
            std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      const std::size_t channel = i % 3;
      const auto sign = [&](std::size_t k) {
        return static_cast<std::uint32_t>(2 + sizeClass(row.near[k][i], row.steps[i / 3]));
      };
      const std::uint32_t likeness = sign(0) * 5 + sign(1);
      const std::uint32_t same = channel != 0 ? bounded(row.levels[i - 1], 2) : 0;
      const std::uint32_t luma = channel == 2 ? bounded(row.levels[i - 2], 2) : 0;
      const std::uint32_t before = i >= first + 3 ? bounded(row.levels[i - 3], 2) : 0;
      row.levels[i] =
          m_levels.code(side,
                        {static_cast<std::uint32_t>(i) * 3 + std::min(row.coded / 2, 2U),
                         likeness * 3 + static_cast<std::uint32_t>(channel),
                         (((same * 3 + luma) * 3 + before) * 5 + degree) * 3 +
                             static_cast<std::uint32_t>(channel)},
                        0);
      row.coded += row.levels[i] != 0 ? 1U : 0U;
    }
  }

private:
  coding::ValueCoder<3> m_levels;
};

/// Bands of version 2: for each coefficient a symbol says which of its three levels are not zero,
/// and those are a symbol each.
class SymbolBands {
public:
  explicit SymbolBands(unsigned /*degree*/) {}

  template <typename Side>
  void code(Side& side, Row& row, unsigned degree, std::size_t first, std::size_t end) {
    std::uint32_t maskBefore = 0;
    for (std::size_t base = first; base < end; base += 3) {
      const auto coefficient = static_cast<std::uint32_t>(base / 3);
      const std::int32_t step = row.steps[coefficient];
      std::uint32_t wanted = 0;
      std::array<std::uint32_t, 2> alike{};
      for (unsigned channel = 0; channel < 3; ++channel) {
        wanted |= (row.levels[base + channel] != 0 ? 1U : 0U) << channel;
        for (std::size_t k = 0; k < alike.size(); ++k) {
          alike[k] |= (2 * std::abs(row.near[k][base + channel]) >= step ? 1U : 0U) << channel;
        }
      }
      // How many of three levels are not zero so far.
      const std::uint32_t density = std::min(row.coded * 4 / (coefficient + 1), 11U);
      const std::uint32_t mask =
          m_masks.code(side,
                       {coefficient * 12 + density, (alike[0] * 8 + alike[1]) * 5 + degree,
                        (maskBefore * 8 + alike[0]) * 5 + degree, row.surroundings * 5 + degree},
                       coefficient, wanted) &
          7U;  // 8..15 are never written
      for (unsigned channel = 0; channel < 3; ++channel) {
        std::int32_t& level = row.levels[base + channel];
        if ((mask >> channel & 1U) == 0) {
          level = 0;
          continue;
        }
        codeLevel(side, row, degree, base, channel, base != first);
      }
      maskBefore = mask;
    }
  }

private:
  template <typename Side>
  void codeLevel(Side& side, Row& row, unsigned degree, std::size_t base, unsigned channel,
                 bool hasBefore) {
    const std::size_t i = base + channel;
    const std::int32_t step = row.steps[base / 3];
    const std::int32_t first = row.near[0][i];
    const std::int32_t second = row.near[1][i];
    // What size is expected: from near rows, and from what is known of this one.
    const std::uint32_t around = 4 *
                                 (static_cast<std::uint32_t>(std::abs(first)) +
                                  static_cast<std::uint32_t>(std::abs(second))) /
                                 static_cast<std::uint32_t>(step);  // eighths of their mean
    const std::uint64_t own = row.coded == 0 ? around : 8 * row.sum / row.coded;
    const std::uint32_t ratio = ratioBucket((around + own) / 2);
    const std::uint32_t ownRatio = ratioBucket(own);
    const std::uint32_t same = channel != 0 ? bounded(row.levels[i - 1], 3) : 0;
    const std::uint32_t luma = channel == 2 ? bounded(row.levels[i - 2], 3) : 0;
    const std::uint32_t before = hasBefore ? bounded(row.levels[i - 3], 3) : 0;
    const auto likeness =
        static_cast<std::uint32_t>((2 + sizeClass(first, step)) * 5 + 2 + sizeClass(second, step));
    constexpr std::uint32_t kFineRatios = 7;
    const std::int32_t wanted = row.levels[i] > 0 ? row.levels[i] - 1 : row.levels[i];
    const std::int32_t coded =
        m_levels.code(side,
                      {ratio * 3 + channel, likeness * 3 + channel,
                       (((same * 4 + luma) * 4 + before) * 5 + degree) * 3 + channel,
                       (ownRatio * 3 + channel) * 5 + degree},
                      ratio, (std::max(ratio, kFineRatios) - kFineRatios) / 2, wanted);
    row.levels[i] = coded >= 0 ? coded + 1 : coded;
    row.coded += 1;
    row.sum += static_cast<std::uint64_t>(std::abs(row.levels[i]));
  }

  coding::MixedSymbols<4> m_masks{
      std::array<std::uint32_t, 4>{kMaxCoefficients * 12, 8 * 8 * 5, 8 * 8 * 5, 27 * 24 * 5},
      kMaxCoefficients, 8};
  coding::MixedLevels<4> m_levels{
      {kRatioBuckets * 3, 25 * 3, 4 * 4 * 4 * 5 * 3, kRatioBuckets * 3 * 5}, kRatioBuckets};
};

}  // namespace

template <typename Side>
void codeBands(Side& side, const BandContext& context, RowRange rows,
               std::span<std::int32_t> bands) {
  const std::size_t channels = 3 * shRestCount(context.shDegree);
  // A flag says whether a splat has any level but zero, then each band whether it has.
  coding::MixedBits<2> flags(1 + context.shDegree, {3 * 3 * 3, 24 * 3});
  std::conditional_t<std::is_same_v<Side, coding::BitReadSide>, BinaryBands, SymbolBands> coder(
      context.shDegree);
  std::vector<std::uint8_t> counts(rows.end - rows.begin);  // non-zero levels of a row, up to 2
  const std::vector<std::int32_t> zeros(channels);
  Row row;
  for (std::size_t at = rows.begin; at < rows.end && !side.overran(); ++at) {
    std::int32_t* values = &bands[channels * at];
    const std::size_t fineness = context.fineness[at - rows.begin];
    const std::uint32_t* near = &context.near->rows[kNeighbours * at];
    const bool isAlone = near[0] == at;
    row.coded = 0;
    row.sum = 0;
    std::uint32_t around = 0;
    for (std::size_t k = 0; k < kNeighbours; ++k) {
      row.near[k] = isAlone ? zeros.data() : &bands[channels * near[k]];
      around = 3 * around + (isAlone ? 0U : counts[near[k] - rows.begin]);
    }
    for (std::size_t k = 0; k < channels / 3; ++k) {
      const auto own = static_cast<std::ptrdiff_t>(fineness) + context.bandFineness[k];
      row.steps[k] = stepOf(static_cast<std::size_t>(
          std::clamp<std::ptrdiff_t>(own, 0, static_cast<std::ptrdiff_t>(kFinenesses) - 1)));
    }
    bool any = false;
    if constexpr (Side::kWrites) {
      for (std::size_t i = 0; i < channels; ++i) {
        const double scaled = std::abs(static_cast<double>(values[i])) / row.steps[i / 3];
        const auto level =
            static_cast<std::int32_t>(std::floor(scaled + 0.5 - context.roundingBias));
        row.levels[i] = values[i] < 0 ? -level : level;
        any = any || level != 0;
      }
    }
    const auto band24 = static_cast<std::uint32_t>(std::min<std::size_t>(fineness / 4, 23));
    row.surroundings = around * 24 + band24;
    if (!flags.code(side, 0, {around, band24 * 3}, any)) {
      std::fill_n(values, channels, 0);
      continue;
    }
    std::size_t first = 0;
    for (unsigned degree = 1; degree <= context.shDegree; ++degree) {
      const std::size_t end = 3 * shRestCount(degree);
      const auto begin = row.levels.begin();
      const bool wanted = std::any_of(begin + static_cast<std::ptrdiff_t>(first),
                                      begin + static_cast<std::ptrdiff_t>(end),
                                      [](std::int32_t level) { return level != 0; });
      if (flags.code(side, degree, {around, band24 * 3 + std::min(row.coded, 2U)}, wanted)) {
        coder.code(side, row, degree, first, end);
      } else {
        std::fill(begin + static_cast<std::ptrdiff_t>(first),
                  begin + static_cast<std::ptrdiff_t>(end), 0);
      }
      first = end;
    }
    for (std::size_t i = 0; i < channels; ++i) {
      values[i] = static_cast<std::int32_t>(std::clamp<std::int64_t>(
          std::int64_t{row.levels[i]} * row.steps[i / 3], -kMaxFixed, kMaxFixed));
    }
    counts[at - rows.begin] = static_cast<std::uint8_t>(row.coded == 0 ? 0 : row.coded < 4 ? 1 : 2);
  }
}

template void codeBands(coding::BitReadSide&, const BandContext&, RowRange,
                        std::span<std::int32_t>);
template void codeBands(coding::RansReadSide&, const BandContext&, RowRange,
                        std::span<std::int32_t>);
template void codeBands(coding::RansWriteSide&, const BandContext&, RowRange,
                        std::span<std::int32_t>);

}  // namespace volpress::compressors::own
