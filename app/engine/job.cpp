#include "app/engine/job.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "app/engine/edit_json.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/mesh_quality_json.hpp"
#include "app/engine/photo_json.hpp"
#include "app/engine/shell_words.hpp"

namespace volpress::engine {
namespace {

double meanOf(const std::vector<ViewQuality>& views,
              const std::function<double(const ViewQuality&)>& value) {
  double sum = 0;
  for (const ViewQuality& view : views) {
    sum += value(view);
  }
  return views.empty() ? 0 : sum / static_cast<double>(views.size());
}

std::string photosToWords(const PhotoOptions& photos) {
  const PhotoOptions usual;
  std::string line = " --photos " + shellWord(photos.dataset.string());
  if (!photos.images.empty()) {
    line += " --photo-folder " + shellWord(photos.images.string());
  }
  if (photos.downscale != usual.downscale) {
    line += fmt::format(" --downscale {}", photos.downscale);
  }
  if (photos.longestSide != usual.longestSide) {
    line += fmt::format(" --resolution {}", photos.longestSide);
  }
  if (photos.holdout != usual.holdout) {
    line += fmt::format(" --holdout {}", photos.holdout);
  }
  return line;
}

Json viewToJson(const ViewQuality& view) {
  return {{"view", view.view},
          {"heldOut", view.heldOut},
          {"psnr", numberToJson(view.psnr)},
          {"ssim", numberToJson(view.ssim)},
          {"msSsim", numberToJson(view.msSsim)},
          {"flip", numberToJson(view.flip)}};
}

Result<ViewQuality> viewFromJson(const Json& json) {
  ViewQuality view;
  VOLPRESS_TRY(view.view, jsonText(json, "view"));
  VOLPRESS_TRY(view.heldOut, jsonFlag(json, "heldOut"));
  VOLPRESS_TRY(view.psnr, jsonNumber(json, "psnr"));
  VOLPRESS_TRY(view.ssim, jsonNumber(json, "ssim"));
  VOLPRESS_TRY(view.msSsim, jsonNumber(json, "msSsim"));
  VOLPRESS_TRY(view.flip, jsonNumber(json, "flip"));
  return view;
}

Result<std::optional<QualityTarget>> targetFromJson(const Json& json) {
  std::optional<QualityTarget> target;
  for (const auto& [field, kind] :
       {std::pair<const char*, QualityTarget::Kind>{"targetBytes", QualityTarget::Kind::SizeBytes},
        {"targetPsnr", QualityTarget::Kind::MeanPsnr}}) {
    if (!json.contains(field)) {
      continue;
    }
    VOLPRESS_TRY(const double value, jsonNumber(json, field));
    if (target || !std::isfinite(value) || value <= 0) {
      return fail(ErrorCode::InvalidParameter,
                  "JSON field \"{}\" is {}; a job has one target, over 0", field, value);
    }
    target = QualityTarget{kind, value};
  }
  return target;
}

}  // namespace

double Evaluation::ratio() const {
  return fileBytes == 0 ? 0 : static_cast<double>(referenceBytes) / static_cast<double>(fileBytes);
}

double Evaluation::meanPsnr() const {
  return meanOf(views, [](const ViewQuality& view) { return std::min(view.psnr, kIdenticalPsnr); });
}

double Evaluation::bakedMeanPsnr() const {
  return meanOf(bakedViews,
                [](const ViewQuality& view) { return std::min(view.psnr, kIdenticalPsnr); });
}

double Evaluation::worstPsnr() const {
  double worst = views.empty() ? 0 : kIdenticalPsnr;
  for (const ViewQuality& view : views) {
    worst = std::min(worst, view.psnr);
  }
  return worst;
}

double Evaluation::meanSsim() const {
  return meanOf(views, [](const ViewQuality& view) { return view.ssim; });
}

double Evaluation::meanMsSsim() const {
  return meanOf(views, [](const ViewQuality& view) { return view.msSsim; });
}

double Evaluation::meanFlip() const {
  return meanOf(views, [](const ViewQuality& view) { return view.flip; });
}

const char* jobStateName(JobState state) {
  switch (state) {
    case JobState::Queued: return "queued";
    case JobState::Running: return "running";
    case JobState::Pausing: return "pausing";
    case JobState::Paused: return "paused";
    case JobState::Interrupted: return "interrupted";
    case JobState::Done: return "done";
    case JobState::Failed: return "failed";
    case JobState::Cancelled: return "cancelled";
  }
  return "unknown";
}

std::optional<JobState> jobStateFromName(std::string_view name) {
  for (const JobState state :
       {JobState::Queued, JobState::Running, JobState::Pausing, JobState::Paused,
        JobState::Interrupted, JobState::Done, JobState::Failed, JobState::Cancelled}) {
    if (name == jobStateName(state)) {
      return state;
    }
  }
  return std::nullopt;
}

bool isPending(JobState state) {
  return state != JobState::Done && state != JobState::Failed && state != JobState::Cancelled;
}

Result<double> parseByteSize(std::string_view text) {
  double value = 0;
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  while (unit.starts_with(' ')) {
    unit.remove_prefix(1);
  }
  constexpr std::array<std::pair<std::string_view, double>, 11> kUnits{{{"", 1},
                                                                        {"B", 1},
                                                                        {"k", 1e3},
                                                                        {"kB", 1e3},
                                                                        {"KB", 1e3},
                                                                        {"M", 1e6},
                                                                        {"MB", 1e6},
                                                                        {"GB", 1e9},
                                                                        {"KiB", 1024},
                                                                        {"MiB", 1048576},
                                                                        {"GiB", 1073741824}}};
  const auto* const at = std::find_if(kUnits.begin(), kUnits.end(),
                                      [&](const auto& one) { return one.first == unit; });
  if (code != std::errc() || at == kUnits.end() || value <= 0 ||
      !std::isfinite(value * at->second)) {
    return fail(ErrorCode::InvalidParameter,
                "\"{}\" is no size; write for instance 20MB, 850kB or 1.5MiB", text);
  }
  return value * at->second;
}

std::string jobToJson(const JobSpec& spec) {
  Json json{{"input", pathToJson(spec.input)},
            {"output", pathToJson(spec.output)},
            {"codec", spec.codec},
            {"preset", spec.preset},
            {"overrides", paramsToJson(spec.overrides)},
            {"views", spec.views},
            {"seed", spec.seed},
            {"threads", spec.threads}};
  if (spec.level != 0) {
    json["level"] = spec.level;
  }
  if (!spec.edits.empty()) {
    json["edits"] = editsToJson(spec.edits);
  }
  if (spec.target) {
    json[spec.target->kind == QualityTarget::Kind::SizeBytes ? "targetBytes" : "targetPsnr"] =
        numberToJson(spec.target->value);
  }
  if (!spec.photos.dataset.empty()) {
    json["photos"] = photosToJson(spec.photos);
  }
  if (!spec.title.empty()) {
    json["title"] = spec.title;
  }
  if (spec.owner != 0) {
    json["owner"] = spec.owner;
  }
  if (!spec.record.empty()) {
    json["record"] = pathToJson(spec.record);
  }
  if (!spec.scratch.empty()) {
    json["scratch"] = pathToJson(spec.scratch);
    json["checkpointSeconds"] = spec.checkpointSeconds;
  }
  if (spec.previewSeconds > 0) {
    json["previewSeconds"] = spec.previewSeconds;
  }
  return dumpJson(json);
}

Result<JobSpec> jobFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  JobSpec spec;
  VOLPRESS_TRY(const Json* input, jsonMember(json, "input"));
  VOLPRESS_TRY(spec.input, pathFromJson(*input, "input"));
  VOLPRESS_TRY(const Json* output, jsonMember(json, "output"));
  VOLPRESS_TRY(spec.output, pathFromJson(*output, "output"));
  VOLPRESS_TRY(spec.codec, jsonText(json, "codec"));
  // The rest has defaults, so that a job written by hand can be short.
  if (json.contains("preset")) {
    VOLPRESS_TRY(spec.preset, jsonText(json, "preset"));
  }
  if (json.contains("overrides")) {
    VOLPRESS_TRY(spec.overrides, paramsFromJson(json["overrides"], "overrides"));
  }
  if (json.contains("level")) {
    VOLPRESS_TRY(const std::uint64_t level, jsonCount(json, "level"));
    spec.level = static_cast<unsigned>(std::min<std::uint64_t>(level, 1000));
  }
  if (json.contains("edits")) {
    VOLPRESS_TRY(spec.edits, editsFromJson(json["edits"], "edits"));
  }
  if (json.contains("views")) {
    VOLPRESS_TRY(spec.views, jsonText(json, "views"));
  }
  if (json.contains("seed")) {
    VOLPRESS_TRY(spec.seed, jsonCount(json, "seed"));
  }
  if (json.contains("threads")) {
    VOLPRESS_TRY(spec.threads, jsonCount(json, "threads"));
  }
  if (json.contains("photos")) {
    VOLPRESS_TRY(spec.photos, photosFromJson(json["photos"]));
  }
  if (json.contains("title")) {
    VOLPRESS_TRY(spec.title, jsonText(json, "title"));
  }
  if (json.contains("owner")) {
    VOLPRESS_TRY(spec.owner, jsonCount(json, "owner"));
  }
  if (json.contains("record")) {
    VOLPRESS_TRY(spec.record, pathFromJson(json["record"], "record"));
  }
  if (json.contains("scratch")) {
    VOLPRESS_TRY(spec.scratch, pathFromJson(json["scratch"], "scratch"));
  }
  if (json.contains("checkpointSeconds")) {
    VOLPRESS_TRY(spec.checkpointSeconds, jsonNumber(json, "checkpointSeconds"));
  }
  if (json.contains("previewSeconds")) {
    VOLPRESS_TRY(spec.previewSeconds, jsonNumber(json, "previewSeconds"));
  }
  VOLPRESS_TRY(spec.target, targetFromJson(json));
  return spec;
}

