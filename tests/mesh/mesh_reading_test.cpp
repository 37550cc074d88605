// Reading meshes: hand-made files, real ones, and the odd ones.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "scene/base/files.hpp"
#include "scene/formats/draco_part.hpp"
#include "scene/formats/gltf_document.hpp"
#include "scene/formats/mesh_file.hpp"
#include "scene/types/mesh_topology.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;

Result<formats::LoadedMesh> load(const fs::path& path) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  return formats::loadMesh(path, context);
}

template <typename T>
std::string base64(const std::vector<T>& values) {
  return formats::encodeBase64(viewBytes(std::span<const T>(values)));
}

TEST(GltfMesh, ReadsSparseAccessorsStripsAndQuantisedNumbers) {
  // Four corners as 16-bit numbers; the sparse accessor moves corner 3 from (0, 0, 0) to (3, 4, 5).
  const std::vector<std::uint16_t> bytes{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0,  // positions
                                         3, 3, 4, 5};                         // sparse
  const std::string file = fmt::format(
      R"({{"asset":{{"version":"2.0"}},"extensionsRequired":["KHR_mesh_quantization"],
      "buffers":[{{"byteLength":32,"uri":"data:application/octet-stream;base64,{}"}}],
      "bufferViews":[{{"buffer":0,"byteLength":24}},{{"buffer":0,"byteOffset":24,"byteLength":2}},
        {{"buffer":0,"byteOffset":26,"byteLength":6}}],
      "accessors":[{{"bufferView":0,"componentType":5123,"count":4,"type":"VEC3","sparse":
        {{"count":1,"indices":{{"bufferView":1,"componentType":5123}},"values":{{"bufferView":2}}}}}}],
      "meshes":[{{"primitives":[{{"mode":5,"attributes":{{"POSITION":0}}}}]}}],
      "nodes":[{{"mesh":0}}]}})",
      base64(bytes));
  const auto mesh = testing::readMesh(viewBytes(std::string_view(file)), "a.gltf");
  ASSERT_TRUE(mesh) << mesh.error().message;
  const MeshPart& part = mesh->parts.at(0);
  EXPECT_EQ(part.indices, (std::vector<std::uint32_t>{0, 1, 2, 2, 1, 3}));
  EXPECT_EQ(part.positions[9], 3);
  EXPECT_EQ(part.positions[10], 4);
  EXPECT_EQ(part.positions[11], 5);
}

TEST(GltfMesh, RefusesACircleOfNodes) {
  const std::string_view file = R"({"asset":{"version":"2.0"},
    "accessors":[{"componentType":5126,"count":3,"type":"VEC3"}],
    "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
    "nodes":[{"children":[1]},{"children":[0]}]})";
  const auto mesh = testing::readMesh(viewBytes(file), "a.gltf");
  ASSERT_FALSE(mesh);
  EXPECT_NE(mesh.error().message.find("circle"), std::string::npos) << mesh.error().message;
}

TEST(GltfMesh, ZerosNeedNoBytesButHaveALimit) {
  const std::string_view file = R"({"asset":{"version":"2.0"},
    "accessors":[{"componentType":5126,"count":4000000000,"type":"VEC3"}],
    "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}]})";
  const auto mesh = testing::readMesh(viewBytes(file), "a.gltf");
  ASSERT_FALSE(mesh);
  EXPECT_EQ(mesh.error().code, ErrorCode::CorruptData);
}

TEST(PlyMesh, TurnsPolygonsIntoFans) {
  const std::string_view file =
      "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
      "property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n"
      "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
      "0 0 0 255 0 0\n1 0 0 0 255 0\n1 1 0 0 0 255\n0 1 0 255 255 255\n4 0 1 2 3\n";
  const auto mesh = testing::readMesh(viewBytes(file), "a.ply");
  ASSERT_TRUE(mesh) << mesh.error().message;
  EXPECT_EQ(mesh->parts[0].indices, (std::vector<std::uint32_t>{0, 1, 2, 0, 2, 3}));
  EXPECT_EQ(mesh->parts[0].colors[0], 1);
  EXPECT_EQ(mesh->parts[0].colors[1], 0);
  EXPECT_EQ(mesh->parts[0].colors[3], 1);
}

TEST(PlyMesh, BelievesNoCountThatTheBytesCannotHold) {
  const std::string_view file =
      "ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\nproperty float x\n"
      "property float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\n"
      "end_header\n";
  const auto mesh = testing::readMesh(viewBytes(file), "a.ply");
  ASSERT_FALSE(mesh);
  EXPECT_NE(mesh.error().message.find("4000000000"), std::string::npos);
}

