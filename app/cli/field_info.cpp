#include <bit>

#include "app/cli/field_commands.hpp"
#include "app/cli/measured_json.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::cli {
namespace {

std::size_t occupiedCells(const HashGridField& field, std::size_t cascade) {
  std::size_t count = 0;
  for (std::size_t byte = 0; byte < kCascadeCells / 8; ++byte) {
    count += static_cast<std::size_t>(
        std::popcount(field.occupancy[cascade * kCascadeCells / 8 + byte]));
  }
  return count;
}

const char* kindName(GridKind kind) {
  switch (kind) {
    case GridKind::Dense: return "dense grid";
    case GridKind::Tiled: return "tiled grid";
    default: return "hash grid";
  }
}

engine::Json networkToJson(const FieldNetwork& network) {
  return {{"inputs", network.inputs},
          {"neurons", network.neurons},
          {"hiddenLayers", network.hiddenLayers},
          {"outputs", network.outputs},
          {"paddedOutputs", network.paddedOutputs},
          {"parameters", network.parameters()}};
}

engine::Json toJson(const std::string& file, const engine::LoadedFieldScene& scene) {
  const HashGridField& field = *scene.field;
  engine::Json levels = engine::Json::array();
  for (const GridLevel& level : gridLevels(field.grid)) {
    levels.push_back(
        {{"resolution", level.resolution}, {"entries", level.entries}, {"hashed", level.hashed}});
  }
  engine::Json cascades = engine::Json::array();
  for (std::size_t cascade = 0; cascade < field.cascades() && !field.occupancy.empty(); ++cascade) {
    cascades.push_back({{"occupied", occupiedCells(field, cascade)}, {"cells", kCascadeCells}});
  }
  engine::Json json{{"file", file},
                    {"kind", "field"},
                    {"format", scene.formatId},
                    {"fileBytes", scene.fileBytes},
                    {"parameters", field.parameters.size()},
                    {"grid",
                     {{"kind", kindName(field.grid.kind)},
                      {"levels", levels},
                      {"features", field.grid.features},
                      {"tableBits", field.grid.tableBits},
                      {"growth", field.grid.growth}}},
                    {"density", networkToJson(field.density)},
                    {"color", networkToJson(field.color)},
                    {"aabbScale", field.aabbScale},
                    {"cascades", cascades},
                    {"views", field.views.size()},
                    {"trainingStep", field.trainingStep},
                    {"plainBytes", engine::plainFieldBytes(field)},
                    {"warnings", scene.warnings}};
  if (!scene.codecId.empty()) {
    json["codec"] = scene.codecId;
    const auto parameters = engine::parseJson(scene.parameters);
    json["codecParameters"] = parameters ? *parameters : engine::Json(scene.parameters);
  }
  return json;
}

std::string networkWords(const FieldNetwork& network) {
  return fmt::format("{} inputs, {} x {} neurons, {} outputs (padded to {})", network.inputs,
                     network.hiddenLayers, network.neurons, network.outputs, network.paddedOutputs);
}

std::string toText(const std::string& file, const engine::LoadedFieldScene& scene) {
  const HashGridField& field = *scene.field;
  const std::vector<GridLevel> levels = gridLevels(field.grid);
  std::string text = fmt::format("{}\n", file);
  text += fmt::format("  format     {}\n", scene.codecId.empty()
                                               ? std::string("Instant-NGP snapshot")
                                               : "volpress file, codec " + scene.codecId);
  text += fmt::format("  field      {} parameters, {} as plain arrays\n",
                      describeCount(field.parameters.size()),
                      describeBytes(engine::plainFieldBytes(field)));
  text += fmt::format("  size       {} ({} bytes)\n", describeBytes(scene.fileBytes),
                      describeCount(scene.fileBytes));
  text += fmt::format(
      "  grid       {}, {} levels of {} features, resolutions {} to {}, 2^{} entries at most\n",
      kindName(field.grid.kind), field.grid.levels, field.grid.features, levels.front().resolution,
      levels.back().resolution, field.grid.tableBits);
  text += fmt::format("  density    {}\n", networkWords(field.density));
  text += fmt::format("  colour     {}{}\n", networkWords(field.color),
                      field.isHdr ? ", high dynamic range" : "");
  text += fmt::format("  box        side {} around (0.5, 0.5, 0.5), {} cascades\n", field.aabbScale,
                      field.cascades());
  for (std::size_t cascade = 0; cascade < field.cascades() && !field.occupancy.empty(); ++cascade) {
    const std::size_t occupied = occupiedCells(field, cascade);
    text += fmt::format("  cascade {}  {} of {} cells occupied ({:.2f} %)\n", cascade,
                        describeCount(occupied), describeCount(kCascadeCells),
                        100 * static_cast<double>(occupied) / static_cast<double>(kCascadeCells));
  }
  text += fmt::format("  training   step {}, {} cameras\n", field.trainingStep, field.views.size());
  if (!scene.parameters.empty()) {
    text += fmt::format("  parameters {}\n", scene.parameters);
  }
  for (const std::string& warning : scene.warnings) {
    text += "  note: " + warning + "\n";
  }
  return text;
}

Result<engine::LoadedFieldScene> load(const std::string& file, TaskRunner& runner,
                                      Console& console) {
  Progress progress;
  return engine::loadFieldScene(file, runner, progress, console.stopToken());
}

/// What may be wrong with a field; the first word says how bad it is.
std::vector<std::string> findings(const engine::LoadedFieldScene& scene, TaskRunner& runner) {
  const HashGridField& field = *scene.field;
  std::vector<std::string> found;
  const auto add = [&](const char* severity, const std::string& what) {
    found.push_back(fmt::format("{:<8} {}", severity, what));
  };
  for (const std::string& warning : scene.warnings) {
    add("warning", warning);
  }
  if (!field.occupancy.empty()) {
    std::size_t occupied = 0;
    for (std::size_t cascade = 0; cascade < field.cascades(); ++cascade) {
      occupied += occupiedCells(field, cascade);
    }
    if (occupied == 0) {
      add("warning", "no cell is occupied: nothing is drawn");
    }
    const std::vector<std::uint8_t> flags = touchedEntries(field, runner);
    std::size_t unseen = 0;
    for (const std::uint8_t flag : flags) {
      unseen += flag == 0 ? 1U : 0U;
    }
    if (unseen != 0) {
      add("note", fmt::format("{} of {} grid entries are read by no occupied cell",
                              describeCount(unseen), describeCount(flags.size())));
    }
  }
  if (field.views.empty()) {
    add("note", "the snapshot names no training cameras");
  }
  return found;
}

}  // namespace

Result<void> fieldInfo(const std::string& file, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedFieldScene scene, load(file, *runner, console));
  engine::Json json = toJson(file, scene);
  std::string text = toText(file, scene);
  VOLPRESS_TRY(const std::vector<formats::ByteShare> shares, engine::fieldFileBreakdown(file));
  if (!shares.empty()) {
    text += "  where the bytes go\n" + describeBreakdown(shares);
  }
  json["breakdown"] = breakdownJson(shares);
  console.print(text);
  console.printJson(engine::dumpJson(json, 2));
  return {};
}

Result<void> fieldDoctor(const std::string& file, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedFieldScene scene, load(file, *runner, console));
  const std::vector<std::string> found = findings(scene, *runner);
  std::string text = fmt::format("{}\n", file);
  bool anyWarning = false;
  for (const std::string& line : found) {
    text += "  " + line + "\n";
    anyWarning = anyWarning || line.starts_with("warning");
  }
  console.print(found.empty() ? text + "  Nothing is wrong with it.\n" : text);
  engine::Json json = toJson(file, scene);
  json["findings"] = found;
  console.printJson(engine::dumpJson(json, 2));
  if (anyWarning) {
    console.setExitCode(kFindings);
  }
  return {};
}

}  // namespace volpress::cli
