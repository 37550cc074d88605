#include "compressors/coding/gaussian_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace volpress::coding {
namespace {

/// Entries reach this many deviations to either side; further out 1/65536 is too much already.
constexpr double kReach = 4.5;

double below(double deviates) { return 0.5 * std::erfc(-deviates / std::numbers::sqrt2); }

FrequencyTable build(std::size_t level) {
  const double deviation = gaussianDeviation(level);
  const auto reach = static_cast<std::int32_t>(std::ceil(kReach * deviation));
  std::vector<double> shares;
  for (std::int32_t value = -reach; value <= reach; ++value) {
    shares.push_back(below((value + 0.5) / deviation) -
                     (value == -reach ? 0.0 : below((value - 0.5) / deviation)));
  }
  return {-reach, FrequencyTable::frequenciesOf(shares)};
}

/// Deviations between neighbouring levels, in fixed point.
std::array<std::int32_t, kGaussianLevels - 1> borders() {
  std::array<std::int32_t, kGaussianLevels - 1> found{};
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i] = static_cast<std::int32_t>(std::lround(
        std::ldexp(std::sqrt(gaussianDeviation(i) * gaussianDeviation(i + 1)), kDeviationBits)));
  }
  return found;
}

}  // namespace

double gaussianDeviation(std::size_t level) {
  const double part = static_cast<double>(level) / (kGaussianLevels - 1);
  return kLeastDeviation * std::pow(kMostDeviation / kLeastDeviation, part);
}

std::size_t gaussianLevel(std::int32_t deviation) noexcept {
  static const auto kBorders = borders();
  return static_cast<std::size_t>(std::upper_bound(kBorders.begin(), kBorders.end(), deviation) -
                                  kBorders.begin());
}

const FrequencyTable& gaussianTable(std::size_t level) {
  static const std::vector<FrequencyTable> kTables = [] {
    std::vector<FrequencyTable> tables;
    for (std::size_t i = 0; i < kGaussianLevels; ++i) {
      tables.push_back(build(i));
    }
    return tables;
  }();
  return kTables[level];
}

}  // namespace volpress::coding
