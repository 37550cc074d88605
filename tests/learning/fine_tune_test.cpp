// Fine-tuning towards pictures of a known scene.
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/view_order.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::learning {
namespace {

GaussianCloud original() {
  GaussianCloud cloud = testing::randomCloud(200, 1, 3);
  for (float& scale : cloud.logScales) {
    scale += 1.3F;
  }
  return cloud;
}

std::vector<TeacherView> pictures(const GaussianCloud& cloud, std::size_t count, float firstAngle) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  std::vector<TeacherView> views;
  for (std::size_t i = 0; i < count; ++i) {
    const float angle = firstAngle + 6.2831853F * static_cast<float>(i) / static_cast<float>(count);
    const Camera camera = lookAt({4 * std::sin(angle), 0.5F, 4 * std::cos(angle)}, {0, 0, 0},
                                 {0, 1, 0}, 0.8F, 56, 48);
    views.push_back({camera, rasterizer->render(**prepared, camera, {})->color});
  }
  return views;
}

GaussianCloud perturbed(GaussianCloud cloud) {
  std::mt19937_64 random(9);
  const auto shake = [&](FloatArray& values, float by) {
    for (float& value : values) {
      value += by * (static_cast<float>(static_cast<double>(random() >> 11) * 0x1p-53) - 0.5F);
    }
  };
  shake(cloud.means, 0.2F);
  shake(cloud.logScales, 0.6F);
  shake(cloud.rotations, 0.3F);
  shake(cloud.opacityLogits, 1.0F);
  shake(cloud.shDc, 0.6F);
  shake(cloud.shRest, 0.3F);
  return cloud;
}

double psnrOn(std::span<const TeacherView> views, const GaussianCloud& cloud) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  double sum = 0;
  for (const TeacherView& view : views) {
    sum += *metrics::psnr(view.picture, rasterizer->render(**prepared, view.camera, {})->color);
  }
  return sum / static_cast<double>(views.size());
}

FineTuneSettings quickSettings(unsigned iterations) {
  FineTuneSettings settings;
  settings.iterations = iterations;
  settings.rates = {{{2e-3, 2e-4}, {5e-3}, {2e-3}, {2e-2, 0, 0.9, 50}, {5e-3}, {1e-3}}};
  settings.warmUp = 20;
  return settings;
}

void expectSameCloud(const GaussianCloud& a, const GaussianCloud& b) {
  EXPECT_EQ(a.means, b.means);
  EXPECT_EQ(a.logScales, b.logScales);
  EXPECT_EQ(a.rotations, b.rotations);
  EXPECT_EQ(a.opacityLogits, b.opacityLogits);
  EXPECT_EQ(a.shDc, b.shDc);
  EXPECT_EQ(a.shRest, b.shRest);
}

class FineTuneTest : public ::testing::Test {
protected:
  const GaussianCloud m_original = original();
  const std::vector<TeacherView> m_teachers = pictures(m_original, 8, 0);
  const std::vector<TeacherView> m_trials = pictures(m_original, 3, 0.3F);

  FineTuneTask task(unsigned iterations) const {
    FineTuneTask made;
    made.settings = quickSettings(iterations);
    made.teachers = m_teachers;
    made.trials = m_trials;
    return made;
  }
  static Result<FineTuneOutcome> run(GaussianCloud& master, const FineTuneTask& task,
                                     std::size_t threads = 2, const std::stop_token& stop = {}) {
    const auto runner = makeThreadRunner(threads);
    const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
    Progress progress;
    return fineTune(master, task, *rasterizer, *runner, progress, stop);
  }
};

TEST(RateSchedule, FallsExponentiallyAndByDecay) {
  EXPECT_DOUBLE_EQ(rateAt({0.5}, 7, 10), 0.5);
  EXPECT_NEAR(rateAt({1, 0.01}, 5, 11), 0.1, 1e-12);
  EXPECT_NEAR(rateAt({1, 0.01}, 10, 11), 0.01, 1e-12);
  EXPECT_NEAR(rateAt({1, 0, 0.95, 400}, 800, 5000), 0.9025, 1e-12);
  EXPECT_NEAR(rateAt({1, 0, 0.95, 400}, 799, 5000), 0.95, 1e-12);
}

