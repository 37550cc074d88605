// The generated samples as files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string_view>

#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

enum class SampleKind : std::uint8_t { StillLife, Room, Figure };

struct SampleFile {
  std::shared_ptr<const GaussianCloud> cloud;
  std::uint64_t bytes = 0;  ///< of the scene file
};

/// Generates a still sample and writes it in the format that the name says. The room gets the
/// cameras from which it is seen beside it, as "<stem>_cameras.json".
[[nodiscard]] Result<SampleFile> writeSampleFile(SampleKind kind, const std::filesystem::path& path,
                                                 std::uint64_t seed, double scale,
                                                 TaskRunner& runner, Progress& progress,
                                                 const std::stop_token& stop);

/// Makes the moving sample, a figure that walks for two seconds, as a folder of PLY frames; one
/// that is there already is left as it is.
[[nodiscard]] Result<void> writeSampleFigure(const std::filesystem::path& folder,
                                             std::uint64_t seed, TaskRunner& runner,
                                             Progress& progress, const std::stop_token& stop);

}  // namespace volpress::engine
