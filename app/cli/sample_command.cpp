// volpress sample
#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/cli/command.hpp"
#include "app/cli/voxel_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/sample_files.hpp"
#include "app/engine/sample_mesh_clip.hpp"
#include "app/engine/sample_photos.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/sequence_files.hpp"
#include "scene/sequence/sample_clip.hpp"

namespace volpress::cli {
namespace {

struct ClipSampleOptions {
  std::string output;
  std::string scene;
  std::string to = ".ply";
  ClipOptions clip;
};

Result<std::shared_ptr<const FrameSource>> clipSource(const ClipSampleOptions& options,
                                                      TaskRunner& runner, Console& console) {
  if (options.scene.empty()) {
    return makeSampleClip(options.clip, {}, runner);
  }
  if (engine::isMeshFile(options.scene)) {
    return engine::makeMeshSampleClip(options.scene, options.clip, runner, console.stopToken());
  }
  Progress unseen;
  VOLPRESS_TRY(const engine::LoadedScene loaded,
               engine::loadScene(options.scene, runner, unseen, console.stopToken()));
  return makeSampleClip(options.clip, *loaded.cloud, runner);
}

Result<void> writeClip(const ClipSampleOptions& options, const CommonOptions& common,
                       Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  VOLPRESS_TRY(auto source, clipSource(options, *runner, console));
  GaussianSequence clip(std::move(source));
  const std::string extension = options.to.front() == '.' ? options.to : "." + options.to;
  VOLPRESS_TRY(const engine::WrittenSequence written,
               engine::writeSequence(clip, options.output, extension, 0, clip.frameCount() - 1, 1,
                                     *runner, progress, console.stopToken()));
  reportFrames(options.output, written.frames, written.bytes, console);
  return {};
}

void addClipOptions(CLI::App& app, ClipSampleOptions& options) {
  app.add_option("-o,--output", options.output, "The folder to write frame_00000.ply, ... into")
      ->type_name("FOLDER")
      ->required();
  app.add_option("--frames", options.clip.frames, "How many, at 30 a second (default 150)")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  app.add_option("--splats", options.clip.splats,
                 "Of the walking figure, or on a mesh (default 60,000)")
      ->type_name("N")
      ->check(CLI::Range(100, 4000000));
  app.add_option("--seed", options.clip.seed, "Seed of everything random (default 1)")
      ->type_name("N");
  app.add_option("--sh", options.clip.shDegree, "SH degree (default 1)")
      ->type_name("0-4")
      ->check(CLI::Range(0U, 3U));
  app.add_option(
         "--from", options.scene,
         "Instead of the walking figure: a mesh, which its first animation moves, or any other "
         "scene, which bends and twists")
      ->type_name("SCENE");
  app.add_option("--jitter", options.clip.jitter,
                 "Times the usual wobble of colours and opacities (default 1)")
      ->type_name("X")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--births", options.clip.births, "Share of splats that appear within the clip")
      ->type_name("X")
      ->check(CLI::Range(0.0, 0.5));
  app.add_option("--deaths", options.clip.deaths, "Share of splats that vanish within the clip")
      ->type_name("X")
      ->check(CLI::Range(0.0, 0.5));
  app.add_flag("--shuffle", options.clip.shuffle, "Another order of the splats in every frame");
  app.add_option("--to", options.to, "Extension of the frames (default .ply)")
      ->type_name("EXTENSION");
  app.footer(
      "Examples:\n  volpress sample clip -o walk\n"
      "  volpress sample clip -o run --from fox.glb --splats 100000\n"
      "  volpress sample clip -o bend --from statue.sog --frames 60");
}

void addVoxelOptions(CLI::App& app, VoxelSampleOptions& options, std::string& folder) {
  app.add_option("-o,--output", folder, "The folder to write frame_00000.npz, ... into")
      ->type_name("FOLDER")
      ->required();
  app.add_option("--frames", options.frames, "How many, of one turn (default 60)")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  app.add_option("--resolution", options.resolution,
                 "Vertices of a grid, or leaves of an octree, along an axis (default 64)")
      ->type_name("N")
      ->check(CLI::Range(8, 512));
  app.add_flag("--tree", options.tree, "PlenOctrees (svox) instead of grids (svox2)");
  app.add_flag("--still", options.still, "Nothing moves");
  app.add_option("--jitter", options.jitter,
                 "Wobble of the harmonics from frame to frame (default 0)")
      ->type_name("X")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", options.seed, "Seed of the wobble (default 1)")->type_name("N");
  app.footer("Example:\n  volpress sample voxels -o cube --frames 30");
}

void addPhotoOptions(CLI::App& app, engine::SamplePhotos& photos, std::string& folder) {
  app.add_option("-o,--output", folder, "The folder to write photo_000.png, ... into")
      ->type_name("FOLDER")
      ->required();
  app.add_option("--count", photos.count, "How many (default 64)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  app.add_option("--side", photos.side, "Pixels of a side (default 160)")
      ->type_name("N")
      ->check(CLI::Range(8, 4096));
  app.footer(
      "Examples:\n  volpress sample photos -o trio\n"
      "  volpress train trio --kind nerf --table-bits 14 -o trio.ingp");
}

Result<void> photoSample(const engine::SamplePhotos& photos, const std::string& folder,
                         const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    VOLPRESS_CHECK(
        engine::writeSamplePhotos(photos, folder, *runner, progress, console.stopToken()));
  }
  console.print(fmt::format("{}: {} photographs of {} x {}\n", folder, photos.count, photos.side,
                            photos.side));
  console.printJson(engine::dumpJson({{"output", folder}, {"photographs", photos.count}}, 2));
  return {};
}

struct SampleOptions {
  std::string output;
  std::string scene = "still-life";
  double scale = 1;
  ViewSetOptions views;
};

Result<void> writeSample(const SampleOptions& options, const CommonOptions& common,
                         Console& console) {
  VOLPRESS_CHECK(engine::checkOutputPlace(options.output));
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const engine::SampleKind kind =
      options.scene == "room" ? engine::SampleKind::Room : engine::SampleKind::StillLife;
  VOLPRESS_TRY(const engine::SampleFile file,
               engine::writeSampleFile(kind, options.output, options.views.seed, options.scale,
                                       *runner, progress, console.stopToken()));
  const GaussianCloud& cloud = *file.cloud;
  console.print(fmt::format("{}: {} splats, SH degree {}, {}\n", options.output,
                            describeCount(cloud.count), cloud.shDegree, describeBytes(file.bytes)));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"splats", cloud.count},
                                      {"shDegree", cloud.shDegree},
                                      {"bytes", file.bytes}},
                                     2));
  return {};
}

}  // namespace

