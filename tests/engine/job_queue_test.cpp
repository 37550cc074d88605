#include "app/engine/job_queue.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

using Clock = std::chrono::steady_clock;

class JobQueueTest : public ::testing::Test {
protected:
  JobSpec job(const std::string& mode, const std::string& name) const {
    JobSpec spec;
    spec.input = folder / "scene.ply";
    spec.output = folder / name;
    spec.codec = mode;
    return spec;
  }

  static JobStatus status(const JobQueue& queue, std::uint64_t id) {
    for (const JobStatus& one : queue.jobs()) {
      if (one.id == id) {
        return one;
      }
    }
    return {};
  }

  static bool waitFor(const std::function<bool()>& condition, double seconds = 10) {
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (!condition()) {
      if (Clock::now() > end) {
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  static bool ended(const JobQueue& queue, std::uint64_t id) {
    const JobState state = status(queue, id).state;
    return state != JobState::Queued && state != JobState::Running;
  }

  std::size_t filesInFolder() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  std::filesystem::path folder = testing::scratchFolder("queue");
};

TEST_F(JobQueueTest, aGoodWorkerEndsDone) {
  JobQueue queue(FAKE_WORKER);
  const std::uint64_t before = queue.revision();
  const auto id = queue.add(job("ok", "a.vpc"));
  ASSERT_TRUE(id);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  const JobStatus done = status(queue, *id);
  EXPECT_EQ(done.state, JobState::Done) << done.error;
  EXPECT_EQ(done.fraction, 1);
  ASSERT_TRUE(done.evaluation);
  EXPECT_EQ(done.evaluation->fileBytes, 5U);
  ASSERT_FALSE(done.log.empty());
  EXPECT_EQ(done.log[0], "half way");
  EXPECT_NE(done.commandLine.find("volpress encode"), std::string::npos);
  EXPECT_GT(queue.revision(), before);
  EXPECT_EQ(queue.workerProcess(*id), 0);
}

TEST_F(JobQueueTest, progressAndTimeLeftAreSeenWhileItRuns) {
  JobQueue queue(FAKE_WORKER);
  const auto id = queue.add(job("slow", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *id).fraction > 0.6; }));
  const JobStatus running = status(queue, *id);
  EXPECT_EQ(running.state, JobState::Running);
  EXPECT_EQ(running.stage, "working");
  ASSERT_TRUE(running.secondsLeft);
  EXPECT_LT(*running.secondsLeft, 3);
  EXPECT_GT(running.secondsRunning, 1);
}

TEST_F(JobQueueTest, killedWorkerFailsAloneWithTheReason) {
  JobQueue queue(FAKE_WORKER, 2);
  const auto victim = queue.add(job("hang", "a.vpc"));
  const auto other = queue.add(job("slow", "b.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *victim).stage == "hanging"; }));
  ::kill(queue.workerProcess(*victim), SIGKILL);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *victim); }));
  const JobStatus dead = status(queue, *victim);
  EXPECT_EQ(dead.state, JobState::Failed);
  EXPECT_NE(dead.error.find("the worker was killed (signal 9)"), std::string::npos) << dead.error;
  EXPECT_EQ(status(queue, *other).state, JobState::Running);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *other); }));
  EXPECT_EQ(status(queue, *other).state, JobState::Done);
}

