// volpress codecs
#include <algorithm>

#include <CLI/CLI.hpp>

#include "app/cli/codec_list.hpp"
#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::cli {
namespace {

using compressors::CodecInfo;

engine::Json paramToJson(const ParamSpec& spec) {
  engine::Json json = {{"id", spec.id},
                       {"label", spec.label},
                       {"help", spec.help},
                       {"unit", spec.unit},
                       {"group", spec.group},
                       {"advanced", spec.advanced},
                       {"default", std::visit([](const auto& value) { return engine::Json(value); },
                                              spec.defaultValue)}};
  if (spec.range) {
    json["range"] = {{"min", spec.range->min},
                     {"max", spec.range->max},
                     {"step", spec.range->step},
                     {"logarithmic", spec.range->logarithmic}};
  }
  for (const ParamChoice& choice : spec.choices) {
    json["choices"].push_back({{"key", choice.key}, {"label", choice.label}});
  }
  return json;
}

/// `compresses` is "splats", "mesh", "sequence", "voxels", "field" or "picture".
engine::Json codecToJson(const CodecInfo& info, std::string_view compresses) {
  engine::Json json = {{"id", info.id},
                       {"label", info.label},
                       {"compresses", compresses},
                       {"summary", info.summary},
                       {"paper", info.paper},
                       {"extension", info.extension},
                       {"formatVersion", info.formatVersion},
                       {"external", info.isExternal},
                       {"lossless", info.lossless},
                       {"needsViews", info.needsViews},
                       {"qualityKnob", info.qualityKnob},
                       {"lost", info.lost},
                       {"params", engine::Json::array()},
                       {"presets", engine::Json::array()}};
  for (const ParamSpec& spec : info.params) {
    json["params"].push_back(paramToJson(spec));
  }
  for (const ParamPreset& preset : info.presets) {
    json["presets"].push_back({{"id", preset.id},
                               {"label", preset.label},
                               {"help", preset.help},
                               {"values", engine::paramsToJson(preset.values)}});
  }
  return json;
}

std::string allowedWords(const ParamSpec& spec) {
  std::string words;
  if (spec.range) {
    words = fmt::format("{:g} to {:g}{}", spec.range->min, spec.range->max,
                        spec.unit.empty() ? "" : " " + spec.unit);
  }
  for (const ParamChoice& choice : spec.choices) {
    words += (words.empty() ? "" : ", ") + choice.key;
  }
  return words.empty() ? "true, false" : words;
}

std::string listLines(const CodecInfo& info) {
  std::string text = fmt::format("{:<16} {}\n", info.id, info.summary);
  std::string presets;
  for (const ParamPreset& preset : info.presets) {
    presets += (presets.empty() ? "" : ", ") + preset.id;
  }
  return presets.empty() ? text : text + fmt::format("{:<16} presets: {}\n", "", presets);
}

std::string listText() {
  std::string text;
  std::string_view kind = "splats";
  for (const ListedCodec& codec : listedCodecs()) {
    if (codec.compresses != kind) {
      kind = codec.compresses;
      text += kind == "mesh"       ? "\nMeshes\n"
              : kind == "sequence" ? "\nMoving scenes (folders of frames)\n"
              : kind == "voxels"   ? "\nMoving voxel fields (folders of .npz)\n"
              : kind == "picture"  ? "\nPhotographs\n"
                                   : "\nRadiance fields\n";
    }
    text += listLines(codec.info);
  }
  return text + "\n\"volpress codecs ID\" lists the settings of one.\n";
}

std::string codecText(const CodecInfo& info) {
  std::string text =
      fmt::format("{} ({}), writes {}\n{}\n", info.label, info.id, info.extension, info.summary);
  if (!info.lost.empty()) {
    text += "What is lost: " + info.lost + "\n";
  }
  if (!info.paper.empty()) {
    text += "Paper: " + info.paper + "\n";
  }
  if (!info.presets.empty()) {
    text += "\nPresets (--preset)\n";
    for (const ParamPreset& preset : info.presets) {
      text += fmt::format("  {:<16} {}\n", preset.id, preset.help);
    }
  }
  if (!info.params.empty()) {
    text += "\nSettings (--set key=value)\n";
    for (const ParamSpec& spec : info.params) {
      text += fmt::format("  {} = {}   [{}]{}\n      {}\n", spec.id,
                          formatParamValue(spec.defaultValue), allowedWords(spec),
                          spec.id == info.qualityKnob ? "   the size/quality knob" : "", spec.help);
    }
  }
  return text;
}

}  // namespace

Command addCodecsCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("codecs", "List the compressors, their presets and settings");
  auto common = std::make_shared<CommonOptions>();
  auto id = std::make_shared<std::string>();
  app->add_option("ID", *id, "Only this codec, with all its settings");
  addCommonOptions(*app, *common);
  app->footer("Examples:\n  volpress codecs\n  volpress codecs lightgaussian");
  return {app, common, [id](Console& console) -> Result<void> {
            if (id->empty()) {
              engine::Json list = engine::Json::array();
              for (const ListedCodec& codec : listedCodecs()) {
                list.push_back(codecToJson(codec.info, codec.compresses));
              }
              console.print(listText());
              console.printJson(engine::dumpJson(list, 2));
              return {};
            }
            const std::vector<ListedCodec> list = listedCodecs();
            const auto found =
                std::find_if(list.begin(), list.end(),
                             [&](const ListedCodec& codec) { return codec.info.id == *id; });
            if (found == list.end()) {
              return fail(ErrorCode::InvalidParameter,
                          "there is no codec \"{}\"; \"volpress codecs\" lists them", *id);
            }
            console.print(codecText(found->info));
            console.printJson(engine::dumpJson(codecToJson(found->info, found->compresses), 2));
            return {};
          }};
}

}  // namespace volpress::cli