TEST(ViewOrder, ShowsEveryViewOnceARound) {
  ViewOrder order(7, 5);
  for (std::uint64_t round = 0; round < 3; ++round) {
    std::vector<int> seen(7);
    for (std::uint64_t i = 0; i < 7; ++i) {
      ++seen[order.at(7 * round + i)];
    }
    EXPECT_EQ(seen, std::vector<int>(7, 1));
  }
  ViewOrder again(7, 5);
  EXPECT_EQ(again.at(16), order.at(16));  // straight to a later round
}

TEST_F(FineTuneTest, ImprovesAPerturbedScene) {
  GaussianCloud master = perturbed(m_original);
  const double before = psnrOn(m_trials, master);
  const auto outcome = run(master, task(400));
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  const double after = psnrOn(m_trials, master);
  EXPECT_GT(after, before + 6);
  EXPECT_NEAR(outcome->firstTrialPsnr, before, 1e-3);
  EXPECT_NEAR(outcome->bestTrialPsnr, after, 1e-3);
  EXPECT_TRUE(validate(master));
}

TEST_F(FineTuneTest, LeavesFrozenGroupsAlone) {
  GaussianCloud master = perturbed(m_original);
  const GaussianCloud start = master;
  FineTuneTask colors = task(60);
  for (const Group group : {kMeans, kLogScales, kRotations, kOpacityLogits}) {
    colors.settings.rates[group] = {};
  }
  ASSERT_TRUE(run(master, colors).has_value());
  EXPECT_EQ(master.means, start.means);
  EXPECT_EQ(master.logScales, start.logScales);
  EXPECT_EQ(master.rotations, start.rotations);
  EXPECT_EQ(master.opacityLogits, start.opacityLogits);
  EXPECT_NE(master.shDc, start.shDc);
  EXPECT_NE(master.shRest, start.shRest);
}

TEST_F(FineTuneTest, StraightThroughMakesUpForACoarseQuantiser) {
  // Colours on a grid of 1, with everything free to make up for it. What is rounded moves slowly:
  // a step across a rounding edge is a jump of the whole grid.
  const auto rounded = [](const GaussianCloud& from, GaussianCloud& to) {
    for (std::size_t i = 0; i < from.shDc.size(); ++i) {
      to.shDc[i] = std::round(from.shDc[i]);
    }
  };
  GaussianCloud master = m_original;
  GaussianCloud plain = m_original;
  rounded(m_original, plain);
  FineTuneTask straight = task(500);
  straight.settings.rates = {
      {{1e-3, 1e-4}, {2e-3, 2e-4}, {2e-3, 2e-4}, {2e-2, 2e-3}, {1e-3, 1e-5}, {1e-2, 1e-3}}};
  straight.hooks.look = [&](const FineTuneStep& /*step*/, const GaussianCloud& from,
                            SeenScene& seen) -> Result<void> {
    rounded(from, seen.cloud);
    return {};
  };
  const auto outcome = run(master, straight);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  GaussianCloud tuned = master;
  rounded(master, tuned);
  EXPECT_NEAR(outcome->firstTrialPsnr, psnrOn(m_trials, plain), 1e-3);
  EXPECT_NEAR(outcome->bestTrialPsnr, psnrOn(m_trials, tuned), 1e-3);
  EXPECT_GT(psnrOn(m_trials, tuned), psnrOn(m_trials, plain) + 3);
}

