// Drawing a picture of Gaussians, and one step of fitting it. The label shows the limit (2
// threads).
#include <benchmark/benchmark.h>

#include "renderer/software/gaussian_picture.hpp"
#include "tests/gaussianimage/test_pictures.hpp"

namespace volpress {
namespace {

constexpr std::size_t kWidth = 768;
constexpr std::size_t kHeight = 512;

/// Gaussians of the size that fitted ones of that number have.
renderer::GaussianPicture pictureOf(std::int64_t count) {
  const float room = std::sqrt(static_cast<float>(kWidth * kHeight) / static_cast<float>(count));
  return testing::randomGaussians(kWidth, kHeight, static_cast<std::size_t>(count), 0.7F * room, 1);
}

void draw(benchmark::State& state) {
  const auto runner = makeThreadRunner(2);
  const renderer::GaussianPicture picture = pictureOf(state.range(0));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(renderer::drawGaussianPicture(picture, *runner));
  }
  if (state.range(0) == 5000) {
    state.SetLabel("limit 50 ms");
  }
}
BENCHMARK(draw)
    ->ArgName("gaussians")
    ->Arg(800)
    ->Arg(5000)
    ->Arg(20000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void step(benchmark::State& state) {
  const auto runner = makeThreadRunner(2);
  const renderer::GaussianPicture picture = pictureOf(state.range(0));
  renderer::PicturePlanes sum(kWidth, kHeight);
  renderer::PlacedGaussians::Gradients gradients;
  for ([[maybe_unused]] auto _ : state) {
    const renderer::PlacedGaussians placed(picture, *runner);
    placed.draw(picture.colors, sum);
    placed.pullBack(picture, sum, gradients);
  }
  if (state.range(0) == 5000) {
    state.SetLabel("limit 30 ms");
  }
}
BENCHMARK(step)
    ->ArgName("gaussians")
    ->Arg(800)
    ->Arg(5000)
    ->Arg(20000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace volpress
