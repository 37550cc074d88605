// Decoding of our own codec on two threads, from the file to the cloud; limit: 2 million splats a
// second. Real scenes where they are there, else a generated one.
#include <benchmark/benchmark.h>

#include "compressors/volpress/volpress.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::compressors {
namespace {

constexpr std::size_t kThreads = 2;

GaussianCloud sceneOf(const char* file, TaskRunner& runner) {
  if (const auto path = testing::realData(file)) {
    Progress progress;
    formats::IoContext context{runner, progress, {}, {}};
    if (auto loaded = formats::loadCloud(*path, context)) {
      return std::move(loaded->cloud);
    }
  }
  return makeSampleScene(1, 1, runner);
}

void decode(benchmark::State& state, const char* file, double quality) {
  const auto runner = makeThreadRunner(kThreads);
  Progress progress;
  RunContext context{*runner, progress, {}};
  const auto params =
      completeParams(volpressCodec().info().params, {{"use_views", false}, {"quality", quality}});
  const Scene scene(sceneOf(file, *runner));
  const Bytes coded = volpressCodec().encode(scene, *params, context).value();
  std::size_t splats = 0;
  for ([[maybe_unused]] auto _ : state) {
    splats = std::get<GaussianCloud>(volpressCodec().decode(coded, context).value()).count;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(splats));
  state.counters["bytes/splat"] = static_cast<double>(coded.size()) / static_cast<double>(splats);
  state.SetLabel("limit 2 M/s");
}
BENCHMARK_CAPTURE(decode, biker_fast, "splats/biker.spz", 60)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(decode, biker_small, "splats/biker.spz", 35)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(decode, fox_sh3_fast, "splats/fox_sh3.ply", 60)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace volpress::compressors
