// A program with a queue, for being killed: `queue_host FOLDER PROGRAM JOBS MODE`. Adds jobs until
// there are JOBS (an earlier one may have been killed before it had), goes on with what it finds;
// writes "done N" and "failed N" once for each job that has come to its end as this program sees
// it, and "end" when all have.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include "app/engine/job_queue.hpp"

int main(int count, char** arguments) {
  using namespace volpress;
  if (count != 5) {
    std::fputs("usage: queue_host FOLDER PROGRAM JOBS MODE\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  const auto jobs = static_cast<unsigned>(std::strtoul(arguments[3], nullptr, 10));
  engine::JobQueue queue(arguments[2], engine::QueueLimits{2, 0}, folder / "queue");
  if (!queue.problem().empty()) {
    std::fprintf(stderr, "%s\n", queue.problem().c_str());
    return 1;
  }
  for (std::size_t i = queue.jobs().size(); i < jobs; ++i) {
    engine::JobSpec spec;
    spec.input = folder / "scene.ply";
    spec.output = folder / "results" / (std::to_string(i) + ".vpc");
    spec.codec = arguments[4];
    if (!queue.add(std::move(spec))) {
      return 1;
    }
  }
  std::set<std::uint64_t> told;
  while (true) {
    bool pending = false;
    for (const engine::JobStatus& job : queue.jobs()) {
      pending = pending || engine::isPending(job.state);
      if (!engine::isPending(job.state) && told.insert(job.id).second) {
        std::printf("%s %llu\n", engine::jobStateName(job.state),
                    static_cast<unsigned long long>(job.id));
        std::fflush(stdout);
      }
    }
    if (!pending) {
      std::puts("end");
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}
