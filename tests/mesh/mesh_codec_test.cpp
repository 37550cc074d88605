// What every codec of meshes promises, and the measuring of what it loses.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "compressors/mesh_codec.hpp"
#include "renderer/metrics/mesh_distance.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"
#include "scene/formats/mesh_file.hpp"
#include "scene/formats/picture_pixels.hpp"
#include "scene/types/mesh_topology.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using compressors::MeshCodec;

Result<Bytes> encode(const MeshCodec& codec, const Mesh& mesh, const ParamSet& overrides = {},
                     std::size_t threads = 1, std::stop_token stop = {}) {
  const auto runner = makeThreadRunner(threads);
  Progress progress;
  compressors::RunContext context{*runner, progress, std::move(stop)};
  return codec.encode(mesh, compressors::resolveParams(codec.info(), "", overrides).value(),
                      context);
}

Result<Mesh> decode(const MeshCodec& codec, ByteView file) {
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  return codec.decode(file, context);
}

class MeshCodecs : public ::testing::TestWithParam<const MeshCodec*> {};
/// Those that keep more than shape: tokens do not, and bpt_test.cpp says how well they do.
class WholeMeshCodecs : public MeshCodecs {};
/// Those whose positions are rounded to so many bits.
class RoundingMeshCodecs : public MeshCodecs {};

std::vector<const MeshCodec*> codecsThat(const std::function<bool(const MeshCodec&)>& fit) {
  std::vector<const MeshCodec*> codecs;
  for (const MeshCodec* codec : compressors::allMeshCodecs()) {
    if (fit(*codec)) {
      codecs.push_back(codec);
    }
  }
  return codecs;
}

TEST_P(WholeMeshCodecs, KeepsEverythingThatAMeshHas) {
  const Mesh mesh = testing::richMesh();
  const auto file = encode(*GetParam(), mesh);
  ASSERT_TRUE(file) << file.error().message;
  const auto back = decode(*GetParam(), *file);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(validate(*back));
  ASSERT_EQ(back->parts.size(), 2U);
  EXPECT_EQ(triangleCount(*back), triangleCount(mesh));
  EXPECT_EQ(back->nodes.size(), mesh.nodes.size());
  EXPECT_EQ(back->skins.size(), 1U);
  EXPECT_EQ(back->textures.size(), 1U);
  EXPECT_EQ(back->textures[0].bytes, mesh.textures[0].bytes);
  ASSERT_EQ(back->animations.size(), 1U);
  EXPECT_EQ(back->animations[0].channels[0].values, mesh.animations[0].channels[0].values);
  const MeshPart& part = back->parts[0];
  EXPECT_EQ(part.morphs.size(), 1U);
  EXPECT_EQ(part.normals.size(), part.positions.size());
  EXPECT_EQ(part.tangents.size(), 4 * part.vertexCount());
  EXPECT_EQ(part.uvs[1].size(), 2 * part.vertexCount());
  EXPECT_EQ(part.colors.size(), 4 * part.vertexCount());
  EXPECT_EQ(part.joints.size(), 4 * part.vertexCount());
  // What moves, moves alike: joints, weights and targets have stayed with their vertices.
  SerialRunner runner;
  const auto error =
      metrics::surfaceError(poseMesh(mesh, {0, 0.7}), poseMesh(*back, {0, 0.7}), 2000, runner, {});
  ASSERT_TRUE(error);
  EXPECT_LT(error->hausdorff, 0.002);
}

TEST_P(MeshCodecs, GivesTheSameBytesOnAnyNumberOfThreads) {
  const Mesh mesh = testing::richMesh();
  EXPECT_EQ(*encode(*GetParam(), mesh, {}, 1), *encode(*GetParam(), mesh, {}, 3));
}

TEST_P(MeshCodecs, SaysWhereTheBytesGo) {
  const auto file = encode(*GetParam(), testing::richMesh());
  const auto shares = GetParam()->breakdown(*file);
  ASSERT_TRUE(shares);
  std::uint64_t sum = 0;
  for (const auto& share : *shares) {
    sum += share.bytes;
  }
  EXPECT_EQ(sum, file->size());
  EXPECT_TRUE(GetParam()->recognises(*file));
  EXPECT_EQ(compressors::meshCodecForContent(*file), GetParam());
}

