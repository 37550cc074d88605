#include "tests/mesh/test_meshes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "scene/formats/mesh_file.hpp"

namespace volpress::testing {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

/// A PNG of one red pixel.
Bytes onePixel() {
  constexpr unsigned char kPng[] = {
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48,
      0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00,
      0x00, 0x90, 0x77, 0x53, 0xDE, 0x00, 0x00, 0x00, 0x0C, 0x49, 0x44, 0x41, 0x54, 0x78,
      0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0x00, 0x00, 0x03, 0x01, 0x01, 0x00, 0xC9, 0xFE, 0x92,
      0xEF, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};
  const auto bytes = std::as_bytes(std::span(kPng));
  return {bytes.begin(), bytes.end()};
}

Mesh shown(MeshPart part) {
  Mesh mesh;
  mesh.parts.push_back(std::move(part));
  mesh.nodes.push_back({});
  mesh.nodes[0].parts = {0};
  return mesh;
}

}  // namespace

Mesh cubeMesh() {
  MeshPart part;
  for (unsigned corner = 0; corner < 8; ++corner) {
    for (unsigned axis = 0; axis < 3; ++axis) {
      part.positions.push_back((corner >> axis & 1) != 0 ? 1.0F : -1.0F);
    }
  }
  part.indices = {0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4,
                  2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5};
  return shown(std::move(part));
}

Mesh gridMesh(std::size_t side) {
  MeshPart part;
  part.name = "grid";
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      const float u = static_cast<float>(x) / static_cast<float>(side - 1);
      const float v = static_cast<float>(y) / static_cast<float>(side - 1);
      const float height = 0.1F * std::sin(6 * u) * std::cos(5 * v);
      part.positions.insert(part.positions.end(), {u, height, v});
      const float dx = 0.6F * std::cos(6 * u) * std::cos(5 * v);
      const float dz = -0.5F * std::sin(6 * u) * std::sin(5 * v);
      const float length = std::sqrt(1 + dx * dx + dz * dz);
      part.normals.insert(part.normals.end(), {-dx / length, 1 / length, -dz / length});
      part.uvs[0].insert(part.uvs[0].end(), {u, v});
    }
  }
  const auto at = [side](std::size_t x, std::size_t y) {
    return static_cast<std::uint32_t>(y * side + x);
  };
  for (std::size_t y = 0; y + 1 < side; ++y) {
    for (std::size_t x = 0; x + 1 < side; ++x) {
      part.indices.insert(part.indices.end(), {at(x, y), at(x, y + 1), at(x + 1, y), at(x + 1, y),
                                               at(x, y + 1), at(x + 1, y + 1)});
    }
  }
  part.material = 0;
  Mesh mesh = shown(std::move(part));
  mesh.textures.push_back({"pixel", "image/png", onePixel()});
  MeshMaterial material;
  material.name = "red";
  material.baseColorTexture.texture = 0;
  material.metallic = 0;
  material.roughness = 0.5F;
  mesh.materials.push_back(material);
  return mesh;
}

Mesh torusMesh(std::size_t rings, std::size_t sides) {
  MeshPart part;
  for (std::size_t r = 0; r < rings; ++r) {
    for (std::size_t s = 0; s < sides; ++s) {
      const float a = 2 * kPi * static_cast<float>(r) / static_cast<float>(rings);
      const float b = 2 * kPi * static_cast<float>(s) / static_cast<float>(sides);
      const float out = 1 + 0.4F * std::cos(b);
      part.positions.insert(part.positions.end(),
                            {out * std::cos(a), 0.4F * std::sin(b), out * std::sin(a)});
    }
  }
  const auto at = [=](std::size_t r, std::size_t s) {
    return static_cast<std::uint32_t>((r % rings) * sides + s % sides);
  };
  for (std::size_t r = 0; r < rings; ++r) {
    for (std::size_t s = 0; s < sides; ++s) {
      part.indices.insert(part.indices.end(), {at(r, s), at(r, s + 1), at(r + 1, s), at(r + 1, s),
                                               at(r, s + 1), at(r + 1, s + 1)});
    }
  }
  return shown(std::move(part));
}

