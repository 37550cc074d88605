// Training on pictures of a known scene.
#include <cmath>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "compressors/training/density_control.hpp"
#include "compressors/training/initial_cloud.hpp"
#include "compressors/training/trainer.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::training {
namespace {

constexpr std::size_t kViews = 8;

/// Small pictures of 300 splats from all around, with the splats' places as points.
TrainingSet smallSet() {
  GaussianCloud cloud = testing::randomCloud(300, 1, 3);
  for (float& scale : cloud.logScales) {
    scale += 1.3F;
  }
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  TrainingSet set;
  for (std::size_t i = 0; i < kViews; ++i) {
    const float angle = 0.785398F * static_cast<float>(i);
    TrainingView view;
    view.name = std::to_string(i);
    view.camera = lookAt({4 * std::sin(angle), 0.5F, 4 * std::cos(angle)}, {0, 0, 0}, {0, 1, 0},
                         0.8F, 56, 48);
    view.photo = rasterizer->render(**prepared, view.camera, {})->color;
    set.views.push_back(std::move(view));
  }
  set.points = cloud.means;
  set.pointColors.assign(cloud.means.size(), 0.5F);
  return set;
}

TrainSettings quickSettings() {
  TrainSettings settings = scheduledFor(120);
  settings.densifyEvery = 20;
  settings.opacityResetEvery = 50;
  settings.shDegree = 1;
  return settings;
}

double meanPsnr(const TrainingSet& set, const GaussianCloud& cloud) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  double sum = 0;
  for (const TrainingView& view : set.views) {
    sum += *metrics::psnr(view.photo, rasterizer->render(**prepared, view.camera, {})->color);
  }
  return sum / static_cast<double>(set.views.size());
}

struct Rig {
  explicit Rig(const TrainingSet& photos, std::size_t threads = 2,
               const TrainSettings& settings = quickSettings())
      : runner(makeThreadRunner(threads)),
        rasterizer(renderer::makeSoftwareRasterizer(*runner)),
        trainer(*Trainer::start(photos, settings, *rasterizer, *runner)) {}
  void run(unsigned until) {
    while (trainer->iteration() < until) {
      const Result<void> done = trainer->step({});
      ASSERT_TRUE(done.has_value()) << done.error().message;
    }
  }
  std::unique_ptr<TaskRunner> runner;
  std::unique_ptr<renderer::Rasterizer> rasterizer;
  std::unique_ptr<Trainer> trainer;
};

void expectSameCloud(const GaussianCloud& a, const GaussianCloud& b) {
  EXPECT_EQ(a.means, b.means);
  EXPECT_EQ(a.logScales, b.logScales);
  EXPECT_EQ(a.rotations, b.rotations);
  EXPECT_EQ(a.opacityLogits, b.opacityLogits);
  EXPECT_EQ(a.shDc, b.shDc);
  EXPECT_EQ(a.shRest, b.shRest);
}

TEST(InitialCloud, SplatsAreAsWideAsTheirNeighboursAreFar) {
  TrainingSet set;
  for (int i = 0; i < 125; ++i) {  // a grid of spacing 0.5: at least three neighbours each
    for (const int step : {i % 5, i / 5 % 5, i / 25}) {
      set.points.push_back(0.5F * static_cast<float>(step));
    }
  }
  set.pointColors.assign(375, 0.75F);
  SerialRunner runner;
  const GaussianCloud cloud = initialCloud(set, 2, 10, 1, runner);
  ASSERT_TRUE(validate(cloud));
  ASSERT_EQ(cloud.count, 125U);
  for (std::size_t i = 0; i < 375; ++i) {
    ASSERT_NEAR(cloud.logScales[i], std::log(0.5F), 1e-5F);
    ASSERT_NEAR(0.5F + kSh0 * cloud.shDc[i], 0.75F, 1e-5F);
  }
  EXPECT_NEAR(1 / (1 + std::exp(-cloud.opacityLogits[7])), 0.1, 1e-6);
}

TEST(InitialCloud, RandomWithoutPoints) {
  TrainingSet set = smallSet();
  set.points.clear();
  set.pointColors.clear();
  SerialRunner runner;
  const GaussianCloud cloud = initialCloud(set, 0, 500, 7, runner);
  ASSERT_TRUE(validate(cloud));
  EXPECT_EQ(cloud.count, 500U);
  const Bounds bounds = meanBounds(cloud);
  EXPECT_GT(bounds.max[0], 10);  // three times 1.1 times the cameras' radius of 4
  EXPECT_LT(bounds.max[0], 13.3F);
  EXPECT_EQ(cloud.means, initialCloud(set, 0, 500, 7, runner).means);
}

