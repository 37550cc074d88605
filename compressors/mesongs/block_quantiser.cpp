#include "compressors/mesongs/block_quantiser.hpp"

#include <array>

namespace volpress::compressors::mesongs {

Block eightBitBlock(std::span<const float> values) {
  double low = 0;
  double high = 0;
  for (const float value : values) {
    low = std::min(low, static_cast<double>(value));
    high = std::max(high, static_cast<double>(value));
  }
  constexpr double kLevels = 255;
  Block block;
  const auto step = static_cast<float>((high - low) / kLevels);
  block.step = step > 0 && std::isfinite(step) ? step : 1.0F;
  const double zero =
      std::clamp(std::round(kLevels - high / static_cast<double>(block.step)), 0.0, kLevels);
  block.low = -static_cast<std::int32_t>(zero);
  block.high = block.low + static_cast<std::int32_t>(kLevels);
  return block;
}

Block blockOfStep(std::int32_t level) {
  constexpr std::array<float, 4> kQuarters{1.0F, 1.18920712F, 1.41421356F, 1.68179283F};
  const std::int32_t octave = level >> 2;
  Block block;
  block.step = std::ldexp(kQuarters[static_cast<std::size_t>(level & 3)], octave);
  return block;
}

}  // namespace volpress::compressors::mesongs
