// A second implementation of the splat formats to compare with: PlayCanvas' splat-transform.
#pragma once

#include <filesystem>
#include <string_view>

#include "scene/base/result.hpp"

namespace volpress::testing {

/// Whether $VOLPRESS_SPLAT_TRANSFORM names the converter's command line program (for instance
/// node_modules/.bin/splat-transform of npm's @playcanvas/splat-transform). A test that depends on
/// it skips with a message when it is not there.
[[nodiscard]] bool hasSplatTransform();

/// Converts `input` to `output` (formats by extension, an existing file is overwritten); `options`
/// stand before the input, `inputOptions` (what is done to it) behind. IoFailure with the program's
/// output when it fails.
[[nodiscard]] Result<void> runSplatTransform(const std::filesystem::path& input,
                                             const std::filesystem::path& output,
                                             std::string_view options = {},
                                             std::string_view inputOptions = {});

}  // namespace volpress::testing
