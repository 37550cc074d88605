// Words for a shell.
#pragma once

#include <string>
#include <string_view>

namespace volpress::engine {

/// One word that a POSIX shell takes as this text: quoted where it needs to be.
[[nodiscard]] std::string shellWord(std::string_view text);

}  // namespace volpress::engine
