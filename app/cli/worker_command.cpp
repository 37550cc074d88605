// volpress worker: one job as JSON on standard input, JSON lines on standard output.
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <stop_token>
#include <thread>

#include <unistd.h>
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/mesh_import.hpp"
#include "app/engine/process_facts.hpp"
#include "app/engine/run_job.hpp"
#include "app/engine/worker_messages.hpp"
#include "app/engine/worker_process.hpp"

namespace volpress::cli {
namespace {

constexpr std::chrono::milliseconds kReportInterval{100};
// A line at least this often, changed or not: writing it tells whether somebody still listens.
constexpr int kHeartbeatIntervals = 5;
// How long work may go on after it was asked to stop because nobody listens.
constexpr int kOrphanIntervals = 20;
constexpr std::size_t kMaxJobBytes = std::size_t{1} << 20U;

/// Writes whole lines, one writer at a time.
class MessageWriter {
public:
  /// Whether the line went out; false from the first failure on.
  bool send(const engine::WorkerMessage& message) {
    const std::string line = engine::messageToJson(message) + "\n";
    const std::scoped_lock lock(m_mutex);
    std::string_view rest = line;
    while (m_open && !rest.empty()) {
      const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written <= 0) {
        m_open = false;
        break;
      }
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return m_open;
  }

private:
  std::mutex m_mutex;
  bool m_open = true;
};

/// Reports progress, and ends the work when the reader of standard output is gone.
void reportUntil(const std::stop_token& end, const engine::StagedProgress& progress,
                 MessageWriter& writer, Console& console, const std::filesystem::path& output) {
  Progress::Snapshot last{-1, {}, {}};
  int quiet = 0;
  int orphaned = 0;
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!end.stop_requested()) {
    const Progress::Snapshot now = progress.snapshot();
    const bool same =
        now.fraction == last.fraction && now.stage == last.stage && now.detail == last.detail;
    quiet = same ? quiet + 1 : 0;
    if ((!same || quiet % kHeartbeatIntervals == 0 || orphaned > 0) && !writer.send(now)) {
      console.requestStop();
      if (++orphaned > kOrphanIntervals) {
        engine::removePartialFiles(output, ::getpid());
        std::_Exit(kFailed);
      }
    }
    last = now;
    // Not a moment longer than the work takes: meshes are read this way, frame after frame.
    wake.wait_for(lock, end, kReportInterval, [] { return false; });
  }
}

Result<void> work(Console& console) {
  engine::stopWithParent();
  engine::readMeshesApart({});  // this is that process
  std::string text;
  std::getline(std::cin, text);
  if (text.size() > kMaxJobBytes) {
    return fail(ErrorCode::InvalidParameter, "a job of {} bytes is over the {} allowed",
                text.size(), kMaxJobBytes);
  }
  MessageWriter writer;
  engine::StagedProgress progress;
  engine::JobRun run{progress, console.stopToken(),
                     [&](const std::string& line) { writer.send(engine::LogMessage{line}); }, true,
                     [&](const engine::JobPreview& preview) { writer.send(preview); }};
  const auto reportOn = [&](const std::filesystem::path& output) {
    return std::jthread([&, output](const std::stop_token& end) {
      reportUntil(end, progress, writer, console, output);
    });
  };
  const auto result = [&]() -> Result<engine::Evaluation> {
    auto import = engine::importFromJson(text);
    if (import && *import) {
      const std::jthread reporter = reportOn((*import)->output);
      return engine::runImport(**import, run);
    }
    auto spec = engine::jobFromJson(text);
    if (!spec) {
      return withContext(std::move(spec).error(), "the job on standard input");
    }
    const std::jthread reporter = reportOn(spec->output);
    return engine::runJob(*spec, run);
  }();
  if (!result) {
    writer.send(result.error());
    return tl::unexpected<Error>(result.error());
  }
  writer.send(engine::ResultMessage{*result});
  return {};
}

}  // namespace

Command addWorkerCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "worker", "Run one job for another program: JSON on standard input and output");
  auto common = std::make_shared<CommonOptions>();
  addCommonOptions(*app, *common);
  app->footer(
      "Example:\n"
      "  echo '{\"input\":\"scene.ply\",\"output\":\"scene.vpc\",\"codec\":\"lightgaussian\"}' | "
      "volpress worker\n"
      "Lines are of the types progress, log, preview, result and error.");
  return {app, common, work};
}

}  // namespace volpress::cli
