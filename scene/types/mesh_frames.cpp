#include "scene/types/mesh_frames.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace volpress {
namespace {

/// What the nodes show, each part in world space.
std::vector<MeshPart> bakedParts(const Mesh& frame, std::uint32_t firstMaterial,
                                 const MeshMoment& moment = {}) {
  std::vector<MeshPart> parts;
  for (PosedPart& posed : poseMesh(frame, moment)) {
    MeshPart part;
    part.name = posed.part->name;
    part.positions = std::move(posed.positions);
    part.normals = std::move(posed.normals);
    part.tangents = std::move(posed.tangents);
    part.uvs = posed.part->uvs;
    part.colors = posed.part->colors;
    part.indices = posed.part->indices;
    for (std::size_t i = 0; posed.mirrored && i < part.indices.size(); i += 3) {
      std::swap(part.indices[i + 1], part.indices[i + 2]);
    }
    if (posed.part->material) {
      part.material = *posed.part->material + firstMaterial;
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

bool isSameUse(const TextureUse& a, const TextureUse& b, std::size_t firstTexture) {
  if (a.texture.has_value() != b.texture.has_value()) {
    return false;
  }
  return !a.texture || (*a.texture == *b.texture + firstTexture && a.uvSet == b.uvSet &&
                        a.offset == b.offset && a.scale == b.scale);
}

/// `b` has its textures from `firstTexture` on once it is added.
bool isSameMaterial(const MeshMaterial& a, const MeshMaterial& b, std::size_t firstTexture) {
  return a.name == b.name && a.baseColor == b.baseColor && a.emissive == b.emissive &&
         a.metallic == b.metallic && a.roughness == b.roughness && a.alphaMode == b.alphaMode &&
         a.doubleSided == b.doubleSided && a.unlit == b.unlit &&
         isSameUse(a.baseColorTexture, b.baseColorTexture, firstTexture) &&
         isSameUse(a.metallicRoughnessTexture, b.metallicRoughnessTexture, firstTexture) &&
         isSameUse(a.normalTexture, b.normalTexture, firstTexture) &&
         isSameUse(a.occlusionTexture, b.occlusionTexture, firstTexture) &&
         isSameUse(a.emissiveTexture, b.emissiveTexture, firstTexture);
}

constexpr const char* kName = "frames";

FloatArray differences(const FloatArray& from, const FloatArray& to) {
  FloatArray result(to.size());
  for (std::size_t i = 0; i < to.size(); ++i) {
    result[i] = to[i] - from[i];
  }
  return result;
}

}  // namespace

std::uint32_t MeshFrames::takeMaterials(const Mesh& frame) {
  const auto isSame = [&] {
    if (m_frames == 0 || m_mesh.materials.size() - m_firstMaterial != frame.materials.size() ||
        m_mesh.textures.size() - m_firstTexture != frame.textures.size()) {
      return false;
    }
    for (std::size_t i = 0; i < frame.textures.size(); ++i) {
      if (m_mesh.textures[m_firstTexture + i].bytes != frame.textures[i].bytes) {
        return false;
      }
    }
    for (std::size_t i = 0; i < frame.materials.size(); ++i) {
      if (!isSameMaterial(m_mesh.materials[m_firstMaterial + i], frame.materials[i],
                          m_firstTexture)) {
        return false;
      }
    }
    return true;
  };
  if (isSame()) {
    return static_cast<std::uint32_t>(m_firstMaterial);
  }
  m_firstMaterial = m_mesh.materials.size();
  m_firstTexture = m_mesh.textures.size();
  m_mesh.textures.insert(m_mesh.textures.end(), frame.textures.begin(), frame.textures.end());
  for (MeshMaterial material : frame.materials) {
    for (TextureUse* use :
         {&material.baseColorTexture, &material.metallicRoughnessTexture, &material.normalTexture,
          &material.occlusionTexture, &material.emissiveTexture}) {
      if (use->texture) {
        *use->texture += static_cast<std::uint32_t>(m_firstTexture);
      }
    }
    m_mesh.materials.push_back(std::move(material));
  }
  return static_cast<std::uint32_t>(m_firstMaterial);
}

bool MeshFrames::continuesRun(const std::vector<MeshPart>& parts) const {
  if (m_runs.empty() || m_runs.back().frames == kMostFrames ||
      m_mesh.parts.size() - m_runs.back().firstPart != parts.size()) {
    return false;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const MeshPart& a = m_mesh.parts[m_runs.back().firstPart + i];
    const MeshPart& b = parts[i];
    if (a.positions.size() != b.positions.size() || a.normals.size() != b.normals.size() ||
        a.indices != b.indices || a.uvs != b.uvs || a.colors != b.colors ||
        a.material != b.material) {
      return false;
    }
  }
  return true;
}

void MeshFrames::addTargets(std::vector<MeshPart> parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    MeshPart& part = m_mesh.parts[m_runs.back().firstPart + i];
    part.morphs.push_back({differences(part.positions, parts[i].positions),
                           differences(part.normals, parts[i].normals)});
  }
  ++m_runs.back().frames;
}

void MeshFrames::add(const Mesh& frame) {
  std::vector<MeshPart> parts = bakedParts(frame, takeMaterials(frame));
  if (continuesRun(parts)) {
    addTargets(std::move(parts));
  } else {
    m_runs.push_back({m_frames, 1, m_mesh.parts.size()});
    std::move(parts.begin(), parts.end(), std::back_inserter(m_mesh.parts));
  }
  ++m_frames;
}

float MeshFrames::secondsOf(std::size_t frame) const {
  return static_cast<float>(static_cast<double>(frame) / m_rate);
}

/// One target after the other; the last one stays.
AnimationChannel MeshFrames::targetsOf(const Run& run, std::uint32_t node) const {
  AnimationChannel channel{node, AnimationPath::Weights, AnimationBlend::Linear, {}, {}};
  const std::size_t targets = run.frames - 1;
  const bool isLast = run.firstFrame + run.frames == m_frames;
  const std::size_t keys = run.frames + (isLast ? 1 : 0);
  channel.values.assign(keys * targets, 0);
  for (std::size_t key = 0; key < keys; ++key) {
    channel.times.push_back(secondsOf(run.firstFrame + key));
    const std::size_t shown = std::min(key, targets);
    if (shown != 0) {
      channel.values[key * targets + shown - 1] = 1;
    }
  }
  return channel;
}

/// Full size while the run lasts, nothing before and after (glTF 2.0, 3.5.3).
AnimationChannel MeshFrames::shownOf(const Run& run, std::uint32_t node) const {
  AnimationChannel channel{node, AnimationPath::Scale, AnimationBlend::Step, {}, {}};
  const auto add = [&](std::size_t frame, float scale) {
    channel.times.push_back(secondsOf(frame));
    channel.values.insert(channel.values.end(), {scale, scale, scale});
  };
  if (run.firstFrame != 0) {
    add(0, 0);
  }
  add(run.firstFrame, 1);
  const std::size_t end = run.firstFrame + run.frames;
  add(end, end == m_frames ? 1.0F : 0.0F);
  return channel;
}

Mesh MeshFrames::finish() && {
  MeshAnimation animation{kName, {}};
  for (std::size_t r = 0; r < m_runs.size(); ++r) {
    const Run& run = m_runs[r];
    const auto node = static_cast<std::uint32_t>(m_mesh.nodes.size());
    MeshNode shows;
    shows.name = fmt::format("frame {}", run.firstFrame);
    const float scale = r == 0 ? 1.0F : 0.0F;
    shows.scale = {scale, scale, scale};
    const std::size_t end = r + 1 < m_runs.size() ? m_runs[r + 1].firstPart : m_mesh.parts.size();
    for (std::size_t part = run.firstPart; part < end; ++part) {
      shows.parts.push_back(static_cast<std::uint32_t>(part));
    }
    shows.morphWeights.assign(shows.parts.empty() ? 0 : run.frames - 1, 0);
    if (run.frames > 1 && !shows.parts.empty()) {
      animation.channels.push_back(targetsOf(run, node));
    }
    if (m_runs.size() > 1) {
      animation.channels.push_back(shownOf(run, node));
    }
    m_mesh.nodes.push_back(std::move(shows));
  }
  if (!animation.channels.empty()) {
    m_mesh.animations.push_back(std::move(animation));
  }
  return std::move(m_mesh);
}

std::size_t joinedFrames(const Mesh& mesh, double framesPerSecond) {
  const bool isJoined = mesh.animations.size() == 1 && mesh.animations[0].name == kName;
  const double frames = isJoined ? animationSeconds(mesh.animations[0]) * framesPerSecond : 0;
  return static_cast<std::size_t>(std::round(std::clamp(frames, 0.0, 1e6)));
}

Mesh standingMesh(const Mesh& mesh, const MeshMoment& moment) {
  Mesh standing;
  standing.parts = bakedParts(mesh, 0, moment);
  standing.materials = mesh.materials;
  standing.textures = mesh.textures;
  MeshNode shows;
  for (std::uint32_t part = 0; part < standing.parts.size(); ++part) {
    shows.parts.push_back(part);
  }
  standing.nodes.push_back(std::move(shows));
  return standing;
}

}  // namespace volpress
