// Photographs of a generated scene as a data set to train from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>

#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::engine {

struct SamplePhotos {
  std::size_t count = 64;
  std::size_t side = 160;  ///< pixels
};

/// Writes exact pictures of `trioPicture`, from all around it, as PNG files with transforms.json
/// beside them. The folder must be new or empty, or hold an earlier such set.
[[nodiscard]] Result<void> writeSamplePhotos(const SamplePhotos& photos,
                                             const std::filesystem::path& folder,
                                             TaskRunner& runner, Progress& progress,
                                             const std::stop_token& stop);

}  // namespace volpress::engine
