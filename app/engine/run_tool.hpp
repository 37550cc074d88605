// Running a program of the system and taking what it prints.
#pragma once

#include <string>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// Runs `arguments[0]` (found along PATH) and waits for it. Returns what it wrote to standard
/// output, at most 1 MiB. Missing programs, and exit codes other than 0, are IoFailure with the
/// program's name and what it wrote to standard error.
[[nodiscard]] Result<std::string> runTool(const std::vector<std::string>& arguments);

}  // namespace volpress::engine
