#include "scene/formats/sog_meta.hpp"

#include <cmath>

#include <fmt/ranges.h>
#include "scene/formats/json_input.hpp"
#include "scene/formats/zip_archive.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxSplats = std::uint64_t{1} << 28;  // what one image can hold
constexpr std::uint64_t kMaxPalette = 65536;

Result<const json*> member(const json& parent, const char* key, const std::string& where) {
  const auto found = parent.is_object() ? parent.find(key) : parent.end();
  if (!parent.is_object() || found == parent.end()) {
    return fail(ErrorCode::CorruptData, "meta.json has no {}{}", where, key);
  }
  return &*found;
}

Result<double> finite(const json& value, const std::string& where) {
  const double number = value.is_number() ? value.get<double>() : NAN;
  if (!std::isfinite(number) || std::abs(number) > 1e30) {
    return fail(ErrorCode::CorruptData, "meta.json {} is no finite number", where);
  }
  return number;
}

template <std::size_t Count>
Result<std::array<double, Count>> numbers(const json& parent, const char* key,
                                          const std::string& where) {
  VOLPRESS_TRY(const json* list, member(parent, key, where));
  if (!list->is_array() || list->size() != Count) {
    return fail(ErrorCode::CorruptData, "meta.json {}{} holds {} values, needed are {}", where, key,
                list->size(), Count);
  }
  std::array<double, Count> values{};
  for (std::size_t i = 0; i < Count; ++i) {
    VOLPRESS_TRY(values[i], finite((*list)[i], fmt::format("{}{}[{}]", where, key, i)));
  }
  return values;
}

Result<SogCodebook> codebook(const json& parent, const std::string& where) {
  VOLPRESS_TRY(const json* list, member(parent, "codebook", where));
  constexpr std::size_t kEntries = std::tuple_size_v<SogCodebook>;
  if (!list->is_array() || list->size() != kEntries) {
    return fail(ErrorCode::CorruptData, "meta.json {}codebook holds {} values, needed are {}",
                where, list->size(), kEntries);
  }
  SogCodebook values{};
  for (std::size_t i = 0; i < kEntries; ++i) {
    if (i == 0 && (*list)[0].is_null()) {
      continue;
    }
    VOLPRESS_TRY(const double value, finite((*list)[i], fmt::format("{}codebook[{}]", where, i)));
    values[i] = static_cast<float>(value);
  }
  if ((*list)[0].is_null()) {
    // Some writers lost the lowest entry; PlayCanvas' engine puts it one mean step below the next.
    values[0] = values[1] + (values[1] - values[kEntries - 1]) / (kEntries - 1);
  }
  return values;
}

SogCodebook ramp(double low, double high) {
  SogCodebook values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(low + (high - low) * static_cast<double>(i) / 255);
  }
  return values;
}

template <std::size_t Count>
Result<std::array<std::string, Count>> files(const json& parent, const std::string& where) {
  VOLPRESS_TRY(const json* list, member(parent, "files", where));
  if (!list->is_array() || list->size() != Count) {
    return fail(ErrorCode::CorruptData, "meta.json {}files holds {} names, needed are {}", where,
                list->size(), Count);
  }
  std::array<std::string, Count> names;
  for (std::size_t i = 0; i < Count; ++i) {
    names[i] = (*list)[i].is_string() ? (*list)[i].get<std::string>() : std::string();
    if (!isSafeRelativeName(names[i])) {
      return fail(ErrorCode::CorruptData,
                  "meta.json {}files[{}] is \"{}\", allowed are relative names without \"..\"",
                  where, i, names[i].substr(0, 80));
    }
  }
  return names;
}

Result<std::uint32_t> metaCount(const json& value, const std::string& where, std::uint64_t low,
                                std::uint64_t high) {
  VOLPRESS_TRY(const std::uint64_t number, wholeNumber(value, "meta.json " + where, low, high));
  return static_cast<std::uint32_t>(number);
}

// What both versions hold.
Result<void> parseShared(const json& root, SogMeta& meta) {
  VOLPRESS_TRY(const json* means, member(root, "means", ""));
  VOLPRESS_TRY(meta.meanMins, numbers<3>(*means, "mins", "means."));
  VOLPRESS_TRY(meta.meanMaxs, numbers<3>(*means, "maxs", "means."));
  VOLPRESS_TRY(const auto meanFiles, files<2>(*means, "means."));
  meta.meansLow = meanFiles[0];
  meta.meansHigh = meanFiles[1];
  VOLPRESS_TRY(const json* scales, member(root, "scales", ""));
  VOLPRESS_TRY(const auto scaleFiles, files<1>(*scales, "scales."));
  meta.scalesFile = scaleFiles[0];
  VOLPRESS_TRY(const json* quats, member(root, "quats", ""));
  VOLPRESS_TRY(const auto quatFiles, files<1>(*quats, "quats."));
  meta.quatsFile = quatFiles[0];
  VOLPRESS_TRY(const json* sh0, member(root, "sh0", ""));
  VOLPRESS_TRY(const auto sh0Files, files<1>(*sh0, "sh0."));
  meta.sh0File = sh0Files[0];
  if (root.contains("shN") && !root["shN"].is_null()) {
    VOLPRESS_TRY(const auto shFiles, files<2>(root["shN"], "shN."));
    meta.palette = SogPalette{0, 0, shFiles[0], shFiles[1]};
  }
  return {};
}

