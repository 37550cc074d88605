#include "app/engine/scene_files.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "app/engine/plugin.hpp"
#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "compressors/mesh_codec.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeadBytes = std::size_t{64} << 10U;

ByteView headOf(const MappedFile& file) {
  return file.bytes().first(std::min(file.bytes().size(), kHeadBytes));
}

/// The codec of one of our files.
Result<const compressors::Codec*> containerCodecOf(ByteView head) {
  const compressors::Codec* codec = compressors::codecForContent(head);
  if (codec != nullptr) {
    return codec;
  }
  if (compressors::meshCodecForContent(head) != nullptr) {
    return fail(ErrorCode::NotThisFormat, "holds a mesh, where splats are wanted");
  }
  if (const std::string id = compressors::containerCodec(head); isPluginName(id)) {
    return pluginMissing(id);
  }
  std::string known;
  for (const compressors::Codec* one : compressors::allCodecs()) {
    known += (known.empty() ? "" : ", ") + one->info().id;
  }
  return fail(ErrorCode::UnsupportedVersion,
              "written by the codec \"{}\", which this version does not have (it has {})",
              compressors::containerCodec(head), known);
}

void setScene(LoadedScene& loaded, Scene scene) {
  loaded.scene = std::make_shared<const Scene>(std::move(scene));
  loaded.cloud = {loaded.scene, &std::get<GaussianCloud>(*loaded.scene)};
}

Result<LoadedScene> loadContainer(ByteView bytes, TaskRunner& runner, Progress& progress,
                                  const std::stop_token& stop, bool acceptsFront) {
  VOLPRESS_TRY(const compressors::Codec* codec, containerCodecOf(bytes));
  VOLPRESS_TRY(const compressors::Container container, acceptsFront
                                                           ? compressors::readContainerFront(bytes)
                                                           : compressors::readContainer(bytes));
  compressors::RunContext context{runner, progress, stop, nullptr, nullptr, 1, {}, {}};
  context.acceptsFront = acceptsFront;
  VOLPRESS_TRY(Scene scene, codec->decode(bytes, context));
  LoadedScene loaded;
  setScene(loaded, std::move(scene));
  VOLPRESS_CHECK(validate(*loaded.cloud));
  loaded.formatId = "vpc";
  loaded.codecId = codec->info().id;
  loaded.parameters = container.parameters;
  loaded.fileBytes = bytes.size();
  loaded.warnings = std::move(context.log);
  return loaded;
}

bool isSceneFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) || path.filename() == "meta.json" ||
         path.filename() == "lod-meta.json";
}

/// The pictures and the meta.json of a loose SOG, or those of all units of a streamed one.
Result<std::vector<formats::ByteShare>> folderBreakdown(const fs::path& path) {
  std::error_code code;
  const fs::path folder = fs::is_directory(path, code) ? path : path.parent_path();
  std::map<std::string, std::uint64_t> sizes;
  code.clear();
  for (fs::recursive_directory_iterator entry(folder.empty() ? fs::path(".") : folder, code);
       !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    const fs::path name = entry->path().filename();
    if (name == "meta.json" || name == "lod-meta.json" || name.extension() == ".webp") {
      sizes[name.string()] += entry->file_size(code);
    }
  }
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot list: {}", folder.string(), code.message());
  }
  std::vector<formats::ByteShare> shares;
  shares.reserve(sizes.size());
  for (const auto& [name, bytes] : sizes) {
    shares.push_back({name, bytes});
  }
  return shares;
}

/// That files can be made beside `path`.
Result<void> checkParent(const fs::path& path) {
  std::error_code code;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::exists(folder, code)) {
    return fail(ErrorCode::IoFailure, "{}: the folder {} does not exist; create it or name another",
                path.string(), folder.string());
  }
  if (!fs::is_directory(folder, code)) {
    return fail(ErrorCode::IoFailure, "{}: {} is not a folder; name another place", path.string(),
                folder.string());
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return fail(ErrorCode::IoFailure,
                "{}: cannot write in the folder {}: {}; choose a folder that may be written",
                path.string(), folder.string(), std::generic_category().message(errno));
  }
  return {};
}

}  // namespace

Result<LoadedScene> loadScene(const fs::path& path, TaskRunner& runner, Progress& progress,
                              const std::stop_token& stop, const formats::ImportOptions& options) {
  std::error_code code;
  if (!fs::exists(path, code)) {
    return fail(ErrorCode::IoFailure, "{}: there is no such file", path.string());
  }
  if (!isSceneFolder(path)) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    if (compressors::isContainer(headOf(file))) {
      auto loaded = loadContainer(file.bytes(), runner, progress, stop, options.openTruncated);
      if (!loaded) {
        return withContext(std::move(loaded).error(), path.string());
      }
      return loaded;
    }
  }
  formats::IoContext context{runner, progress, stop, {}};
  context.options = options;
  VOLPRESS_TRY(formats::LoadedCloud cloud, formats::loadCloud(path, context));
  LoadedScene loaded;
  setScene(loaded, std::move(cloud.cloud));
  loaded.formatId = std::move(cloud.formatId);
  loaded.fileBytes = cloud.fileBytes;
  loaded.warnings = std::move(cloud.warnings);
  loaded.levels = cloud.levels;
  return loaded;
}

