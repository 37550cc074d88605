#include "app/engine/plugin.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>
#include <system_error>
#include <utility>

#include "app/engine/codec_info.hpp"
#include "app/engine/external_codec.hpp"
#include "app/engine/json_text.hpp"
#include "compressors/container/container.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVariable = "VOLPRESS_PLUGINS";
constexpr std::size_t kMostDescription = 1U << 20U;
constexpr std::size_t kMostWords = 256;  // of a command
constexpr std::size_t kMostText = 4096;  // characters of one text
constexpr std::size_t kMostName = 31;
constexpr double kMostSeconds = 86400;

struct PluginKind {
  std::string_view word;
  SceneKind kind;
  std::string_view interchange;
};
constexpr std::array kPluginKinds{PluginKind{"splats", SceneKind::Splats, ".ply"},
                                  PluginKind{"mesh", SceneKind::Mesh, ".glb"},
                                  PluginKind{"field", SceneKind::Field, ".ingp"},
                                  PluginKind{"picture", SceneKind::Picture, ".png"}};

Result<std::string> shortText(const Json& json, std::string_view field) {
  VOLPRESS_TRY(std::string text, jsonText(json, field));
  const bool printable =
      std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
  if (text.empty() || text.size() > kMostText || !printable) {
    return fail(ErrorCode::InvalidParameter,
                "\"{}\" has {} characters; it has to have 1 to {} that can be printed", field,
                text.size(), kMostText);
  }
  return text;
}

Result<std::string> nameOf(const Json& json) {
  auto name = shortText(json, "name");
  if (!name) {
    return name;
  }
  const bool allowed = name->size() > kPluginPrefix.size() && name->size() <= kMostName &&
                       isPluginName(*name) && std::all_of(name->begin(), name->end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                       });
  return allowed ? std::move(name)
                 : fail(ErrorCode::InvalidParameter,
                        "\"name\" is \"{}\"; it has to begin with \"{}\" and have at most {} of "
                        "a-z, 0-9 and -",
                        *name, kPluginPrefix, kMostName);
}

/// A path is one of the description's folder; a plain word is found along PATH.
Result<std::vector<std::string>> commandOf(const Json& json, std::string_view field,
                                           const fs::path& folder) {
  VOLPRESS_TRY(const Json* list, jsonList(json, field));
  std::vector<std::string> words;
  for (const Json& word : *list) {
    if (!word.is_string() || word.get<std::string>().size() > kMostText ||
        word.get<std::string>().find('\0') != std::string::npos) {
      return fail(ErrorCode::InvalidParameter, "\"{}\" has to be a list of texts of at most {}",
                  field, kMostText);
    }
    words.push_back(word.get<std::string>());
  }
  const auto names = [&words](std::string_view place) {
    return std::any_of(words.begin(), words.end(), [place](const std::string& word) {
      return word.find(place) != std::string::npos;
    });
  };
  if (words.size() < 2 || words.size() > kMostWords || words.front().empty() || !names("{input}") ||
      !names("{output}")) {
    return fail(ErrorCode::InvalidParameter,
                "\"{}\" has {} words; it needs a program, \"{{input}}\" and \"{{output}}\", and at "
                "most {} words",
                field, words.size(), kMostWords);
  }
  if (words.front().find('/') != std::string::npos) {
    words.front() = (folder / words.front()).string();
  }
  return words;
}

Result<double> limitOf(const Json& json, std::string_view field, double otherwise, double most) {
  if (!json.contains(field)) {
    return otherwise;
  }
  VOLPRESS_TRY(const double value, jsonNumber(json, field));
  if (!(value > 0 && value <= most)) {
    return fail(ErrorCode::InvalidParameter, "\"{}\" is {}; it has to be above 0 and at most {}",
                field, value, most);
  }
  return value;
}

Result<Plugin> readPlugin(const fs::path& file) {
  auto read = [&]() -> Result<Plugin> {
    VOLPRESS_TRY(const MappedFile mapped, MappedFile::open(file));
    if (mapped.bytes().size() > kMostDescription) {
      return fail(ErrorCode::InvalidParameter, "{} bytes are over the {} allowed",
                  mapped.bytes().size(), kMostDescription);
    }
    std::error_code ignored;
    return pluginFromJson(viewText(mapped.bytes()), fs::absolute(file, ignored).parent_path());
  }();
  return read ? std::move(read) : withContext(std::move(read).error(), file.string());
}

Result<void> addPluginFile(const fs::path& file) {
  VOLPRESS_TRY(Plugin plugin, readPlugin(file));
  auto added = addPlugin(std::move(plugin));
  return added ? added : withContext(std::move(added).error(), file.string());
}

std::vector<fs::path> listedFiles() {
  std::vector<fs::path> files;
  const char* variable = std::getenv(kVariable);
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const std::string_view file = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), file.size() + 1));
    if (!file.empty()) {
      files.emplace_back(file);
    }
  }
  return files;
}

}  // namespace

