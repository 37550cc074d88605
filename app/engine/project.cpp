#include "app/engine/project.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "app/engine/edit_json.hpp"
#include "app/engine/json_text.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kProjectVersion = 1;
constexpr std::size_t kMaxProjectBytes = std::size_t{256} << 20U;

fs::path relativeTo(const fs::path& file, const fs::path& folder) {
  if (folder.empty() || file.empty()) {
    return file;
  }
  const fs::path relative = file.lexically_normal().lexically_relative(folder.lexically_normal());
  return relative.empty() ? file : relative;
}

fs::path absoluteFrom(const fs::path& file, const fs::path& folder) {
  if (folder.empty() || file.empty() || file.is_absolute()) {
    return file;
  }
  return (folder / file).lexically_normal();
}

/// Texts of other parts are JSON themselves: they stand in the file as such.
Json extrasToJson(const std::map<std::string, std::string>& extras) {
  Json json = Json::object();
  for (const auto& [name, text] : extras) {
    if (auto value = parseJson(text)) {
      json[name] = *std::move(value);
    }
  }
  return json;
}

Result<std::map<std::string, std::string>> extrasFromJson(const Json& object) {
  std::map<std::string, std::string> extras;
  if (!object.contains("extras")) {
    return extras;
  }
  if (!object["extras"].is_object()) {
    return fail(ErrorCode::CorruptData, "JSON field \"extras\" is {}, not an object",
                object["extras"].type_name());
  }
  for (const auto& [name, value] : object["extras"].items()) {
    extras[name] = dumpJson(value);
  }
  return extras;
}

Result<std::string> textOr(const Json& object, const char* field, std::string otherwise = {}) {
  return object.contains(field) ? jsonText(object, field) : Result<std::string>(otherwise);
}

Result<fs::path> file(const Json& object, const char* field, const fs::path& folder) {
  VOLPRESS_TRY(const Json* member, jsonMember(object, field));
  VOLPRESS_TRY(fs::path path, pathFromJson(*member, field));
  return absoluteFrom(path, folder);
}

Json exportToJson(const ExportRecord& one, const fs::path& folder) {
  return {{"file", pathToJson(relativeTo(one.file, folder))},
          {"format", one.format},
          {"fileBytes", one.fileBytes},
          {"splats", one.splats},
          {"meanPsnr", numberToJson(one.meanPsnr)},
          {"worstPsnr", numberToJson(one.worstPsnr)},
          {"meanSsim", numberToJson(one.meanSsim)}};
}

Result<ExportRecord> exportFromJson(const Json& json, const fs::path& folder) {
  ExportRecord one;
  VOLPRESS_TRY(one.file, file(json, "file", folder));
  VOLPRESS_TRY(one.format, jsonText(json, "format"));
  VOLPRESS_TRY(one.fileBytes, jsonCount(json, "fileBytes"));
  VOLPRESS_TRY(one.splats, jsonCount(json, "splats"));
  VOLPRESS_TRY(one.meanPsnr, jsonNumber(json, "meanPsnr"));
  VOLPRESS_TRY(one.worstPsnr, jsonNumber(json, "worstPsnr"));
  VOLPRESS_TRY(one.meanSsim, jsonNumber(json, "meanSsim"));
  return one;
}

Json sourceToJson(const ProjectSource& source, const fs::path& folder) {
  Json json{{"id", source.id},
            {"name", source.name},
            {"file", pathToJson(relativeTo(source.file, folder))},
            {"note", source.note},
            {"extras", extrasToJson(source.extras)}};
  if (!source.edits.empty()) {
    json["edits"] = editsToJson(source.edits);
  }
  return json;
}

Result<ProjectSource> sourceFromJson(const Json& json, const fs::path& folder) {
  ProjectSource source;
  VOLPRESS_TRY(source.id, jsonCount(json, "id"));
  VOLPRESS_TRY(source.name, jsonText(json, "name"));
  VOLPRESS_TRY(source.file, file(json, "file", folder));
  VOLPRESS_TRY(source.note, textOr(json, "note"));
  VOLPRESS_TRY(source.extras, extrasFromJson(json));
  if (json.contains("edits")) {
    VOLPRESS_TRY(source.edits, editsFromJson(json["edits"], "edits"));
  }
  return source;
}