TEST_P(MeshCodecs, RefusesEveryTruncationAndTrailingBytes) {
  Bytes file = *encode(*GetParam(), testing::cubeMesh());
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(decode(*GetParam(), ByteView(file).first(size))) << size;
  }
  file.push_back(std::byte{0});
  EXPECT_FALSE(decode(*GetParam(), file));
}

TEST_P(MeshCodecs, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto file = encode(*GetParam(), testing::cubeMesh(), {}, 1, source.get_token());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::Cancelled);
}

TEST_P(MeshCodecs, RefusesAMeshWithoutTriangles) {
  Mesh mesh = testing::cubeMesh();
  mesh.parts[0].indices.clear();
  EXPECT_FALSE(GetParam()->check(mesh, {}));
}

TEST_P(RoundingMeshCodecs, RoundsPositionsNoMoreThanItsStep) {
  const Mesh mesh = testing::torusMesh(60, 30);
  SerialRunner runner;
  std::size_t before = 0;
  for (const std::int64_t bits : {8, 11, 14}) {
    const auto file = encode(*GetParam(), mesh, {{"position_bits", bits}});
    ASSERT_TRUE(file);
    EXPECT_GT(file->size(), before) << "more bits are more bytes";
    before = file->size();
    const auto back = decode(*GetParam(), *file);
    ASSERT_TRUE(back);
    EXPECT_EQ(measureTopology(*back).genus, 1U);
    const auto error = metrics::surfaceError(poseMesh(mesh), poseMesh(*back), 5000, runner, {});
    ASSERT_TRUE(error);
    // The longest side is 2.8, the diagonal sqrt(2 * 2.8^2 + 0.8^2).
    const double step = 2.8 / (std::pow(2.0, static_cast<double>(bits)) - 1);
    EXPECT_LE(error->hausdorff * std::sqrt(2 * 2.8 * 2.8 + 0.8 * 0.8),
              step * std::sqrt(3.0) / 2 + 1e-6);
  }
}

TEST_P(WholeMeshCodecs, KeepsTheShareOfTrianglesThatIsAsked) {
  const Mesh mesh = testing::torusMesh(120, 60);
  const auto file = encode(*GetParam(), mesh, {{"triangles", 50.0}});
  ASSERT_TRUE(file) << file.error().message;
  const auto back = decode(*GetParam(), *file);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_NEAR(static_cast<double>(triangleCount(*back)), 7200, 10);
  EXPECT_LT(vertexCount(*back), 3700U) << "vertices that no triangle names are gone";
  const MeshTopology topology = measureTopology(*back);
  EXPECT_EQ(topology.boundaryEdges, 0U);
  EXPECT_EQ(topology.genus, 1U);
  SerialRunner runner;
  const auto error = metrics::surfaceError(poseMesh(mesh), poseMesh(*back), 5000, runner, {});
  ASSERT_TRUE(error);
  EXPECT_LT(error->rms, 0.0015);
}