TEST(DensityControl, ClonesSplitsAndPrunes) {
  GaussianCloud cloud = testing::randomCloud(5, 0, 1);
  std::fill(cloud.logScales.begin(), cloud.logScales.end(), std::log(0.005F));
  std::fill(cloud.opacityLogits.begin(), cloud.opacityLogits.end(), 0.0F);
  cloud.logScales[3 * 1] = std::log(0.5F);  // large
  cloud.opacityLogits[3] = -8;              // transparent
  renderer::CloudGradients gradients;
  gradients.visible = {1, 1, 0, 1, 1};
  gradients.screenMeans = {1, 0, 0, 1, 9, 9, 9, 9, 1e-9F, 0};
  DensityControl density;
  density.observe(gradients, 100, 100);
  const GaussianCloud before = cloud;
  const DensityChange change = density.apply(cloud, TrainSettings{}, 1, false, 5);
  EXPECT_EQ(change.sources, (std::vector<std::uint32_t>{0, 2, 4, 0, 1, 1}));
  EXPECT_EQ(change.kept, 3U);
  EXPECT_EQ(change.cloned, 1U);
  EXPECT_EQ(change.split, 1U);
  EXPECT_EQ(change.pruned, 1U);
  ASSERT_EQ(cloud.count, 6U);
  EXPECT_NEAR(cloud.logScales[3 * 4], std::log(0.5F / 1.6F), 1e-5F);
  EXPECT_NE(cloud.means[3 * 4], cloud.means[3 * 5]);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(cloud.means[3 * 3 + c], before.means[c]);
    EXPECT_NEAR(cloud.means[3 * 4 + c], before.means[3 + c], 4 * 0.5);
  }
  EXPECT_EQ(density.observed, std::vector<std::uint32_t>(6));

  TrainSettings full;
  full.maxSplats = 6;
  density.sums.assign(6, 1);
  density.observed.assign(6, 1);
  EXPECT_EQ(density.apply(cloud, full, 1, true, 5).cloned, 0U);
}

TEST(Training, LearnsTheScene) {
  const TrainingSet set = smallSet();
  TrainSettings settings = scheduledFor(800);
  settings.shDegree = 1;
  Rig rig(set, 2, settings);
  const double before = meanPsnr(set, rig.trainer->cloud());
  rig.run(800);
  const double after = meanPsnr(set, rig.trainer->cloud());
  EXPECT_GT(after, before + 10);
  EXPECT_GT(after, 30);
  EXPECT_TRUE(validate(rig.trainer->cloud()));
}

TEST(Training, SameBitsOnAnyNumberOfThreadsAndThroughCheckpoints) {
  const TrainingSet set = smallSet();
  Rig whole(set, 2);
  whole.run(120);
  EXPECT_NE(whole.trainer->cloud().count, 300U);  // density did change

  Rig serial(set, 1);
  serial.run(57);  // after a reset of opacity
  const Bytes bytes = serial.trainer->checkpoint();
  Rig resumed(set, 3);
  const Result<void> restored = resumed.trainer->restore(bytes);
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(resumed.trainer->checkpoint(), bytes);
  resumed.run(120);
  expectSameCloud(whole.trainer->cloud(), resumed.trainer->cloud());
  EXPECT_EQ(whole.trainer->loss(), resumed.trainer->loss());
}

TEST(Training, DamagedOrForeignCheckpointsAreRefused) {
  const TrainingSet set = smallSet();
  Rig rig(set);
  rig.run(30);
  const Bytes good = rig.trainer->checkpoint();
  for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 50) {
    const Result<void> done = rig.trainer->restore(ByteView(good).first(size));
    ASSERT_FALSE(done.has_value());
    ASSERT_EQ(done.error().code, ErrorCode::CorruptData);
  }
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 50) {
    Bytes bad = good;
    bad[at] ^= std::byte{4};
    ASSERT_FALSE(rig.trainer->restore(bad).has_value()) << at;
  }
  // A wrong count under a right checksum.
  for (const std::uint64_t count : {std::uint64_t{1} << 62, std::uint64_t{301}, std::uint64_t{0}}) {
    Bytes bad = good;
    std::memcpy(bad.data() + 32, &count, 8);
    const std::uint64_t sum = hashBytes(ByteView(bad).first(bad.size() - 8));
    std::memcpy(bad.data() + bad.size() - 8, &sum, 8);
    const Result<void> done = rig.trainer->restore(bad);
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, ErrorCode::CorruptData);
  }
  TrainSettings other = quickSettings();
  other.shDc *= 2;
  Rig foreign(set, 1, other);
  EXPECT_EQ(foreign.trainer->restore(good).error().code, ErrorCode::InvalidParameter);
  EXPECT_TRUE(rig.trainer->restore(good).has_value());
}

TEST(Training, CancelledRunsGoOnFromTheirCheckpoint) {
  const TrainingSet set = smallSet();
  const auto runner = makeThreadRunner(2);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto folder = std::filesystem::path(::testing::TempDir()) / "volpress-training";
  std::filesystem::create_directories(folder);
  TrainRun run{quickSettings(), folder / "checkpoint", 1e9};
  std::filesystem::remove(run.checkpoint);
  std::stop_source source;
  Progress progress;
  const std::jthread canceller([&](const std::stop_token& ended) {
    while (!ended.stop_requested() && progress.snapshot().fraction < 0.4) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    source.request_stop();
  });
  const auto cut = train(set, run, *rasterizer, *runner, progress, source.get_token());
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().code, ErrorCode::Cancelled);
  ASSERT_TRUE(std::filesystem::exists(run.checkpoint));
  Progress again;
  const auto rest = train(set, run, *rasterizer, *runner, again, {});
  ASSERT_TRUE(rest.has_value()) << rest.error().message;
  Rig whole(set, 2);
  whole.run(120);
  expectSameCloud(*rest, whole.trainer->cloud());
  std::filesystem::remove_all(folder);
}

TEST(Training, WithoutViewsOrWithOddPhotosIsRefused) {
  TrainingSet set = smallSet();
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  set.views[2].photo = makeImage(5, 5);
  EXPECT_EQ(Trainer::start(set, {}, *rasterizer, runner).error().code, ErrorCode::InvalidParameter);
  set.views.clear();
  EXPECT_EQ(Trainer::start(set, {}, *rasterizer, runner).error().code, ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace volpress::training
