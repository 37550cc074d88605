// The streams of the codec `mesh`: what goes in comes out, whatever hangs together how.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "compressors/mesh/attributes.hpp"
#include "compressors/mesh/geometry.hpp"
#include "compressors/mesh/surface.hpp"
#include "scene/types/mesh_frames.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::compressors::meshes {
namespace {

Mesh meshOf(MeshPart part) {
  Mesh mesh;
  mesh.parts.push_back(std::move(part));
  return mesh;
}

Result<std::vector<MeshPart>> unpack(const std::vector<GeometryStream>& streams) {
  SerialRunner runner;
  return unpackGeometry(
      [&](std::string_view name) {
        const auto found = std::find_if(streams.begin(), streams.end(),
                                        [&](const auto& one) { return one.name == name; });
        return found != streams.end() ? ByteView(found->bytes) : ByteView();
      },
      runner, {});
}

/// In version 3, or in the smaller of both.
std::vector<GeometryStream> pack(const Mesh& mesh, GeometrySettings settings = {},
                                 bool smaller = false) {
  settings.fewTriangles = smaller ? 1U << 20 : 0;
  SerialRunner runner;
  return packGeometry(mesh, settings, runner, {}).value();
}

/// Coordinates are whole numbers here, so that cells of size 1 keep them exactly.
struct Shape {
  const char* name;
  std::vector<float> positions;
  std::vector<std::uint32_t> indices;
};

std::vector<Shape> oddShapes() {
  std::vector<Shape> shapes{
      {"one triangle", {0, 0, 0, 4, 0, 0, 0, 4, 0}, {0, 1, 2}},
      {"tetrahedron", {0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 8}, {0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3}},
      {"a sheet of two sides", {0, 0, 0, 4, 0, 0, 0, 4, 0}, {0, 1, 2, 0, 2, 1}},
      {"the same triangle twice", {0, 0, 0, 4, 0, 0, 0, 4, 0}, {0, 1, 2, 0, 1, 2}},
      {"three triangles at one edge",
       {0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 5, 0, -5, -5},
       {0, 1, 2, 1, 0, 3, 0, 1, 4}},
      {"edges run both ways alike", {0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 5}, {0, 1, 2, 0, 1, 3}},
      {"an empty triangle", {0, 0, 0, 4, 0, 0, 0, 4, 0, 4, 4, 0}, {0, 1, 2, 1, 1, 3, 1, 3, 2}},
  };
  Shape cones{"two cones at one tip", {0, 0, 0}, {}};
  for (int side = -1; side <= 1; side += 2) {
    const auto base = static_cast<std::uint32_t>(cones.positions.size() / 3);
    for (const auto& [x, z] : {std::pair{5, 0}, {0, 5}, {-5, 0}, {0, -5}}) {
      cones.positions.insert(
          cones.positions.end(),
          {static_cast<float>(x), static_cast<float>(6 * side), static_cast<float>(z)});
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
      cones.indices.insert(cones.indices.end(), {0, base + i, base + (i + 1) % 4});
    }
  }
  shapes.push_back(std::move(cones));
  Shape band{"a Moebius band", {}, {}};
  constexpr std::uint32_t kSteps = 9;
  for (std::uint32_t i = 0; i < kSteps; ++i) {
    const double turn = 2 * 3.14159265 * i / kSteps;
    for (const int side : {-1, 1}) {
      const double out = 100 + 30 * side * std::cos(turn / 2);
      band.positions.insert(band.positions.end(),
                            {static_cast<float>(std::round(out * std::cos(turn))),
                             static_cast<float>(std::round(30 * side * std::sin(turn / 2))),
                             static_cast<float>(std::round(out * std::sin(turn)))});
    }
  }
  for (std::uint32_t i = 0; i < kSteps; ++i) {
    const bool last = i + 1 == kSteps;
    const std::uint32_t a = 2 * i;
    const std::uint32_t c = last ? 1 : a + 2;
    const std::uint32_t d = last ? 0 : a + 3;
    band.indices.insert(band.indices.end(), {a, a + 1, c, c, a + 1, d});
  }
  shapes.push_back(std::move(band));
  return shapes;
}

TEST(MeshGeometry, KeepsEveryTriangleOfOddShapes) {
  for (Shape& shape : oddShapes()) {
    SCOPED_TRACE(shape.name);
    MeshPart part;
    part.positions.assign(shape.positions.begin(), shape.positions.end());
    part.indices = shape.indices;
    GeometrySettings settings;
    settings.keepsEmpty = true;
    const auto back = unpack(pack(meshOf(part), settings));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(testing::canonicalTriangles(back->at(0)), testing::canonicalTriangles(part));
  }
}

TEST(MeshGeometry, DropsEmptyTrianglesUnlessAsked) {
  MeshPart part;
  part.positions = {0, 0, 0, 4, 0, 0, 0, 4, 0, 4, 4, 0};
  part.indices = {0, 1, 2, 1, 1, 3};
  const auto back = unpack(pack(meshOf(part)));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at(0).triangleCount(), 1U);
}

