#include "app/engine/mesh_import.hpp"

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include <poll.h>

#include "app/engine/json_text.hpp"
#include "app/engine/scratch_folder.hpp"
#include "app/engine/worker_messages.hpp"
#include "app/engine/worker_process.hpp"
#include "compressors/mesh_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/assimp_mesh.hpp"
#include "scene/formats/mesh_file.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kKeeper = "mesh-zstd";
constexpr int kPollMs = 50;
// A process is asked to stop, and ended when it has not after this.
constexpr std::chrono::milliseconds kStopGrace{200};

fs::path& readerPath() {
  static fs::path program;
  return program;
}

/// What the process said.
struct Answer {
  std::optional<Evaluation> evaluation;
  std::optional<Error> error;
  std::vector<std::string> warnings;

  void take(WorkerMessage message, Progress& progress) {
    if (auto* snapshot = std::get_if<Progress::Snapshot>(&message)) {
      progress.report(snapshot->fraction, std::move(snapshot->detail));
    } else if (auto* log = std::get_if<LogMessage>(&message)) {
      warnings.push_back(std::move(log->line));
    } else if (auto* result = std::get_if<ResultMessage>(&message)) {
      evaluation = std::move(result->evaluation);
    } else if (auto* problem = std::get_if<Error>(&message)) {
      error = std::move(*problem);
    }
  }
};

/// Until the process has ended; what it writes to standard error (libraries do) is dropped.
Answer listen(WorkerProcess& worker, Progress& progress, const std::stop_token& stop) {
  Answer answer;
  std::optional<Clock::time_point> asked;
  for (bool ended = false; !ended;) {
    std::array<pollfd, 2> waiting{
        {{worker.outputDescriptor(), POLLIN, 0}, {worker.errorDescriptor(), POLLIN, 0}}};
    (void)::poll(waiting.data(), waiting.size(), kPollMs);
    ended = worker.reap();
    for (const std::string& line : worker.readOutput()) {
      if (auto message = messageFromJson(line)) {
        answer.take(std::move(*message), progress);
      }
    }
    (void)worker.readErrors();
    if (stop.stop_requested() && !asked) {
      asked = Clock::now();
      worker.terminate();
    } else if (asked && Clock::now() - *asked > kStopGrace) {
      worker.kill();
    }
  }
  return answer;
}

}  // namespace

std::string importToJson(const MeshImport& request) {
  return dumpJson({{"import", pathToJson(request.input)}, {"output", pathToJson(request.output)}});
}

Result<std::optional<MeshImport>> importFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  if (!json.is_object() || !json.contains("import")) {
    return std::nullopt;
  }
  MeshImport request;
  VOLPRESS_TRY(request.input, pathFromJson(json["import"], "import"));
  VOLPRESS_TRY(const Json* output, jsonMember(json, "output"));
  VOLPRESS_TRY(request.output, pathFromJson(*output, "output"));
  return request;
}

Result<Evaluation> runImport(const MeshImport& request, JobRun& run) {
  run.progress.setStages({{"reading the mesh", 3}, {"handing it over", 1}});
  const auto runner = makeThreadRunner(0);
  VOLPRESS_TRY(const LoadedMeshScene loaded,
               loadMeshScene(request.input, *runner, run.progress.enter(0), run.stop));
  for (const std::string& line : loaded.warnings) {
    run.log(line);
  }
  const compressors::MeshCodec& keeper = *compressors::findMeshCodec(kKeeper);
  compressors::RunContext context{*runner, run.progress.enter(1), run.stop, nullptr, nullptr, 1, {},
                                  {}};
  VOLPRESS_TRY(const ParamSet params, compressors::resolveParams(keeper.info(), {}, {}));
  VOLPRESS_TRY(const Bytes bytes, keeper.encode(*loaded.mesh, params, context));
  VOLPRESS_CHECK(writeFileAtomically(request.output, bytes));
  run.progress.finish();
  Evaluation evaluation;
  evaluation.fileBytes = loaded.fileBytes;
  return evaluation;
}

bool isReadApart(const fs::path& path) {
  return formats::isAssimpName("." + formats::meshFormatOf(path));
}

Result<LoadedMeshScene> loadMeshApart(const fs::path& program, const fs::path& path,
                                      TaskRunner& runner, Progress& progress,
                                      const std::stop_token& stop) {
  VOLPRESS_TRY(const ScratchFolder scratch, ScratchFolder::make("mesh"));
  const MeshImport request{path, scratch.path() / "mesh.vpc"};
  VOLPRESS_TRY(WorkerProcess worker, WorkerProcess::start(program, importToJson(request) + "\n"));
  Answer answer = listen(worker, progress, stop);
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  if (answer.error) {
    return tl::unexpected<Error>(*std::move(answer.error));
  }
  if (!answer.evaluation) {
    return fail(ErrorCode::CorruptData,
                "{}: the process that read it came to an end (signal or exit code {}), so the file "
                "is most likely damaged; nothing else is affected",
                path.string(), worker.ending().number);
  }
  VOLPRESS_TRY(LoadedMeshScene loaded, loadMeshScene(request.output, runner, progress, stop));
  loaded.formatId = formats::meshFormatOf(path);
  loaded.codecId.clear();
  loaded.parameters.clear();
  loaded.fileBytes = answer.evaluation->fileBytes;
  loaded.warnings = std::move(answer.warnings);
  return loaded;
}

void readMeshesApart(fs::path program) { readerPath() = std::move(program); }

const fs::path& meshReader() noexcept { return readerPath(); }

}  // namespace volpress::engine
