// volpress convert FOLDER OUTFOLDER --to EXTENSION
#include <algorithm>
#include <set>
#include <system_error>

#include "app/cli/convert_file.hpp"
#include "app/engine/scene_files.hpp"

namespace volpress::cli {
namespace {

namespace fs = std::filesystem;

/// The longest known extension of a name, with the dot; empty for what is no scene.
std::string sceneExtension(const std::string& name) {
  if (name.ends_with(".vpc")) {
    return ".vpc";
  }
  const formats::Format* format = formats::formatForName(name);
  std::string longest;
  for (std::size_t i = 0; format != nullptr && i < format->info().extensions.size(); ++i) {
    const std::string& extension = format->info().extensions[i];
    if (name.size() > extension.size() && extension.size() > longest.size() &&
        std::equal(extension.begin(), extension.end(),
                   name.end() - static_cast<std::ptrdiff_t>(extension.size()), [](char a, char b) {
                     return a == std::tolower(static_cast<unsigned char>(b));
                   })) {
      longest = extension;
    }
  }
  return longest;
}

bool holdsOneScene(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "meta.json", ignored) ||
         fs::is_regular_file(folder / "lod-meta.json", ignored);
}

/// Scenes below `folder` relative to it, sorted; `avoid` is not entered.
Result<std::vector<fs::path>> scenesBelow(const fs::path& folder, const fs::path& avoid) {
  std::vector<fs::path> scenes;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code);
       !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    std::error_code ignored;
    const fs::path relative = entry->path().lexically_relative(folder);
    if (entry->is_directory(ignored)) {
      if (holdsOneScene(entry->path())) {
        scenes.push_back(relative);
        entry.disable_recursion_pending();
      } else if (fs::equivalent(entry->path(), avoid, ignored)) {
        entry.disable_recursion_pending();
      }
    } else if (!sceneExtension(entry->path().filename().string()).empty()) {
      scenes.push_back(relative);
    }
  }
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot list: {}", folder.string(), code.message());
  }
  std::sort(scenes.begin(), scenes.end());
  return scenes;
}

fs::path targetOf(const fs::path& relative, const std::string& extension) {
  const std::string name = relative.filename().string();
  const std::string stem = name.substr(0, name.size() - sceneExtension(name).size());
  // Formats of many files get a folder of their own.
  if (extension == "meta.json" || extension == "lod-meta.json") {
    return relative.parent_path() / stem / extension;
  }
  return relative.parent_path() / (stem + extension);
}

}  // namespace

Result<void> convertFolder(const ConvertOptions& options, const CommonOptions& common,
                           Console& console) {
  std::string extension = options.to;
  if (extension != "meta.json" && extension != "lod-meta.json" && !extension.starts_with('.')) {
    extension = "." + extension;
  }
  VOLPRESS_TRY(const formats::Format* format, outputFormat("scene" + extension));
  VOLPRESS_CHECK(parseSettings(format->info().writeParams, options.settings));
  const fs::path from(options.input);
  const fs::path to(options.output);
  std::error_code code;
  fs::create_directories(to, code);
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot make this folder: {}", to.string(),
                code.message());
  }
  VOLPRESS_TRY(const std::vector<fs::path> scenes, scenesBelow(from, to));
  if (scenes.empty()) {
    return fail(ErrorCode::IoFailure, "{}: there is no scene in this folder", from.string());
  }
  const auto runner = makeThreadRunner(common.threads);
  engine::Json done = engine::Json::array();
  engine::Json failed = engine::Json::array();
  std::string failures;
  std::set<fs::path> written;
  for (const fs::path& scene : scenes) {
    const fs::path target = to / targetOf(scene, extension);
    const auto convertOne = [&]() -> Result<Converted> {
      if (!written.insert(target).second) {
        return fail(ErrorCode::IoFailure, "{}: another scene is already written to {}",
                    (from / scene).string(), target.string());
      }
      std::error_code ignored;
      fs::create_directories(target.parent_path(), ignored);
      return convertFile((from / scene).string(), target.string(), options, *runner, console);
    };
    const Result<Converted> converted = convertOne();
    if (converted) {
      console.print(describeConverted(*converted));
      done.push_back(convertedToJson(*converted));
      continue;
    }
    if (converted.error().code == ErrorCode::Cancelled) {
      return tl::unexpected<Error>(converted.error());
    }
    console.note("failed: " + converted.error().message);
    failed.push_back({{"input", (from / scene).string()}, {"error", converted.error().message}});
    failures += (failures.empty() ? "" : ", ") + scene.string();
  }
  console.printJson(engine::dumpJson({{"converted", done}, {"failed", failed}}, 2));
  if (!failed.empty()) {
    return fail(ErrorCode::IoFailure, "{} of {} scenes could not be converted: {}", failed.size(),
                scenes.size(), failures);
  }
  return {};
}

}  // namespace volpress::cli
