// volpress codecs
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "compressors/codec.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/stream/sequence_codec.hpp"

namespace volpress::cli {
namespace {

using compressors::Codec;
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

/// `compresses` is "splats", "mesh", "sequence" or "field".
engine::Json codecToJson(const CodecInfo& info, const char* compresses) {
  engine::Json json = {{"id", info.id},
                       {"label", info.label},
                       {"compresses", compresses},
                       {"summary", info.summary},
                       {"paper", info.paper},
                       {"extension", info.extension},
                       {"formatVersion", info.formatVersion},
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
  for (const Codec* codec : compressors::allCodecs()) {
    text += listLines(codec->info());
  }
  text += "\nMeshes\n";
  for (const compressors::MeshCodec* codec : compressors::allMeshCodecs()) {
    text += listLines(codec->info());
  }
  text += "\nMoving scenes (folders of frames)\n";
  for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
    text += listLines(compressors::describeSequenceCodec(codec->info()));
  }
  text += "\nRadiance fields\n";
  for (const compressors::FieldCodec* codec : compressors::allFieldCodecs()) {
    text += listLines(codec->info());
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

/// A codec of splats, meshes, sequences or fields, with what it compresses.
std::optional<std::pair<CodecInfo, const char*>> findAnyCodec(const std::string& id) {
  if (const Codec* codec = compressors::findCodec(id)) {
    return std::pair(codec->info(), "splats");
  }
  if (const compressors::MeshCodec* codec = compressors::findMeshCodec(id)) {
    return std::pair(codec->info(), "mesh");
  }
  if (const compressors::SequenceCodec* codec = compressors::findSequenceCodec(id)) {
    return std::pair(compressors::describeSequenceCodec(codec->info()), "sequence");
  }
  if (const compressors::FieldCodec* codec = compressors::findFieldCodec(id)) {
    return std::pair(codec->info(), "field");
  }
  return std::nullopt;
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
              for (const Codec* codec : compressors::allCodecs()) {
                list.push_back(codecToJson(codec->info(), "splats"));
              }
              for (const compressors::MeshCodec* codec : compressors::allMeshCodecs()) {
                list.push_back(codecToJson(codec->info(), "mesh"));
              }
              for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
                list.push_back(
                    codecToJson(compressors::describeSequenceCodec(codec->info()), "sequence"));
              }
              for (const compressors::FieldCodec* codec : compressors::allFieldCodecs()) {
                list.push_back(codecToJson(codec->info(), "field"));
              }
              console.print(listText());
              console.printJson(engine::dumpJson(list, 2));
              return {};
            }
            const auto found = findAnyCodec(*id);
            if (!found) {
              return fail(ErrorCode::InvalidParameter,
                          "there is no codec \"{}\"; \"volpress codecs\" lists them", *id);
            }
            console.print(codecText(found->first));
            console.printJson(engine::dumpJson(codecToJson(found->first, found->second), 2));
            return {};
          }};
}

}  // namespace volpress::cli