TEST_F(JobQueueTest, crashTellsTheSignalAndTheLastWords) {
  JobQueue queue(FAKE_WORKER);
  const auto id = queue.add(job("segfault", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  const JobStatus dead = status(queue, *id);
  EXPECT_EQ(dead.state, JobState::Failed);
  EXPECT_NE(dead.error.find("crashed (signal 11"), std::string::npos) << dead.error;
  EXPECT_NE(dead.error.find("about to fall over"), std::string::npos) << dead.error;
  ASSERT_FALSE(dead.log.empty());
  EXPECT_NE(dead.log.back().find("volpress encode"), std::string::npos);
}

TEST_F(JobQueueTest, aWorkerThatIsKilledWhenItsWorkIsWholeHasLostNothing) {
  // Only a queue that keeps records can know.
  JobQueue queue(FAKE_WORKER, {}, folder / "queue");
  const auto id = queue.add(job("unheard", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  EXPECT_EQ(status(queue, *id).state, JobState::Done) << status(queue, *id).error;
  ASSERT_TRUE(status(queue, *id).evaluation);
  EXPECT_EQ(status(queue, *id).evaluation->fileBytes, 5U);

  JobQueue forgetful(FAKE_WORKER);
  const auto lost = forgetful.add(job("unheard", "b.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(forgetful, *lost); }));
  EXPECT_EQ(status(forgetful, *lost).state, JobState::Failed);
}

TEST_F(JobQueueTest, theWorkersOwnErrorIsShown) {
  JobQueue queue(FAKE_WORKER);
  const auto id = queue.add(job("error", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  EXPECT_EQ(status(queue, *id).state, JobState::Failed);
  EXPECT_EQ(status(queue, *id).error, "scene.ply: vertex count is 7, but 3 fit");
}

TEST_F(JobQueueTest, endingWithoutAResultIsAFailure) {
  JobQueue queue(FAKE_WORKER);
  const auto silent = queue.add(job("silent", "a.vpc"));
  const auto garbage = queue.add(job("garbage", "b.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(queue, *garbage); }));
  EXPECT_EQ(status(queue, *silent).state, JobState::Failed);
  EXPECT_NE(status(queue, *silent).error.find("exit code 0"), std::string::npos);
  EXPECT_EQ(status(queue, *garbage).state, JobState::Failed);
  EXPECT_LE(status(queue, *garbage).fraction, 1);
  EXPECT_NE(status(queue, *garbage).error.find("exit code 3"), std::string::npos);
}

TEST_F(JobQueueTest, cancelIsQuickAndLeavesNoPartialFile) {
  JobQueue queue(FAKE_WORKER);
  JobSpec spec = job("leave-part", "a.vpc");
  spec.scratch = testing::scratchFolder("queue-scratch");
  const auto id = queue.add(spec);
  ASSERT_TRUE(waitFor([&] { return status(queue, *id).stage == "hanging"; }));
  ASSERT_EQ(filesInFolder(), 1U);
  // The newest preview that lies where previews do.
  const auto preview = status(queue, *id).preview;
  ASSERT_TRUE(preview.has_value());
  EXPECT_EQ(preview->file, previewFolderOf(spec) / "1.ply");
  EXPECT_EQ(preview->moment, "step 1 of 2");
  const auto start = Clock::now();
  queue.cancel(*id);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  const double milliseconds =
      std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  EXPECT_EQ(status(queue, *id).state, JobState::Cancelled);
  EXPECT_LT(milliseconds, 200);
  EXPECT_EQ(filesInFolder(), 0U);
  EXPECT_FALSE(std::filesystem::exists(previewFolderOf(spec)));
  EXPECT_FALSE(status(queue, *id).preview.has_value());
}

TEST_F(JobQueueTest, killedWorkerLeavesNoPartialFileAndOthersAreKept) {
  JobQueue queue(FAKE_WORKER);
  std::ofstream(folder / "a.vpc.part-1-0") << "of another process";
  const auto id = queue.add(job("leave-part", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *id).stage == "hanging"; }));
  ::kill(queue.workerProcess(*id), SIGKILL);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  EXPECT_EQ(filesInFolder(), 1U);
}

TEST_F(JobQueueTest, waitingJobsAreCancelledAtOnceAndRunInOrder) {
  JobQueue queue(FAKE_WORKER);
  const auto first = queue.add(job("hang", "a.vpc"));
  const auto second = queue.add(job("ok", "b.vpc"));
  const auto third = queue.add(job("ok", "c.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *first).state == JobState::Running; }));
  queue.moveUp(*third);
  std::vector<std::uint64_t> order;
  for (const JobStatus& one : queue.jobs()) {
    order.push_back(one.id);
  }
  EXPECT_EQ(order, (std::vector<std::uint64_t>{*first, *third, *second}));
  queue.moveDown(*third);
  EXPECT_EQ(queue.jobs()[1].id, *second);
  queue.cancel(*second);
  EXPECT_EQ(status(queue, *second).state, JobState::Cancelled);
  EXPECT_EQ(status(queue, *third).state, JobState::Queued);
  queue.cancel(*first);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *third); }));
  EXPECT_EQ(status(queue, *third).state, JobState::Done);
}

TEST_F(JobQueueTest, twoJobsMayNotWriteOnePath) {
  JobQueue queue(FAKE_WORKER);
  const auto first = queue.add(job("hang", "a.vpc"));
  ASSERT_TRUE(first);
  JobSpec again = job("ok", "a.vpc");
  again.output = folder / "." / "sub" / ".." / "a.vpc";
  const auto second = queue.add(again);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(second.error().message.find("a.vpc"), std::string::npos);
  EXPECT_FALSE(queue.add(job("ok", "scene.ply"))) << "the input must not be replaced";
  queue.cancel(*first);
  ASSERT_TRUE(waitFor([&] { return ended(queue, *first); }));
  EXPECT_TRUE(queue.add(again)) << "an ended job frees its path";
}

TEST_F(JobQueueTest, retryAndRemove) {
  JobQueue queue(FAKE_WORKER);
  const auto id = queue.add(job("error", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  queue.retry(*id);
  EXPECT_TRUE(status(queue, *id).error.empty());
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  EXPECT_EQ(status(queue, *id).state, JobState::Failed);
  queue.remove(*id);
  EXPECT_TRUE(queue.jobs().empty());
  const auto running = queue.add(job("hang", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return status(queue, *running).state == JobState::Running; }));
  queue.remove(*running);
  EXPECT_EQ(queue.jobs().size(), 1U) << "a running job stays";
}

TEST_F(JobQueueTest, aProgramThatIsNotThereFailsTheJob) {
  JobQueue queue(folder / "no-such-program");
  const auto id = queue.add(job("ok", "a.vpc"));
  ASSERT_TRUE(waitFor([&] { return ended(queue, *id); }));
  EXPECT_EQ(status(queue, *id).state, JobState::Failed);
  EXPECT_NE(status(queue, *id).error.find("no-such-program"), std::string::npos);
}

TEST_F(JobQueueTest, destructionEndsTheWorkers) {
  int process = 0;
  {
    JobQueue queue(FAKE_WORKER, 2);
    const auto id = queue.add(job("hang", "a.vpc"));
    ASSERT_TRUE(waitFor([&] { return status(queue, *id).stage == "hanging"; }));
    process = queue.workerProcess(*id);
    ASSERT_GT(process, 0);
    EXPECT_EQ(::kill(process, 0), 0);
  }
  EXPECT_NE(::kill(process, 0), 0);
}

TEST_F(JobQueueTest, callsFromManyThreadsAreSafe) {
  JobQueue queue(FAKE_WORKER, 4);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        const auto id =
            queue.add(job(i % 2 == 0 ? "ok" : "hang", std::to_string(t * 10 + i) + ".vpc"));
        if (id) {
          queue.moveUp(*id);
          if (i % 2 == 1) {
            queue.cancel(*id);
          }
        }
        (void)queue.jobs();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  ASSERT_TRUE(waitFor([&] {
    for (const JobStatus& one : queue.jobs()) {
      if (one.state == JobState::Queued || one.state == JobState::Running) {
        return false;
      }
    }
    return true;
  }));
  std::size_t done = 0;
  for (const JobStatus& one : queue.jobs()) {
    done += one.state == JobState::Done ? 1 : 0;
  }
  EXPECT_EQ(done, 12U);
}

}  // namespace
}  // namespace volpress::engine