std::string evaluationToJson(const Evaluation& evaluation) {
  Json breakdown = Json::array();
  for (const formats::ByteShare& share : evaluation.breakdown) {
    breakdown.push_back({{"name", share.name}, {"bytes", share.bytes}});
  }
  Json views = Json::array();
  for (const ViewQuality& view : evaluation.views) {
    views.push_back(viewToJson(view));
  }
  Json json{{"fileBytes", evaluation.fileBytes},
            {"referenceBytes", evaluation.referenceBytes},
            {"ratio", numberToJson(evaluation.ratio())},
            {"splatsIn", evaluation.splatsIn},
            {"splatsOut", evaluation.splatsOut},
            {"encodeSeconds", numberToJson(evaluation.encodeSeconds)},
            {"decodeSeconds", numberToJson(evaluation.decodeSeconds)},
            {"peakMemoryBytes", evaluation.peakMemoryBytes},
            {"meanPsnr", numberToJson(evaluation.meanPsnr())},
            {"worstPsnr", numberToJson(evaluation.worstPsnr())},
            {"meanSsim", numberToJson(evaluation.meanSsim())},
            {"meanMsSsim", numberToJson(evaluation.meanMsSsim())},
            {"meanFlip", numberToJson(evaluation.meanFlip())},
            {"encodes", evaluation.encodes},
            {"settled", paramsToJson(evaluation.settled)},
            {"breakdown", std::move(breakdown)},
            {"views", std::move(views)}};
  if (!evaluation.missedTarget.empty()) {
    json["missedTarget"] = evaluation.missedTarget;
  }
  if (evaluation.isNative()) {
    json["bakedMeanPsnr"] = numberToJson(evaluation.bakedMeanPsnr());
    json["bakedViews"] = Json::array();
    for (const ViewQuality& view : evaluation.bakedViews) {
      json["bakedViews"].push_back(viewToJson(view));
    }
  }
  if (evaluation.mesh) {
    json["mesh"] = meshQualityToJson(*evaluation.mesh);
  }
  return dumpJson(json);
}

