#include "scene/types/mesh.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace volpress {
namespace {

Result<void> checkFinite(std::span<const float> values, const std::string& where,
                         const char* array) {
  const auto bad =
      std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  if (bad != values.end()) {
    return fail(ErrorCode::CorruptData, "{}: {}[{}] is {}, which is not finite", where, array,
                bad - values.begin(), *bad);
  }
  return {};
}

/// An array that may be absent.
Result<void> checkArray(std::span<const float> values, std::size_t expected,
                        const std::string& where, const char* array) {
  if (!values.empty() && values.size() != expected) {
    return fail(ErrorCode::CorruptData, "{}: {} has {} numbers, expected are {}", where, array,
                values.size(), expected);
  }
  return checkFinite(values, where, array);
}

Result<void> checkIndex(const std::optional<std::uint32_t>& index, std::size_t size,
                        const std::string& where, const char* what) {
  if (index && *index >= size) {
    return fail(ErrorCode::CorruptData, "{}: names {} {}, but there are {}", where, what, *index,
                size);
  }
  return {};
}

Result<void> checkPart(const Mesh& mesh, const MeshPart& part, const std::string& where) {
  const std::size_t n = part.vertexCount();
  if (part.positions.size() != 3 * n || part.indices.size() % 3 != 0) {
    return fail(ErrorCode::CorruptData, "{}: {} coordinates and {} indices are no triples", where,
                part.positions.size(), part.indices.size());
  }
  VOLPRESS_CHECK(checkFinite(part.positions, where, "positions"));
  VOLPRESS_CHECK(checkArray(part.normals, 3 * n, where, "normals"));
  VOLPRESS_CHECK(checkArray(part.tangents, 4 * n, where, "tangents"));
  VOLPRESS_CHECK(checkArray(part.uvs[0], 2 * n, where, "uvs"));
  VOLPRESS_CHECK(checkArray(part.uvs[1], 2 * n, where, "second uvs"));
  VOLPRESS_CHECK(checkArray(part.colors, 4 * n, where, "colors"));
  VOLPRESS_CHECK(checkArray(part.weights, 4 * n, where, "weights"));
  if (part.joints.size() != part.weights.size()) {
    return fail(ErrorCode::CorruptData, "{}: {} joints for {} weights", where, part.joints.size(),
                part.weights.size());
  }
  for (const MorphTarget& morph : part.morphs) {
    if (morph.positions.size() != 3 * n) {
      return fail(ErrorCode::CorruptData, "{}: a morph target moves {} coordinates of {}", where,
                  morph.positions.size(), 3 * n);
    }
    VOLPRESS_CHECK(checkFinite(morph.positions, where, "morph positions"));
    VOLPRESS_CHECK(checkArray(morph.normals, 3 * n, where, "morph normals"));
  }
  const auto bad = std::find_if(part.indices.begin(), part.indices.end(),
                                [n](std::uint32_t index) { return index >= n; });
  if (bad != part.indices.end()) {
    return fail(ErrorCode::CorruptData, "{}: index {} is {}, but there are {} vertices", where,
                bad - part.indices.begin(), *bad, n);
  }
  return checkIndex(part.material, mesh.materials.size(), where, "material");
}

Result<void> checkMaterial(const Mesh& mesh, const MeshMaterial& material,
                           const std::string& where) {
  for (const TextureUse* use :
       {&material.baseColorTexture, &material.metallicRoughnessTexture, &material.normalTexture,
        &material.occlusionTexture, &material.emissiveTexture}) {
    VOLPRESS_CHECK(checkIndex(use->texture, mesh.textures.size(), where, "texture"));
    const std::array<float, 6> numbers{use->strength, use->offset[0], use->offset[1],
                                       use->scale[0], use->scale[1],  use->rotation};
    VOLPRESS_CHECK(checkFinite(numbers, where, "texture transform"));
    if (use->uvSet > 1) {
      return fail(ErrorCode::CorruptData, "{}: uses UV set {}, allowed are 0 and 1", where,
                  use->uvSet);
    }
  }
  VOLPRESS_CHECK(checkFinite(material.baseColor, where, "base colour"));
  VOLPRESS_CHECK(checkFinite(material.emissive, where, "emission"));
  const std::array<float, 3> rest{material.metallic, material.roughness, material.alphaCutoff};
  return checkFinite(rest, where, "factors");
}

Result<void> checkNode(const Mesh& mesh, std::size_t index) {
  const MeshNode& node = mesh.nodes[index];
  const std::string where = fmt::format("node {}", index);
  if (node.parent && *node.parent >= index) {
    return fail(ErrorCode::CorruptData, "{}: its parent {} does not come before it", where,
                *node.parent);
  }
  VOLPRESS_CHECK(checkFinite(node.translation, where, "translation"));
  VOLPRESS_CHECK(checkFinite(node.rotation, where, "rotation"));
  VOLPRESS_CHECK(checkFinite(node.scale, where, "scale"));
  VOLPRESS_CHECK(checkFinite(node.morphWeights, where, "morph weights"));
  if (node.matrix) {
    VOLPRESS_CHECK(checkFinite(*node.matrix, where, "matrix"));
  }
  VOLPRESS_CHECK(checkIndex(node.skin, mesh.skins.size(), where, "skin"));
  for (const std::uint32_t part : node.parts) {
    VOLPRESS_CHECK(checkIndex(part, mesh.parts.size(), where, "part"));
    if (!node.skin) {
      continue;
    }
    const std::size_t joints = mesh.skins[*node.skin].joints.size();
    for (const std::uint16_t joint : mesh.parts[part].joints) {
      VOLPRESS_CHECK(checkIndex(joint, joints, where, "joint"));
    }
  }
  return {};
}

Result<void> checkAnimation(const Mesh& mesh, const MeshAnimation& animation,
                            const std::string& where) {
  for (const AnimationChannel& channel : animation.channels) {
    VOLPRESS_CHECK(checkIndex(channel.node, mesh.nodes.size(), where, "node"));
    VOLPRESS_CHECK(checkFinite(channel.times, where, "times"));
    VOLPRESS_CHECK(checkFinite(channel.values, where, "values"));
    const std::size_t keys =
        channel.times.size() * (channel.blend == AnimationBlend::CubicSpline ? 3 : 1);
    const std::size_t width = channel.path == AnimationPath::Rotation ? 4 : 3;
    const bool fits = channel.path == AnimationPath::Weights
                          ? channel.values.size() % std::max<std::size_t>(keys, 1) == 0
                          : channel.values.size() == keys * width;
    if (channel.times.empty() || !fits ||
        !std::is_sorted(channel.times.begin(), channel.times.end())) {
      return fail(ErrorCode::CorruptData, "{}: a channel has {} values for {} times", where,
                  channel.values.size(), channel.times.size());
    }
  }
  return {};
}

}  // namespace

