// Moving scenes in one file (or a file with its data beside it): .4dgs, .dgs, .sog4d.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress {

/// Whether a name ends as such a file does.
[[nodiscard]] bool isSequenceFileName(const std::filesystem::path& path);

struct OpenedSequenceFile {
  std::shared_ptr<const FrameSource> frames;
  double framesPerSecond = 30;
  std::string formatId;  ///< "4dgs", "dgs", "sog4d"
};

[[nodiscard]] Result<OpenedSequenceFile> openSequenceFile(const std::filesystem::path& path);

}  // namespace volpress