Result<void> parseVersion2(const json& root, SogMeta& meta) {
  VOLPRESS_TRY(const json* count, member(root, "count", ""));
  VOLPRESS_TRY(meta.count, metaCount(*count, "count", 1, kMaxSplats));
  VOLPRESS_TRY(const SogCodebook scales, codebook(root["scales"], "scales."));
  meta.scales.fill(scales);
  VOLPRESS_TRY(const SogCodebook colours, codebook(root["sh0"], "sh0."));
  meta.colours.fill(colours);
  if (root.contains("model") && root["model"].is_string()) {
    meta.model = root["model"].get<std::string>().substr(0, 64);
  }
  const bool antialias =
      root.contains("antialias") && root["antialias"].is_boolean() && root["antialias"].get<bool>();
  if (antialias || meta.model == "antialiased") {
    meta.filter = FilterMode::Antialiased;
  }
  if (meta.palette) {
    const json& shN = root["shN"];
    VOLPRESS_TRY(const json* entries, member(shN, "count", "shN."));
    VOLPRESS_TRY(meta.palette->count, metaCount(*entries, "shN.count", 1, kMaxPalette));
    VOLPRESS_TRY(const json* bands, member(shN, "bands", "shN."));
    VOLPRESS_TRY(meta.palette->bands, metaCount(*bands, "shN.bands", 1, 3));
    VOLPRESS_TRY(meta.shCodebook, codebook(shN, "shN."));
  }
  return {};
}

Result<void> parseVersion1(const json& root, SogMeta& meta) {
  VOLPRESS_TRY(const json* shape, member(root["means"], "shape", "means."));
  if (!shape->is_array() || shape->empty()) {
    return fail(ErrorCode::CorruptData, "meta.json means.shape is no list");
  }
  VOLPRESS_TRY(meta.count, metaCount((*shape)[0], "means.shape[0]", 1, kMaxSplats));
  VOLPRESS_TRY(const auto scaleMins, numbers<3>(root["scales"], "mins", "scales."));
  VOLPRESS_TRY(const auto scaleMaxs, numbers<3>(root["scales"], "maxs", "scales."));
  VOLPRESS_TRY(const auto colourMins, numbers<4>(root["sh0"], "mins", "sh0."));
  VOLPRESS_TRY(const auto colourMaxs, numbers<4>(root["sh0"], "maxs", "sh0."));
  for (std::size_t c = 0; c < 3; ++c) {
    meta.scales[c] = ramp(scaleMins[c], scaleMaxs[c]);
    meta.colours[c] = ramp(colourMins[c], colourMaxs[c]);
  }
  meta.logitRange = {static_cast<float>(colourMins[3]), static_cast<float>(colourMaxs[3])};
  if (meta.palette) {
    const json& shN = root["shN"];
    VOLPRESS_TRY(const json* low, member(shN, "mins", "shN."));
    VOLPRESS_TRY(const json* high, member(shN, "maxs", "shN."));
    VOLPRESS_TRY(const double lowest, finite(*low, "shN.mins"));
    VOLPRESS_TRY(const double highest, finite(*high, "shN.maxs"));
    meta.shCodebook = ramp(lowest, highest);
  }
  return {};
}

std::string jsonString(std::string_view name) { return json(name).dump(); }

}  // namespace

std::vector<std::string> SogMeta::files() const {
  std::vector<std::string> names{meansLow, meansHigh, scalesFile, quatsFile, sh0File};
  if (palette) {
    names.push_back(palette->centroids);
    names.push_back(palette->labels);
  }
  return names;
}

Result<SogMeta> parseSogMeta(ByteView bytes) {
  VOLPRESS_TRY(const json root, parseJsonObject(bytes, "meta.json"));
  SogMeta meta;
  VOLPRESS_CHECK(parseShared(root, meta));
  if (!root.contains("version")) {
    meta.version = 1;
    VOLPRESS_CHECK(parseVersion1(root, meta));
    return meta;
  }
  VOLPRESS_TRY(const double version, finite(root["version"], "version"));
  if (version != 2) {
    return fail(ErrorCode::UnsupportedVersion, "SOG version is {}, readable are 1 and 2", version);
  }
  VOLPRESS_CHECK(parseVersion2(root, meta));
  return meta;
}

std::string formatSogMeta(const SogMeta& meta) {
  std::string text =
      fmt::format(R"({{"version":2,"asset":{{"generator":"Volpress"}},"count":{}{},)", meta.count,
                  meta.filter == FilterMode::Antialiased ? R"(,"model":"antialiased")" : "");
  text += fmt::format(R"("means":{{"mins":[{}],"maxs":[{}],"files":[{},{}]}},)",
                      fmt::join(meta.meanMins, ","), fmt::join(meta.meanMaxs, ","),
                      jsonString(meta.meansLow), jsonString(meta.meansHigh));
  text += fmt::format(R"("scales":{{"codebook":[{}],"files":[{}]}},)",
                      fmt::join(meta.scales[0], ","), jsonString(meta.scalesFile));
  text += fmt::format(R"("quats":{{"files":[{}]}},)", jsonString(meta.quatsFile));
  text += fmt::format(R"("sh0":{{"codebook":[{}],"files":[{}]}})", fmt::join(meta.colours[0], ","),
                      jsonString(meta.sh0File));
  if (meta.palette) {
    text += fmt::format(R"(,"shN":{{"count":{},"bands":{},"codebook":[{}],"files":[{},{}]}})",
                        meta.palette->count, meta.palette->bands, fmt::join(meta.shCodebook, ","),
                        jsonString(meta.palette->centroids), jsonString(meta.palette->labels));
  }
  return text + "}";
}

}  // namespace volpress::formats
