// volpress doctor
#include <optional>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/engine/diagnose.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/scene_files.hpp"

namespace volpress::cli {
namespace {

struct DoctorOptions {
  std::string input;
  std::string repair;
};

struct Repair {
  std::string output;
  engine::RepairedFile file;
};

engine::Json toJson(const std::string& file, const engine::Diagnosis& diagnosis,
                    const std::optional<Repair>& repair) {
  engine::Json findings = engine::Json::array();
  for (const engine::Finding& finding : diagnosis.findings) {
    findings.push_back({{"id", finding.id},
                        {"severity", engine::severityName(finding.severity)},
                        {"what", finding.what},
                        {"advice", finding.advice},
                        {"splats", finding.splats},
                        {"repairable", finding.repairable}});
  }
  engine::Json json{{"file", file},
                    {"format", diagnosis.formatId},
                    {"fileBytes", diagnosis.fileBytes},
                    {"splats", diagnosis.splats},
                    {"shDegree", diagnosis.shDegree},
                    {"levels", diagnosis.levels},
                    {"bounds", {{"min", diagnosis.bounds.min}, {"max", diagnosis.bounds.max}}},
                    {"typicalSize", engine::numberToJson(diagnosis.typicalSize)},
                    {"overdraw", engine::numberToJson(diagnosis.overdraw)},
                    {"findings", findings}};
  if (repair) {
    json["repaired"] = {{"output", repair->output},
                        {"splats", repair->file.splats},
                        {"removed", repair->file.report.removed},
                        {"adjusted", repair->file.report.adjusted}};
  }
  return json;
}

std::string toText(const std::string& file, const engine::Diagnosis& diagnosis) {
  const Bounds& bounds = diagnosis.bounds;
  std::string text = fmt::format(
      "{}\n  splats     {}, SH degree {}, {}{}\n", file, describeCount(diagnosis.splats),
      diagnosis.shDegree, describeBytes(diagnosis.fileBytes),
      diagnosis.levels > 1 ? fmt::format(", finest of {} levels", diagnosis.levels) : "");
  text += fmt::format("  bounds     ({:.4g}, {:.4g}, {:.4g}) to ({:.4g}, {:.4g}, {:.4g})\n",
                      bounds.min[0], bounds.min[1], bounds.min[2], bounds.max[0], bounds.max[1],
                      bounds.max[2]);
  text += fmt::format("  size       {:.3g} (a typical splat's)\n", diagnosis.typicalSize);
  text +=
      fmt::format("  overdraw   {:.0f} splats over a pixel, seen as a whole\n", diagnosis.overdraw);
  if (diagnosis.findings.empty()) {
    return text + "  Nothing is wrong with it.\n";
  }
  for (const engine::Finding& finding : diagnosis.findings) {
    text += fmt::format("  {:<8} {}\n", engine::severityName(finding.severity), finding.what);
    if (!finding.advice.empty()) {
      text += fmt::format("           {}\n", finding.advice);
    }
  }
  return text;
}

Result<void> examine(const DoctorOptions& options, const CommonOptions& common, Console& console) {
  if (engine::isFieldFile(options.input)) {
    return options.repair.empty()
               ? fieldDoctor(options.input, common, console)
               : fail(ErrorCode::InvalidParameter,
                      "{}: is a radiance field; --repair is for splats", options.input);
  }
  if (engine::isMeshFile(options.input)) {
    return options.repair.empty() ? meshDoctor(options.input, common, console)
                                  : fail(ErrorCode::InvalidParameter,
                                         "{}: is a mesh; --repair is for splats", options.input);
  }
  if (engine::isPictureFile(options.input)) {
    return fail(ErrorCode::InvalidParameter,
                "{}: is a picture, in which nothing is examined; \"volpress info\" describes it",
                options.input);
  }
  if (!options.repair.empty()) {
    VOLPRESS_CHECK(engine::checkOutputPlace(options.repair));
  }
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  VOLPRESS_TRY(const engine::Diagnosis diagnosis,
               engine::diagnoseFile(options.input, *runner, progress, console.stopToken()));
  console.print(toText(options.input, diagnosis));
  std::optional<Repair> repair;
  if (!options.repair.empty()) {
    repair.emplace();
    repair->output = options.repair;
    VOLPRESS_TRY(repair->file, engine::writeRepaired(diagnosis, options.repair, *runner, progress,
                                                     console.stopToken()));
    console.print(fmt::format("{}: {} splats; {} removed, {} numbers adjusted\n", options.repair,
                              describeCount(repair->file.splats),
                              describeCount(repair->file.report.removed),
                              describeCount(repair->file.report.adjusted)));
    for (const std::string& warning : repair->file.warnings) {
      console.note("note: " + warning);
    }
  }
  console.printJson(engine::dumpJson(toJson(options.input, diagnosis, repair), 2));
  if (diagnosis.hasProblems() && !repair) {
    console.setExitCode(kFindings);
  }
  return {};
}

}  // namespace

Command addDoctorCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "doctor", "Say what is wrong with a scene file, and write a repaired copy");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<DoctorOptions>();
  app->add_option("FILE", options->input, "A scene file, a .vpc, or a folder with a SOG")
      ->required();
  app->add_option("--repair", options->repair,
                  "Write a copy without what can be repaired; FILE stays as it is")
      ->type_name("OUT");
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress doctor scan.ply\n"
      "  volpress doctor scan.ply --repair mended.ply\n"
      "Exit codes: 0 nothing is wrong (or only notes), or the repaired copy was written; 3 "
      "something "
      "is wrong;\n1 the file cannot be read.");
  return {app, common,
          [common, options](Console& console) { return examine(*options, *common, console); }};
}

}  // namespace volpress::cli