Result<Evaluation> evaluationFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  Evaluation evaluation;
  VOLPRESS_TRY(evaluation.fileBytes, jsonCount(json, "fileBytes"));
  VOLPRESS_TRY(evaluation.referenceBytes, jsonCount(json, "referenceBytes"));
  VOLPRESS_TRY(evaluation.splatsIn, jsonCount(json, "splatsIn"));
  VOLPRESS_TRY(evaluation.splatsOut, jsonCount(json, "splatsOut"));
  VOLPRESS_TRY(evaluation.encodeSeconds, jsonNumber(json, "encodeSeconds"));
  VOLPRESS_TRY(evaluation.decodeSeconds, jsonNumber(json, "decodeSeconds"));
  VOLPRESS_TRY(evaluation.peakMemoryBytes, jsonCount(json, "peakMemoryBytes"));
  VOLPRESS_TRY(const Json* breakdown, jsonList(json, "breakdown"));
  for (const Json& share : *breakdown) {
    formats::ByteShare read;
    VOLPRESS_TRY(read.name, jsonText(share, "name"));
    VOLPRESS_TRY(read.bytes, jsonCount(share, "bytes"));
    evaluation.breakdown.push_back(std::move(read));
  }
  VOLPRESS_TRY(const Json* views, jsonList(json, "views"));
  for (const Json& view : *views) {
    VOLPRESS_TRY(ViewQuality read, viewFromJson(view));
    evaluation.views.push_back(std::move(read));
  }
  if (json.contains("bakedViews")) {
    VOLPRESS_TRY(const Json* baked, jsonList(json, "bakedViews"));
    for (const Json& view : *baked) {
      VOLPRESS_TRY(ViewQuality read, viewFromJson(view));
      evaluation.bakedViews.push_back(std::move(read));
    }
  }
  if (json.contains("encodes")) {
    VOLPRESS_TRY(evaluation.encodes, jsonCount(json, "encodes"));
  }
  if (json.contains("mesh")) {
    VOLPRESS_TRY(evaluation.mesh, meshQualityFromJson(json["mesh"]));
  }
  if (json.contains("settled")) {
    VOLPRESS_TRY(evaluation.settled, paramsFromJson(json["settled"], "settled"));
  }
  if (json.contains("missedTarget")) {
    VOLPRESS_TRY(evaluation.missedTarget, jsonText(json, "missedTarget"));
  }
  return evaluation;
}