TEST(MeshGeometry, KeepsTrianglesThatHangTogetherAnyhow) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    MeshPart part;
    const std::size_t vertices = 4 + random() % 30;
    for (std::size_t i = 0; i < 3 * vertices; ++i) {
      part.positions.push_back(static_cast<float>(random() % 64));
    }
    const std::size_t triangles = 1 + random() % 80;
    for (std::size_t i = 0; i < 3 * triangles; ++i) {
      part.indices.push_back(static_cast<std::uint32_t>(random() % vertices));
    }
    GeometrySettings settings;
    settings.keepsEmpty = true;
    const auto back = unpack(pack(meshOf(part), settings));
    ASSERT_TRUE(back) << round << ": " << back.error().message;
    EXPECT_EQ(testing::canonicalTriangles(back->at(0)), testing::canonicalTriangles(part)) << round;
  }
}

TEST(MeshGeometry, FollowsTargetsFromFrameToFrame) {
  const auto joinedOf = [](std::size_t frames) {
    MeshFrames joined(30);
    for (const Mesh& frame : testing::bendingTorus(frames)) {
      joined.add(frame);
    }
    return std::move(joined).finish();
  };
  GeometrySettings settings;
  settings.cell = 1.0 / 1024;
  const auto bytesOf = [&](std::size_t frames) {
    return pack(joinedOf(frames), settings).back().bytes.size();
  };
  const Mesh mesh = joinedOf(12);
  const auto streams = pack(mesh, settings);
  ASSERT_EQ(streams.back().name, "morphs");
  // What moves on as before costs a third of what starts to move.
  EXPECT_LT(bytesOf(12) - bytesOf(3), 3 * bytesOf(3));
  const auto back = unpack(streams);
  ASSERT_TRUE(back) << back.error().message;
  Mesh read = mesh;
  read.parts = *back;
  for (std::size_t frame = 0; frame < 12; ++frame) {
    const MeshMoment moment{0, static_cast<double>(frame) / 30};
    const Bounds a = posedBounds(poseMesh(mesh, moment));
    const Bounds b = posedBounds(poseMesh(read, moment));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(a.min[axis], b.min[axis], 0.6 * settings.cell) << frame;
      EXPECT_NEAR(a.max[axis], b.max[axis], 0.6 * settings.cell) << frame;
    }
  }
}

