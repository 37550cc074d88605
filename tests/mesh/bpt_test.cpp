// Meshes as tokens: the scheme against tokens written out by hand, what it keeps of difficult
// shapes, and the codec around it on real meshes.
#include <gtest/gtest.h>

#include <algorithm>
#include <numbers>
#include <random>

#include "compressors/container/container.hpp"
#include "compressors/mesh_codec.hpp"
#include "scene/formats/mesh_file.hpp"
#include "scene/formats/token_file.hpp"
#include "tests/mesh/test_meshes.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using formats::TokenGrid;
using formats::TokenMesh;
using formats::TokenPatches;
using formats::TokenScheme;
using Cell = std::array<std::uint16_t, 3>;

/// The triangles of patches or of a mesh by their cells: begun at the smallest corner, sorted.
using Triangles = std::vector<std::array<Cell, 3>>;

Triangles sorted(Triangles triangles, bool oriented) {
  for (auto& t : triangles) {
    std::rotate(t.begin(), std::min_element(t.begin(), t.end()), t.end());
    if (!oriented) {
      std::sort(t.begin(), t.end());
    }
  }
  std::sort(triangles.begin(), triangles.end());
  return triangles;
}

Triangles trianglesOf(const TokenMesh& mesh, bool oriented) {
  Triangles all;
  for (const auto& f : mesh.faces) {
    all.push_back({mesh.vertices[f[0]], mesh.vertices[f[1]], mesh.vertices[f[2]]});
  }
  return sorted(std::move(all), oriented);
}

Triangles trianglesOf(const TokenPatches& patches, bool oriented) {
  Triangles all;
  for (std::size_t p = 0; p + 1 < patches.starts.size(); ++p) {
    for (std::size_t i = patches.starts[p] + 1; i + 1 < patches.starts[p + 1]; ++i) {
      all.push_back(
          {patches.vertices[patches.starts[p]], patches.vertices[i], patches.vertices[i + 1]});
    }
  }
  return sorted(std::move(all), oriented);
}

/// A mesh of these positions and triangles, its frame and grid.
TokenMesh onGrid(const MeshPart& part, const TokenGrid& grid) {
  std::array<double, 3> low{1e9, 1e9, 1e9};
  std::array<double, 3> high{-1e9, -1e9, -1e9};
  for (std::size_t i = 0; i < part.positions.size(); ++i) {
    const auto value = static_cast<double>(part.positions[i]);
    low.at(i % 3) = std::min(low.at(i % 3), value);
    high.at(i % 3) = std::max(high.at(i % 3), value);
  }
  return formats::tokenMesh(part.positions, part.indices, formats::tokenFrame(low, high), grid);
}

struct Shape {
  const char* name;
  MeshPart part;
};
void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

MeshPart partOf(std::initializer_list<float> positions,
                std::initializer_list<std::uint32_t> indices) {
  MeshPart part;
  part.positions.assign(positions);
  part.indices.assign(indices);
  return part;
}

MeshPart twoConesAtOneApex() {
  MeshPart part;
  part.positions.assign({0.0F, 0.0F, 0.0F});
  for (const float height : {1.0F, -1.0F}) {
    const auto first = static_cast<std::uint32_t>(part.vertexCount());
    for (std::uint32_t i = 0; i < 7; ++i) {
      const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / 7;
      part.positions.insert(part.positions.end(), {std::cos(angle), std::sin(angle), height});
      const std::uint32_t a = first + i;
      const std::uint32_t b = first + (i + 1) % 7;
      part.indices.insert(part.indices.end(), {0, height > 0 ? a : b, height > 0 ? b : a});
    }
  }
  return part;
}

