// The bytes of a font, for text that Qt does not draw.
#pragma once

#include <cstddef>
#include <vector>

class QFont;

namespace volpress::studio {

/// The TrueType file behind a font, put together from its tables; empty when the font has no
/// outlines of that kind.
[[nodiscard]] std::vector<std::byte> fontFileBytes(const QFont& font);

}  // namespace volpress::studio
