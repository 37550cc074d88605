// Numbers as people read them: sizes, ratios, decibels, times. Qt-free.
#pragma once

#include <cstdint>
#include <string>

namespace volpress::studio {

/// Decimal units, three significant figures: "942 B", "3.90 MB", "56.7 MB".
[[nodiscard]] std::string sizeText(std::uint64_t bytes);
/// "14.5×"; empty when not a positive finite number.
[[nodiscard]] std::string ratioText(double ratio);
/// "31.8 dB"; identical pictures (100 dB and above) read "identical".
[[nodiscard]] std::string decibelText(double decibels);
/// A share of one as percent with two significant figures: "0.012 %", "12 %"; "0" for none.
[[nodiscard]] std::string shareText(double share);
/// "0:41", "12:05", "1:02:33".
[[nodiscard]] std::string clockText(double seconds);
/// "0.48 s", "12.3 s", "4:05 min".
[[nodiscard]] std::string secondsText(double seconds);
/// "152,746".
[[nodiscard]] std::string countText(std::uint64_t count);
/// "24.1 B/splat"; empty for no splats.
[[nodiscard]] std::string bytesPerSplatText(std::uint64_t bytes, std::uint64_t splats);

}  // namespace volpress::studio