Json variantToJson(const ProjectVariant& variant, const fs::path& folder) {
  Json exports = Json::array();
  for (const ExportRecord& one : variant.exports) {
    exports.push_back(exportToJson(one, folder));
  }
  Json json{{"id", variant.id},
            {"source", variant.source},
            {"name", variant.name},
            {"file", pathToJson(relativeTo(variant.file, folder))},
            {"codec", variant.codec},
            {"preset", variant.preset},
            {"overrides", paramsToJson(variant.overrides)},
            {"job", variant.job},
            {"note", variant.note},
            {"starred", variant.starred},
            {"trashed", variant.trashed},
            {"exports", std::move(exports)}};
  if (!variant.edits.empty()) {
    json["edits"] = editsToJson(variant.edits);
  }
  if (variant.evaluation) {
    json["evaluation"] = parseJson(evaluationToJson(*variant.evaluation)).value_or(Json());
  }
  return json;
}

Result<ProjectVariant> variantFromJson(const Json& json, const fs::path& folder) {
  ProjectVariant variant;
  VOLPRESS_TRY(variant.id, jsonCount(json, "id"));
  VOLPRESS_TRY(variant.source, jsonCount(json, "source"));
  VOLPRESS_TRY(variant.name, jsonText(json, "name"));
  VOLPRESS_TRY(variant.file, file(json, "file", folder));
  VOLPRESS_TRY(variant.codec, jsonText(json, "codec"));
  VOLPRESS_TRY(variant.preset, textOr(json, "preset"));
  VOLPRESS_TRY(const Json* overrides, jsonMember(json, "overrides"));
  VOLPRESS_TRY(variant.overrides, paramsFromJson(*overrides, "overrides"));
  VOLPRESS_TRY(variant.job, jsonCount(json, "job"));
  VOLPRESS_TRY(variant.note, textOr(json, "note"));
  VOLPRESS_TRY(variant.starred, jsonFlag(json, "starred"));
  VOLPRESS_TRY(variant.trashed, jsonFlag(json, "trashed"));
  VOLPRESS_TRY(const Json* exports, jsonList(json, "exports"));
  for (const Json& one : *exports) {
    VOLPRESS_TRY(ExportRecord record, exportFromJson(one, folder));
    variant.exports.push_back(std::move(record));
  }
  if (json.contains("edits")) {
    VOLPRESS_TRY(variant.edits, editsFromJson(json["edits"], "edits"));
  }
  if (json.contains("evaluation")) {
    VOLPRESS_TRY(variant.evaluation, evaluationFromJson(dumpJson(json["evaluation"])));
  }
  return variant;
}

Result<void> checkIds(const Project& project) {
  std::set<std::uint64_t> sources;
  std::set<std::uint64_t> all;
  for (const ProjectSource& source : project.sources) {
    sources.insert(source.id);
    if (source.id == 0 || !all.insert(source.id).second) {
      return fail(ErrorCode::CorruptData, "source {} has the id {}, which is 0 or taken",
                  source.name, source.id);
    }
  }
  for (const ProjectVariant& variant : project.variants) {
    if (variant.id == 0 || !all.insert(variant.id).second) {
      return fail(ErrorCode::CorruptData, "variant {} has the id {}, which is 0 or taken",
                  variant.name, variant.id);
    }
    if (!sources.contains(variant.source)) {
      return fail(ErrorCode::CorruptData, "variant {} is of source {}, which is not there",
                  variant.name, variant.source);
    }
  }
  return {};
}

Result<void> readParts(const Json& json, const fs::path& folder, Project& project) {
  VOLPRESS_TRY(const Json* sources, jsonList(json, "sources"));
  for (const Json& one : *sources) {
    VOLPRESS_TRY(ProjectSource source, sourceFromJson(one, folder));
    project.sources.push_back(std::move(source));
  }
  VOLPRESS_TRY(const Json* variants, jsonList(json, "variants"));
  for (const Json& one : *variants) {
    VOLPRESS_TRY(ProjectVariant variant, variantFromJson(one, folder));
    project.variants.push_back(std::move(variant));
  }
  if (json.contains("presets")) {
    VOLPRESS_TRY(const Json* presets, jsonList(json, "presets"));
    for (const Json& one : *presets) {
      VOLPRESS_TRY(SharedPreset preset, presetFromJson(dumpJson(one)));
      project.presets.push_back(std::move(preset));
    }
  }
  return {};
}

}  // namespace