Result<void> validate(const Mesh& mesh) {
  for (std::size_t i = 0; i < mesh.parts.size(); ++i) {
    VOLPRESS_CHECK(checkPart(mesh, mesh.parts[i], fmt::format("part {}", i)));
  }
  for (std::size_t i = 0; i < mesh.materials.size(); ++i) {
    VOLPRESS_CHECK(checkMaterial(mesh, mesh.materials[i], fmt::format("material {}", i)));
  }
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {
    VOLPRESS_CHECK(checkNode(mesh, i));
  }
  for (std::size_t i = 0; i < mesh.skins.size(); ++i) {
    const MeshSkin& skin = mesh.skins[i];
    const std::string where = fmt::format("skin {}", i);
    for (const std::uint32_t joint : skin.joints) {
      VOLPRESS_CHECK(checkIndex(joint, mesh.nodes.size(), where, "node"));
    }
    if (skin.inverseBind.size() != 16 * skin.joints.size()) {
      return fail(ErrorCode::CorruptData, "{}: {} numbers of inverse bind matrices for {} joints",
                  where, skin.inverseBind.size(), skin.joints.size());
    }
    VOLPRESS_CHECK(checkFinite(skin.inverseBind, where, "inverse bind matrices"));
  }
  for (std::size_t i = 0; i < mesh.animations.size(); ++i) {
    VOLPRESS_CHECK(checkAnimation(mesh, mesh.animations[i], fmt::format("animation {}", i)));
  }
  return {};
}

