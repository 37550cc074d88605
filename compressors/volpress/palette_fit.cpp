#include "compressors/volpress/palette_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "scene/base/bytes.hpp"

namespace volpress::compressors::own {
namespace {

/// Squares of steps that one bit is worth: a uniform quantiser of step d errs by d^2 / 12, and a
/// bit saves 2 ln 2 times that.
constexpr double kBitWorth = std::numbers::ln2 / 6;
/// Rows that have a value in common, on average; with fewer there is nothing to share.
constexpr std::size_t kRowsPerValue = 2;

std::size_t channelsOf(unsigned shDegree) noexcept { return 3 * shRestCount(shDegree); }

/// A row's weight: errors are measured in its steps.
double weightOf(std::uint8_t fineness) noexcept {
  return std::exp2(-static_cast<double>(fineness) / 2);
}

/// The different values among the rows, and each row's.
struct Distinct {
  std::vector<std::uint32_t> rows;    ///< where each value stands first
  std::vector<std::uint32_t> labels;  ///< n
};

template <typename Number>
std::optional<Distinct> findDistinct(std::span<const Number> values, std::size_t channels) {
  const std::size_t count = values.size() / channels;
  const std::size_t most = std::min(count / kRowsPerValue, kMaxPaletteEntries);
  const auto valueOf = [&](std::uint32_t row) { return values.subspan(channels * row, channels); };
  std::vector<std::uint64_t> hashes(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    hashes[i] = hashBytes(viewBytes(valueOf(i)));
  }
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return hashes[a] != hashes[b] ? hashes[a] < hashes[b] : a < b;
  });
  Distinct distinct;
  distinct.labels.resize(count);
  for (const std::uint32_t row : order) {
    if (distinct.rows.empty() || !std::ranges::equal(valueOf(row), valueOf(distinct.rows.back()))) {
      if (distinct.rows.size() == most) {
        return std::nullopt;
      }
      distinct.rows.push_back(row);
    }
    distinct.labels[row] = static_cast<std::uint32_t>(distinct.rows.size() - 1);
  }
  return distinct;
}

/// Entries by falling frequency, each as fine as all its rows together ask for.
BandPalette arrange(const WantedBands& wanted, const Distinct& distinct) {
  const std::size_t channels = channelsOf(wanted.shDegree);
  BandPalette palette;
  palette.count = distinct.rows.size();
  std::vector<std::uint32_t> users(palette.count);
  std::vector<double> weights(palette.count);
  for (std::size_t i = 0; i < distinct.labels.size(); ++i) {
    ++users[distinct.labels[i]];
    weights[distinct.labels[i]] += weightOf(wanted.fineness[i]);
  }
  std::vector<std::uint32_t> order(palette.count);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return users[a] != users[b] ? users[a] > users[b] : distinct.rows[a] < distinct.rows[b];
  });
  std::vector<std::uint32_t> places(palette.count);
  palette.entries.resize(channels * palette.count);
  std::vector<double> fineness(paletteGroups(palette.count));
  std::vector<double> members(fineness.size());
  for (std::uint32_t i = 0; i < palette.count; ++i) {
    places[order[i]] = i;
    std::copy_n(&wanted.values[channels * distinct.rows[order[i]]], channels,
                &palette.entries[channels * i]);
    const std::uint32_t group = paletteGroup(i).group;
    fineness[group] -= 2 * std::log2(weights[order[i]]);
    members[group] += 1;
  }
  for (std::size_t group = 0; group < fineness.size(); ++group) {
    palette.fineness.push_back(static_cast<std::uint8_t>(
        std::clamp(std::round(fineness[group] / members[group]), 0.0, kFinenesses - 1.0)));
  }
  palette.labels.resize(distinct.labels.size());
  for (std::size_t i = 0; i < palette.labels.size(); ++i) {
    palette.labels[i] = places[distinct.labels[i]];
  }
  return palette;
}

/// Errors of decoded values, as bits at the slope of the steps, over some rows; `valueOf` gives a
/// row's decoded value.
template <typename ValueOf>
double errorBits(const WantedBands& wanted, RowRange rows, const ValueOf& valueOf) {
  const std::size_t channels = channelsOf(wanted.shDegree);
  std::vector<double> perStep(channels);  // of a row whose fineness is 0
  for (std::size_t c = 0; c < channels; ++c) {
    perStep[c] = std::exp2(-wanted.bandFineness[c / 3] / 4.0);
  }
  double errors = 0;
  for (std::size_t i = rows.begin; i < rows.end; ++i) {
    const std::int32_t* value = valueOf(i);
    double error = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const double difference = (value[c] - wanted.values[channels * i + c]) * perStep[c];
      error += difference * difference;
    }
    errors += error * weightOf(wanted.fineness[i]);
  }
  return errors / kBitWorth;
}

double bitsOf(const coding::RansWriteSide& side) {
  return 8.0 * static_cast<double>(side.finish().size());
}

/// Bits and errors of all rows as levels, told from the sample.
double costOfLevels(const WantedBands& wanted) {
  const std::size_t channels = channelsOf(wanted.shDegree);
  SymbolArray bands(wanted.values.begin(), wanted.values.end());
  const auto [begin, end] = wanted.sample;
  coding::RansWriteSide side;
  codeBands(side,
            {wanted.shDegree, wanted.bandFineness, wanted.fineness.subspan(begin, end - begin),
             wanted.near, 0},
            wanted.sample, bands);
  const double cost = bitsOf(side) + errorBits(wanted, wanted.sample, [&](std::size_t row) {
                        return &bands[channels * row];
                      });
  return cost * static_cast<double>(wanted.fineness.size()) / static_cast<double>(end - begin);
}

/// Bits and errors of the palette and its labels.
double costOfPalette(const WantedBands& wanted, BandPalette palette) {
  const std::size_t channels = channelsOf(wanted.shDegree);
  coding::RansWriteSide entries;
  codePalette(entries, palette, wanted.shDegree, wanted.bandFineness);
  const std::size_t rows = palette.labels.size();
  coding::RansWriteSide labels;
  codeLabels(labels, palette, wanted.fineness, *wanted.near, {0, rows});
  return bitsOf(entries) + bitsOf(labels) + errorBits(wanted, {0, rows}, [&](std::size_t row) {
           return &palette.entries[channels * palette.labels[row]];
         });
}

}  // namespace

std::optional<BandPalette> fitPalette(const WantedBands& wanted) {
  const auto distinct = findDistinct(wanted.values, channelsOf(wanted.shDegree));
  if (!distinct) {
    return std::nullopt;
  }
  BandPalette palette = arrange(wanted, *distinct);
  if (costOfPalette(wanted, palette) >= costOfLevels(wanted)) {
    return std::nullopt;
  }
  return palette;
}

bool sharesBands(const GaussianCloud& cloud) {
  return cloud.shDegree != 0 &&
         findDistinct(std::span<const float>(cloud.shRest), channelsOf(cloud.shDegree));
}

}  // namespace volpress::compressors::own
