#include <array>
#include <cstdint>

#include "renderer/metrics/metrics.hpp"
#include "renderer/metrics/planes.hpp"

namespace volpress::metrics {
namespace {

/// The magma map (van der Walt, Smith; CC0) at every fifth of its 256 entries, 0xRRGGBB. Linear
/// interpolation between them stays within one 8-bit step of the full table.
constexpr std::array<std::uint32_t, 52> kMagma{
    0x000004, 0x02020b, 0x050416, 0x090720, 0x0e0b2b, 0x140e36, 0x1a1042, 0x21114e, 0x29115a,
    0x311165, 0x390f6e, 0x420f75, 0x4a1079, 0x52137c, 0x5a167e, 0x621980, 0x6a1c81, 0x721f81,
    0x792282, 0x812581, 0x892881, 0x912b81, 0x992d80, 0xa1307e, 0xaa337d, 0xb2357b, 0xba3878,
    0xc23b75, 0xca3e72, 0xd2426f, 0xd9466b, 0xe04c67, 0xe75263, 0xec5860, 0xf1605d, 0xf4695c,
    0xf7725c, 0xf97b5d, 0xfb8560, 0xfc8e64, 0xfd9869, 0xfea16e, 0xfeaa74, 0xfeb47b, 0xfebd82,
    0xfec68a, 0xfecf92, 0xfed89a, 0xfde2a3, 0xfdebac, 0xfcf4b6, 0xfcfdbf};

float component(std::uint32_t color, unsigned shift) {
  return static_cast<float>((color >> shift) & 0xFFU) / 255.0F;
}

}  // namespace

Image colorizeError(const Image& error) {
  Image picture = makeImage(error.width, error.height);
  for (std::size_t i = 0; i < error.pixels.size(); ++i) {
    const float place = clampUnit(error.pixels[i]) * static_cast<float>(kMagma.size() - 1);
    const std::size_t low = std::min(static_cast<std::size_t>(place), kMagma.size() - 2);
    const float share = place - static_cast<float>(low);
    for (unsigned channel = 0; channel < 3; ++channel) {
      const unsigned shift = 16 - 8 * channel;
      const float from = component(kMagma[low], shift);
      picture.pixels[3 * i + channel] = from + share * (component(kMagma[low + 1], shift) - from);
    }
  }
  return picture;
}

}  // namespace volpress::metrics
