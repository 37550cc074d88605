// Reading and writing speed of the PLY formats, from memory.
#include <benchmark/benchmark.h>

#include "scene/formats/format.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kSplats = 400'000;

struct Case {
  const Format* format;
  std::unique_ptr<TaskRunner> runner = makeThreadRunner();
  Progress progress;
  IoContext context{*runner, progress, {}, {}};
  GaussianCloud cloud = testing::randomCloud(kSplats, 3, 1);
  ParamSet params;
  Bytes bytes;

  explicit Case(const char* id) : format(findFormat(id)) {
    params = *completeParams(format->info().writeParams, {});
    bytes = *format->encode(cloud, params, context);
  }
};

void decode(benchmark::State& state, const char* id) {
  Case test(id);
  for ([[maybe_unused]] auto _ : state) {
    auto cloud = test.format->decode(test.bytes, test.context);
    benchmark::DoNotOptimize(cloud);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(test.bytes.size()));
}

void encode(benchmark::State& state, const char* id) {
  Case test(id);
  for ([[maybe_unused]] auto _ : state) {
    const auto done = test.format->encodeTo(test.cloud, test.params, test.context,
                                            [](ByteView part) -> Result<void> {
                                              benchmark::DoNotOptimize(part.data());
                                              return {};
                                            });
    benchmark::DoNotOptimize(done);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(test.bytes.size()));
}

BENCHMARK_CAPTURE(decode, ply, "ply")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, ply, "ply")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, compressedPly, "compressed-ply")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, compressedPly, "compressed-ply")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, splat, "splat")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, splat, "splat")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace volpress::formats
