// volpress thumbnail: what a file manager asks for.
#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/view_painter.hpp"
#include "app/engine/view_sets.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::cli {
namespace {

// Drawn larger and averaged: splats of a pixel or less then keep their weight.
constexpr std::size_t kOversampling = 2;
// The dark neutral of the studio's window; black scenes still show their outline on it.
constexpr float kBackground = 0.11F;

struct ThumbnailOptions {
  std::string input;
  std::string output;
  std::size_t size = 256;
};

/// Each pixel the mean of a block of `kOversampling` squared.
Image averaged(const Image& fine) {
  Image image = makeImage(fine.width / kOversampling, fine.height / kOversampling, fine.channels);
  constexpr float kShare = 1.0F / static_cast<float>(kOversampling * kOversampling);
  for (std::size_t y = 0; y < fine.height; ++y) {
    for (std::size_t x = 0; x < fine.width; ++x) {
      const std::size_t to = (y / kOversampling) * image.width + x / kOversampling;
      for (std::size_t c = 0; c < fine.channels; ++c) {
        image.pixels[to * fine.channels + c] +=
            kShare * std::clamp(fine.pixels[(y * fine.width + x) * fine.channels + c], 0.0F, 1.0F);
      }
    }
  }
  return image;
}

Result<void> makeThumbnail(const ThumbnailOptions& options, const CommonOptions& common,
                           Console& console) {
  VOLPRESS_CHECK(engine::checkOutputPlace(options.output));
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const std::size_t side = options.size * kOversampling;
  engine::DrawnScene scene;
  Camera camera;
  const engine::SceneKind kind = engine::kindOfFile(options.input);
  if (kind == engine::SceneKind::Mesh || kind == engine::SceneKind::Field ||
      kind == engine::SceneKind::Picture) {
    VOLPRESS_TRY(engine::LoadedModel loaded,
                 engine::loadModel(options.input, *runner, progress, console.stopToken()));
    scene.model = std::move(loaded.model);
    camera = scene.model->home(side, side);
  } else {
    VOLPRESS_TRY(const engine::LoadedScene splats,
                 engine::loadScene(options.input, *runner, progress, console.stopToken()));
    scene.cloud = splats.cloud;
    camera = engine::homeCamera(*splats.cloud, options.input, side, side, *rasterizer);
    VOLPRESS_TRY(scene.native, engine::openNative(options.input, *runner, console.stopToken()));
  }
  VOLPRESS_TRY(engine::ViewPainter painter, engine::ViewPainter::make(scene, *rasterizer, *runner));
  renderer::RenderOptions drawing;
  drawing.background = {kBackground, kBackground, kBackground};
  drawing.stop = console.stopToken();
  VOLPRESS_TRY(const renderer::RenderResult drawn,
               painter.draw(resized(camera, side, side), drawing));
  VOLPRESS_CHECK(engine::writePng(options.output, averaged(drawn.color)));
  console.printJson(engine::dumpJson({{"output", options.output}, {"size", options.size}}, 2));
  return {};
}

}  // namespace

Command addThumbnailCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("thumbnail", "Draw a small square picture for file managers");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<ThumbnailOptions>();
  app->add_option("IN", options->input, "A scene file or a .vpc")->required();
  app->add_option("OUT", options->output, "The PNG file to write")->required();
  app->add_option("-s,--size", options->size, "Width and height in pixels (default 256)")
      ->type_name("N")
      ->check(CLI::Range(16, 2048));
  addCommonOptions(*app, *common);
  app->footer("Example:\n  volpress thumbnail scene.ply scene.png --size 256");
  return {app, common, [common, options](Console& console) {
            return makeThumbnail(*options, *common, console);
          }};
}

}  // namespace volpress::cli
