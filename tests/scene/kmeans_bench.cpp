// k-means at the sizes of SOG palettes.
#include <benchmark/benchmark.h>

#include "scene/base/kmeans.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

void paletteOf(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const GaussianCloud cloud = testing::randomCloud(count, 3, 1);
  const auto runner = makeThreadRunner(2);
  KMeansOptions options;
  options.clusters = static_cast<std::size_t>(state.range(1));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(kMeans(cloud.shRest, 45, {}, options, *runner));
  }
}
BENCHMARK(paletteOf)
    ->Args({150'000, 256})
    ->Args({150'000, 8192})
    ->Args({150'000, 65536})
    ->Args({500'000, 65536})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void codebookOf(benchmark::State& state) {
  const GaussianCloud cloud = testing::randomCloud(static_cast<std::size_t>(state.range(0)), 0, 1);
  const auto runner = makeThreadRunner(2);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(kMeans1d(cloud.shDc, 256, 10, *runner));
  }
}
BENCHMARK(codebookOf)->Arg(500'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace volpress