TEST(MeshFormat, IsDecidedByContent) {
  const auto of = [](std::string_view text, std::string_view name) {
    return formats::meshFormatOf(viewBytes(text), name);
  };
  constexpr std::string_view kFaces =
      "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nelement face 1\n"
      "property list uchar int vertex_indices\nend_header\n";
  EXPECT_EQ(of(kFaces, "a.ply"), "ply");
  EXPECT_EQ(of("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n", "a.ply"),
            "");
  EXPECT_EQ(of(R"({"asset":{"version":"2.0"},"meshes":[]})", "x"), "gltf");
  EXPECT_EQ(of(R"({"asset":{"version":"2.0"}})", "x.gltf"), "gltf");
  EXPECT_EQ(of(R"({"version":1,"asset":{"generator":"x"},"lodLevels":3})", "lod-meta.json"), "");
  EXPECT_EQ(of(R"({"asset":{},"extensionsUsed":["KHR_gaussian_splatting"]})", "x"), "");
  EXPECT_EQ(of("v 0 0 0", "A.OBJ"), "obj");
  EXPECT_EQ(of("DRACO", "x"), "drc");
}

TEST(DracoPart, KeepsGeometryWithinTheGrid) {
  const MeshPart part = testing::gridMesh(20).parts[0];
  for (const bool keepsOrder : {false, true}) {
    formats::DracoSettings settings;
    settings.positionBits = 12;
    settings.keepsOrder = keepsOrder;
    const auto stream = formats::encodeDracoPart(part, settings);
    ASSERT_TRUE(stream) << stream.error().message;
    const auto back = formats::decodeDracoPart(stream->bytes, stream->attributes);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->vertexCount(), stream->vertices);
    EXPECT_EQ(back->triangleCount(), part.triangleCount());
    EXPECT_EQ(back->uvs[0].size(), 2 * back->vertexCount());
    if (keepsOrder) {
      ASSERT_EQ(back->indices, part.indices);
      for (std::size_t i = 0; i < part.positions.size(); ++i) {
        EXPECT_NEAR(back->positions[i], part.positions[i], 0.5 / 4095 + 1e-6);
      }
    }
  }
}

/// Triangles as the files themselves state them (quads count twice).
TEST(RealMeshes, LoadWithTheCountsOfTheirFiles) {
  const std::map<std::string, std::size_t> expected{{"2CylinderEngine.glb", 75730},
                                                    {"CesiumMan.glb", 4672},
                                                    {"DamagedHelmet.glb", 15452},
                                                    {"Duck.glb", 4212},
                                                    {"FlightHelmet/FlightHelmet.gltf", 94722},
                                                    {"Fox.glb", 576},
                                                    {"MorphStressTest.gltf", 2412},
                                                    {"amsterdam/amsterdam.obj", 3864},
                                                    {"armchair/armchair.obj", 18400},
                                                    {"bun_zipper.ply", 69451},
                                                    {"bunny_gltf.drc", 69451},
                                                    {"car.drc", 1744},
                                                    {"fuze/fuze.obj", 1000},
                                                    {"maya_kenney_character.fbx", 1604},
                                                    {"maya_slime_ascii.fbx", 4880},
                                                    {"pirate.glb", 5010},
                                                    {"pirate.obj", 5010},
                                                    {"robot-arm.glb", 15544},
                                                    {"sofa.ply", 24104},
                                                    {"spider.fbx", 1368},
                                                    {"spider/spider.obj", 1368},
                                                    {"spot/spot.obj", 5856},
                                                    {"sunglasses.glb", 13396},
                                                    {"teapot.obj", 6320},
                                                    {"tray_bottom.stl", 4520},
                                                    {"vintage-pc.glb", 79153}};
  const auto folder = testing::realData("meshes");
  if (!folder) {
    GTEST_SKIP() << "no real meshes on this machine";
  }
  for (const auto& [name, triangles] : expected) {
    const auto loaded = load(*folder / name);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(triangleCount(loaded->mesh), triangles) << name;
    EXPECT_TRUE(validate(loaded->mesh)) << name;
  }
}

TEST(RealMeshes, OddFilesGiveMeshesOrMessages) {
  const auto folder = testing::realData("odd");
  if (!folder) {
    GTEST_SKIP() << "no odd files on this machine";
  }
  std::size_t read = 0;
  std::size_t refused = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file() || formats::meshFormatOf(entry.path()).empty()) {
      continue;
    }
    const auto loaded = load(entry.path());
    if (loaded) {
      EXPECT_TRUE(validate(loaded->mesh)) << entry.path();
      ++read;
    } else {
      EXPECT_NE(loaded.error().message.find(entry.path().filename().string()), std::string::npos)
          << loaded.error().message;
      ++refused;
    }
  }
  EXPECT_GT(read, 30U);
  EXPECT_GT(refused, 30U);
}

}  // namespace
}  // namespace volpress
