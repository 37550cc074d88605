// Pausing, limits, editing and order of the queue, and what it keeps on disk.
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/engine/job_queue.hpp"
#include "app/engine/process_facts.hpp"
#include "scene/base/files.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

using Clock = std::chrono::steady_clock;

class QueueControl : public ::testing::Test {
protected:
  [[nodiscard]] JobSpec job(const std::string& mode, const std::string& name) const {
    JobSpec spec;
    spec.input = folder / "scene.ply";
    spec.output = folder / name;
    spec.codec = mode;
    return spec;
  }
  [[nodiscard]] std::unique_ptr<JobQueue> keptQueue(std::size_t maxRunning = 1) const {
    return std::make_unique<JobQueue>(FAKE_WORKER, QueueLimits{maxRunning, 0}, folder / "queue");
  }
  static JobStatus status(const JobQueue& queue, std::uint64_t id) {
    for (const JobStatus& one : queue.jobs()) {
      if (one.id == id) {
        return one;
      }
    }
    return {};
  }
  static bool waitFor(const std::function<bool()>& condition, double seconds = 20) {
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (!condition()) {
      if (Clock::now() > end) {
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  static bool waitForState(const JobQueue& queue, std::uint64_t id, JobState state) {
    return waitFor([&] { return status(queue, id).state == state; });
  }
  static char processState(int process) {
    const auto facts = processFacts(process);
    return facts ? facts->state : '-';
  }

  std::filesystem::path folder = testing::scratchFolder("queue-control");
};

TEST_F(QueueControl, pausedJobSleepsKeepsItsTimeAndGoesOn) {
  JobQueue queue(FAKE_WORKER);
  const auto id = queue.add(job("slow", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *id).fraction > 0.3; }));
  queue.pause(*id);
  ASSERT_TRUE(waitForState(queue, *id, JobState::Paused));
  const int process = queue.workerProcess(*id);
  EXPECT_EQ(processState(process), 'T');
  const JobStatus before = status(queue, *id);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  const JobStatus after = status(queue, *id);
  EXPECT_NEAR(after.secondsRunning, before.secondsRunning, 0.02) << "a pause is no running time";
  ASSERT_TRUE(before.secondsLeft.has_value() == after.secondsLeft.has_value());
  EXPECT_NEAR(after.secondsLeft.value_or(0), before.secondsLeft.value_or(0), 0.2);
  queue.resume(*id);
  ASSERT_TRUE(waitForState(queue, *id, JobState::Running));
  EXPECT_EQ(queue.workerProcess(*id), process) << "the same process goes on";
  ASSERT_TRUE(waitForState(queue, *id, JobState::Done));
  EXPECT_LT(status(queue, *id).secondsRunning, 6);
}

TEST_F(QueueControl, aPauseMakesRoomForOthersAndResumingWaitsForAPlace) {
  JobQueue queue(FAKE_WORKER);
  const auto first = queue.add(job("hang", "a.vpc"));
  const auto second = queue.add(job("hang", "b.vpc"));
  ASSERT_TRUE(waitForState(queue, *first, JobState::Running));
  queue.pause(*first);
  ASSERT_TRUE(waitForState(queue, *second, JobState::Running));
  queue.resume(*first);
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_EQ(status(queue, *first).state, JobState::Queued);
  EXPECT_EQ(processState(queue.workerProcess(*first)), 'T');
  queue.cancel(*second);
  ASSERT_TRUE(waitForState(queue, *first, JobState::Running));
}

TEST_F(QueueControl, pausingOrCancellingAllStartsNone) {
  for (const bool cancel : {false, true}) {
    JobQueue queue(FAKE_WORKER);
    std::vector<std::uint64_t> ids;
    ids.reserve(200);
    for (int i = 0; i < 200; ++i) {
      ids.push_back(*queue.add(job("hang", fmt::format("{}{}.vpc", cancel, i))));
    }
    ASSERT_TRUE(waitForState(queue, ids[0], JobState::Running));
    if (cancel) {
      queue.cancel(ids);
    } else {
      queue.pauseAll();
    }
    ASSERT_TRUE(waitForState(queue, ids[0], cancel ? JobState::Cancelled : JobState::Paused));
    for (std::size_t i = 1; i < ids.size(); ++i) {
      EXPECT_EQ(status(queue, ids[i]).secondsRunning, 0) << i;
      EXPECT_EQ(queue.workerProcess(ids[i]), 0) << i;
    }
    if (!cancel) {
      queue.resumeAll();
      ASSERT_TRUE(waitForState(queue, ids[0], JobState::Running));
      EXPECT_EQ(status(queue, ids[1]).state, JobState::Queued);
    }
  }
}

TEST_F(QueueControl, aPausedJobIsCancelledQuickly) {
  JobQueue queue(FAKE_WORKER);
  const auto id = queue.add(job("leave-part", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *id).stage == "hanging"; }));
  queue.pause(*id);
  ASSERT_TRUE(waitForState(queue, *id, JobState::Paused));
  const auto start = Clock::now();
  queue.cancel(*id);
  ASSERT_TRUE(waitForState(queue, *id, JobState::Cancelled));
  EXPECT_LT(std::chrono::duration<double>(Clock::now() - start).count(), 0.2);
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "no partial file";
}