std::size_t vertexCount(const Mesh& mesh) noexcept {
  return std::accumulate(
      mesh.parts.begin(), mesh.parts.end(), std::size_t{0},
      [](std::size_t sum, const MeshPart& part) { return sum + part.vertexCount(); });
}

std::size_t triangleCount(const Mesh& mesh) noexcept {
  return std::accumulate(
      mesh.parts.begin(), mesh.parts.end(), std::size_t{0},
      [](std::size_t sum, const MeshPart& part) { return sum + part.triangleCount(); });
}

std::uint64_t rawGeometryBytes(const Mesh& mesh) noexcept {
  std::uint64_t bytes = 0;
  for (const MeshPart& part : mesh.parts) {
    bytes += 4 * (part.positions.size() + part.normals.size() + part.tangents.size() +
                  part.uvs[0].size() + part.uvs[1].size() + part.colors.size() +
                  part.weights.size() + part.indices.size());
    bytes += 2 * part.joints.size();
    for (const MorphTarget& morph : part.morphs) {
      bytes += 4 * (morph.positions.size() + morph.normals.size());
    }
  }
  return bytes;
}

std::uint64_t textureBytes(const Mesh& mesh) noexcept {
  return std::accumulate(
      mesh.textures.begin(), mesh.textures.end(), std::uint64_t{0},
      [](std::uint64_t sum, const MeshTexture& texture) { return sum + texture.bytes.size(); });
}

void repairPart(MeshPart& part, MeshRepair& repair) {
  const std::size_t n = part.vertexCount();
  part.positions.resize(3 * n);
  const auto fix = [&](FloatArray& values, std::size_t width) {
    if (values.size() != width * n) {
      repair.badNumbers += values.size();
      values.clear();
    }
    for (float& value : values) {
      if (!std::isfinite(value)) {
        value = 0;
        ++repair.badNumbers;
      }
    }
  };
  fix(part.normals, 3);
  fix(part.tangents, 4);
  fix(part.uvs[0], 2);
  fix(part.uvs[1], 2);
  fix(part.colors, 4);
  fix(part.weights, 4);
  if (part.joints.size() != part.weights.size()) {
    part.joints.clear();
    part.weights.clear();
  }
  for (MorphTarget& morph : part.morphs) {
    fix(morph.positions, 3);
    fix(morph.normals, 3);
  }
  std::erase_if(part.morphs,
                [n](const MorphTarget& morph) { return morph.positions.size() != 3 * n; });
  std::vector<bool> good(n);
  for (std::size_t v = 0; v < n; ++v) {
    good[v] = std::all_of(&part.positions[3 * v], &part.positions[3 * v] + 3,
                          [](float value) { return std::isfinite(value); });
    if (!good[v]) {
      std::fill_n(&part.positions[3 * v], 3, 0.0F);
      ++repair.badNumbers;
    }
  }
  std::size_t kept = 0;
  for (std::size_t t = 0; t + 2 < part.indices.size(); t += 3) {
    const bool usable = std::all_of(&part.indices[t], &part.indices[t] + 3,
                                    [&](std::uint32_t v) { return v < n && good[v]; });
    if (usable) {
      std::copy_n(&part.indices[t], 3, &part.indices[kept]);
      kept += 3;
    } else {
      ++repair.badTriangles;
    }
  }
  part.indices.resize(kept);
}

}  // namespace volpress
