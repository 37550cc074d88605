// What a worker process is told and what it answers, the records of measured results, and the
// short texts of the command line.
#include <cmath>
#include <cstdlib>
#include <limits>

#include "app/engine/compare.hpp"
#include "app/engine/job.hpp"
#include "app/engine/mesh_import.hpp"
#include "app/engine/worker_messages.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

Bytes bytesOf(const std::string& text) {
  const ByteView view = viewBytes(std::string_view(text));
  return {view.begin(), view.end()};
}

engine::JobSpec someJob() {
  engine::JobSpec job;
  job.input = "/data/garden.ply";
  job.output = "/out/garden.vpc";
  job.codec = "lightgaussian";
  job.preset = "faithful";
  job.overrides = {{"ratio", 0.5}, {"bits", std::int64_t{12}}, {"fine", true}};
  job.edits.push_back({"crop-box", {}});
  job.photos.dataset = "/data/garden";
  job.target = {engine::QualityTarget::Kind::MeanPsnr, 32};
  job.title = "A \"title\"";
  return job;
}

engine::Evaluation someEvaluation() {
  engine::Evaluation evaluation;
  evaluation.fileBytes = 1000;
  evaluation.referenceBytes = 25000;
  evaluation.breakdown = {{"positions", 600}, {"colors", 400}};
  evaluation.views = {{"view 1", false, 31.5, 0.97, 0.98, 0.02},
                      {"view 2", true, std::numeric_limits<double>::infinity(), 1, 1, 0}};
  evaluation.bakedViews = {evaluation.views.front()};
  evaluation.settled = {{"ratio", 0.25}};
  evaluation.missedTarget = "out of reach";
  return evaluation;
}

// What was read can be written, and reads back as the same.
template <class Value, class Write, class Read>
void checkStable(const Value& value, Write write, Read read) {
  const std::string once = write(value);
  const auto again = read(once);
  if (!again || write(*again) != once) {
    std::abort();
  }
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {bytesOf(engine::messageToJson(engine::ResultMessage{someEvaluation()})),
          bytesOf(engine::jobToJson(someJob())),
          bytesOf(engine::evaluationToJson(someEvaluation())),
          bytesOf(engine::messageToJson(engine::JobPreview{"/out/previews/1.ply", "step 1 of 9"})),
          bytesOf(engine::messageToJson(Progress::Snapshot{0.5, "scoring views", "31/48 views"})),
          bytesOf(engine::messageToJson(Error{ErrorCode::IoFailure, "full disk", std::nullopt})),
          bytesOf(engine::importToJson({"/data/wolf.fbx", "/tmp/mesh.vpc"})),
          bytesOf("20MB"),
          bytesOf("-1,-1,-1,1,1,1"),
          bytesOf("spz,lightgaussian:faithful")};
}

void runInput(ByteView input) {
  const std::string_view text = viewText(input);
  if (const auto job = engine::jobFromJson(text)) {
    checkStable(*job, engine::jobToJson, engine::jobFromJson);
    static_cast<void>(engine::repeatingCommand(*job));
  }
  if (const auto import = engine::importFromJson(text); import && *import) {
    checkStable(**import, engine::importToJson,
                [](const std::string& once) -> Result<engine::MeshImport> {
                  VOLPRESS_TRY(const auto again, engine::importFromJson(once));
                  return again.value();
                });
  }
  if (const auto evaluation = engine::evaluationFromJson(text)) {
    checkStable(*evaluation, engine::evaluationToJson, engine::evaluationFromJson);
  }
  if (const auto message = engine::messageFromJson(text)) {
    checkStable(*message, engine::messageToJson, engine::messageFromJson);
  }
  for (const edit::EditKind& kind : edit::allEditKinds()) {
    if (const auto operation = edit::parseEdit(kind.id, text)) {
      checkStable(*operation, edit::formatEdit,
                  [&](const std::string& once) { return edit::parseEdit(kind.id, once); });
      static_cast<void>(edit::describeEdit(*operation));
    }
  }
  if (const auto size = engine::parseByteSize(text); size && !(std::isfinite(*size) && *size > 0)) {
    std::abort();
  }
  static_cast<void>(engine::parseCodecChoices(text));
}

}  // namespace volpress::fuzz
