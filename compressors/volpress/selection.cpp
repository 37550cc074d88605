#include "compressors/volpress/selection.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volpress::compressors::own {

std::vector<double> removalErrors(const GaussianCloud& cloud, const Sensitivities& sensitivities) {
  std::vector<double> errors(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const double opacity = 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
    errors[i] = static_cast<double>(sensitivities.opacities[i]) * opacity * opacity;
  }
  return errors;
}

RateModel::RateModel(std::span<const double> removalErrors, double bits, double numbers)
    : m_sorted(removalErrors.begin(), removalErrors.end()), m_bits(bits), m_numbers(numbers) {
  std::sort(m_sorted.begin(), m_sorted.end());
  m_sums.resize(m_sorted.size() + 1);
  for (std::size_t i = 0; i < m_sorted.size(); ++i) {
    m_sums[i + 1] = m_sums[i] + m_sorted[i];
  }
}

double RateModel::error(double slope) const {
  const auto removed = static_cast<std::size_t>(
      std::upper_bound(m_sorted.begin(), m_sorted.end(), threshold(slope)) - m_sorted.begin());
  const double kept = static_cast<double>(m_sorted.size() - removed);
  return m_sums[removed] + kept * m_numbers * slope / (2 * std::numbers::ln2);
}

double RateModel::slopeFor(double wanted) const {
  double low = -30;  // log10
  double high = 0;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (error(std::pow(10.0, middle)) < wanted ? low : high) = middle;
  }
  return std::pow(10.0, low);
}

}  // namespace volpress::compressors::own
