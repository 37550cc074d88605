// What commands that take one scene do when they are given a sequence.
#pragma once

#include <string>

#include "app/cli/command.hpp"

namespace volpress::cli {

/// `volpress info` of a folder of frames.
[[nodiscard]] Result<void> describeSequenceFolder(const std::string& folder,
                                                  const CommonOptions& common, Console& console);

}  // namespace volpress::cli
