// volpress render-path
#include <cmath>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/bookmarks.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/path_movie.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/scene_shape.hpp"
#include "app/engine/video_writer.hpp"
#include "app/engine/view_sets.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"

namespace volpress::cli {
namespace {

struct RenderPathOptions {
  std::vector<std::string> scenes;
  std::string path = "turntable";
  std::string output;
  std::string size = "1280x720";
  std::string style;
  std::string encoder;
  double seconds = 8;
  double framesPerSecond = 0;  ///< 0: the path's own, or 30
  double wipe = 0.5;
  double range = 0.1;
  int quality = 18;
  std::array<float, 3> background{};
};

/// The view that the studio opens with; what it turns about is the scene's centre.
engine::Viewpoint homeOf(const GaussianCloud& cloud, std::size_t width, std::size_t height,
                         renderer::Rasterizer& rasterizer) {
  const Camera home = engine::homeCamera(cloud, width, height, rasterizer);
  const engine::SceneShape shape = engine::measureShape(cloud);
  double squared = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double step = static_cast<double>(shape.centre[c] - home.position[c]);
    squared += step * step;
  }
  return engine::viewpointOf(home, std::sqrt(squared));
}

Result<engine::CameraPath> choosePath(const RenderPathOptions& options, const GaussianCloud& cloud,
                                      std::size_t width, std::size_t height,
                                      renderer::Rasterizer& rasterizer) {
  engine::CameraPath path;
  if (options.path == "turntable") {
    path =
        engine::turntablePath(homeOf(cloud, width, height, rasterizer), {0, 1, 0}, options.seconds);
  } else {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(options.path));
    auto read = engine::cameraPathFromJson(viewText(file.bytes()));
    if (!read && read.error().code == ErrorCode::NotThisFormat) {
      const auto bookmarks = engine::bookmarksFromJson(viewText(file.bytes()));
      if (!bookmarks) {
        return fail(ErrorCode::CorruptData, "{}: this is neither a camera path nor bookmarks",
                    options.path);
      }
      std::vector<engine::Viewpoint> views;
      for (const engine::Bookmark& bookmark : bookmarks->list()) {
        views.push_back(bookmark.view);
      }
      read = engine::pathThrough(views, options.seconds, /*closed=*/false);
    }
    if (!read) {
      return withContext(read.error(), options.path);
    }
    path = std::move(*read);
  }
  if (options.framesPerSecond > 0) {
    path.framesPerSecond = options.framesPerSecond;
  }
  return path;
}

Result<void> renderPath(const RenderPathOptions& options, const CommonOptions& common,
                        Console& console) {
  engine::MovieSettings settings;
  settings.output = options.output;
  settings.background = options.background;
  settings.encoder = options.encoder;
  settings.quality = options.quality;
  settings.compare.wipe = options.wipe;
  settings.compare.differenceRange = options.range;
  const std::string style = !options.style.empty()       ? options.style
                            : options.scenes.size() == 1 ? "single"
                                                         : "side-by-side";
  settings.compare.style = *engine::findCompareStyle(style);  // the option table checks names
  VOLPRESS_TRY(const PictureSize size, parseSize(options.size));
  settings.width = size.width;
  settings.height = size.height;

  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const ProgressLine line(console, [&progress] { return progress.snapshot(); });
  std::vector<engine::DrawnScene> scenes;
  for (const std::string& scene : options.scenes) {
    Progress loading;
    VOLPRESS_TRY(const engine::LoadedScene loaded,
                 engine::loadScene(scene, *runner, loading, console.stopToken()));
    for (const std::string& warning : loaded.warnings) {
      console.note("note: " + warning);
    }
    if (loaded.cloud == nullptr || loaded.cloud->count == 0) {
      return fail(ErrorCode::CorruptData, "{}: it holds no splats", scene);
    }
    VOLPRESS_TRY(const auto native, engine::openNative(scene, *runner, console.stopToken()));
    scenes.push_back({loaded.cloud, native});
  }
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  VOLPRESS_TRY(const engine::CameraPath path,
               choosePath(options, *scenes.front().cloud, size.width, size.height, *rasterizer));
  VOLPRESS_TRY(const engine::MovieReport report,
               engine::renderMovie(scenes, path, settings, *rasterizer, *runner, progress,
                                   console.stopToken()));
  console.print(fmt::format("{}: {} frames of {} x {}, {:.2f} s at {:g} a second, {}{}\n",
                            options.output, report.frames, size.width, size.height, report.seconds,
                            path.framesPerSecond, describeBytes(report.bytes),
                            report.encoder.empty() ? "" : ", encoded by " + report.encoder));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"frames", report.frames},
                                      {"width", size.width},
                                      {"height", size.height},
                                      {"seconds", report.seconds},
                                      {"framesPerSecond", path.framesPerSecond},
                                      {"style", style},
                                      {"bytes", report.bytes},
                                      {"encoder", report.encoder}},
                                     2));
  return {};
}

}  // namespace

Command addRenderPathCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("render-path", "Draw a movie along a camera path");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<RenderPathOptions>();
  app->add_option("SCENES", options->scenes, "One to four scenes or results, compared in order")
      ->required()
      ->expected(1, 4);
  app->add_option("-o,--output", options->output, "OUT.mp4, or a folder for PNG frames")
      ->type_name("OUT")
      ->required();
  app->add_option("--path", options->path,
                  "A camera path or bookmarks saved by the studio, or \"turntable\" (default): "
                  "once around the scene")
      ->type_name("FILE");
  const std::vector<std::string> styles(engine::compareStyleNames().begin(),
                                        engine::compareStyleNames().end());
  app->add_option("--compare", options->style,
                  "How scenes are shown: single, wipe, side-by-side (default with two or more), "
                  "difference, flip")
      ->type_name("STYLE")
      ->check(CLI::IsMember(styles));
  app->add_option("--size", options->size, "Picture size in pixels (default 1280x720)")
      ->type_name("WxH");
  app->add_option("--seconds", options->seconds,
                  "How long a turntable or a way through bookmarks takes (default 8)")
      ->type_name("S")
      ->check(CLI::Range(0.1, 3600.0));
  app->add_option("--fps", options->framesPerSecond,
                  "Frames a second (default: the path's own, or 30)")
      ->type_name("N")
      ->check(CLI::Range(1.0, 240.0));
  app->add_option("--wipe", options->wipe, "Where the wipe's line is, 0 to 1 (default 0.5)")
      ->type_name("X")
      ->check(CLI::Range(0.0, 1.0));
  app->add_option("--range", options->range,
                  "The difference that gets the brightest colour (default 0.1)")
      ->type_name("X")
      ->check(CLI::Range(0.001, 1.0));
  app->add_option("--background", options->background, "Background colour, 0 to 1 (default black)")
      ->type_name("R,G,B")
      ->delimiter(',')
      ->check(CLI::Range(0.0F, 1.0F));
  app->add_option("--encoder", options->encoder,
                  "libavcodec's encoder for MP4 (default: the best that is there)")
      ->type_name("NAME");
  app->add_option("--quality", options->quality, "0 (best) to 51 (smallest), default 18")
      ->type_name("N")
      ->check(CLI::Range(0, 51));
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress render-path scene.ply -o turntable.mp4\n"
      "  volpress render-path scene.ply small.vpc --compare wipe --path way.json -o wipe.mp4\n"
      "  volpress render-path scene.ply small.vpc --compare flip -o frames --fps 10");
  return {app, common,
          [common, options](Console& console) { return renderPath(*options, *common, console); }};
}

}  // namespace volpress::cli