Command addSampleCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("sample", "Make a sample scene to try things on");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<SampleOptions>();
  app->add_option("OUT", options->output, "The scene file to write")->type_name("OUT.ply");
  app->add_option("--scene", options->scene,
                  "still-life (default), an object on a table; or room, seen from inside, with its "
                  "cameras beside it")
      ->type_name("NAME")
      ->check(CLI::IsMember({"still-life", "room"}));
  app->add_option("--scale", options->scale,
                  "Times the usual number of splats (150,000, the room 220,000)")
      ->type_name("X")
      ->check(CLI::Range(0.01, 100.0));
  addSeedOption(*app, options->views);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n  volpress sample still-life.ply\n  volpress sample room.ply --scene room\n"
      "  volpress sample clip -o walk --frames 60");
  CLI::App* clip = app->add_subcommand("clip", "Make a moving scene: a folder of frames");
  auto clipOptions = std::make_shared<ClipSampleOptions>();
  addClipOptions(*clip, *clipOptions);
  addCommonOptions(*clip, *common);
  CLI::App* voxels = app->add_subcommand("voxels", "Make a moving voxel field: a folder of frames");
  auto voxelOptions = std::make_shared<VoxelSampleOptions>();
  auto voxelFolder = std::make_shared<std::string>();
  addVoxelOptions(*voxels, *voxelOptions, *voxelFolder);
  addCommonOptions(*voxels, *common);
  CLI::App* photos =
      app->add_subcommand("photos", "Take photographs of a ball, a box and a torus, to train from");
  auto photoOptions = std::make_shared<engine::SamplePhotos>();
  auto photoFolder = std::make_shared<std::string>();
  addPhotoOptions(*photos, *photoOptions, *photoFolder);
  addCommonOptions(*photos, *common);
  return {app, common,
          [common, options, clip, clipOptions, voxels, voxelOptions, voxelFolder, photos,
           photoOptions, photoFolder](Console& console) -> Result<void> {
            if (photos->parsed()) {
              return photoSample(*photoOptions, *photoFolder, *common, console);
            }
            if (voxels->parsed()) {
              return voxelSample(*voxelOptions, *voxelFolder, *common, console);
            }
            if (clip->parsed()) {
              return writeClip(*clipOptions, *common, console);
            }
            if (options->output.empty()) {
              return fail(ErrorCode::InvalidParameter,
                          "name the file to write, as in \"volpress sample still-life.ply\"");
            }
            return writeSample(*options, *common, console);
          }};
}

}  // namespace volpress::cli
