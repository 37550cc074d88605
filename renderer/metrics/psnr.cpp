#include <cmath>
#include <limits>

#include "renderer/metrics/metrics.hpp"
#include "renderer/metrics/planes.hpp"

namespace volpress::metrics {

Result<double> meanSquaredError(const Image& reference, const Image& test) {
  VOLPRESS_CHECK(checkPair(reference, test));
  double sum = 0;
  for (std::size_t i = 0; i < reference.pixels.size(); ++i) {
    const double difference = static_cast<double>(clampUnit(reference.pixels[i])) -
                              static_cast<double>(clampUnit(test.pixels[i]));
    sum += difference * difference;
  }
  return sum / static_cast<double>(reference.pixels.size());
}

double psnrFromError(double meanSquaredError) {
  return meanSquaredError > 0 ? -10.0 * std::log10(meanSquaredError)
                              : std::numeric_limits<double>::infinity();
}

Result<double> psnr(const Image& reference, const Image& test) {
  VOLPRESS_TRY(const double error, meanSquaredError(reference, test));
  return psnrFromError(error);
}

}  // namespace volpress::metrics
