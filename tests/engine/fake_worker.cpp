// A worker for tests. The job's codec id says what it does: "ok", "slow", "error", "segfault",
// "silent", "garbage", "hang" (ignores SIGTERM), "leave-part" (leaves a temporary file and, with a
// scratch folder, a preview; hangs), "greedy" (takes memory), "recorded" (as "slow" but quicker,
// keeps its record as workers do), "unheard" (is killed when its work is whole, before it says so).
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "app/engine/job.hpp"
#include "app/engine/process_facts.hpp"
#include "app/engine/worker_messages.hpp"
#include "scene/base/files.hpp"

namespace {

using namespace volpress;

void send(const engine::WorkerMessage& message) {
  std::cout << engine::messageToJson(message) << '\n' << std::flush;
}

[[noreturn]] void sleepForever() {
  while (true) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

int finish(const engine::JobSpec& spec) {
  engine::Evaluation evaluation;
  evaluation.fileBytes = 5;
  evaluation.referenceBytes = 50;
  const std::string text = engine::evaluationToJson(evaluation);
  static_cast<void>(writeFileAtomically(spec.output, viewBytes(std::string_view("whole"))));
  if (!spec.record.empty()) {
    static_cast<void>(writeFileAtomically(spec.record, viewBytes(std::string_view(text))));
  }
  if (spec.codec == "unheard") {
    std::raise(SIGKILL);
  }
  send(engine::ResultMessage{evaluation});
  return 0;
}

}  // namespace

int main() {
  engine::stopWithParent();
  std::string line;
  std::getline(std::cin, line);
  const auto spec = engine::jobFromJson(line);
  if (!spec) {
    std::cerr << "bad job: " << spec.error().message << '\n';
    return 2;
  }
  const std::string& mode = spec->codec;
  send(Progress::Snapshot{0.25, "working", "1/4"});
  if (mode == "unheard") {
    return finish(*spec);
  }
  if (mode == "ok") {
    send(engine::LogMessage{"half way"});
    return finish(*spec);
  }
  if (mode == "slow" || mode == "recorded") {
    for (int i = 1; i <= 20; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(mode == "slow" ? 100 : 4));
      send(Progress::Snapshot{0.05 * i, "working", ""});
    }
    return finish(*spec);
  }
  if (mode == "greedy") {
    std::vector<char> taken(std::size_t{300} << 20U, 'x');
    send(Progress::Snapshot{0.5, taken[12345] == 'x' ? "holding" : "", ""});
    sleepForever();
  }
  if (mode == "error") {
    send(Error{ErrorCode::CorruptData, "scene.ply: vertex count is 7, but 3 fit", std::nullopt});
    return 1;
  }
  if (mode == "segfault") {
    std::cerr << "about to fall over\n";
    std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would catch it and end in its own way
    std::raise(SIGSEGV);
  }
  if (mode == "silent") {
    return 0;
  }
  if (mode == "garbage") {
    std::cout << "{\"type\":\"progress\",\"fraction\":7}\nnot json at all\n";
    return 3;
  }
  if (mode == "hang" || mode == "leave-part") {
    std::signal(SIGTERM, SIG_IGN);
    if (mode == "leave-part") {
      std::ofstream(spec->output.string() + ".part-" + std::to_string(::getpid()) + "-0") << "half";
      if (const auto folder = engine::previewFolderOf(*spec); !folder.empty()) {
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "1.ply") << "so far";
        send(engine::JobPreview{folder / "1.ply", "step 1 of 2"});
        send(engine::JobPreview{spec->input, "not where previews lie"});
      }
    }
    send(Progress::Snapshot{0.5, "hanging", ""});
    sleepForever();
  }
  return 4;
}
