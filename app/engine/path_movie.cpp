#include "app/engine/path_movie.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/video_writer.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSide = 16384;
constexpr const char* kFirstFrame = "frame_00000.png";

using Draw = std::function<Result<Image>(std::size_t frame)>;

VideoSettings videoSettings(const CameraPath& path, const MovieSettings& settings) {
  VideoSettings video;
  video.width = settings.width;
  video.height = settings.height;
  video.framesPerSecond = path.framesPerSecond;
  video.encoder = settings.encoder;
  video.quality = settings.quality;
  return video;
}

Result<std::string> writeVideo(const CameraPath& path, const MovieSettings& settings,
                               std::size_t frames, const Draw& draw) {
  VOLPRESS_TRY(VideoWriter writer,
               VideoWriter::create(settings.output, videoSettings(path, settings)));
  for (std::size_t i = 0; i < frames; ++i) {
    VOLPRESS_TRY(const Image picture, draw(i));
    VOLPRESS_CHECK(writer.add(picture));
  }
  std::string encoder(writer.encoder());
  VOLPRESS_CHECK(writer.finish());
  return encoder;
}

Result<std::uint64_t> writePictures(const MovieSettings& settings, std::size_t frames,
                                    const Draw& draw) {
  std::uint64_t bytes = 0;
  const auto fill = [&](const fs::path& folder) -> Result<void> {
    for (std::size_t i = 0; i < frames; ++i) {
      VOLPRESS_TRY(const Image picture, draw(i));
      VOLPRESS_TRY(const Bytes png, encodePng(picture));
      VOLPRESS_CHECK(writeFileAtomically(folder / fmt::format("frame_{:05}.png", i), png));
      bytes += png.size();
    }
    return {};
  };
  VOLPRESS_CHECK(writeFolderAtomically(settings.output, fill));
  return bytes;
}

}  // namespace

bool isMovieFile(const fs::path& output) {
  std::string extension = output.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".mp4";
}

Result<void> checkMovie(const CameraPath& path, std::size_t scenes, const MovieSettings& settings) {
  VOLPRESS_CHECK(checkPath(path));
  const auto [fewest, most] = picturesOf(settings.compare.style);
  if (scenes < fewest || scenes > most) {
    return fail(ErrorCode::InvalidParameter, "{} shows {}{} scene{}, but {} {} given",
                compareStyleNames()[static_cast<std::size_t>(settings.compare.style)], fewest,
                most > fewest ? fmt::format(" to {}", most) : "", most > 1 ? "s" : "", scenes,
                scenes == 1 ? "is" : "are");
  }
  if (settings.width < 16 || settings.height < 16 || settings.width > kMaxSide ||
      settings.height > kMaxSide) {
    return fail(ErrorCode::InvalidParameter,
                "frames of {} x {} pixels, but sides of 16 .. {} are allowed", settings.width,
                settings.height, kMaxSide);
  }
  if (!isMovieFile(settings.output)) {
    return checkOutputFolder(settings.output, kFirstFrame);
  }
  VOLPRESS_CHECK(checkOutputPlace(settings.output));
  return VideoWriter::check(videoSettings(path, settings));
}

Result<MovieReport> renderMovie(const std::vector<DrawnScene>& scenes, const CameraPath& path,
                                const MovieSettings& settings, renderer::Rasterizer& rasterizer,
                                TaskRunner& runner, Progress& progress,
                                const std::stop_token& stop) {
  VOLPRESS_CHECK(checkMovie(path, scenes.size(), settings));
  std::vector<ViewPainter> painters;
  for (const DrawnScene& scene : scenes) {
    VOLPRESS_TRY(ViewPainter painter, ViewPainter::make(scene, rasterizer, runner));
    painters.push_back(std::move(painter));
  }
  MovieReport report;
  report.frames = pathFrames(path);
  report.seconds = static_cast<double>(report.frames) / path.framesPerSecond;
  const PictureSides pane =
      paneSize(settings.compare.style, scenes.size(), settings.width, settings.height);
  renderer::RenderOptions options;
  options.background = settings.background;
  options.stop = stop;
  const Draw draw = [&](std::size_t frame) -> Result<Image> {
    const Camera camera = cameraAt(viewOfFrame(path, frame), pane.width, pane.height);
    std::vector<Image> pictures;
    for (ViewPainter& painter : painters) {
      VOLPRESS_TRY(renderer::RenderResult drawn, painter.draw(camera, options));
      pictures.push_back(std::move(drawn.color));
    }
    progress.report(static_cast<double>(frame) / static_cast<double>(report.frames),
                    fmt::format("frame {}/{}", frame + 1, report.frames));
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "the movie was cancelled at frame {}", frame + 1);
    }
    return composePicture(pictures, settings.compare, settings.width, settings.height, runner);
  };
  progress.setStages({{"drawing frames", 1}});
  progress.enter(0);
  if (isMovieFile(settings.output)) {
    VOLPRESS_TRY(report.encoder, writeVideo(path, settings, report.frames, draw));
    std::error_code ignored;
    report.bytes = fs::file_size(settings.output, ignored);
  } else {
    VOLPRESS_TRY(report.bytes, writePictures(settings, report.frames, draw));
  }
  progress.finish();
  return report;
}

}  // namespace volpress::engine
