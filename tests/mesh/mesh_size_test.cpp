// The codec `mesh` beside Draco at its best, on real meshes: geometry bytes at equal steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "compressors/mesh_codec.hpp"
#include "scene/formats/mesh_file.hpp"
#include "scene/types/mesh_topology.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

Result<Bytes> encode(const char* id, const Mesh& mesh, const ParamSet& overrides) {
  const compressors::MeshCodec& codec = *compressors::findMeshCodec(id);
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  return codec.encode(mesh, compressors::resolveParams(codec.info(), "", overrides).value(),
                      context);
}

/// Bytes that are neither pictures, scene graph nor animation: those are the same for both.
std::uint64_t geometryBytes(const char* id, const Bytes& file) {
  static constexpr std::array<std::string_view, 5> kElse{"header", "document", "textures", "skins",
                                                         "animations"};
  std::uint64_t bytes = 0;
  const auto shares = compressors::findMeshCodec(id)->breakdown(file);
  for (const auto& share : shares.value()) {
    if (std::find(kElse.begin(), kElse.end(), share.name) == kElse.end()) {
      bytes += share.bytes;
    }
  }
  return bytes;
}

struct Row {
  const char* file;
  double most;  ///< our bytes for each of Draco's, a little above what was measured
};

class MeshSizes : public ::testing::TestWithParam<Row> {};

TEST_P(MeshSizes, AreBelowDraco) {
  const auto path = testing::realData(std::string("meshes/") + GetParam().file);
  if (!path) {
    GTEST_SKIP() << "no " << GetParam().file << " on this machine";
  }
  SerialRunner runner;
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  const auto loaded = formats::loadMesh(*path, io);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const ParamSet alike{{"position_bits", std::int64_t{11}},
                       {"normal_bits", std::int64_t{8}},
                       {"uv_bits", std::int64_t{10}}};
  ParamSet best = alike;
  best["level"] = std::int64_t{10};
  const auto draco = encode("draco", loaded->mesh, best);
  const auto own = encode("mesh", loaded->mesh, alike);
  ASSERT_TRUE(draco && own);
  const compressors::MeshCodec& codec = *compressors::findMeshCodec("mesh");
  compressors::RunContext context{runner, progress, {}};
  const auto start = std::chrono::steady_clock::now();
  const auto back = codec.decode(*own, context);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_TRUE(back) << back.error().message;
  const MeshTopology before = measureTopology(loaded->mesh);
  const std::size_t empty = before.degenerateTriangles;
  EXPECT_LE(triangleCount(*back), before.triangles);
  EXPECT_GE(triangleCount(*back) + empty, before.triangles);
  const auto ours = static_cast<double>(geometryBytes("mesh", *own));
  const auto theirs = static_cast<double>(geometryBytes("draco", *draco));
  RecordProperty("bytes", static_cast<int>(ours));
  std::printf("%-28s %7zu triangles  Draco %7.0f  ours %7.0f  %+5.1f %%  decoded at %.2f M/s\n",
              GetParam().file, before.triangles, theirs, ours, 100 * (ours / theirs - 1),
              static_cast<double>(triangleCount(*back)) / seconds / 1e6);
  EXPECT_LT(ours, GetParam().most * theirs);
}

INSTANTIATE_TEST_SUITE_P(
    Real, MeshSizes,
    ::testing::Values(Row{"bun_zipper.ply", 0.85}, Row{"DamagedHelmet.glb", 0.84},
                      Row{"FlightHelmet/FlightHelmet.gltf", 0.79}, Row{"2CylinderEngine.glb", 0.79},
                      Row{"Fox.glb", 0.78}, Row{"amsterdam/amsterdam.obj", 0.66}),
    [](const auto& one) {
      std::string name(one.param.file);
      name = name.substr(name.find('/') == std::string::npos ? 0 : name.find('/') + 1);
      name = name.substr(0, name.find('.'));
      return "Of_" + name;
    });

}  // namespace
}  // namespace volpress
