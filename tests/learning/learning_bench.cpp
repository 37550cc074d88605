// What a training iteration spends outside the rasteriser.
#include <benchmark/benchmark.h>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/photometric_loss.hpp"

namespace volpress::learning {
namespace {

void loss(benchmark::State& state) {
  const auto runner = makeThreadRunner(2);
  const Image picture = makeImage(640, 480, 3, 0.4F);
  const Image photo = makeImage(640, 480, 3, 0.5F);
  Image gradient;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(photometricLoss(picture, photo, *runner, gradient));
  }
}
BENCHMARK(loss)->Unit(benchmark::kMillisecond)->UseRealTime();

void adamStep(benchmark::State& state) {
  const auto runner = makeThreadRunner(2);
  Adam adam;
  FloatArray values;
  FloatArray gradient;
  values.assign(59 * 50000, 0.0F);
  gradient.assign(59 * 50000, 0.1F);
  for ([[maybe_unused]] auto _ : state) {
    adam.step(values, gradient, 1e-3, *runner);
  }
}
BENCHMARK(adamStep)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace volpress::learning
