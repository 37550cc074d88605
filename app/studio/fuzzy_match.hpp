// How well a few typed letters fit the name of a command. Qt-free.
#pragma once

#include <optional>
#include <string_view>

namespace volpress::studio {

/// A score for `pattern` as letters of `text` in order (any case, spaces of the pattern skipped):
/// higher is better. Beginnings of words and unbroken runs count most; of equal fits the shorter
/// text wins. Nothing when a letter is missing. An empty pattern fits everything with 0.
[[nodiscard]] std::optional<int> fuzzyScore(std::u16string_view pattern, std::u16string_view text);

}  // namespace volpress::studio
