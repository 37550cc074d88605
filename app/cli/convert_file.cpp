#include "app/cli/convert_file.hpp"

#include <chrono>
#include <system_error>

#include "app/engine/baking_loss.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/staged_progress.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::cli {
namespace {

/// That the output can be made; formats of many files make their folder themselves.
Result<void> checkPlace(const std::filesystem::path& output) {
  const bool ownsFolder = output.filename() == "meta.json" || output.filename() == "lod-meta.json";
  std::error_code ignored;
  return ownsFolder && !std::filesystem::exists(output.parent_path(), ignored)
             ? engine::checkOutputPlace(output.parent_path())
             : engine::checkOutputPlace(output);
}

}  // namespace

Result<const formats::Format*> outputFormat(const std::string& output) {
  const std::filesystem::path path(output);
  if (path.extension() == ".vpc") {
    return fail(ErrorCode::InvalidParameter,
                "{}: a .vpc is written by \"volpress encode ... --codec ID\"; \"volpress codecs\" "
                "lists them",
                output);
  }
  if (path.filename() == "meta.json") {
    return formats::findFormat("sog");
  }
  const formats::Format* format = formats::formatForName(path.filename().string());
  if (format != nullptr && format->info().writes) {
    return format;
  }
  std::string known;
  for (const formats::Format* one : formats::allFormats()) {
    if (one->info().writes) {
      for (const std::string& extension : one->info().extensions) {
        known += (known.empty() ? "" : ", ") + extension;
      }
    }
  }
  return fail(ErrorCode::InvalidParameter,
              "{}: this name's extension is no format that can be written ({})", output, known);
}

Result<Converted> convertFile(const std::string& input, const std::string& output,
                              const ConvertOptions& options, TaskRunner& runner, Console& console) {
  VOLPRESS_TRY(const formats::Format* format, outputFormat(output));
  VOLPRESS_TRY(const ParamSet params, parseSettings(format->info().writeParams, options.settings));
  VOLPRESS_CHECK(checkPlace(output));
  const auto start = std::chrono::steady_clock::now();
  engine::StagedProgress progress;
  progress.setStages(
      {{"reading", 1}, {"editing", options.edits.empty() ? 0.0 : 1.0}, {"writing", 2}});
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  formats::ImportOptions reading;
  reading.level = options.level;
  reading.openTruncated = options.acceptsFront;
  VOLPRESS_TRY(engine::LoadedScene scene,
               engine::loadScene(input, runner, progress.enter(0), console.stopToken(), reading));
  Converted converted;
  converted.notes = std::move(scene.warnings);
  VOLPRESS_TRY(const auto native, engine::openNative(input, runner, console.stopToken()));
  if (native != nullptr) {
    const engine::DrawnScene both{scene.cloud, native};
    VOLPRESS_TRY(const engine::BakingLoss loss,
                 engine::measureBakingLoss(both, input, runner, console.stopToken()));
    converted.notes.push_back(engine::describeBaking(both, loss));
  }
  std::shared_ptr<const GaussianCloud> cloud = std::move(scene.cloud);
  scene.scene.reset();
  if (!options.edits.empty()) {
    progress.enter(1);
    VOLPRESS_TRY(engine::EditedScene edited,
                 engine::editScene(*cloud, options.edits, runner, console.stopToken()));
    cloud = std::make_shared<const GaussianCloud>(std::move(edited.cloud));
    converted.notes.insert(converted.notes.end(), edited.log.begin(), edited.log.end());
  }
  if (options.shDegree < cloud->shDegree) {
    cloud = std::make_shared<const GaussianCloud>(withShDegree(*cloud, options.shDegree));
  }
  formats::IoContext context{runner, progress.enter(2), console.stopToken(), {}};
  VOLPRESS_TRY(converted.outputBytes, formats::saveCloud(output, *cloud, params, context));
  progress.finish();
  converted.notes.insert(converted.notes.end(), context.warnings.begin(), context.warnings.end());
  converted.input = input;
  converted.output = output;
  converted.label = format->info().label;
  converted.formatId = format->info().id;
  converted.lost = format->info().lost;
  converted.splats = cloud->count;
  converted.shDegree = cloud->shDegree;
  converted.inputBytes = scene.fileBytes;
  if (!converted.lost.empty()) {
    console.note(fmt::format("{}: lost in this format: {}", output, converted.lost));
  }
  converted.seconds = secondsSince(start);
  return converted;
}

std::string describeConverted(const Converted& converted) {
  std::string text = fmt::format(
      "{}: {} splats, SH degree {}, {} as {} (from {}), {:.2f} s\n", converted.output,
      describeCount(converted.splats), converted.shDegree, describeBytes(converted.outputBytes),
      converted.label, describeBytes(converted.inputBytes), converted.seconds);
  for (const std::string& note : converted.notes) {
    text += "note: " + note + "\n";
  }
  return text;
}

engine::Json convertedToJson(const Converted& converted) {
  return {{"input", converted.input},
          {"output", converted.output},
          {"format", converted.formatId},
          {"splats", converted.splats},
          {"shDegree", converted.shDegree},
          {"inputBytes", converted.inputBytes},
          {"outputBytes", converted.outputBytes},
          {"seconds", converted.seconds},
          {"lost", converted.lost},
          {"warnings", converted.notes}};
}

}  // namespace volpress::cli