std::string repeatingCommand(const JobSpec& spec) {
  std::string line =
      fmt::format("volpress encode {} -o {} --codec {}", shellWord(spec.input.string()),
                  shellWord(spec.output.string()), shellWord(spec.codec));
  if (!spec.preset.empty()) {
    line += " --preset " + shellWord(spec.preset);
  }
  for (const auto& [id, value] : spec.overrides) {
    line += " --set " + shellWord(id + "=" + formatParamValue(value));
  }
  if (spec.level != 0) {
    line += fmt::format(" --level {}", spec.level);
  }
  for (const edit::EditOperation& operation : spec.edits) {
    if (operation.enabled) {
      line += fmt::format(" --{}={}", operation.kind, shellWord(edit::formatEdit(operation)));
    }
  }
  if (spec.target) {
    line += spec.target->kind == QualityTarget::Kind::SizeBytes
                ? fmt::format(" --target-size {:.0f}", spec.target->value)
                : fmt::format(" --target-psnr {}", spec.target->value);
  }
  if (!spec.photos.dataset.empty()) {
    line += photosToWords(spec.photos);
  }
  if (spec.views != "auto") {
    line += " --views " + shellWord(spec.views);
  }
  if (spec.seed != 1) {
    line += fmt::format(" --seed {}", spec.seed);
  }
  if (spec.threads != 0) {
    line += fmt::format(" --threads {}", spec.threads);
  }
  return line;
}

}  // namespace volpress::engine
