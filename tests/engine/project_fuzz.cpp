// Project files, presets and queue journals come from disk and from other people.
#include <cstdlib>
#include <set>

#include "app/engine/project.hpp"
#include "app/engine/queue_journal.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

Bytes bytesOf(const std::string& text) {
  const ByteView view = viewBytes(std::string_view(text));
  return {view.begin(), view.end()};
}

engine::Project someProject() {
  engine::Project project;
  project.sources.push_back({1, "garden.ply", "/data/garden.ply", "as shot", {{"up", "[0,1,0]"}}});
  engine::ProjectVariant variant;
  variant.id = 2;
  variant.source = 1;
  variant.name = "SPZ";
  variant.file = "/data/garden.results/garden-spz.spz";
  variant.codec = "spz";
  variant.overrides["sh_bits"] = std::int64_t{4};
  variant.evaluation.emplace();
  variant.evaluation->views.push_back({"view 1", false, 31.5, 0.97, 0.98, 0.02});
  variant.exports.push_back({"/out/garden.sog", ".sog", 12, 3, 40, 38, 0.99});
  project.variants.push_back(variant);
  project.presets.push_back({"Mine", "For phones", {{"spz", {"small", {}}}}, {}, {}});
  return project;
}

}  // namespace

std::vector<Bytes> seedInputs() {
  engine::QueueJournal journal;
  journal.nextId = 2;
  engine::JournalJob job;
  job.status.id = 1;
  job.status.spec.input = "in.ply";
  job.status.spec.output = "out.spz";
  job.status.spec.codec = "spz";
  journal.jobs.push_back(job);
  return {bytesOf(engine::journalToJson(journal)),
          bytesOf(engine::projectToJson(someProject(), "/data")),
          bytesOf(engine::presetToJson(someProject().presets.front()))};
}

void runInput(ByteView input) {
  const std::string_view text = viewText(input);
  if (const auto project = engine::projectFromJson(text, "/data")) {
    // What was read can be written, and reads back as the same.
    const std::string once = engine::projectToJson(*project, "/data");
    const auto again = engine::projectFromJson(once, "/data");
    if (!again || engine::projectToJson(*again, "/data") != once) {
      std::abort();
    }
    std::set<std::uint64_t> ids;
    for (const engine::ProjectVariant& variant : project->variants) {
      if (!ids.insert(variant.id).second) {
        std::abort();
      }
    }
  }
  if (const auto preset = engine::presetFromJson(text); preset && preset->name.empty()) {
    std::abort();
  }
  if (const auto journal = engine::journalFromJson(text)) {
    for (const engine::JournalJob& job : journal->jobs) {
      if (job.status.id >= journal->nextId) {
        std::abort();
      }
    }
  }
}

}  // namespace volpress::fuzz