MeshPart moebiusStrip() {
  MeshPart part;
  constexpr std::uint32_t kSteps = 24;
  for (std::uint32_t i = 0; i < kSteps; ++i) {
    const float u = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / kSteps;
    for (const float v : {-0.4F, 0.4F}) {
      const float r = 1 + v * std::cos(u / 2);
      part.positions.insert(part.positions.end(),
                            {r * std::cos(u), r * std::sin(u), v * std::sin(u / 2)});
    }
  }
  for (std::uint32_t i = 0; i < kSteps; ++i) {
    const std::uint32_t a = 2 * i;
    const std::uint32_t b = a + 1;
    const bool isLast = i + 1 == kSteps;  // the strip closes with a twist
    const std::uint32_t c = isLast ? 1 : a + 2;
    const std::uint32_t d = isLast ? 0 : a + 3;
    part.indices.insert(part.indices.end(), {a, c, b, b, c, d});
  }
  return part;
}

MeshPart soup() {
  MeshPart part;
  std::mt19937 random(7);
  for (std::size_t i = 0; i < 3 * 60; ++i) {
    part.positions.push_back(static_cast<float>(random() % 1000) / 500 - 1);
  }
  for (std::size_t i = 0; i < 3 * 300; ++i) {
    part.indices.push_back(static_cast<std::uint32_t>(random() % 60));
  }
  return part;
}