std::vector<Mesh> bendingTorus(std::size_t frames) {
  std::vector<Mesh> bent(frames, torusMesh(24, 12));
  for (std::size_t frame = 0; frame < frames; ++frame) {
    FloatArray& positions = bent[frame].parts[0].positions;
    for (std::size_t i = 0; i < positions.size(); i += 3) {
      const float x = positions[i];
      positions[i + 1] += 0.05F * static_cast<float>(frame) * x * x;
    }
  }
  return bent;
}

Mesh richMesh() {
  Mesh mesh = gridMesh(6);
  MeshPart& skinned = mesh.parts[0];
  const std::size_t n = skinned.vertexCount();
  skinned.uvs[1] = skinned.uvs[0];
  for (std::size_t v = 0; v < n; ++v) {
    const float u = skinned.uvs[0][2 * v];
    skinned.tangents.insert(skinned.tangents.end(), {1, 0, 0, 1});
    skinned.colors.insert(skinned.colors.end(), {u, 1 - u, 0.25F, 1});
    skinned.joints.insert(skinned.joints.end(), {0, 1, 0, 0});
    skinned.weights.insert(skinned.weights.end(), {1 - u, u, 0, 0});
  }
  MorphTarget morph;
  morph.positions.assign(3 * n, 0.125F);
  morph.normals.assign(3 * n, 0.0F);
  skinned.morphs.push_back(std::move(morph));
  mesh.parts.push_back(cubeMesh().parts[0]);
  mesh.nodes[0].skin = 0;
  mesh.nodes[0].morphWeights = {0.5F};
  for (std::uint32_t i = 0; i < 2; ++i) {
    MeshNode joint;
    joint.name = fmt::format("joint {}", i);
    joint.parent = i == 0 ? std::optional<std::uint32_t>() : 1U;
    joint.translation = {i == 0 ? 0.0F : 0.5F, 0, 0};
    mesh.nodes.push_back(joint);
  }
  MeshNode cube;
  cube.name = "cube";
  cube.parts = {1};
  cube.translation = {3, 0, 0};
  cube.scale = {0.5F, 0.5F, 0.5F};
  mesh.nodes.push_back(cube);
  MeshSkin skin;
  skin.joints = {1, 2};
  for (int joint = 0; joint < 2; ++joint) {
    skin.inverseBind.insert(skin.inverseBind.end(), {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0,
                                                     joint == 0 ? 0.0F : -0.5F, 0, 0, 1});
  }
  mesh.skins.push_back(std::move(skin));
  MeshAnimation turn;
  turn.name = "turn";
  const float half = std::sqrt(0.5F);
  turn.channels.push_back(
      {2, AnimationPath::Rotation, AnimationBlend::Linear, {0, 1}, {0, 0, 0, 1, 0, 0, half, half}});
  turn.channels.push_back({0, AnimationPath::Weights, AnimationBlend::Step, {0, 0.5F}, {0, 1}});
  mesh.animations.push_back(std::move(turn));
  return mesh;
}

std::vector<std::array<float, 9>> canonicalTriangles(const MeshPart& part) {
  std::vector<std::array<float, 9>> triangles;
  for (std::size_t t = 0; t < part.indices.size(); t += 3) {
    std::array<float, 9> best{};
    for (std::size_t turn = 0; turn < 3; ++turn) {
      std::array<float, 9> corners{};
      for (std::size_t c = 0; c < 3; ++c) {
        std::copy_n(&part.positions[3 * std::size_t{part.indices[t + (c + turn) % 3]}], 3,
                    &corners[3 * c]);
      }
      best = turn == 0 ? corners : std::min(best, corners);
    }
    triangles.push_back(best);
  }
  std::sort(triangles.begin(), triangles.end());
  return triangles;
}

Result<Mesh> readMesh(ByteView file, std::string_view name) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  const formats::FileSource nothing = [](const std::string& wanted) -> Result<Bytes> {
    return fail(ErrorCode::IoFailure, "{} is not there", wanted);
  };
  return formats::decodeMesh(file, name, nothing, context);
}

}  // namespace volpress::testing
