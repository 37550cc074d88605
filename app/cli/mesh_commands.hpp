// What the commands do when they are given a mesh instead of splats.
#pragma once

#include <string>

#include "app/cli/command.hpp"

namespace volpress::cli {

/// volpress info MESH
[[nodiscard]] Result<void> meshInfo(const std::string& file, const CommonOptions& common,
                                    Console& console);

/// volpress doctor MESH; the exit code says whether something was found.
[[nodiscard]] Result<void> meshDoctor(const std::string& file, const CommonOptions& common,
                                      Console& console);

}  // namespace volpress::cli