TEST_F(FineTuneTest, ARateTermTradesQualityForRate) {
  // Rate: the mean magnitude of the view-dependent colours.
  const auto magnitude = [](const FloatArray& values) {
    double sum = 0;
    for (const float value : values) {
      sum += std::abs(static_cast<double>(value));
    }
    return sum / static_cast<double>(values.size());
  };
  GaussianCloud free = m_original;
  ASSERT_TRUE(run(free, task(150)).has_value());
  GaussianCloud priced = m_original;
  FineTuneTask rated = task(150);
  rated.hooks.pullBack = [&](const FineTuneStep& /*step*/, const GaussianCloud& master,
                             const SeenScene& /*seen*/,
                             renderer::CloudGradients& gradients) -> Result<double> {
    const float price = 5.0F / static_cast<float>(master.shRest.size());
    for (std::size_t i = 0; i < master.shRest.size(); ++i) {
      gradients.shRest[i] += std::copysign(price, master.shRest[i]);
    }
    return 5.0 * magnitude(master.shRest);
  };
  const auto outcome = run(priced, rated);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_LT(magnitude(priced.shRest), 0.8 * magnitude(free.shRest));
  EXPECT_GT(outcome->rate, 0);
}

TEST_F(FineTuneTest, LearnsParametersThatOnlyAHookKnows) {
  // One gain for all colours, 0.5 at the start, 1 in the pictures.
  GaussianCloud master = m_original;
  std::vector<LearntArray> arrays(1);
  arrays[0] = {"gain", {0.5F}, {0.0F}, {0.02}};
  FineTuneTask gained = task(200);
  gained.settings.rates = {};
  gained.arrays = arrays;
  gained.hooks.look = [&](const FineTuneStep& /*step*/, const GaussianCloud& from,
                          SeenScene& seen) -> Result<void> {
    for (std::size_t i = 0; i < from.shDc.size(); ++i) {
      seen.cloud.shDc[i] = arrays[0].values[0] * from.shDc[i];
    }
    return {};
  };
  gained.hooks.pullBack = [&](const FineTuneStep& /*step*/, const GaussianCloud& from,
                              const SeenScene& /*seen*/,
                              renderer::CloudGradients& gradients) -> Result<double> {
    for (std::size_t i = 0; i < from.shDc.size(); ++i) {
      arrays[0].gradient[0] += from.shDc[i] * gradients.shDc[i];
    }
    return 0;
  };
  ASSERT_TRUE(run(master, gained).has_value());
  EXPECT_NEAR(arrays[0].values[0], 1, 0.02);
  expectSameCloud(master, m_original);
}

TEST_F(FineTuneTest, SameBitsOnAnyNumberOfThreadsAndThroughCheckpoints) {
  const auto folder = testing::scratchFolder("fine-tune");
  FineTuneTask whole = task(90);
  whole.settings.averageDecay = 0.9;
  GaussianCloud expected = perturbed(m_original);
  const auto expectedOutcome = run(expected, whole, 2);
  ASSERT_TRUE(expectedOutcome.has_value());

  for (const unsigned cut : {1U, 37U, 89U}) {
    FineTuneTask resumed = whole;
    resumed.checkpoint = folder / "tune";
    std::filesystem::remove(resumed.checkpoint);
    std::stop_source source;
    resumed.hooks.look = [&](const FineTuneStep& step, const GaussianCloud& /*master*/,
                             SeenScene& /*seen*/) -> Result<void> {
      if (step.iteration == cut) {
        source.request_stop();
      }
      return {};
    };
    GaussianCloud first = perturbed(m_original);
    const auto cancelled = run(first, resumed, 1, source.get_token());
    ASSERT_FALSE(cancelled.has_value());
    ASSERT_EQ(cancelled.error().code, ErrorCode::Cancelled);
    ASSERT_TRUE(std::filesystem::exists(resumed.checkpoint));
    GaussianCloud second = perturbed(m_original);
    const auto outcome = run(second, resumed, 3);
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
    expectSameCloud(second, expected);
    EXPECT_EQ(outcome->bestIteration, expectedOutcome->bestIteration);
    EXPECT_EQ(outcome->loss, expectedOutcome->loss);
    EXPECT_EQ(outcome->firstTrialPsnr, expectedOutcome->firstTrialPsnr);
    // Through already: asks for nothing more.
    GaussianCloud third = perturbed(m_original);
    ASSERT_TRUE(run(third, resumed, 1).has_value());
    expectSameCloud(third, expected);
  }
}

