#include "app/engine/compare_scenes.hpp"

#include <algorithm>
#include <system_error>

#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/report_scenes.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "scenes.json";  ///< tells a folder of ours from others

/// What must be the same for a scene's report to be kept.
Json identityOf(const fs::path& input, const CompareSpec& spec) {
  Json codecs = Json::array();
  for (const CodecChoice& choice : spec.codecs) {
    codecs.push_back({{"codec", choice.codec},
                      {"preset", choice.preset},
                      {"overrides", paramsToJson(choice.overrides)}});
  }
  std::error_code ignored;
  return {{"input", fs::absolute(input).lexically_normal().string()},
          {"bytes", fs::is_regular_file(input, ignored) ? fs::file_size(input, ignored) : 0},
          {"level", spec.state.level},
          {"codecs", std::move(codecs)},
          {"views", spec.views},
          {"seed", spec.seed},
          {"pictures", spec.shownViews}};
}

/// "03-chair": short, in order, and no two alike.
std::string folderNameOf(std::size_t index, const fs::path& input) {
  const fs::path plain = input.filename().empty() ? input.parent_path() : input;
  return fmt::format("{:02}-{}", index + 1, plain.stem().string());
}

/// The report that lies in `folder`, when it is of `identity`.
std::optional<Report> keptReport(const fs::path& folder, const Json& identity) {
  std::error_code ignored;
  if (!fs::is_regular_file(folder / "comparison.json", ignored)) {
    return std::nullopt;
  }
  const auto known = MappedFile::open(folder / "comparison.json");
  const auto results = MappedFile::open(folder / "results.json");
  if (!known || !results) {
    return std::nullopt;
  }
  const auto parsed = parseJson(viewText(known->bytes()));
  if (!parsed || *parsed != identity) {
    return std::nullopt;
  }
  auto report = reportFromJson(viewText(results->bytes()));
  return report ? std::optional(std::move(*report)) : std::nullopt;
}

Result<void> makeFolder(const fs::path& folder) {
  VOLPRESS_CHECK(checkOutputFolder(folder, kMark));
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot create the folder: {}", folder.string(),
                code.message());
  }
  return writeFileAtomically(folder / kMark, viewBytes("{}\n"));
}

/// Progress of one scene as a part of the whole.
CompareRun partOf(const CompareRun& run, std::size_t index, std::size_t count,
                  const std::string& name) {
  CompareRun part = run;
  part.progress = [&run, index, count, name](const Progress::Snapshot& snapshot) {
    Progress::Snapshot whole = snapshot;
    whole.fraction = (static_cast<double>(index) + snapshot.fraction) / static_cast<double>(count);
    whole.stage = fmt::format("{} ({}/{}), {}", name, index + 1, count, snapshot.stage);
    run.progress(whole);
  };
  return part;
}

}  // namespace

Result<Report> runCompareScenes(const std::vector<fs::path>& inputs, const CompareSpec& spec,
                                const CompareRun& run) {
  const auto meshes = static_cast<std::size_t>(std::count_if(
      inputs.begin(), inputs.end(), [](const fs::path& one) { return isMeshFile(one); }));
  if (meshes != 0 && meshes != inputs.size()) {
    return fail(ErrorCode::InvalidParameter,
                "meshes and splat scenes have no codecs in common; compare them apart");
  }
  VOLPRESS_CHECK(makeFolder(spec.folder));
  std::vector<Report> reports;
  std::vector<std::string> pages;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string name = folderNameOf(i, inputs[i]);
    const Json identity = identityOf(inputs[i], spec);
    pages.push_back(name + "/index.html");
    if (auto kept = keptReport(spec.folder / name, identity)) {
      run.note(fmt::format("{}: kept as it was measured before", name));
      reports.push_back(std::move(*kept));
      continue;
    }
    CompareSpec one = spec;
    one.input = inputs[i];
    one.folder = spec.folder / name;
    VOLPRESS_TRY(Report report, runCompare(one, partOf(run, i, inputs.size(), name)));
    VOLPRESS_CHECK(writeFileAtomically(one.folder / "comparison.json",
                                       viewBytes(dumpJson(identity, 2) + "\n")));
    reports.push_back(std::move(report));
  }
  Report pooled = poolReports(reports, pages);
  VOLPRESS_CHECK(writeReport(spec.folder, pooled));
  return pooled;
}

}  // namespace volpress::engine