std::string projectToJson(const Project& project, const fs::path& folder) {
  Json sources = Json::array();
  for (const ProjectSource& source : project.sources) {
    sources.push_back(sourceToJson(source, folder));
  }
  Json variants = Json::array();
  for (const ProjectVariant& variant : project.variants) {
    variants.push_back(variantToJson(variant, folder));
  }
  Json presets = Json::array();
  for (const SharedPreset& preset : project.presets) {
    presets.push_back(parseJson(presetToJson(preset)).value_or(Json()));
  }
  Json json{{"volpressProject", kProjectVersion},
            {"sources", std::move(sources)},
            {"variants", std::move(variants)},
            {"sideA", project.sides[0]},
            {"sideB", project.sides[1]},
            {"defaultCodec", project.defaultCodec},
            {"defaultPreset", project.defaultPreset},
            {"views", project.views},
            {"presets", std::move(presets)},
            {"windowState", project.windowState},
            {"extras", extrasToJson(project.extras)}};
  if (folder.empty()) {
    json["savedAs"] = pathToJson(project.savedAs);
    json["modified"] = project.modified;
  }
  return dumpJson(json, 1) + "\n";
}

Result<Project> projectFromJson(std::string_view text, const fs::path& folder) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  VOLPRESS_TRY(const std::uint64_t version, jsonCount(json, "volpressProject"));
  if (version != kProjectVersion) {
    return fail(ErrorCode::UnsupportedVersion,
                "the project has version {}, this program reads {}; open it with a newer Volpress",
                version, kProjectVersion);
  }
  Project project;
  VOLPRESS_CHECK(readParts(json, folder, project));
  VOLPRESS_CHECK(checkIds(project));
  VOLPRESS_TRY(project.sides[0], jsonCount(json, "sideA"));
  VOLPRESS_TRY(project.sides[1], jsonCount(json, "sideB"));
  VOLPRESS_TRY(project.defaultCodec, textOr(json, "defaultCodec"));
  VOLPRESS_TRY(project.defaultPreset, textOr(json, "defaultPreset"));
  VOLPRESS_TRY(project.views, textOr(json, "views", "auto"));
  VOLPRESS_TRY(project.windowState, textOr(json, "windowState"));
  VOLPRESS_TRY(project.extras, extrasFromJson(json));
  if (json.contains("savedAs")) {
    VOLPRESS_TRY(project.savedAs, pathFromJson(json["savedAs"], "savedAs"));
    VOLPRESS_TRY(project.modified, jsonFlag(json, "modified"));
  }
  return project;
}

Result<Project> loadProject(const fs::path& path) {
  VOLPRESS_TRY(const MappedFile mapped, MappedFile::open(path));
  if (mapped.bytes().size() > kMaxProjectBytes) {
    return fail(ErrorCode::CorruptData, "{}: {} bytes is no project file (at most {})",
                path.string(), mapped.bytes().size(), kMaxProjectBytes);
  }
  std::error_code code;
  auto project = projectFromJson(viewText(mapped.bytes()), fs::absolute(path, code).parent_path());
  if (!project) {
    return withContext(std::move(project).error(), path.string());
  }
  return project;
}

Result<void> saveProject(const Project& project, const fs::path& path) {
  std::error_code code;
  const fs::path folder = fs::absolute(path, code).parent_path();
  return writeFileAtomically(path, viewBytes(std::string_view(projectToJson(project, folder))));
}

fs::path resultsFolderOf(const fs::path& projectFile) {
  return projectFile.parent_path() / (projectFile.stem().string() + ".results");
}

Result<fs::path> copyInto(const fs::path& folder, const fs::path& path) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot make this folder: {}", folder.string(),
                code.message());
  }
  fs::path target = folder / path.filename();
  for (int number = 2; fs::exists(fs::symlink_status(target, code)); ++number) {
    target =
        folder / fmt::format("{}-{}{}", path.stem().string(), number, path.extension().string());
  }
  fs::create_hard_link(path, target, code);
  if (!code) {
    return target;
  }
  VOLPRESS_TRY(const MappedFile mapped, MappedFile::open(path));
  VOLPRESS_CHECK(writeFileAtomically(target, mapped.bytes()));
  return target;
}

std::optional<fs::path> relocate(const fs::path& missing, const fs::path& foundOld,
                                 const fs::path& foundNew) {
  // What follows their common folder moved along with the file that was found.
  const fs::path base = foundOld.parent_path();
  const fs::path newBase = foundNew.parent_path();
  std::error_code code;
  const fs::path relative = missing.lexically_relative(base);
  for (const fs::path& candidate : {newBase / relative, newBase / missing.filename()}) {
    if (!relative.empty() && fs::exists(candidate, code)) {
      return candidate.lexically_normal();
    }
  }
  return std::nullopt;
}

}  // namespace volpress::engine
