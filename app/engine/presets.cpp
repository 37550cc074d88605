#include "app/engine/presets.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <system_error>
#include <utility>

#include <xxhash.h>

#include "app/engine/json_text.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPresetVersion = 1;
constexpr std::size_t kMaxPresetBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxNameBytes = 200;

const ParamPreset* findPreset(const compressors::CodecInfo& codec, std::string_view id) {
  const auto at = std::find_if(codec.presets.begin(), codec.presets.end(),
                               [&](const ParamPreset& one) { return one.id == id; });
  return at == codec.presets.end() ? nullptr : &*at;
}

Result<CodecSettings> settingsFromJson(const Json& json, const std::string& codecId) {
  CodecSettings settings;
  if (json.contains("preset")) {
    VOLPRESS_TRY(settings.preset, jsonText(json, "preset"));
  }
  VOLPRESS_TRY(const Json* values, jsonMember(json, "values"));
  VOLPRESS_TRY(settings.values, paramsFromJson(*values, "values"));
  if (const compressors::Codec* codec = compressors::findCodec(codecId); codec != nullptr) {
    VOLPRESS_CHECK(compressors::resolveParams(codec->info(), settings.preset, settings.values));
  }
  return settings;
}

}  // namespace

const std::vector<SharedPreset>& generalPresets() {
  static const std::vector<SharedPreset> kPresets{
      {"Small", "The codec's smallest settings that still look fine.", {}, {"small"}, {}},
      {"Balanced", "What the codec does best by default.", {}, {"default"}, {}},
      {"Visually lossless",
       "The codec's finest settings.",
       {},
       {"visually-lossless", "high", "fine", "best"},
       {}}};
  return kPresets;
}

bool appliesTo(const SharedPreset& preset, const compressors::CodecInfo& codec) {
  if (preset.target && codec.qualityKnob.empty()) {
    return false;
  }
  return preset.codecs.empty() || preset.codecs.contains(codec.id);
}

Result<CodecSettings> settingsFor(const SharedPreset& preset, const compressors::CodecInfo& codec) {
  CodecSettings settings;
  if (const auto named = preset.codecs.find(codec.id); named != preset.codecs.end()) {
    settings = named->second;
  } else {
    for (const std::string& id : preset.fallback) {
      if (findPreset(codec, id) != nullptr) {
        settings.preset = id;
        break;
      }
    }
  }
  if (auto valid = compressors::resolveParams(codec, settings.preset, settings.values); !valid) {
    return withContext(std::move(valid).error(), "preset " + preset.name);
  }
  return settings;
}

std::string presetToJson(const SharedPreset& preset) {
  Json codecs = Json::object();
  for (const auto& [id, settings] : preset.codecs) {
    codecs[id] = {{"preset", settings.preset}, {"values", paramsToJson(settings.values)}};
  }
  Json json{{"volpressPreset", kPresetVersion},
            {"name", preset.name},
            {"help", preset.help},
            {"codecs", std::move(codecs)}};
  if (!preset.fallback.empty()) {
    json["fallback"] = preset.fallback;
  }
  if (preset.target) {
    json[preset.target->kind == QualityTarget::Kind::SizeBytes ? "targetBytes" : "targetPsnr"] =
        preset.target->value;
  }
  return dumpJson(json, 2) + "\n";
}

