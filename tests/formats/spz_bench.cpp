// SPZ packing and unpacking, in bytes of raw floats (236 a splat at SH 3).
#include <benchmark/benchmark.h>

#include "scene/formats/spz.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kSplats = 150'000;

const GaussianCloud& cloudOf(std::int64_t kind) {
  static const auto runner = makeThreadRunner(2);
  static const GaussianCloud random = testing::randomCloud(kSplats, 3, 1);
  static const GaussianCloud sample = makeSampleScene(1, 1, *runner);
  return kind == 0 ? random : sample;
}

std::int64_t floatBytes(const GaussianCloud& cloud) {
  return static_cast<std::int64_t>(cloud.count * 4 * (14 + cloud.shRest.size() / cloud.count));
}

ParamSet paramsOf(const char* version, std::int64_t level) {
  return *completeParams(spzFormat().info().writeParams,
                         {{"version", std::string(version)}, {"zstd_level", level}});
}

void pack(benchmark::State& state, const char* version) {
  const GaussianCloud& cloud = cloudOf(state.range(0));
  const ParamSet params = paramsOf(version, state.range(1));
  const auto runner = makeThreadRunner(2);
  Progress progress;
  IoContext context{*runner, progress, {}, {}};
  std::size_t size = 0;
  for ([[maybe_unused]] auto _ : state) {
    size = spzFormat().encode(cloud, params, context)->size();
  }
  state.SetBytesProcessed(state.iterations() * floatBytes(cloud));
  state.counters["fileBytesPerSplat"] =
      static_cast<double>(size) / static_cast<double>(cloud.count);
}
BENCHMARK_CAPTURE(pack, v4, "4")
    ->ArgsProduct({{0, 1}, {3, 8, 12}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(pack, v3, "3")
    ->ArgsProduct({{0, 1}, {12}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void unpack(benchmark::State& state, const char* version) {
  const GaussianCloud& cloud = cloudOf(state.range(0));
  const auto runner = makeThreadRunner(2);
  Progress progress;
  IoContext context{*runner, progress, {}, {}};
  const Bytes file = *spzFormat().encode(cloud, paramsOf(version, 12), context);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(spzFormat().decode(file, context));
  }
  state.SetBytesProcessed(state.iterations() * floatBytes(cloud));
}
BENCHMARK_CAPTURE(unpack, v4, "4")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(unpack, v3, "3")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace volpress::formats
