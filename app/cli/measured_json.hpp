// What several commands say in JSON of a file that was measured.
#pragma once

#include <span>
#include <string>

#include "app/cli/console.hpp"
#include "app/engine/job.hpp"
#include "app/engine/json_text.hpp"
#include "scene/formats/format.hpp"

namespace volpress::cli {

/// A list of names and bytes.
[[nodiscard]] engine::Json breakdownJson(std::span<const formats::ByteShare> shares);

/// Prints `evaluation` of `test` against `reference` over the views of `origin`, where JSON is
/// asked for.
[[nodiscard]] Result<void> printEvaluation(Console& console, const std::string& reference,
                                           const std::string& test, const std::string& origin,
                                           const engine::Evaluation& evaluation);

}  // namespace volpress::cli
