// Integers distributed as rounded normal deviates whose standard deviation a network predicts:
// tables for 64 deviations, chosen by integers alone (Ballé et al. 2018; Liu et al. 2024).
//
// A table is a rounding of the normal distribution to 1/65536. No entry lies so near a tie that the
// last bits of a machine's `erfc` could decide it (a test holds that), so all machines have the
// same ones.
#pragma once

#include <cstdint>

#include "compressors/coding/frequency_table.hpp"

namespace volpress::coding {

inline constexpr std::size_t kGaussianLevels = 64;
inline constexpr double kLeastDeviation = 0.11;
inline constexpr double kMostDeviation = 256;
/// Fixed point of deviations.
inline constexpr int kDeviationBits = 16;

/// That of a level below kGaussianLevels: levels are evenly spaced logarithms.
[[nodiscard]] double gaussianDeviation(std::size_t level);

/// The level nearest (as a logarithm) to a deviation in multiples of 2^-kDeviationBits; any number.
[[nodiscard]] std::size_t gaussianLevel(std::int32_t deviation) noexcept;

/// Of a level below kGaussianLevels.
[[nodiscard]] const FrequencyTable& gaussianTable(std::size_t level);

}  // namespace volpress::coding
