// volpress convert, volpress decode
#include <system_error>

#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/cli/command.hpp"
#include "app/cli/convert_file.hpp"
#include "app/cli/edit_options.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/picture_commands.hpp"
#include "app/cli/voxel_commands.hpp"
#include "app/engine/clip_files.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/plugin.hpp"
#include "app/engine/voxel_files.hpp"

namespace volpress::cli {
namespace {

Result<void> convert(const ConvertOptions& options, const CommonOptions& common, Console& console) {
  VOLPRESS_CHECK(engine::checkPluginOf(options.input));
  std::error_code ignored;
  if (!options.to.empty()) {
    if (!std::filesystem::is_directory(options.input, ignored)) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: --to is for folders of scenes; name the file to write instead",
                  options.input);
    }
    return convertFolder(options, common, console);
  }
  if (engine::isVoxelScene(options.input)) {
    return voxelDecode(options.input, options.output, common, console);
  }
  if (engine::isClipFile(options.input)) {
    return decodeClipCommand(options.input, options.output, compressors::kMaxLayers, common,
                             console);
  }
  if (engine::isFieldFile(options.input)) {
    return fieldConvert(options.input, options.output, common, console);
  }
  if (engine::isPictureFile(options.input)) {
    return pictureConvert(options.input, options.output, common, console);
  }
  if (engine::isMeshFile(options.input)) {
    const auto extension = std::filesystem::path(options.output).extension();
    if (extension == ".bpt") {
      return meshToTokens(options.input, options.output, options.mesh, common, console);
    }
    if (extension.empty()) {
      return meshToFrames(options.input, options.output, options.mesh, common, console);
    }
    return extension == ".glb" || extension == ".gltf"
               ? meshConvert(options.input, options.output, options.mesh, common, console)
               : meshToSplats(options.input, options.output, options.mesh, options.shDegree,
                              options.settings, common, console);
  }
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const Converted converted,
               convertFile(options.input, options.output, options, *runner, console));
  console.print(describeConverted(converted));
  console.printJson(engine::dumpJson(convertedToJson(converted), 2));
  return {};
}

Command makeCommand(CLI::App* app, const std::shared_ptr<ConvertOptions>& options) {
  auto common = std::make_shared<CommonOptions>();
  app->add_option("--set", options->settings, "A setting of the format written")
      ->type_name("KEY=VALUE")
      ->take_all();
  app->add_option("--sh", options->shDegree, "Keep SH up to this degree only")
      ->type_name("0-4")
      ->check(CLI::Range(0U, kMaxShDegree));
  addEditOptions(*app, options->edits);
  addMeshConvertOptions(*app, options->mesh);
  addCommonOptions(*app, *common);
  return {app, common,
          [common, options](Console& console) { return convert(*options, *common, console); }};
}

}  // namespace

Command addConvertCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "convert", "Write a scene in another format, named by the extension of OUT");
  auto options = std::make_shared<ConvertOptions>();
  app->add_option("IN", options->input,
                  "A scene file, a .vpc, a folder with a SOG, or with --to a folder of scenes")
      ->required();
  app->add_option("OUT", options->output,
                  "The file to write: .ply, .compressed.ply, .splat, .spz, .sog, .glb, .gltf, "
                  ".ssog, or a folder's meta.json or lod-meta.json; .ingp or .msgpack for radiance "
                  "fields; .bpt for a mesh as tokens; .png for pictures; with --to a folder")
      ->required();
  app->add_option("--to", options->to,
                  "Convert every scene below the folder IN to this extension, into the same place "
                  "below the folder OUT")
      ->type_name("EXTENSION");
  addLevelOption(*app, options->level);
  app->footer(
      "Examples:\n"
      "  volpress convert scene.ply scene.spz\n"
      "  volpress convert scene.spz small.compressed.ply --sh 0\n"
      "  volpress convert scans web --to sog --remove-floaters 3\n"
      "  volpress convert scene.ply streamed/lod-meta.json --set levels=5\n"
      "  volpress convert city/lod-meta.json coarse.ply --level 3\n"
      "  volpress convert chair.obj chair.glb --draco\n"
      "  volpress convert chair.glb chair.ply --splats 100000\n"
      "  volpress convert chair.glb chair.bpt --token-bits 8\n"
      "A folder's conversion goes on after a failure; it names the failed scenes and exits with "
      "1.");
  return makeCommand(app, options);
}

Command addDecodeCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "decode", "Turn a .vpc back into a scene file, or one that moves into a folder of frames");
  auto options = std::make_shared<ConvertOptions>();
  app->add_option("IN", options->input, "The file to decode")->type_name("IN.vpc")->required();
  app->add_option("-o,--output", options->output, "The scene file to write")
      ->type_name("OUT.ply")
      ->required();
  app->add_flag("--front", options->acceptsFront,
                "Accept a file that ends early and has layers of detail: its front is a coarser "
                "scene");
  app->footer(
      "Example:\n  volpress decode scene.vpc -o scene.ply\n  volpress decode clip.dgsv -o frames");
  return makeCommand(app, options);
}

}  // namespace volpress::cli