std::vector<Shape> shapes() {
  MeshPart twice = testing::cubeMesh().parts[0];
  const std::vector<std::uint32_t> once = twice.indices;
  twice.indices.insert(twice.indices.end(), once.begin(), once.end());
  return {{"tetrahedron",
           partOf({0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, {0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3})},
          {"cones", twoConesAtOneApex()},
          {"strip", partOf({0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 2, 0, 0, 2, 1, 0},
                           {0, 2, 1, 1, 2, 3, 2, 4, 3, 3, 4, 5})},
          {"moebius", moebiusStrip()},
          {"nonmanifold",
           partOf({0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, -1, -1, 0}, {0, 1, 2, 0, 1, 3, 0, 1, 4})},
          {"torus", testing::torusMesh(30, 14).parts[0]},
          {"duplicates", twice},
          {"soup", soup()}};
}

class Tokens : public ::testing::TestWithParam<Shape> {};

TEST_P(Tokens, KeepEveryTriangleOfTheWeldedMesh) {
  for (const unsigned bits : {7U, 8U, 9U, 10U}) {
    const TokenGrid grid = formats::tokenGrid(bits);
    EXPECT_EQ(grid.cells(), 1U << bits);
    const TokenMesh mesh = onGrid(GetParam().part, grid);
    ASSERT_FALSE(mesh.faces.empty());
    for (const TokenScheme scheme : {TokenScheme::Oriented, TokenScheme::Paper}) {
      const TokenPatches patches = formats::tokenPatches(mesh, scheme);
      const auto tokens = formats::writeTokens(patches, grid, scheme);
      EXPECT_LE(*std::max_element(tokens.begin(), tokens.end()), grid.end());
      const auto back = formats::readTokens(tokens, grid);
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(back->vertices, patches.vertices);
      EXPECT_EQ(back->starts, patches.starts);
      // The paper's scheme keeps no winding but of the first triangle of a fan.
      const bool oriented = scheme == TokenScheme::Oriented;
      EXPECT_EQ(trianglesOf(*back, oriented), trianglesOf(mesh, oriented));
      const MeshPart part = formats::patchPart(*back, {}, grid);
      EXPECT_EQ(part.vertexCount(), mesh.vertices.size());
      EXPECT_EQ(part.triangleCount(), mesh.faces.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Tokens, ::testing::ValuesIn(shapes()),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(TokenScheme, MatchesWhatOneWritesByHand) {
  const TokenGrid grid = formats::tokenGrid(7);
  EXPECT_EQ(grid.end(), 5120U);
  // Two triangles of a square. In the canonical order the first has corners 0, 1, 2; 1 and 2 are
  // corners of both and 1 comes first, so that 1 is the centre of a fan of both.
  TokenMesh mesh;
  mesh.vertices = {{0, 0, 0}, {20, 0, 0}, {0, 1, 0}, {20, 1, 0}};
  mesh.faces = {{0, 1, 2}, {1, 3, 2}};
  const TokenPatches patches = formats::tokenPatches(mesh, TokenScheme::Oriented);
  // Around 1 the edges 2 -> 0 and 3 -> 2: from 3 over 2 to 0.
  EXPECT_EQ(patches.vertices, (std::vector<Cell>{{20, 0, 0}, {20, 1, 0}, {0, 1, 0}, {0, 0, 0}}));
  // Block of (20, ., .): 1 * 64; offset of (4, 0, 0): 4 * 256, of (4, 1, 0): 16 more.
  EXPECT_EQ(
      formats::writeTokens(patches, grid, TokenScheme::Oriented),
      (std::vector<std::uint32_t>{4608 + 64, 512 + 1024, 512 + 1040, 0, 512 + 16, 512, 5120}));
  // The paper's: from the smallest end of the fan, 0, and turned round since (1, 0, 2) is wound the
  // other way; the first block has no mark.
  const TokenPatches paper = formats::tokenPatches(mesh, TokenScheme::Paper);
  EXPECT_EQ(paper.vertices, patches.vertices);
  EXPECT_EQ(formats::writeTokens(paper, grid, TokenScheme::Paper),
            (std::vector<std::uint32_t>{64, 512 + 1024, 512 + 1040, 0, 512 + 16, 512, 5120}));
}

TEST(TokenScheme, QuantisesAsThePaperDoes) {
  const TokenGrid grid = formats::tokenGrid(7);
  const formats::TokenFrame frame = formats::tokenFrame({0, 0, 0}, {1, 2, 4});
  EXPECT_NEAR(frame.scale, 1.9 / 4, 1e-5);
  EXPECT_EQ(frame.centre, (std::array<double, 3>{0.5, 1, 2}));
  // z of the mesh comes first: -0.95 and 0.95 are 2.7 and 124.3 cells of 128 less a half.
  const FloatArray positions{0, 0, 0, 1, 2, 4, 1, 0, 0};
  const TokenMesh mesh =
      formats::tokenMesh(positions, std::vector<std::uint32_t>{0, 1, 2}, frame, grid);
  ASSERT_EQ(mesh.vertices.size(), 3U);
  EXPECT_EQ(mesh.vertices[0], (Cell{3, 48, 33}));
  EXPECT_EQ(mesh.vertices[1], (Cell{3, 79, 33}));
  EXPECT_EQ(mesh.vertices[2], (Cell{124, 79, 94}));
}

TEST(TokenScheme, RefusesTokensOutOfOrder) {
  const TokenGrid grid = formats::tokenGrid(7);
  const std::vector<std::pair<std::vector<std::uint32_t>, const char*>> kBad{
      {{}, "have no end"},
      {{600}, "a block is due"},
      {{4608, 600, 601, 602}, "have no end"},
      {{4608, 5}, "an offset is due"},
      {{4608, 600, 601, 5120}, "has no triangle"},
      {{4608, 600, 601, 602, 5120, 5120}, "follow the end"},
      {{5121}, "a block is due"}};
  for (const auto& [tokens, words] : kBad) {
    const auto read = formats::readTokens(tokens, grid);
    ASSERT_FALSE(read) << words;
    EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
  }
}

TEST(TokenFile, IsReadBackAsTheMeshOnTheGrid) {
  const Mesh mesh = testing::richMesh();
  for (const unsigned bits : {7U, 10U}) {
    const auto file = formats::writeTokenFile(mesh, bits, TokenScheme::Oriented);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->bytes.size(), 50 + file->tokens * (bits == 7 ? 2 : 4));
    const auto back = testing::readMesh(file->bytes, "tokens.bpt");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(triangleCount(*back), file->triangles);
    // Written once more on the same grid it is the same.
    const auto again = formats::writeTokenFile(*back, bits, TokenScheme::Oriented);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->tokens, file->tokens);
    for (std::size_t size = 4; size < file->bytes.size(); ++size) {
      EXPECT_FALSE(testing::readMesh(ByteView(file->bytes).first(size), "tokens.bpt")) << size;
    }
  }
}

Bytes encode(const Mesh& mesh, const char* preset, const ParamSet& overrides = {}) {
  const compressors::MeshCodec& codec = *compressors::findMeshCodec("bpt");
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  return codec
      .encode(mesh, compressors::resolveParams(codec.info(), preset, overrides).value(), context)
      .value();
}

Result<Mesh> decode(ByteView file) {
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  return compressors::findMeshCodec("bpt")->decode(file, context);
}

TEST(BptCodec, PackedAndPlainTokensAreTheSameMesh) {
  Mesh mesh;
  for (const Shape& shape : shapes()) {
    mesh.nodes.push_back({});
    mesh.nodes.back().parts = {static_cast<std::uint32_t>(mesh.parts.size())};
    mesh.parts.push_back(shape.part);
  }
  ASSERT_TRUE(validate(mesh));
  for (const char* scheme : {"oriented", "paper"}) {
    for (const std::int64_t bits : {7, 10}) {
      const ParamSet set{{"scheme", std::string(scheme)}, {"bits", bits}};
      ParamSet plain = set;
      plain["coding"] = std::string("plain");
      const Bytes packedFile = encode(mesh, "", set);
      const Bytes plainFile = encode(mesh, "", plain);
      EXPECT_LT(packedFile.size(), plainFile.size());
      const auto a = decode(packedFile);
      const auto b = decode(plainFile);
      ASSERT_TRUE(a && b) << (a ? b : a).error().message;
      ASSERT_EQ(a->parts.size(), mesh.parts.size());
      for (std::size_t p = 0; p < a->parts.size(); ++p) {
        EXPECT_EQ(a->parts[p].positions, b->parts[p].positions);
        EXPECT_EQ(a->parts[p].indices, b->parts[p].indices);
      }
    }
  }
}

TEST(BptCodec, KeepsShapeAndPlainMaterialsAlone) {
  const Mesh mesh = testing::richMesh();
  const auto back = decode(encode(mesh, "fine"));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->parts.size(), mesh.parts.size());
  EXPECT_EQ(triangleCount(*back), triangleCount(mesh));
  EXPECT_EQ(back->nodes.size(), mesh.nodes.size());
  EXPECT_EQ(back->materials.size(), mesh.materials.size());
  EXPECT_TRUE(back->textures.empty());
  EXPECT_TRUE(back->parts[0].uvs[0].empty());
}

/// Tokens a triangle over the nine numbers of a plain one, and bits a triangle of the packed form.
struct Measured {
  double ratio = 0;
  double bits = 0;
};

Measured measure(const Mesh& mesh, const char* scheme) {
  const auto sizeOf = [](const Bytes& file) {
    const auto container = compressors::readContainer(file, {});
    return static_cast<double>(container.value().find("tokens")->data.size());
  };
  const ParamSet set{{"scheme", std::string(scheme)}};
  ParamSet plain = set;
  plain["coding"] = std::string("plain");
  const Bytes packed = encode(mesh, "", set);
  const auto faces = static_cast<double>(triangleCount(decode(packed).value()));
  return {sizeOf(encode(mesh, "", plain)) / 2 / (9 * faces), 8 * sizeOf(packed) / faces};
}

TEST(BptCodec, NeedsFewTokensOnRealMeshes) {
  for (const char* name : {"bun_zipper.ply", "spot", "Duck.glb", "teapot.obj"}) {
    const auto path = testing::realData(std::string("meshes/") + name);
    if (!path || std::filesystem::is_directory(*path)) {
      continue;
    }
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    const auto loaded = formats::loadMesh(*path, io);
    ASSERT_TRUE(loaded) << loaded.error().message;
    const Measured ours = measure(loaded->mesh, "oriented");
    const Measured paper = measure(loaded->mesh, "paper");
    fmt::print("{}: {:.3f} of 9 tokens a triangle ({:.3f} as the paper), {:.1f} bits packed\n",
               name, ours.ratio, paper.ratio, ours.bits);
    EXPECT_LT(ours.ratio, paper.ratio) << name;
    EXPECT_LT(ours.ratio, 0.25) << name;
    EXPECT_LT(ours.bits, 12) << name;
  }
}

}  // namespace
}  // namespace volpress
