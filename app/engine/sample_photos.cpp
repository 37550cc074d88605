#include "app/engine/sample_photos.hpp"

#include <cmath>
#include <numbers>

#include "app/engine/json_text.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/base/files.hpp"
#include "scene/types/sample_trio.hpp"

namespace volpress::engine {
namespace {

constexpr const char* kIndex = "transforms.json";
constexpr float kFov = 0.8F;       // radians
constexpr float kDistance = 3.2F;  // of a camera, in radii of the objects
constexpr float kHighest = 0.9F;   // of a camera's direction, up or down

/// Camera i of n: even around the objects, but for the poles.
Camera cameraAt(std::size_t i, const SamplePhotos& photos) {
  const float part = (static_cast<float>(i) + 0.5F) / static_cast<float>(photos.count);
  const float z = kHighest * (1 - 2 * part);
  const float ring = std::sqrt(1 - z * z);
  const float angle = std::numbers::pi_v<float> * (3 - std::sqrt(5.0F)) * static_cast<float>(i);
  const float away = kDistance * kTrioRadius;
  return lookAt({away * ring * std::cos(angle), away * ring * std::sin(angle), away * z}, {0, 0, 0},
                {0, 0, -1}, kFov, photos.side, photos.side);
}

/// Camera to world as transforms.json has it: right, up, backwards, position.
Json matrixOf(const Camera& camera) {
  Json rows = Json::array();
  for (std::size_t row = 0; row < 3; ++row) {
    rows.push_back({camera.rotation[row], -camera.rotation[3 + row], -camera.rotation[6 + row],
                    camera.position[row]});
  }
  rows.push_back({0, 0, 0, 1});
  return rows;
}

}  // namespace

Result<void> writeSamplePhotos(const SamplePhotos& photos, const std::filesystem::path& folder,
                               TaskRunner& runner, Progress& progress,
                               const std::stop_token& stop) {
  VOLPRESS_CHECK(checkOutputFolder(folder, kIndex));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::IoFailure, "{}: {}", folder.string(), error.message());
  }
  Json frames = Json::array();
  for (std::size_t i = 0; i < photos.count; ++i) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    const Camera camera = cameraAt(i, photos);
    const std::string name = fmt::format("photo_{:03}.png", i);
    VOLPRESS_CHECK(writePng(folder / name, trioPicture(camera, runner)));
    frames.push_back({{"file_path", name}, {"transform_matrix", matrixOf(camera)}});
    progress.report(static_cast<double>(i + 1) / static_cast<double>(photos.count),
                    fmt::format("{}/{} photographs", i + 1, photos.count));
  }
  const std::string text =
      dumpJson({{"camera_angle_x", kFov}, {"aabb_scale", 1}, {"frames", std::move(frames)}}, 2);
  return writeFileAtomically(folder / kIndex, viewBytes(text));
}

}  // namespace volpress::engine
