#include "app/player/decoder/packed_frame.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace volpress::player {
namespace {

std::uint32_t level(float value, float most) {
  return static_cast<std::uint32_t>(std::clamp(value + 0.5F, 0.0F, most + 0.5F));
}

std::uint32_t signedPair(float low, float high) {
  const auto half = [](float value) {
    const float scaled = std::clamp(value, -1.0F, 1.0F) * 32767.0F;
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::floor(scaled + 0.5F))) &
           0xFFFFU;
  };
  return half(low) | half(high) << 16;
}

/// RGB of 11, 11 and 10 bits from three levels.
std::uint32_t packRgb(float red, float green, float blue, float most11, float most10) {
  return level(red, most11) << 21 | level(green, most11) << 10 | level(blue, most10);
}

void packShape(const float* logScales, const float* wxyz, float opacityLogit,
               std::uint32_t* texels) {
  const float largest = std::max({logScales[0], logScales[1], logScales[2]});
  // Variances over the largest: the shader multiplies by s^2 again.
  std::array<float, 3> variance{};
  for (std::size_t k = 0; k < 3; ++k) {
    variance[k] = std::exp(2 * (logScales[k] - largest));
  }
  const float length =
      std::sqrt(wxyz[0] * wxyz[0] + wxyz[1] * wxyz[1] + wxyz[2] * wxyz[2] + wxyz[3] * wxyz[3]);
  const float w = wxyz[0] / length, x = wxyz[1] / length, y = wxyz[2] / length,
              z = wxyz[3] / length;
  const std::array<float, 9> r{
      1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
      2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
      2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
  const auto entry = [&](std::size_t row, std::size_t column) {
    float sum = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      sum += r[3 * row + k] * r[3 * column + k] * variance[k];
    }
    return sum;
  };
  constexpr float kLog2E = 1.44269504F;
  const float opacity = 1 / (1 + std::exp(-opacityLogit));
  texels[3] = level((largest * kLog2E + 32) * 1023, 65535) | level(opacity * 65535, 65535) << 16;
  texels[4] = signedPair(entry(0, 0), entry(0, 1));
  texels[5] = signedPair(entry(0, 2), entry(1, 1));
  texels[6] = signedPair(entry(1, 2), entry(2, 2));
}

}  // namespace

void packFrame(const GaussianCloud& cloud, PackedFrame& frame) {
  const std::size_t texels = texelsPerSplat(cloud.shDegree);
  const std::size_t rows = (cloud.count + kSplatsPerRow - 1) / kSplatsPerRow;
  frame.texels.resize(rows * kSplatsPerRow * texels * 4);
  frame.means.assign(cloud.means.begin(), cloud.means.end());
  frame.count = cloud.count;
  frame.shScale = 0;
  for (const float value : cloud.shRest) {
    frame.shScale = std::max(frame.shScale, std::abs(value));
  }
  const float scale = frame.shScale > 0 ? 1 / frame.shScale : 0;
  const std::size_t coefficients = shRestCount(cloud.shDegree);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    std::uint32_t* out = &frame.texels[i * texels * 4];
    for (std::size_t k = 0; k < 3; ++k) {
      out[k] = std::bit_cast<std::uint32_t>(cloud.means[3 * i + k]);
    }
    packShape(&cloud.logScales[3 * i], &cloud.rotations[4 * i], cloud.opacityLogits[i], out);
    const float* dc = &cloud.shDc[3 * i];
    const auto base = [dc](std::size_t k) { return (1.5F + kSh0 * dc[k]) / 4; };
    out[7] = packRgb(base(0) * 2047, base(1) * 2047, base(2) * 1023, 2047, 1023);
    for (std::size_t c = 0; c < coefficients; ++c) {
      const float* rgb = &cloud.shRest[3 * (coefficients * i + c)];
      out[8 + c] = packRgb(1024 + rgb[0] * scale * 1023, 1024 + rgb[1] * scale * 1023,
                           512 + rgb[2] * scale * 511, 2047, 1023);
    }
  }
}

}  // namespace volpress::player
