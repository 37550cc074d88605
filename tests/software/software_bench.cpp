// Frame, score and gradient times of the software rasteriser. The label shows the limit where one
// is set (2 threads).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/stopwatch.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

constexpr std::size_t kThreads = 2;

struct Stage {
  Stage(std::size_t count, std::size_t width, std::size_t height, unsigned shDegree)
      : camera(lookAt({0, 0, 8}, {0, 0, 0}, {0, 1, 0}, 1.0471976F, width, height)) {
    // Splats shrink as their number grows, as they do in scenes trained at one resolution.
    GaussianCloud cloud = testing::randomCloud(count, shDegree, 1);
    const float shrink = 0.5F * std::log(150000.0F / static_cast<float>(count));
    for (float& scale : cloud.logScales) {
      scale += shrink;
    }
    prepared = *rasterizer->prepare(std::make_shared<GaussianCloud>(std::move(cloud)));
  }

  std::unique_ptr<TaskRunner> runner = makeThreadRunner(kThreads);
  std::unique_ptr<renderer::Rasterizer> rasterizer = renderer::makeSoftwareRasterizer(*runner);
  std::unique_ptr<renderer::PreparedCloud> prepared;
  Camera camera;
};

Stage makeStage(const benchmark::State& state, unsigned shDegree) {
  return {static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
          static_cast<std::size_t>(state.range(2)), shDegree};
}

void frame(benchmark::State& state) {
  Stage stage = makeStage(state, static_cast<unsigned>(state.range(3)));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(stage.rasterizer->render(*stage.prepared, stage.camera, {}));
  }
  if (state.range(0) == 150000) {
    state.SetLabel(state.range(1) == 640 ? "limit 60 ms" : "limit 120 ms");
  }
}
BENCHMARK(frame)
    ->ArgNames({"splats", "width", "height", "sh"})
    ->ArgsProduct({{20000, 50000, 150000, 600000, 1700000}, {640}, {480}, {0, 3}})
    ->ArgsProduct({{20000, 150000, 600000, 1700000}, {1280}, {720}, {0, 3}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void scores(benchmark::State& state) {
  Stage stage = makeStage(state, 0);
  renderer::ContributionScores sums;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        stage.rasterizer->accumulateScores(*stage.prepared, stage.camera, sums, {}));
  }
}
BENCHMARK(scores)
    ->ArgNames({"splats", "width", "height"})
    ->Args({150000, 640, 480})
    ->Args({150000, 1280, 720})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void gradients(benchmark::State& state) {
  Stage stage = makeStage(state, 0);
  const Image loss = makeImage(stage.camera.width, stage.camera.height, 3, 0.01F);
  std::vector<float> sums(3 * stage.prepared->count());
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        stage.rasterizer->accumulateColorGradients(*stage.prepared, stage.camera, loss, sums, {}));
  }
}
BENCHMARK(gradients)
    ->ArgNames({"splats", "width", "height"})
    ->Args({150000, 640, 480})
    ->Args({150000, 1280, 720})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void differentiableFrame(benchmark::State& state) {
  Stage stage = makeStage(state, static_cast<unsigned>(state.range(3)));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        stage.rasterizer->renderDifferentiable(*stage.prepared, stage.camera, {}));
  }
}

/// Forward and backward; limits: 4 times `frame`, and 150 ms for 50,000 splats at 640 x 480.
void trainingStep(benchmark::State& state) {
  Stage stage = makeStage(state, static_cast<unsigned>(state.range(3)));
  const Image loss = makeImage(stage.camera.width, stage.camera.height, 3, 0.01F);
  renderer::CloudGradients sums;
  for ([[maybe_unused]] auto _ : state) {
    const auto drawn = stage.rasterizer->renderDifferentiable(*stage.prepared, stage.camera, {});
    benchmark::DoNotOptimize((*drawn)->accumulateGradients(loss, sums, {}));
  }
}
BENCHMARK(differentiableFrame)
    ->ArgNames({"splats", "width", "height", "sh"})
    ->ArgsProduct({{50000, 150000}, {640}, {480}, {0, 3}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(trainingStep)
    ->ArgNames({"splats", "width", "height", "sh"})
    ->ArgsProduct({{50000, 150000}, {640}, {480}, {0, 3}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void prepare(benchmark::State& state) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(kThreads);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto cloud = std::make_shared<GaussianCloud>(
      testing::randomCloud(static_cast<std::size_t>(state.range(0)), 0, 1));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(rasterizer->prepare(cloud));
  }
}
BENCHMARK(prepare)->Arg(150000)->Arg(1700000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// How many times the frame a training step takes, the two in turns so that what else the machine
/// does hits both: the median, and its limit.
void trainingStepOverFrame(benchmark::State& state) {
  Stage stage = makeStage(state, static_cast<unsigned>(state.range(3)));
  const Image loss = makeImage(stage.camera.width, stage.camera.height, 3, 0.01F);
  renderer::CloudGradients sums;
  std::vector<double> ratios;
  for ([[maybe_unused]] auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(stage.rasterizer->render(*stage.prepared, stage.camera, {}));
    const double frameSeconds = secondsSince(start);
    const auto again = std::chrono::steady_clock::now();
    const auto drawn = stage.rasterizer->renderDifferentiable(*stage.prepared, stage.camera, {});
    benchmark::DoNotOptimize((*drawn)->accumulateGradients(loss, sums, {}));
    ratios.push_back(secondsSince(again) / frameSeconds);
  }
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  state.counters["medianRatio"] = *middle;
  state.SetLabel("limit 4");
}
BENCHMARK(trainingStepOverFrame)
    ->ArgNames({"splats", "width", "height", "sh"})
    ->ArgsProduct({{50000, 150000}, {640}, {480}, {0, 3}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(3)
    ->UseRealTime();

}  // namespace
}  // namespace volpress
