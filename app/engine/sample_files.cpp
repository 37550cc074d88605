#include "app/engine/sample_files.hpp"

#include <span>
#include <string>

#include "app/engine/json_text.hpp"
#include "app/engine/sequence_files.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "scene/types/sample_scene.hpp"

namespace volpress::engine {
namespace {

Result<void> writeRoomCameras(const std::filesystem::path& scene) {
  Json list = Json::array();
  for (const View& view : sampleRoomViews()) {
    const Camera& camera = view.camera;
    Json rows = Json::array();  // camera to world: the transpose of what a Camera holds
    for (std::size_t row = 0; row < 3; ++row) {
      rows.push_back({camera.rotation[row], camera.rotation[3 + row], camera.rotation[6 + row]});
    }
    list.push_back({{"id", list.size()},
                    {"img_name", view.name},
                    {"width", camera.width},
                    {"height", camera.height},
                    {"position", camera.position},
                    {"rotation", rows},
                    {"fx", camera.fx},
                    {"fy", camera.fy}});
  }
  const std::string text = dumpJson(list, 1);
  const std::string name = scene.stem().string() + "_cameras.json";
  return writeFileAtomically(scene.parent_path() / name, std::as_bytes(std::span(text)));
}

}  // namespace

Result<SampleFile> writeSampleFile(SampleKind kind, const std::filesystem::path& path,
                                   std::uint64_t seed, double scale, TaskRunner& runner,
                                   Progress& progress, const std::stop_token& stop) {
  const bool room = kind == SampleKind::Room;
  SampleFile file;
  file.cloud = std::make_shared<const GaussianCloud>(room ? makeSampleRoom(seed, scale, runner)
                                                          : makeSampleScene(seed, scale, runner));
  formats::IoContext io{runner, progress, stop, {}};
  if (room) {
    VOLPRESS_CHECK(writeRoomCameras(path));
  }
  VOLPRESS_TRY(file.bytes, formats::saveCloud(path, *file.cloud, {}, io));
  return file;
}

Result<void> writeSampleFigure(const std::filesystem::path& folder, std::uint64_t seed,
                               TaskRunner& runner, Progress& progress,
                               const std::stop_token& stop) {
  ClipOptions options;
  options.frames = 60;
  options.splats = 12'000;
  options.seed = seed;
  // The folder appears whole, so that its frames need only be counted.
  if (const auto made = findSequence(folder); made && made->frames.size() == options.frames) {
    return {};
  }
  GaussianSequence clip(makeSampleClip(options, {}, runner));
  VOLPRESS_TRY(
      [[maybe_unused]] const WrittenSequence written,
      writeSequence(clip, folder, ".ply", 0, options.frames - 1, 1, runner, progress, stop));
  return {};
}

}  // namespace volpress::engine