TEST(MeshGeometry, ClosesSurfacesOfAnyGenus) {
  const Mesh torus = testing::torusMesh(24, 12);
  const SourceSurface surface = buildSurface(torus.parts[0].indices, torus.parts[0].positions);
  EXPECT_EQ(surface.surface.vertexCount(), 288U);
  EXPECT_EQ(surface.surface.faceCount(), torus.parts[0].triangleCount());
  const Mesh grid = testing::gridMesh(5);
  const SourceSurface open = buildSurface(grid.parts[0].indices, grid.parts[0].positions);
  EXPECT_EQ(open.surface.vertexCount(), 26U) << "the hole around it has a vertex of its own";
  for (std::uint32_t c = 0; c < open.surface.vertexOf.size(); ++c) {
    EXPECT_EQ(open.surface.twin[open.surface.twin[c]], c);
  }
}

/// A torus of whole coordinates with random numbers at its corners; `seams`: the share of triangles
/// that have vertices of their own.
MeshPart randomPart(std::mt19937& random, double seams) {
  MeshPart shape = testing::torusMesh(10, 8).parts[0];
  MeshPart part;
  std::uniform_real_distribution<float> unit(0, 1);
  const auto add = [&](std::uint32_t from) {
    for (std::size_t i = 0; i < 3; ++i) {
      part.positions.push_back(std::round(1000 * shape.positions[3 * from + i]));
    }
    const float turn = 6 * unit(random);
    const float z = 2 * unit(random) - 1;
    const float r = std::sqrt(1 - z * z);
    part.normals.insert(part.normals.end(), {r * std::cos(turn), r * std::sin(turn), z});
    part.tangents.insert(part.tangents.end(),
                         {z, r * std::sin(turn), r * std::cos(turn), turn < 3 ? 1.0F : -1.0F});
    for (FloatArray& uvs : part.uvs) {
      uvs.insert(uvs.end(), {3 * unit(random), unit(random) - 2});
    }
    for (int i = 0; i < 4; ++i) {
      part.colors.push_back(unit(random));
    }
    const float first = 0.5F + 0.5F * unit(random);
    const auto joint = static_cast<std::uint16_t>(random() % 700);
    part.joints.insert(part.joints.end(), {joint, static_cast<std::uint16_t>(joint + 1), 0, 0});
    part.weights.insert(part.weights.end(), {first, 1 - first, 0, 0});
  };
  for (std::uint32_t v = 0; v < shape.vertexCount(); ++v) {
    add(v);
  }
  for (std::size_t i = 0; i < shape.indices.size(); i += 3) {
    const bool own = unit(random) < static_cast<float>(seams);
    for (std::size_t c = 0; c < 3; ++c) {
      const std::uint32_t vertex = shape.indices[i + c];
      part.indices.push_back(own ? static_cast<std::uint32_t>(part.vertexCount()) : vertex);
      if (own) {
        add(vertex);
      }
    }
  }
  return part;
}

/// Triangles by their places, beginning with the least; the torus has each once.
std::map<std::array<float, 9>, std::array<std::uint32_t, 3>> byPlace(const MeshPart& part) {
  std::map<std::array<float, 9>, std::array<std::uint32_t, 3>> triangles;
  for (std::size_t i = 0; i < part.indices.size(); i += 3) {
    std::array<std::array<float, 3>, 3> places{};
    std::array<std::uint32_t, 3> vertices{};
    for (std::size_t c = 0; c < 3; ++c) {
      std::copy_n(&part.positions[3 * part.indices[i + c]], 3, places.at(c).begin());
    }
    const auto first =
        static_cast<std::size_t>(std::min_element(places.begin(), places.end()) - places.begin());
    std::array<float, 9> key{};
    for (std::size_t c = 0; c < 3; ++c) {
      std::copy_n(places.at((first + c) % 3).begin(), 3, key.begin() + 3 * static_cast<int>(c));
      vertices.at(c) = part.indices[i + (first + c) % 3];
    }
    triangles[key] = vertices;
  }
  return triangles;
}

void expectNear(const FloatArray& a, const FloatArray& b, std::size_t width, std::uint32_t v,
                std::uint32_t w, double tolerance, const char* what) {
  for (std::size_t i = 0; i < width; ++i) {
    ASSERT_NEAR(a[v * width + i], b[w * width + i], tolerance) << what;
  }
}

