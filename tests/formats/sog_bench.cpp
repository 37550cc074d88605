// SOG at 150,000 splats of SH 3.
#include <benchmark/benchmark.h>

#include "scene/formats/sog.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::formats {
namespace {

const GaussianCloud& cloudOf(std::int64_t kind) {
  static const auto runner = makeThreadRunner(2);
  static const GaussianCloud random = testing::randomCloud(150'000, 3, 1);
  static const GaussianCloud sample = makeSampleScene(1, 1, *runner);
  return kind == 0 ? random : sample;
}

void encodeSog(benchmark::State& state) {
  const GaussianCloud& cloud = cloudOf(state.range(0));
  const ParamSet params =
      *completeParams(sogFormat().info().writeParams, {{"effort", state.range(1)}});
  const auto runner = makeThreadRunner(2);
  Progress progress;
  IoContext context{*runner, progress, {}, {}};
  std::size_t size = 0;
  for ([[maybe_unused]] auto _ : state) {
    size = sogFormat().encode(cloud, params, context)->size();
  }
  state.counters["fileBytesPerSplat"] =
      static_cast<double>(size) / static_cast<double>(cloud.count);
}
BENCHMARK(encodeSog)
    ->ArgsProduct({{0, 1}, {3, 6, 9}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void decodeSog(benchmark::State& state) {
  const GaussianCloud& cloud = cloudOf(state.range(0));
  const auto runner = makeThreadRunner(2);
  Progress progress;
  IoContext context{*runner, progress, {}, {}};
  const ParamSet params = *completeParams(sogFormat().info().writeParams, {});
  const Bytes file = *sogFormat().encode(cloud, params, context);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(sogFormat().decode(file, context));
  }
}
BENCHMARK(decodeSog)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace volpress::formats