Result<Plugin> pluginFromJson(std::string_view text, const fs::path& folder) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  VOLPRESS_TRY(const std::uint64_t version, jsonCount(json, "volpressPlugin"));
  if (version != 1) {
    return fail(ErrorCode::UnsupportedVersion, "\"volpressPlugin\" is {}, not 1", version);
  }
  Plugin plugin;
  plugin.folder = folder;
  VOLPRESS_TRY(plugin.name, nameOf(json));
  VOLPRESS_TRY(plugin.label, shortText(json, "label"));
  VOLPRESS_TRY(plugin.summary, shortText(json, "summary"));
  VOLPRESS_TRY(const std::string kind, shortText(json, "kind"));
  const auto* const known = std::find_if(kPluginKinds.begin(), kPluginKinds.end(),
                                         [&](const PluginKind& one) { return one.word == kind; });
  if (known == kPluginKinds.end()) {
    return fail(ErrorCode::InvalidParameter,
                "\"kind\" is \"{}\", not splats, mesh, field or picture", kind);
  }
  plugin.kind = known->kind;
  VOLPRESS_TRY(plugin.interchange, shortText(json, "interchange"));
  if (plugin.interchange != known->interchange) {
    return fail(ErrorCode::InvalidParameter, "\"interchange\" is \"{}\"; of kind {} it is {}",
                plugin.interchange, kind, known->interchange);
  }
  VOLPRESS_TRY(plugin.encode, commandOf(json, "encode", folder));
  VOLPRESS_TRY(plugin.decode, commandOf(json, "decode", folder));
  if (json.contains("model") == json.contains("modelFile")) {
    return fail(ErrorCode::InvalidParameter,
                "it has to say which model does the work: \"model\", a text such as a hash of its "
                "weights, or \"modelFile\", a file");
  }
  if (json.contains("model")) {
    VOLPRESS_TRY(plugin.model, shortText(json, "model"));
  } else {
    VOLPRESS_TRY(const std::string file, shortText(json, "modelFile"));
    plugin.modelFile = folder / file;
  }
  VOLPRESS_TRY(plugin.limits.seconds,
               limitOf(json, "secondsLimit", plugin.limits.seconds, kMostSeconds));
  VOLPRESS_TRY(const double bytes,
               limitOf(json, "bytesLimit", static_cast<double>(plugin.limits.bytes), 0x1p40));
  plugin.limits.bytes = static_cast<std::uint64_t>(std::ceil(bytes));
  return plugin;
}

Result<void> addPlugin(Plugin plugin) {
  if (codecInfoOf(plugin.name)) {
    return fail(ErrorCode::InvalidParameter, "there is a codec \"{}\" already", plugin.name);
  }
  addExternalCodec(std::move(plugin));
  return {};
}

fs::path pluginFolder() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config == '/') {
    return fs::path(config) / "volpress/plugins";
  }
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fs::path(home) / ".config/volpress/plugins" : fs::path();
}

tl::unexpected<Error> pluginMissing(std::string_view name) {
  return fail(ErrorCode::UnsupportedVersion,
              "this takes the plug-in \"{}\", which is not installed: put its description into {}, "
              "or name it with --plugin",
              name, pluginFolder().string());
}

Result<void> checkPluginOf(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    return {};
  }
  VOLPRESS_TRY(const MappedFile mapped, MappedFile::open(file));
  const std::string id = compressors::containerCodec(mapped.bytes());
  return !isPluginName(id) || codecInfoOf(id)
             ? Result<void>()
             : withContext(pluginMissing(id).value(), file.string());
}

std::vector<std::string> addInstalledPlugins() {
  std::set<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator at(pluginFolder(), problem);
       !problem && at != fs::directory_iterator(); at.increment(problem)) {
    if (at->path().extension() == ".json") {
      files.insert(at->path());
    }
  }
  std::vector<fs::path> all(files.begin(), files.end());
  for (const fs::path& file : listedFiles()) {
    if (!files.contains(file)) {
      all.push_back(file);
    }
  }
  std::vector<std::string> problems;
  for (const fs::path& file : all) {
    if (auto added = addPluginFile(file); !added) {
      problems.push_back(added.error().message);
    }
  }
  return problems;
}

Result<void> addPluginFiles(std::span<const std::string> files) {
  std::string listed;
  for (const fs::path& file : listedFiles()) {
    listed += file.string() + ":";
  }
  for (const std::string& file : files) {
    VOLPRESS_CHECK(addPluginFile(file));
    std::error_code ignored;
    listed += fs::absolute(file, ignored).string() + ":";
  }
  ::setenv(kVariable, listed.c_str(), 1);
  return {};
}

}  // namespace volpress::engine
