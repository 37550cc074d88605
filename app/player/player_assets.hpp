// The web player, built into the program: the files that every exported clip is played with.
#pragma once

#include <string_view>

namespace volpress::player {

/// Whether this program was built with the player (with Emscripten and esbuild).
[[nodiscard]] bool hasPlayer();

/// index.html with @TITLE@, @STYLE@ and @SETTINGS@ to be filled in; player.css, player.js and
/// player.wasm. Empty without the player.
[[nodiscard]] std::string_view pageTemplate();
[[nodiscard]] std::string_view pageStyle();
[[nodiscard]] std::string_view playerScript();
[[nodiscard]] std::string_view playerModule();

}  // namespace volpress::player
