// A camera path drawn as a movie or as numbered pictures.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/engine/camera_path.hpp"
#include "app/engine/compare_picture.hpp"
#include "app/engine/view_painter.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/progress.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

struct MovieSettings {
  std::filesystem::path output;  ///< a file ending in .mp4, or a folder for frame_00000.png, ...
  std::size_t width = 1280;
  std::size_t height = 720;
  CompareSettings compare;
  std::array<float, 3> background{};
  std::string encoder;  ///< see VideoSettings
  int quality = 18;
};

struct MovieReport {
  std::size_t frames = 0;
  double seconds = 0;       ///< of the movie
  std::uint64_t bytes = 0;  ///< of the file or of all pictures
  std::string encoder;      ///< empty for pictures
};

/// Whether the name asks for a movie file.
[[nodiscard]] bool isMovieFile(const std::filesystem::path& output);

/// Fails early, saying why, where the movie could not be made: no encoder, odd sides, wrong number
/// of scenes, no place to write, a folder with other things in it.
[[nodiscard]] Result<void> checkMovie(const CameraPath& path, std::size_t scenes,
                                      const MovieSettings& settings);

/// Draws every frame of `path` of one to four scenes. The output appears when whole; a run that
/// fails or is cancelled leaves nothing. Deterministic for a given rasteriser and encoder.
[[nodiscard]] Result<MovieReport> renderMovie(const std::vector<DrawnScene>& scenes,
                                              const CameraPath& path, const MovieSettings& settings,
                                              renderer::Rasterizer& rasterizer, TaskRunner& runner,
                                              Progress& progress, const std::stop_token& stop);

}  // namespace volpress::engine
