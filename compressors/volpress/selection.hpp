// Which splats are worth their bytes, and how fine the rest must be.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/volpress/sensitivity.hpp"

namespace volpress::compressors::own {

/// The error that leaving a splat out makes, to first order exact: pictures are linear in each
/// opacity, so it is the sensitivity of the opacity times its square. n, as in Sensitivities.
[[nodiscard]] std::vector<double> removalErrors(const GaussianCloud& cloud,
                                                const Sensitivities& sensitivities);

/// What is known of a scene's rate and distortion before any of it is coded.
class RateModel {
public:
  /// `bits` a splat costs about; `numbers` of a splat are quantised.
  RateModel(std::span<const double> removalErrors, double bits, double numbers);

  /// Mean squared error at a slope (error that a bit must save): of the splats that stay, each
  /// number errs by slope / (2 ln 2); the others err by their removal.
  [[nodiscard]] double error(double slope) const;
  /// The slope at which `error` reaches `wanted`. Rises with it.
  [[nodiscard]] double slopeFor(double wanted) const;
  /// Below this removal error a splat is not worth its bits.
  [[nodiscard]] double threshold(double slope) const noexcept { return m_bits * slope; }

private:
  std::vector<double> m_sorted;
  std::vector<double> m_sums;  ///< of the first i
  double m_bits;
  double m_numbers;
};

}  // namespace volpress::compressors::own