TEST_F(QueueControl, waitingJobsAreHeldEditedAndMoved) {
  JobQueue queue(FAKE_WORKER);
  const auto running = queue.add(job("hang", "a.vpc"));
  const auto second = queue.add(job("hang", "b.vpc"));
  const auto third = queue.add(job("ok", "c.vpc"));
  const auto fourth = queue.add(job("ok", "d.vpc"));
  ASSERT_TRUE(waitForState(queue, *running, JobState::Running));
  queue.pause(*second);
  EXPECT_EQ(status(queue, *second).state, JobState::Paused);
  EXPECT_EQ(queue.workerProcess(*second), 0);

  JobSpec other = job("ok", "e.vpc");
  other.overrides["quality"] = 12.5;
  ASSERT_TRUE(queue.edit(*third, other));
  EXPECT_EQ(status(queue, *third).spec.output, folder / "e.vpc");
  EXPECT_NE(status(queue, *third).commandLine.find("quality=12.5"), std::string::npos);
  EXPECT_FALSE(queue.edit(*running, other)) << "it runs already";
  EXPECT_FALSE(queue.edit(*third, job("ok", "d.vpc"))) << "another job's file";

  queue.moveTo(*fourth, 0);
  EXPECT_EQ(queue.jobs().front().id, *fourth);
  queue.moveTo(*fourth, 3);
  EXPECT_EQ(queue.jobs().back().id, *fourth);
  queue.moveTo(*fourth, 17);
  EXPECT_EQ(queue.jobs().back().id, *fourth);

  queue.cancel(*running);
  ASSERT_TRUE(waitForState(queue, *third, JobState::Done));
  ASSERT_TRUE(waitForState(queue, *fourth, JobState::Done));
  EXPECT_EQ(status(queue, *second).state, JobState::Paused) << "held back, though there is room";
  EXPECT_TRUE(std::filesystem::exists(folder / "e.vpc"));
}

TEST_F(QueueControl, memoryOverTheLimitEndsTheJobWithAClearReason) {
  JobQueue queue(FAKE_WORKER);
  queue.setLimits({1, 100'000'000});
  const auto greedy = queue.add(job("greedy", "a.vpc"));
  const auto modest = queue.add(job("ok", "b.vpc"));
  ASSERT_TRUE(waitForState(queue, *greedy, JobState::Failed));
  const JobStatus failed = status(queue, *greedy);
  EXPECT_NE(failed.error.find("over the limit of 0.10 GB"), std::string::npos) << failed.error;
  EXPECT_GT(failed.peakMemoryBytes, 100'000'000U);
  ASSERT_TRUE(waitForState(queue, *modest, JobState::Done));
}

TEST_F(QueueControl, moreJobsRunWhenTheLimitRises) {
  JobQueue queue(FAKE_WORKER);
  const auto first = queue.add(job("hang", "a.vpc"));
  const auto second = queue.add(job("hang", "b.vpc"));
  ASSERT_TRUE(waitForState(queue, *first, JobState::Running));
  EXPECT_EQ(status(queue, *second).state, JobState::Queued);
  queue.setLimits({2, 0});
  EXPECT_TRUE(waitForState(queue, *second, JobState::Running));
}

