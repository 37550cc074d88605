// What `volpress stream` can do besides joining.
#pragma once

#include "app/cli/command.hpp"

namespace volpress::cli {

/// Adds `export` to `stream`; the result runs it when it was parsed, and else does nothing.
[[nodiscard]] std::function<Result<void>(Console&)> addStreamExport(
    CLI::App& stream, std::shared_ptr<CommonOptions> common);

}  // namespace volpress::cli
