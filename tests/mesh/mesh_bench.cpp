// Drawing and decoding meshes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "app/engine/mesh_views.hpp"
#include "compressors/container/container.hpp"
#include "compressors/mesh/geometry.hpp"
#include "compressors/mesh_codec.hpp"
#include "renderer/software/mesh_renderer.hpp"
#include "scene/formats/draco_part.hpp"
#include "scene/formats/mesh_file.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/support/test_data.hpp"

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

/// Real files as the table of FORMAT.md has them.
void decodeReal(benchmark::State& state, const char* file) {
  const auto path = testing::realData(std::string("meshes/") + file);
  if (!path) {
    state.SkipWithError("not on this machine");
    return;
  }
  SerialRunner runner;
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  const Mesh mesh = formats::loadMesh(*path, io).value().mesh;
  const compressors::MeshCodec& codec = *compressors::findMeshCodec("mesh");
  const ParamSet params{{"position_bits", std::int64_t{11}},
                        {"normal_bits", std::int64_t{8}},
                        {"uv_bits", std::int64_t{10}}};
  compressors::RunContext context{runner, progress, {}};
  const Bytes bytes =
      codec.encode(mesh, compressors::resolveParams(codec.info(), "", params).value(), context)
          .value();
  const auto container = compressors::readContainer(bytes).value();
  const auto source = [&](std::string_view name) {
    const auto* chunk = container.find(name);
    return chunk != nullptr ? ByteView(chunk->data) : ByteView();
  };
  std::size_t triangles = 0;
  for (auto _ : state) {
    const auto parts = compressors::meshes::unpackGeometry(source, runner, {}).value();
    triangles = 0;
    for (const MeshPart& part : parts) {
      triangles += part.indices.size() / 3;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(triangles));
}
BENCHMARK_CAPTURE(decodeReal, bunny, "bun_zipper.ply")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeReal, DamagedHelmet, "DamagedHelmet.glb")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeReal, FlightHelmet, "FlightHelmet/FlightHelmet.gltf")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeReal, engine, "2CylinderEngine.glb")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeReal, Fox, "Fox.glb")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeReal, amsterdam, "amsterdam/amsterdam.obj")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeReal, vintage_pc, "vintage-pc.glb")->Unit(benchmark::kMillisecond);

}  // namespace