TEST_F(QueueControl, everythingIsThereAfterTheProgramEnded) {
  std::uint64_t done = 0;
  std::uint64_t ran = 0;
  std::uint64_t waits = 0;
  std::uint64_t held = 0;
  std::uint64_t failed = 0;
  {
    const auto queue = keptQueue();
    done = queue->add(job("ok", "a.vpc")).value_or(0);
    failed = queue->add(job("error", "b.vpc")).value_or(0);
    ran = queue->add(job("slow", "c.vpc")).value_or(0);
    waits = queue->add(job("ok", "d.vpc")).value_or(0);
    held = queue->add(job("ok", "e.vpc")).value_or(0);
    queue->pause(held);
    ASSERT_TRUE(waitForState(*queue, ran, JobState::Running));
    queue->setLimits({1, 2'000'000'000});
  }
  const auto queue = keptQueue();
  EXPECT_TRUE(queue->problem().empty()) << queue->problem();
  EXPECT_EQ(queue->limits().memoryBytes, 2'000'000'000U);
  ASSERT_EQ(queue->jobs().size(), 5U);
  EXPECT_EQ(status(*queue, done).state, JobState::Done);
  ASSERT_TRUE(status(*queue, done).evaluation);
  EXPECT_EQ(status(*queue, done).evaluation->fileBytes, 5U);
  EXPECT_EQ(status(*queue, failed).state, JobState::Failed);
  EXPECT_FALSE(status(*queue, failed).error.empty());
  EXPECT_EQ(status(*queue, held).state, JobState::Paused);
  ASSERT_TRUE(waitForState(*queue, waits, JobState::Done));
  EXPECT_EQ(status(*queue, ran).state, JobState::Done) << "it started anew by itself";
  EXPECT_GT(queue->add(job("ok", "f.vpc")).value_or(0), held) << "ids are never used twice";
}

TEST_F(QueueControl, aJobThatEndsReluctantlyWithTheProgramStillGoesOn) {
  std::uint64_t stubborn = 0;
  std::uint64_t unwanted = 0;
  {
    const auto queue = keptQueue(2);
    stubborn = queue->add(job("hang", "a.vpc")).value_or(0);
    unwanted = queue->add(job("hang", "b.vpc")).value_or(0);
    ASSERT_TRUE(waitFor([&] {
      return status(*queue, stubborn).stage == "hanging" &&
             status(*queue, unwanted).stage == "hanging";
    }));
    queue->cancel(unwanted);
  }
  const auto queue = keptQueue(2);
  EXPECT_TRUE(waitForState(*queue, stubborn, JobState::Running));
  EXPECT_EQ(status(*queue, unwanted).state, JobState::Cancelled);
}

TEST_F(QueueControl, aResultThatWasDoneBehindTheQueuesBackIsTaken) {
  Evaluation evaluation;
  evaluation.fileBytes = 5;
  evaluation.splatsIn = 77;
  QueueJournal journal;
  journal.nextId = 3;
  for (std::uint64_t id : {1U, 2U}) {
    JournalJob kept;
    kept.status.id = id;
    kept.status.state = JobState::Running;
    kept.status.spec = job("ok", id == 1 ? "a.vpc" : "b.vpc");
    kept.status.spec.record = folder / (std::to_string(id) + ".json");
    kept.process = 1 << 30;  // nobody's
    kept.processStart = 1;
    journal.jobs.push_back(kept);
    std::ofstream(kept.status.spec.record) << evaluationToJson(evaluation);
  }
  std::ofstream(folder / "a.vpc") << "whole";
  std::ofstream(folder / "b.vpc") << "of another size";
  settleJournal(journal);
  EXPECT_EQ(journal.jobs[0].status.state, JobState::Done);
  ASSERT_TRUE(journal.jobs[0].status.evaluation);
  EXPECT_EQ(journal.jobs[0].status.evaluation->splatsIn, 77U);
  EXPECT_EQ(journal.jobs[1].status.state, JobState::Interrupted);
}

TEST_F(QueueControl, anUnreadableJournalIsSetAsideAndTold) {
  std::filesystem::create_directories(folder / "queue");
  std::ofstream(folder / "queue" / "queue.json") << "{ half of it";
  const auto queue = keptQueue();
  EXPECT_NE(queue->problem().find("queue.json"), std::string::npos) << queue->problem();
  EXPECT_TRUE(queue->jobs().empty());
  EXPECT_TRUE(std::filesystem::exists(folder / "queue" / "queue.unreadable.json"));
}

TEST_F(QueueControl, aFolderThatCannotBeMadeIsAProblemNotAnEnd) {
  std::ofstream(folder / "file") << "no folder";
  JobQueue queue(FAKE_WORKER, QueueLimits{}, folder / "file" / "queue");
  EXPECT_FALSE(queue.problem().empty());
  const auto id = queue.add(job("ok", "a.vpc"));
  ASSERT_TRUE(waitForState(queue, *id, JobState::Done));
}

TEST_F(QueueControl, theJournalReadsBackWhatItWrote) {
  QueueJournal journal;
  journal.nextId = 9;
  journal.limits = {3, 123};
  JournalJob one;
  one.status.id = 4;
  one.status.state = JobState::Paused;
  one.status.spec = job("ok", "a.vpc");
  one.status.spec.target = QualityTarget{QualityTarget::Kind::MeanPsnr, 40};
  one.status.spec.title = "SOG · small";
  one.status.spec.owner = 2;
  one.status.log = {"first", "second"};
  one.process = 4711;
  one.processStart = 99;
  journal.jobs.push_back(one);
  const std::string text = journalToJson(journal);
  const auto back = journalFromJson(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(journalToJson(*back), text);
  EXPECT_EQ(back->jobs.at(0).status.spec.title, "SOG · small");
  EXPECT_EQ(back->jobs.at(0).status.spec.target->value, 40);
}

}  // namespace
}  // namespace volpress::engine
