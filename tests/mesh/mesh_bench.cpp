// Drawing and decoding meshes.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "app/engine/mesh_views.hpp"
#include "compressors/mesh/geometry.hpp"
#include "renderer/software/mesh_renderer.hpp"
#include "scene/formats/draco_part.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace {

using namespace volpress;

void drawTorus(benchmark::State& state) {
  SerialRunner runner;
  const renderer::MeshRenderer renderer(runner);
  const auto side = static_cast<std::size_t>(state.range(0));
  const auto mesh = std::make_shared<const Mesh>(testing::torusMesh(2 * side, side));
  const auto prepared = renderer.prepare(mesh).value();
  const Camera camera = engine::meshHomeCamera(prepared->bounds(), 512, 512);
  for (auto _ : state) {
    benchmark::DoNotOptimize(renderer.render(*prepared, camera, {}));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(triangleCount(*mesh)));
}
BENCHMARK(drawTorus)->Arg(50)->Arg(250)->Unit(benchmark::kMillisecond);

void decodeDraco(benchmark::State& state) {
  const Mesh mesh = testing::torusMesh(500, 250);
  const auto stream = formats::encodeDracoPart(mesh.parts[0], {}).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(formats::decodeDracoPart(stream.bytes, stream.attributes));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(triangleCount(mesh)));
}
BENCHMARK(decodeDraco)->Unit(benchmark::kMillisecond);

/// Geometry alone, and with normals and UVs.
void decodeOwn(benchmark::State& state) {
  using namespace compressors::meshes;
  SerialRunner runner;
  const Mesh mesh = state.range(0) == 0 ? testing::torusMesh(500, 250) : testing::gridMesh(350);
  GeometrySettings settings;
  settings.cell = 1.0 / 2047;
  const auto streams = packGeometry(mesh, settings, runner, {}).value();
  const auto source = [&](std::string_view name) {
    const auto found = std::find_if(streams.begin(), streams.end(),
                                    [&](const auto& one) { return one.name == name; });
    return found != streams.end() ? ByteView(found->bytes) : ByteView();
  };
  for (auto _ : state) {
    benchmark::DoNotOptimize(unpackGeometry(source, runner, {}));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(triangleCount(mesh)));
}
BENCHMARK(decodeOwn)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