TEST(MeshGeometry, KeepsEveryAttributeOfEveryCorner) {
  std::mt19937 random(3);
  for (const double seams : {0.0, 0.1, 0.6, 1.0}) {
    const MeshPart part = randomPart(random, seams);
    GeometrySettings settings;
    settings.normalBits = 12;
    settings.uvBits = 14;
    const bool smaller = seams == 0.1 || seams == 1.0;  // both versions in turn
    const auto back = unpack(pack(meshOf(part), settings, smaller));
    ASSERT_TRUE(back) << back.error().message;
    const MeshPart& result = back->at(0);
    EXPECT_LE(result.vertexCount(), part.vertexCount());
    const auto before = byPlace(part);
    const auto after = byPlace(result);
    ASSERT_EQ(before.size(), after.size());
    for (const auto& [place, vertices] : before) {
      const auto found = after.find(place);
      ASSERT_NE(found, after.end());
      for (std::size_t c = 0; c < 3; ++c) {
        const std::uint32_t v = vertices.at(c);
        const std::uint32_t w = found->second.at(c);
        expectNear(part.normals, result.normals, 3, v, w, 2e-3, "normal");
        expectNear(part.tangents, result.tangents, 4, v, w, 2e-3, "tangent");
        expectNear(part.uvs[0], result.uvs[0], 2, v, w, 2e-4, "UV");
        expectNear(part.uvs[1], result.uvs[1], 2, v, w, 2e-4, "second UV");
        expectNear(part.colors, result.colors, 4, v, w, 0.5 / 255 + 1e-5, "colour");
        expectNear(part.weights, result.weights, 4, v, w, 0.5 / 255 + 1e-5, "weight");
        EXPECT_EQ(part.joints[4 * v], result.joints[4 * w]);
      }
    }
  }
}

TEST(MeshGeometry, OctahedralNumbersAreWithinTheirStep) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 2000; ++i) {
    const std::array<double, 3> d{normal(random), normal(random), normal(random)};
    const double length = std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    const auto uv = toOctahedron(d, 127);
    const auto back = fromOctahedron(uv[0], uv[1], 127);
    const double cosine = (d[0] * back[0] + d[1] * back[1] + d[2] * back[2]) / length;
    // Half a step in u and v moves a point of a face by sqrt(6) / 2 steps, at 1 / sqrt(3) from the
    // middle: 0.0167.
    EXPECT_GT(cosine, std::cos(0.0168));
  }
}

TEST(MeshGeometry, RefusesEveryTruncationOfEveryStream) {
  std::mt19937 random(9);
  const Mesh mesh = meshOf(randomPart(random, 0.2));
  for (const bool smaller : {false, true}) {
    const std::vector<GeometryStream> streams = pack(mesh, {}, smaller);
    ASSERT_EQ(streams.size(), 8U);
    for (std::size_t s = 0; s < streams.size(); ++s) {
      const std::size_t size = streams[s].bytes.size();
      for (std::size_t cut = 0; cut < size; cut += 1 + size / 60) {
        std::vector<GeometryStream> damaged = streams;
        damaged[s].bytes.resize(cut);
        EXPECT_FALSE(unpack(damaged)) << streams[s].name << " " << cut;
      }
    }
  }
}

TEST(MeshGeometry, RefusesMoreTrianglesThanBytesCanHold) {
  std::vector<GeometryStream> streams = pack(testing::cubeMesh());
  Bytes& parts = streams[0].bytes;
  // After origin, cell, three steps and the number of parts.
  for (std::size_t i = 0; i < 4; ++i) {
    parts[24 + 8 + 6 + 4 + i] = std::byte{0x7F};
  }
  const auto back = unpack(streams);
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("the bytes can hold"), std::string::npos);
}

}  // namespace
}  // namespace volpress::compressors::meshes
