#include "compressors/coding/luma_chroma.hpp"

#include <cmath>

namespace volpress::coding {
namespace {

const double kRoot2 = std::sqrt(2.0);
const double kRoot3 = std::sqrt(3.0);
const double kRoot6 = std::sqrt(6.0);

}  // namespace

void toLumaChroma(const float* rgb, float* lumaChroma) {
  const auto r = static_cast<double>(rgb[0]);
  const auto g = static_cast<double>(rgb[1]);
  const auto b = static_cast<double>(rgb[2]);
  lumaChroma[0] = static_cast<float>((r + g + b) / kRoot3);
  lumaChroma[1] = static_cast<float>((r - b) / kRoot2);
  lumaChroma[2] = static_cast<float>((r - 2 * g + b) / kRoot6);
}

void fromLumaChroma(const float* lumaChroma, float* rgb) {
  const double luma = static_cast<double>(lumaChroma[0]) / kRoot3;
  const double u = static_cast<double>(lumaChroma[1]) / kRoot2;
  const double v = static_cast<double>(lumaChroma[2]) / kRoot6;
  rgb[0] = static_cast<float>(luma + u + v);
  rgb[1] = static_cast<float>(luma - 2 * v);
  rgb[2] = static_cast<float>(luma - u + v);
}

}  // namespace volpress::coding