Result<SharedPreset> presetFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  VOLPRESS_TRY(const std::uint64_t version, jsonCount(json, "volpressPreset"));
  if (version != kPresetVersion) {
    return fail(ErrorCode::UnsupportedVersion, "the preset has version {}, this program reads {}",
                version, kPresetVersion);
  }
  SharedPreset preset;
  VOLPRESS_TRY(preset.name, jsonText(json, "name"));
  if (preset.name.empty() || preset.name.size() > kMaxNameBytes) {
    return fail(ErrorCode::CorruptData, "JSON field \"name\" has {} bytes, not 1 to {}",
                preset.name.size(), kMaxNameBytes);
  }
  if (json.contains("help")) {
    VOLPRESS_TRY(preset.help, jsonText(json, "help"));
  }
  VOLPRESS_TRY(const Json* codecs, jsonMember(json, "codecs"));
  if (!codecs->is_object()) {
    return fail(ErrorCode::CorruptData, "JSON field \"codecs\" is {}, not an object",
                codecs->type_name());
  }
  for (const auto& [id, settings] : codecs->items()) {
    auto read = settingsFromJson(settings, id);
    if (!read) {
      return withContext(std::move(read).error(), "preset " + preset.name + ", codec " + id);
    }
    preset.codecs[id] = *std::move(read);
  }
  if (json.contains("fallback")) {
    if (!json["fallback"].is_array()) {
      return fail(ErrorCode::CorruptData, "JSON field \"fallback\" is no list");
    }
    for (const Json& id : json["fallback"]) {
      if (!id.is_string()) {
        return fail(ErrorCode::CorruptData, "JSON field \"fallback\" holds {}, not text",
                    id.type_name());
      }
      preset.fallback.push_back(id.get<std::string>());
    }
  }
  for (const auto& [field, kind] :
       {std::pair<const char*, QualityTarget::Kind>{"targetBytes", QualityTarget::Kind::SizeBytes},
        {"targetPsnr", QualityTarget::Kind::MeanPsnr}}) {
    if (json.contains(field)) {
      VOLPRESS_TRY(const double value, jsonNumber(json, field));
      if (preset.target || !std::isfinite(value) || value <= 0) {
        return fail(ErrorCode::CorruptData,
                    "JSON field \"{}\" is {}; a preset has one target, over 0", field, value);
      }
      preset.target = QualityTarget{kind, value};
    }
  }
  return preset;
}

Result<SharedPreset> loadPreset(const fs::path& file) {
  VOLPRESS_TRY(const MappedFile mapped, MappedFile::open(file));
  if (mapped.bytes().size() > kMaxPresetBytes) {
    return fail(ErrorCode::CorruptData, "{}: {} bytes is no preset file (at most {})",
                file.string(), mapped.bytes().size(), kMaxPresetBytes);
  }
  auto preset = presetFromJson(viewText(mapped.bytes()));
  if (!preset) {
    return withContext(std::move(preset).error(), file.string());
  }
  return preset;
}

Result<void> savePreset(const SharedPreset& preset, const fs::path& file) {
  return writeFileAtomically(file, viewBytes(std::string_view(presetToJson(preset))));
}

fs::path PresetStore::fileOf(std::string_view name) const {
  std::string word;
  for (const char c : name.substr(0, 40)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    word += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
  }
  // Names that differ in other letters only still get files of their own.
  return m_folder / fmt::format("{}-{:08x}.json", word,
                                static_cast<std::uint32_t>(XXH64(name.data(), name.size(), 0)));
}

PresetStore::Listing PresetStore::list() const {
  Listing listing;
  std::error_code code;
  fs::directory_iterator file(m_folder, code);
  for (; !code && file != fs::directory_iterator(); file.increment(code)) {
    if (file->path().extension() != ".json") {
      continue;
    }
    if (auto preset = loadPreset(file->path())) {
      listing.presets.push_back(*std::move(preset));
    } else {
      listing.problems.push_back(preset.error().message);
    }
  }
  std::sort(listing.presets.begin(), listing.presets.end(),
            [](const SharedPreset& a, const SharedPreset& b) { return a.name < b.name; });
  return listing;
}

Result<void> PresetStore::save(const SharedPreset& preset) const {
  // Reading it back is the check: a preset that cannot be read is not written.
  VOLPRESS_CHECK(presetFromJson(presetToJson(preset)));
  std::error_code code;
  fs::create_directories(m_folder, code);
  return savePreset(preset, fileOf(preset.name));
}

Result<void> PresetStore::remove(std::string_view name) const {
  std::error_code code;
  if (!fs::remove(fileOf(name), code)) {
    return fail(ErrorCode::IoFailure, "preset {} could not be removed: {}", name,
                code ? code.message() : "there is none of that name");
  }
  return {};
}

Result<SharedPreset> PresetStore::import(const fs::path& file) const {
  VOLPRESS_TRY(SharedPreset preset, loadPreset(file));
  const std::string wanted = preset.name;
  std::error_code code;
  for (int number = 2; fs::exists(fileOf(preset.name), code); ++number) {
    preset.name = fmt::format("{} {}", wanted, number);
  }
  VOLPRESS_CHECK(save(preset));
  return preset;
}

}  // namespace volpress::engine