TEST_F(FineTuneTest, KilledRunsGoOnToTheSameBits) {
  const auto folder = testing::scratchFolder("fine-tune-killed");
  FineTuneTask kept = task(150);
  kept.checkpoint = folder / "tune";
  kept.checkpointSeconds = 0;
  GaussianCloud expected = perturbed(m_original);
  FineTuneTask without = task(150);
  ASSERT_TRUE(run(expected, without).has_value());

  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    GaussianCloud master = perturbed(m_original);
    SerialRunner runner;  // threads do not survive the fork
    const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
    Progress progress;
    (void)fineTune(master, kept, *rasterizer, runner, progress, {});
    ::_exit(0);
  }
  while (!std::filesystem::exists(kept.checkpoint)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));  // it had not come to its end
  GaussianCloud master = perturbed(m_original);
  ASSERT_TRUE(run(master, kept).has_value());
  expectSameCloud(master, expected);
}

TEST_F(FineTuneTest, DamagedOrForeignCheckpointsAreIgnored) {
  const auto folder = testing::scratchFolder("fine-tune-damaged");
  FineTuneTask kept = task(20);
  kept.checkpoint = folder / "tune";
  GaussianCloud expected = perturbed(m_original);
  ASSERT_TRUE(run(expected, kept).has_value());
  const auto file = MappedFile::open(kept.checkpoint);
  ASSERT_TRUE(file.has_value());
  const Bytes good(file->bytes().begin(), file->bytes().end());
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 6) {
    Bytes bad = good;
    bad[at] ^= std::byte{8};
    bad.erase(bad.end() - static_cast<std::ptrdiff_t>(at % 3), bad.end());
    ASSERT_TRUE(writeFileAtomically(kept.checkpoint, bad));
    GaussianCloud master = perturbed(m_original);
    ASSERT_TRUE(run(master, kept).has_value());
    expectSameCloud(master, expected);
  }
  ASSERT_TRUE(writeFileAtomically(kept.checkpoint, good));
  FineTuneTask other = kept;
  other.identity = 77;
  GaussianCloud master = m_original;  // another start, and told so
  ASSERT_TRUE(run(master, other).has_value());
  EXPECT_NE(master.means, expected.means);
}

TEST_F(FineTuneTest, TheTrialViewsGuardAgainstLearningByHeart) {
  // One teacher and far too high rates: the first state stays the best elsewhere.
  GaussianCloud master = m_original;
  FineTuneTask greedy = task(40);
  greedy.teachers = std::span(m_teachers).first(1);
  for (RateSchedule& rate : greedy.settings.rates) {
    rate = {0.5};
  }
  const auto outcome = run(master, greedy);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->bestIteration, 0U);
  expectSameCloud(master, m_original);
}

TEST_F(FineTuneTest, WrongInputIsRefused) {
  GaussianCloud master = m_original;
  FineTuneTask without = task(10);
  without.teachers = {};
  EXPECT_EQ(run(master, without).error().code, ErrorCode::InvalidParameter);
  std::vector<TeacherView> odd = m_teachers;
  odd[1].picture = makeImage(5, 5);
  FineTuneTask sized = task(10);
  sized.teachers = odd;
  EXPECT_EQ(run(master, sized).error().code, ErrorCode::InvalidParameter);
  std::vector<LearntArray> arrays(1);
  arrays[0] = {"steps", {1, 2}, {0}, {0.1}};
  FineTuneTask lengths = task(10);
  lengths.arrays = arrays;
  EXPECT_EQ(run(master, lengths).error().code, ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace volpress::learning