TEST_P(WholeMeshCodecs, MakesPicturesSmallerWhenAsked) {
  Mesh mesh = testing::gridMesh(4);
  formats::RgbaImage image{96, 96, {}};
  std::mt19937 random(1);
  for (std::uint32_t i = 0; i < 96 * 96; ++i) {
    const auto noise = static_cast<std::uint32_t>(random() % 32);
    for (const std::uint32_t value : {96 + noise, i / 96 + noise, i % 96 * 2 + noise, 255U}) {
      image.pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  const Bytes exact = formats::encodeWebp(image, 6).value();
  mesh.textures[0] = {"colours", "image/webp", exact};
  mesh.textures.push_back({"normals", "image/webp", exact});
  mesh.materials[0].normalTexture.texture = 1;
  const auto file =
      encode(*GetParam(), mesh, {{"pictures", "webp"}, {"picture_quality", std::int64_t{60}}});
  ASSERT_TRUE(file) << file.error().message;
  const auto back = decode(*GetParam(), *file);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_LT(back->textures[0].bytes.size(), exact.size() / 2);
  EXPECT_LT(back->textures[1].bytes.size(), exact.size());
  const formats::RgbaImage numbers = formats::decodePicture(back->textures[1].bytes).value();
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    ASSERT_NEAR(image.pixels[i], numbers.pixels[i], 4) << i;
  }
}

class MeshGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(MeshGolden, DecodesToWhatItStandsFor) {
  const auto folder = testing::sourceFile("tests/data/golden/mesh");
  const auto file = MappedFile::open(folder / (std::string(GetParam()) + ".vpc"));
  ASSERT_TRUE(file) << file.error().message;
  const MeshCodec* codec = compressors::meshCodecForContent(file->bytes());
  ASSERT_NE(codec, nullptr);
  const auto mesh = decode(*codec, file->bytes());
  ASSERT_TRUE(mesh) << mesh.error().message;
  SerialRunner runner;
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  const auto expected = formats::loadMesh(folder / (std::string(GetParam()) + ".glb"), io);
  ASSERT_TRUE(expected) << expected.error().message;
  ASSERT_EQ(mesh->parts.size(), expected->mesh.parts.size());
  for (std::size_t p = 0; p < mesh->parts.size(); ++p) {
    const MeshPart& a = mesh->parts[p];
    const MeshPart& b = expected->mesh.parts[p];
    EXPECT_EQ(a.indices, b.indices);
    EXPECT_EQ(a.positions, b.positions);
    EXPECT_EQ(a.uvs[0], b.uvs[0]);
    EXPECT_EQ(a.joints, b.joints);
    ASSERT_EQ(a.morphs.size(), b.morphs.size());
    for (std::size_t t = 0; t < a.morphs.size(); ++t) {
      EXPECT_EQ(a.morphs[t].positions, b.morphs[t].positions) << t;
    }
    ASSERT_EQ(a.normals.size(), b.normals.size());
    for (std::size_t i = 0; i < a.normals.size(); ++i) {
      EXPECT_NEAR(a.normals[i], b.normals[i], 1e-6);  // the glTF's are made unit length once more
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, MeshGolden,
                         ::testing::Values("mesh_v1", "mesh_v2", "mesh_v2_moving", "mesh_v3",
                                           "mesh_v3_moving", "bpt_v1", "bpt_v1_paper"),
                         [](const auto& one) { return std::string(one.param); });

TEST(Meshopt, WeldsVerticesThatAreEqualInEverything) {
  Mesh mesh = testing::torusMesh(40, 20);
  const MeshCodec& codec = *compressors::findMeshCodec("meshopt");
  const Bytes welded = encode(codec, mesh).value();
  MeshPart& part = mesh.parts[0];
  MeshPart loose = part;  // three vertices of its own for every triangle, as in many exports
  loose.positions.clear();
  loose.normals.clear();
  for (auto& uvs : loose.uvs) {
    uvs.clear();
  }
  for (std::uint32_t& index : loose.indices) {
    const auto copied = [&](FloatArray& to, const FloatArray& from, std::size_t width) {
      if (!from.empty()) {
        to.insert(to.end(), &from[width * index], &from[width * index] + width);
      }
    };
    copied(loose.positions, part.positions, 3);
    copied(loose.normals, part.normals, 3);
    copied(loose.uvs[0], part.uvs[0], 2);
    index = static_cast<std::uint32_t>(loose.positions.size() / 3 - 1);
  }
  part = std::move(loose);
  ASSERT_TRUE(validate(mesh));
  const Bytes file = encode(codec, mesh).value();
  EXPECT_LT(file.size(), welded.size() * 11 / 10);
  const auto back = decode(codec, file);
  ASSERT_TRUE(back);
  EXPECT_EQ(vertexCount(*back), 40U * 20U);
}

std::string nameOf(const ::testing::TestParamInfo<const MeshCodec*>& one) {
  std::string name = one.param->info().id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, MeshCodecs,
                         ::testing::ValuesIn(codecsThat([](const MeshCodec&) { return true; })),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(All, WholeMeshCodecs,
                         ::testing::ValuesIn(codecsThat([](const MeshCodec& codec) {
                           return codec.info().id != "bpt";
                         })),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(All, RoundingMeshCodecs,
                         ::testing::ValuesIn(codecsThat([](const MeshCodec& codec) {
                           return findParam(codec.info().params, "position_bits") != nullptr;
                         })),
                         nameOf);

TEST(MeshRegistry, SharesNoIdWithCodecsOfSplats) {
  for (const MeshCodec* codec : compressors::allMeshCodecs()) {
    EXPECT_EQ(compressors::findCodec(codec->info().id), nullptr);
    EXPECT_EQ(compressors::findMeshCodec(codec->info().id), codec);
    for (const ParamPreset& preset : codec->info().presets) {
      EXPECT_TRUE(compressors::resolveParams(codec->info(), preset.id, {})) << preset.id;
    }
  }
}

TEST(MeshCodecExact, MeshoptWithoutBitsAndZstdKeepEveryFloat) {
  const Mesh mesh = testing::torusMesh(20, 10);
  for (const char* id : {"mesh-zstd", "meshopt"}) {
    const MeshCodec& codec = *compressors::findMeshCodec(id);
    ParamSet overrides;
    if (findParam(codec.info().params, "position_bits") != nullptr) {
      overrides["position_bits"] = std::int64_t{0};
    }
    const auto back = decode(codec, *encode(codec, mesh, overrides));
    ASSERT_TRUE(back);
    EXPECT_EQ(testing::canonicalTriangles(back->parts[0]),
              testing::canonicalTriangles(mesh.parts[0]));
  }
}

/// A flat square of two triangles at a height, facing up.
Mesh plane(float height) {
  Mesh mesh;
  MeshPart part;
  part.positions = {0, height, 0, 1, height, 0, 1, height, 1, 0, height, 1};
  part.indices = {0, 2, 1, 0, 3, 2};
  mesh.parts.push_back(std::move(part));
  mesh.nodes.push_back({});
  mesh.nodes[0].parts = {0};
  return mesh;
}

TEST(SurfaceError, OfAMovedPlaneIsItsMove) {
  const Mesh a = plane(0);
  const Mesh b = plane(0.25F);
  SerialRunner runner;
  const auto error = metrics::surfaceError(poseMesh(a), poseMesh(b), 1000, runner, {});
  ASSERT_TRUE(error);
  const double expected = 0.25 / std::sqrt(2.0);
  for (const double value : {error->hausdorff, error->rms, error->mean, error->p99}) {
    EXPECT_NEAR(value, expected, 1e-6);
  }
  EXPECT_NEAR(error->normalMean, 0, 1e-3);
}

TEST(SurfaceError, OfTheSameMeshIsNothing) {
  const Mesh mesh = testing::torusMesh(30, 20);
  SerialRunner runner;
  const auto error = metrics::surfaceError(poseMesh(mesh), poseMesh(mesh), 5000, runner, {});
  ASSERT_TRUE(error);
  EXPECT_LT(error->hausdorff, 1e-7);
}

/// A sphere of radius 1 as `rings` x 2 `rings` quads.
Mesh sphere(std::size_t rings) {
  Mesh mesh;
  MeshPart part;
  const float pi = 3.14159265F;
  for (std::size_t r = 0; r <= rings; ++r) {
    for (std::size_t s = 0; s < 2 * rings; ++s) {
      const float a = pi * static_cast<float>(r) / static_cast<float>(rings);
      const float b = pi * static_cast<float>(s) / static_cast<float>(rings);
      part.positions.insert(part.positions.end(),
                            {std::sin(a) * std::cos(b), std::cos(a), std::sin(a) * std::sin(b)});
    }
  }
  for (std::size_t r = 0; r < rings; ++r) {
    for (std::size_t s = 0; s < 2 * rings; ++s) {
      const auto at = [&](std::size_t ring, std::size_t side) {
        return static_cast<std::uint32_t>(ring * 2 * rings + side % (2 * rings));
      };
      part.indices.insert(part.indices.end(), {at(r, s), at(r, s + 1), at(r + 1, s), at(r + 1, s),
                                               at(r, s + 1), at(r + 1, s + 1)});
    }
  }
  mesh.parts.push_back(std::move(part));
  mesh.nodes.push_back({});
  mesh.nodes[0].parts = {0};
  return mesh;
}

TEST(SurfaceError, OfACoarseSphereIsItsSagitta) {
  // Against a fine sphere: the middle of a quad's diagonal at the equator lies deepest, at
  // cos(angle of half the diagonal); the diagonal spans two steps of pi / 16 at right angles.
  SerialRunner runner;
  const Mesh fine = sphere(200);
  const Mesh coarse = sphere(16);
  const auto error = metrics::surfaceError(poseMesh(fine), poseMesh(coarse), 20000, runner, {});
  ASSERT_TRUE(error);
  const double step = 3.14159265 / 16;
  const double halfDiagonal = std::acos(std::cos(step) * std::cos(step)) / 2;
  const double sagitta = (1 - std::cos(halfDiagonal)) / (2 * std::sqrt(3.0));
  EXPECT_NEAR(error->hausdorff, sagitta, 0.03 * sagitta);
}

TEST(SurfaceError, PaintOfAMovedPlaneIsItsMoveEverywhere) {
  const Mesh a = plane(0);
  const Mesh b = plane(0.25F);
  SerialRunner runner;
  const auto paint = metrics::paintDistances(poseMesh(a), poseMesh(b), runner, {});
  ASSERT_TRUE(paint);
  ASSERT_EQ(paint->size(), 12U);
  for (const float value : *paint) {
    EXPECT_NEAR(value, 25 / std::sqrt(2.0), 1e-4);
  }
  EXPECT_FALSE(metrics::paintDistances({}, poseMesh(b), runner, {}));
}

/// Two squares beside each other whose coordinates jump by half a picture where they meet.
Mesh seamed(float shift) {
  Mesh mesh;
  MeshPart part;
  for (const float x : {0.0F, 1.0F, 1.0F, 2.0F}) {
    const float u = part.positions.size() < 12 ? 0.25F * x : 0.5F + 0.25F * (x - 1);
    part.positions.insert(part.positions.end(), {x + shift, 0, 0, x + shift, 0, 1});
    part.uvs[0].insert(part.uvs[0].end(), {u, 0, u, 0.25F});
  }
  part.indices = {0, 1, 2, 2, 1, 3, 4, 5, 6, 6, 5, 7};
  mesh.parts.push_back(std::move(part));
  mesh.nodes.push_back({});
  mesh.nodes[0].parts = {0};
  return mesh;
}

TEST(UvError, IsInTexelsAndDoesNotJumpAtSeams) {
  SerialRunner runner;
  const auto measure = [&](const Mesh& a, const Mesh& b) {
    const auto reference = poseMesh(a);
    const auto test = poseMesh(b);
    const auto sheet = [](const Mesh& mesh) {
      const FloatArray& uvs = mesh.parts[0].uvs[0];
      return metrics::UvSheet{uvs.empty() ? nullptr : &uvs, {512, 256}};
    };
    return metrics::uvError({reference, {sheet(a)}}, {test, {sheet(b)}}, 5000, runner, {}).value();
  };
  const Mesh mesh = seamed(0);
  EXPECT_LT(measure(mesh, mesh)->p99, 1e-3);
  Mesh moved = mesh;
  for (std::size_t i = 0; i < moved.parts[0].uvs[0].size(); i += 2) {
    moved.parts[0].uvs[0][i] += 3.0F / 512;
    moved.parts[0].uvs[0][i + 1] += 4.0F / 256;
  }
  EXPECT_NEAR(measure(mesh, moved)->mean, 5, 0.05);
  // Moved along its plane over the seam: a quarter of 512 texels a unit.
  const auto slid = measure(mesh, seamed(0.02F));
  EXPECT_NEAR(slid->mean, 0.02 * 128, 0.2);
  EXPECT_LT(slid->p99, 0.02 * 128 + 0.5);
  Mesh bare = mesh;
  bare.parts[0].uvs[0].clear();
  EXPECT_FALSE(measure(mesh, bare).has_value());
}

TEST(SurfaceError, ThreadsChangeNothing) {
  const Mesh a = testing::torusMesh(30, 20);
  const Mesh b = testing::torusMesh(28, 18);
  SerialRunner one;
  const auto three = makeThreadRunner(3);
  const auto x = metrics::surfaceError(poseMesh(a), poseMesh(b), 5000, one, {});
  const auto y = metrics::surfaceError(poseMesh(a), poseMesh(b), 5000, *three, {});
  EXPECT_EQ(x->rms, y->rms);
  EXPECT_EQ(x->p99, y->p99);
}

}  // namespace
}  // namespace volpress