Result<std::shared_ptr<const compressors::ViewDependentScene>> openNative(
    const fs::path& path, TaskRunner& runner, const std::stop_token& stop) {
  std::shared_ptr<const compressors::ViewDependentScene> none;
  std::error_code ignored;
  if (isSceneFolder(path) || !fs::is_regular_file(path, ignored)) {
    return none;
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  if (!compressors::isContainer(headOf(file))) {
    return none;
  }
  const compressors::Codec* codec = compressors::codecForContent(headOf(file));
  if (codec == nullptr) {
    return none;
  }
  Progress unseen;
  compressors::RunContext context{runner, unseen, stop, nullptr, nullptr, 1, {}, {}};
  auto opened = codec->openViewDependent(file.bytes(), context);
  if (!opened) {
    return withContext(std::move(opened).error(), path.string());
  }
  return std::shared_ptr<const compressors::ViewDependentScene>(std::move(*opened));
}

Result<EditedScene> editScene(const GaussianCloud& cloud,
                              const std::vector<edit::EditOperation>& edits, TaskRunner& runner,
                              const std::stop_token& stop) {
  Progress unseen;
  edit::EditContext context{runner, unseen, stop};
  EditedScene edited;
  VOLPRESS_TRY(edited.cloud, edit::applyEdits(cloud, edits, context));
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const edit::EditStep& step = context.steps[i];
    if (edits[i].enabled) {
      edited.log.push_back(step.before == step.after
                               ? edit::describeEdit(edits[i])
                               : fmt::format("{}: removes {} of {} splats",
                                             edit::describeEdit(edits[i]), step.before - step.after,
                                             step.before));
    }
  }
  return edited;
}

Result<LoadedScene> loadScene(const fs::path& path, const SceneState& state, TaskRunner& runner,
                              Progress& progress, const std::stop_token& stop) {
  formats::ImportOptions options;
  options.level = state.level;
  VOLPRESS_TRY(LoadedScene loaded, loadScene(path, runner, progress, stop, options));
  if (!state.edits.empty()) {
    VOLPRESS_TRY(EditedScene edited, editScene(*loaded.cloud, state.edits, runner, stop));
    setScene(loaded, std::move(edited.cloud));
    loaded.edited = std::move(edited.log);
  }
  return loaded;
}

Result<std::vector<formats::ByteShare>> fileBreakdown(const fs::path& path) {
  if (isSceneFolder(path)) {
    return folderBreakdown(path);
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const ByteView head = headOf(file);
  const auto shares = [&]() -> Result<std::vector<formats::ByteShare>> {
    if (compressors::isContainer(head)) {
      VOLPRESS_TRY(const compressors::Codec* codec, containerCodecOf(head));
      return codec->breakdown(file.bytes());
    }
    const formats::Format* format = formats::formatForContent(head, path.filename().string());
    if (format == nullptr) {
      return fail(ErrorCode::NotThisFormat, "is no scene file that can be read");
    }
    return format->breakdown(file.bytes());
  }();
  if (!shares) {
    return withContext(shares.error(), path.string());
  }
  return *shares;
}

Result<void> checkOutputPlace(const fs::path& path) {
  std::error_code code;
  if (path.filename().empty() || fs::is_directory(path, code)) {
    return fail(ErrorCode::IoFailure, "{}: is a folder; name a file to write", path.string());
  }
  return checkParent(path);
}

Result<void> checkOutputFolder(const fs::path& folder, const std::string& marker) {
  // "report/" and "report" are one place; the parent of the first would be itself.
  const fs::path plain = folder.filename().empty() ? folder.parent_path() : folder;
  std::error_code code;
  if (plain.empty() || plain == plain.root_path() || plain.filename() == "." ||
      plain.filename() == "..") {
    return fail(ErrorCode::InvalidParameter, "\"{}\" names no new folder; give it a name",
                folder.string());
  }
  if (!fs::exists(plain, code)) {
    return checkParent(plain);
  }
  if (!fs::is_directory(plain, code)) {
    return fail(ErrorCode::IoFailure, "{}: is a file; name a new folder", plain.string());
  }
  const bool replaceable =
      fs::is_empty(plain, code) || (!marker.empty() && fs::is_regular_file(plain / marker, code));
  if (code || !replaceable) {
    return fail(ErrorCode::IoFailure,
                "{}: this folder holds other files, which would be lost; name a new folder",
                plain.string());
  }
  return checkParent(plain);
}

}  // namespace volpress::engine
