// volpress info
#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/cli/command.hpp"
#include "app/cli/edit_options.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/measured_json.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/cli/picture_commands.hpp"
#include "app/cli/sequence_command.hpp"
#include "app/cli/voxel_commands.hpp"
#include "app/engine/clip_files.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/voxel_files.hpp"
#include "compressors/codec.hpp"
#include "scene/sequence/sequence_folder.hpp"

namespace volpress::cli {
namespace {

const char* frameWords(AxisFrame frame) {
  switch (frame) {
    case AxisFrame::RightDownForward: return "right, down, forward (INRIA): up is -Y";
    case AxisFrame::RightUpBack: return "right, up, back: up is +Y";
    case AxisFrame::LeftUpForward: return "left, up, forward: up is +Y";
  }
  return "unknown";
}

std::string formatWords(const engine::LoadedScene& scene) {
  if (const compressors::Codec* codec = compressors::findCodec(scene.codecId)) {
    return "volpress file, codec " + codec->info().label;
  }
  const formats::Format* format = formats::findFormat(scene.formatId);
  return format != nullptr ? format->info().label : scene.formatId;
}

engine::Json toJson(const std::string& file, const engine::LoadedScene& scene,
                    const std::vector<formats::ByteShare>& shares) {
  const GaussianCloud& cloud = *scene.cloud;
  const Bounds bounds = meanBounds(cloud);
  engine::Json json = {{"file", file},
                       {"format", scene.formatId},
                       {"fileBytes", scene.fileBytes},
                       {"splats", cloud.count},
                       {"shDegree", cloud.shDegree},
                       {"levels", scene.levels},
                       {"floatPlyBytes", floatPlyBytes(cloud.count, cloud.shDegree)},
                       {"bounds", {{"min", bounds.min}, {"max", bounds.max}}},
                       {"frame", frameWords(cloud.frame)},
                       {"antialiased", cloud.filter == FilterMode::Antialiased}};
  if (!scene.codecId.empty()) {
    json["codec"] = scene.codecId;
    const auto parameters = engine::parseJson(scene.parameters);
    json["parameters"] = parameters ? *parameters : engine::Json(scene.parameters);
  }
  json["breakdown"] = breakdownJson(shares);
  json["warnings"] = scene.warnings;
  return json;
}

std::string toText(const std::string& file, const engine::LoadedScene& scene,
                   const std::vector<formats::ByteShare>& shares) {
  const GaussianCloud& cloud = *scene.cloud;
  const Bounds bounds = meanBounds(cloud);
  const std::uint64_t plyBytes = floatPlyBytes(cloud.count, cloud.shDegree);
  std::string text = fmt::format("{}\n", file);
  text += fmt::format("  format     {}\n", formatWords(scene));
  text +=
      fmt::format("  splats     {}, SH degree {}{}\n", describeCount(cloud.count), cloud.shDegree,
                  cloud.filter == FilterMode::Antialiased ? ", trained antialiased" : "");
  text += fmt::format("  size       {} ({} bytes), {:.2f}x under float PLY ({})\n",
                      describeBytes(scene.fileBytes), describeCount(scene.fileBytes),
                      scene.fileBytes == 0
                          ? 0.0
                          : static_cast<double>(plyBytes) / static_cast<double>(scene.fileBytes),
                      describeBytes(plyBytes));
  text += fmt::format("  bounds     ({:.4g}, {:.4g}, {:.4g}) to ({:.4g}, {:.4g}, {:.4g})\n",
                      bounds.min[0], bounds.min[1], bounds.min[2], bounds.max[0], bounds.max[1],
                      bounds.max[2]);
  text += fmt::format("  axes       {}\n", frameWords(cloud.frame));
  if (scene.levels > 1) {
    text += fmt::format("  levels     {} (--level 0 to {})\n", scene.levels, scene.levels - 1);
  }
  if (!scene.parameters.empty()) {
    text += fmt::format("  parameters {}\n", scene.parameters);
  }
  if (!shares.empty()) {
    text += "  where the bytes go\n" + describeBreakdown(shares);
  }
  for (const std::string& warning : scene.warnings) {
    text += "  note: " + warning + "\n";
  }
  return text;
}

}  // namespace

Command addInfoCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("info", "Say what is in a scene file");
  auto common = std::make_shared<CommonOptions>();
  auto file = std::make_shared<std::string>();
  auto options = std::make_shared<formats::ImportOptions>();
  app->add_option("FILE", *file,
                  "A scene file, a .vpc, a folder with a loose SOG, or a folder of "
                  "numbered frames")
      ->required();
  addLevelOption(*app, options->level);
  addCommonOptions(*app, *common);
  app->footer("Example:\n  volpress info scene.ply");
  return {
      app, common, [common, file, options](Console& console) -> Result<void> {
        if (engine::isFieldFile(*file)) {
          return fieldInfo(*file, *common, console);
        }
        if (engine::isVoxelScene(*file)) {
          return voxelInfo(*file, *common, console);
        }
        if (engine::isMeshFile(*file)) {
          return meshInfo(*file, *common, console);
        }
        if (engine::isPictureFile(*file)) {
          return pictureInfo(*file, *common, console);
        }
        if (engine::isClipFile(*file)) {
          return describeClipCommand(*file, *common, console);
        }
        if (looksLikeSequence(*file)) {
          return describeSequenceFolder(*file, *common, console);
        }
        const auto runner = makeThreadRunner(common->threads);
        Progress progress;
        VOLPRESS_TRY(const engine::LoadedScene scene,
                     engine::loadScene(*file, *runner, progress, console.stopToken(), *options));
        VOLPRESS_TRY(const std::vector<formats::ByteShare> shares, engine::fileBreakdown(*file));
        console.print(toText(*file, scene, shares));
        console.printJson(engine::dumpJson(toJson(*file, scene, shares), 2));
        return {};
      }};
}

}  // namespace volpress::cli
