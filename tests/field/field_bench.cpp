// Samples a second of the field marcher, and of its networks alone.
#include <benchmark/benchmark.h>

#include "renderer/software/field_model.hpp"
#include "renderer/software/field_renderer.hpp"
#include "tests/field/test_fields.hpp"

namespace volpress {
namespace {

/// 8 levels of 4 features, as instant-ngp's current base configuration, at 2^range(0) entries.
HashGridField fieldFor(const benchmark::State& state) {
  HashGridField field = makeField(
      {GridKind::Hash, GridInterpolation::Linear, 8, 4, static_cast<unsigned>(state.range(0)), 16},
      1);
  std::uint32_t seed = 1;
  for (float& value : field.parameters) {
    seed = seed * 1664525U + 1013904223U;
    value = (static_cast<float>(seed >> 8) * 0x1p-24F - 0.5F) * 0.1F;
  }
  field.occupancy = testing::occupancyWhere(1, [](const std::array<float, 3>& p) {
    return (p[0] - 0.5F) * (p[0] - 0.5F) + (p[1] - 0.5F) * (p[1] - 0.5F) +
               (p[2] - 0.5F) * (p[2] - 0.5F) <
           0.16F;
  });
  return field;
}

void march(benchmark::State& state) {
  const auto runner = makeThreadRunner(static_cast<std::size_t>(state.range(1)));
  const renderer::FieldRenderer renderer(*runner);
  const auto prepared =
      renderer.prepare(std::make_shared<const HashGridField>(fieldFor(state))).value();
  const Camera camera = lookAt({1.4F, 0.9F, -0.6F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, 128, 128);
  std::uint64_t samples = 0;
  for ([[maybe_unused]] auto _ : state) {
    samples += renderer.render(*prepared, camera, {}).value().samples;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(samples));
  state.SetLabel("limit 1 M/s on 2 cores");
}
BENCHMARK(march)
    ->ArgNames({"bits", "threads"})
    ->ArgsProduct({{15, 19}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void evaluate(benchmark::State& state) {
  const HashGridField field = fieldFor(state);
  const renderer::FieldModel model(field);
  renderer::FieldBatch batch(model);
  batch.count = renderer::kFieldBatch;
  std::uint32_t seed = 7;
  for (std::size_t n = 0; n < batch.count; ++n) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      seed = seed * 1664525U + 1013904223U;
      batch.place(axis)[n] = static_cast<float>(seed >> 8) * 0x1p-24F;
      batch.direction(axis)[n] = 0.57735F;
    }
  }
  for ([[maybe_unused]] auto _ : state) {
    fieldDensity(model, batch);
    fieldColor(model, batch);
    benchmark::DoNotOptimize(batch.logit());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch.count));
}
BENCHMARK(evaluate)->ArgName("bits")->Arg(15)->Arg(19);

}  // namespace
}  // namespace volpress
