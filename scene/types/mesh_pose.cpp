#include "scene/types/mesh_pose.hpp"

#include <algorithm>
#include <cmath>

namespace volpress {
namespace {

using Matrix = std::array<float, 16>;
using Numbers = std::array<float, 4>;

constexpr Matrix kIdentity{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix product{};
  for (std::size_t column = 0; column < 4; ++column) {
    for (std::size_t row = 0; row < 4; ++row) {
      float sum = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        sum += a[4 * k + row] * b[4 * column + k];
      }
      product[4 * column + row] = sum;
    }
  }
  return product;
}

Matrix matrixOf(const MeshNode& node) {
  if (node.matrix) {
    return *node.matrix;
  }
  const float length =
      std::sqrt(node.rotation[0] * node.rotation[0] + node.rotation[1] * node.rotation[1] +
                node.rotation[2] * node.rotation[2] + node.rotation[3] * node.rotation[3]);
  const float s = length > 0 ? 1 / length : 0;
  const float x = node.rotation[0] * s;
  const float y = node.rotation[1] * s;
  const float z = node.rotation[2] * s;
  const float w = length > 0 ? node.rotation[3] * s : 1;
  const std::array<float, 9> turn{
      1 - 2 * (y * y + z * z), 2 * (x * y + z * w),     2 * (x * z - y * w),
      2 * (x * y - z * w),     1 - 2 * (x * x + z * z), 2 * (y * z + x * w),
      2 * (x * z + y * w),     2 * (y * z - x * w),     1 - 2 * (x * x + y * y)};
  Matrix matrix = kIdentity;
  for (std::size_t column = 0; column < 3; ++column) {
    for (std::size_t row = 0; row < 3; ++row) {
      matrix[4 * column + row] = turn[3 * column + row] * node.scale[column];
    }
    matrix[12 + column] = node.translation[column];
  }
  return matrix;
}

/// The key before `time` and how far on to the next one, 0..1.
struct KeyPlace {
  std::size_t key = 0;
  std::size_t next = 0;
  float fraction = 0;
  float gap = 0;  ///< seconds between the two
};

KeyPlace placeOf(const FloatArray& times, double seconds) {
  const auto after = std::upper_bound(times.begin(), times.end(), static_cast<float>(seconds));
  if (after == times.begin()) {
    return {};
  }
  const auto key = static_cast<std::size_t>(after - times.begin()) - 1;
  if (after == times.end()) {
    return {key, key, 0, 0};
  }
  const float gap = times[key + 1] - times[key];
  return {key, key + 1, gap > 0 ? (static_cast<float>(seconds) - times[key]) / gap : 0, gap};
}

/// `width` numbers of a channel at a moment (glTF 2.0, appendix C).
std::vector<float> sample(const AnimationChannel& channel, double seconds) {
  const bool cubic = channel.blend == AnimationBlend::CubicSpline;
  const std::size_t width = channel.values.size() / (channel.times.size() * (cubic ? 3 : 1));
  const KeyPlace at = placeOf(channel.times, seconds);
  const auto value = [&](std::size_t key, std::size_t which, std::size_t c) {
    return channel.values[cubic ? (3 * key + which) * width + c : key * width + c];
  };
  std::vector<float> result(width);
  float sign = 1;
  if (channel.path == AnimationPath::Rotation && !cubic && width == 4) {
    float dot = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      dot += value(at.key, 1, c) * value(at.next, 1, c);
    }
    sign = dot < 0 ? -1.0F : 1.0F;
  }
  const float t = channel.blend == AnimationBlend::Step ? 0 : at.fraction;
  for (std::size_t c = 0; c < width; ++c) {
    const float a = value(at.key, 1, c);
    const float b = value(at.next, 1, c);
    if (cubic) {
      const float t2 = t * t;
      const float t3 = t2 * t;
      result[c] = (2 * t3 - 3 * t2 + 1) * a + at.gap * (t3 - 2 * t2 + t) * value(at.key, 2, c) +
                  (3 * t2 - 2 * t3) * b + at.gap * (t3 - t2) * value(at.next, 0, c);
    } else {
      result[c] = a + (sign * b - a) * t;
    }
  }
  return result;
}

/// The nodes with an animation's values in place.
std::vector<MeshNode> movedNodes(const Mesh& mesh, const MeshMoment& moment) {
  std::vector<MeshNode> nodes = mesh.nodes;
  if (!moment.animation || *moment.animation >= mesh.animations.size()) {
    return nodes;
  }
  for (const AnimationChannel& channel : mesh.animations[*moment.animation].channels) {
    MeshNode& node = nodes[channel.node];
    const std::vector<float> value = sample(channel, moment.seconds);
    switch (channel.path) {
      case AnimationPath::Translation:
        std::copy_n(value.begin(), 3, node.translation.begin());
        break;
      case AnimationPath::Rotation: std::copy_n(value.begin(), 4, node.rotation.begin()); break;
      case AnimationPath::Scale: std::copy_n(value.begin(), 3, node.scale.begin()); break;
      case AnimationPath::Weights: node.morphWeights = value; break;
    }
  }
  return nodes;
}

std::vector<Matrix> worldOf(const std::vector<MeshNode>& nodes) {
  std::vector<Matrix> world(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Matrix local = matrixOf(nodes[i]);
    world[i] = nodes[i].parent ? multiply(world[*nodes[i].parent], local) : local;
  }
  return world;
}

void movePoint(const Matrix& m, const float* from, float* to) {
  for (std::size_t row = 0; row < 3; ++row) {
    to[row] = m[row] * from[0] + m[4 + row] * from[1] + m[8 + row] * from[2] + m[12 + row];
  }
}

void moveDirection(const Matrix& m, const float* from, float* to) {
  for (std::size_t row = 0; row < 3; ++row) {
    to[row] = m[row] * from[0] + m[4 + row] * from[1] + m[8 + row] * from[2];
  }
}

/// Cofactors of the upper 3x3: what normals turn with, up to their length and sign.
std::array<float, 9> cofactors(const Matrix& m) {
  const auto minor = [&](std::size_t r1, std::size_t r2, std::size_t c1, std::size_t c2) {
    return m[4 * c1 + r1] * m[4 * c2 + r2] - m[4 * c2 + r1] * m[4 * c1 + r2];
  };
  return {minor(1, 2, 1, 2),  -minor(0, 2, 1, 2), minor(0, 1, 1, 2),
          -minor(1, 2, 0, 2), minor(0, 2, 0, 2),  -minor(0, 1, 0, 2),
          minor(1, 2, 0, 1),  -minor(0, 2, 0, 1), minor(0, 1, 0, 1)};
}

/// Scale 0 on all axes hides what a node shows (glTF 2.0, 3.5.3).
bool isHidden(const Matrix& m) {
  const auto isZero = [](float value) { return value == 0; };
  return std::all_of(m.begin(), m.begin() + 3, isZero) &&
         std::all_of(m.begin() + 4, m.begin() + 7, isZero) &&
         std::all_of(m.begin() + 8, m.begin() + 11, isZero);
}

float determinant(const Matrix& m, const std::array<float, 9>& c) {
  return m[0] * c[0] + m[1] * c[1] + m[2] * c[2];
}

void normalise(float* v) {
  const float length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  if (length > 0) {
    for (std::size_t c = 0; c < 3; ++c) {
      v[c] /= length;
    }
  }
}

/// The matrix that moves one vertex: the node's, or the weighted sum of its joints'.
class Mover {
public:
  Mover(const Mesh& mesh, const MeshNode& node, const MeshPart& part,
        const std::vector<Matrix>& world, const Matrix& own)
      : m_part(part), m_own(own) {
    if (!node.skin || part.joints.empty()) {
      return;
    }
    const MeshSkin& skin = mesh.skins[*node.skin];
    m_joints.resize(skin.joints.size());
    for (std::size_t j = 0; j < m_joints.size(); ++j) {
      Matrix bind;
      std::copy_n(&skin.inverseBind[16 * j], 16, bind.begin());
      m_joints[j] = multiply(world[skin.joints[j]], bind);
    }
  }

  [[nodiscard]] bool isSkinned() const { return !m_joints.empty(); }

  [[nodiscard]] Matrix at(std::size_t vertex) const {
    if (!isSkinned()) {
      return m_own;
    }
    Matrix sum{};
    for (std::size_t k = 0; k < 4; ++k) {
      const float weight = m_part.weights[4 * vertex + k];
      const Matrix& joint = m_joints[m_part.joints[4 * vertex + k]];
      for (std::size_t i = 0; i < 16 && weight != 0; ++i) {
        sum[i] += weight * joint[i];
      }
    }
    return sum;
  }

private:
  const MeshPart& m_part;
  const Matrix& m_own;
  std::vector<Matrix> m_joints;
};

void addMorphs(const MeshPart& part, const std::vector<float>& weights, PosedPart& posed) {
  for (std::size_t t = 0; t < std::min(weights.size(), part.morphs.size()); ++t) {
    const float weight = weights[t];
    if (weight == 0) {
      continue;
    }
    const MorphTarget& morph = part.morphs[t];
    for (std::size_t i = 0; i < morph.positions.size(); ++i) {
      posed.positions[i] += weight * morph.positions[i];
    }
    for (std::size_t i = 0; i < std::min(morph.normals.size(), posed.normals.size()); ++i) {
      posed.normals[i] += weight * morph.normals[i];
    }
  }
}

}  // namespace

std::vector<Matrix> worldMatrices(const Mesh& mesh, const MeshMoment& moment) {
  return worldOf(movedNodes(mesh, moment));
}

std::vector<PosedPart> poseMesh(const Mesh& mesh, const MeshMoment& moment) {
  const std::vector<MeshNode> nodes = movedNodes(mesh, moment);
  const std::vector<Matrix> world = worldOf(nodes);
  std::vector<PosedPart> result;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const std::uint32_t index : nodes[i].parts) {
      const MeshPart& part = mesh.parts[index];
      if (isHidden(world[i]) && (!nodes[i].skin || part.joints.empty())) {
        continue;
      }
      PosedPart posed{&part, part.positions, part.normals, part.tangents, false};
      addMorphs(part, nodes[i].morphWeights, posed);
      const Mover mover(mesh, nodes[i], part, world, world[i]);
      Matrix matrix = world[i];
      std::array<float, 9> turn = cofactors(matrix);
      posed.mirrored = !mover.isSkinned() && determinant(matrix, turn) < 0;
      for (std::size_t v = 0; v < part.vertexCount(); ++v) {
        if (mover.isSkinned()) {
          matrix = mover.at(v);
          turn = cofactors(matrix);
        }
        std::array<float, 3> moved{};
        movePoint(matrix, &posed.positions[3 * v], moved.data());
        std::copy_n(moved.begin(), 3, &posed.positions[3 * v]);
        if (!posed.normals.empty()) {
          float* n = &posed.normals[3 * v];
          const float sign = posed.mirrored ? -1.0F : 1.0F;
          for (std::size_t row = 0; row < 3; ++row) {
            moved[row] = sign * (turn[row] * n[0] + turn[3 + row] * n[1] + turn[6 + row] * n[2]);
          }
          normalise(moved.data());
          std::copy_n(moved.begin(), 3, n);
        }
        if (!posed.tangents.empty()) {
          moveDirection(matrix, &posed.tangents[4 * v], moved.data());
          normalise(moved.data());
          std::copy_n(moved.begin(), 3, &posed.tangents[4 * v]);
        }
      }
      result.push_back(std::move(posed));
    }
  }
  return result;
}

double animationStart(const MeshAnimation& animation) {
  float first = 0;
  bool any = false;
  for (const AnimationChannel& channel : animation.channels) {
    first = any ? std::min(first, channel.times.front()) : channel.times.front();
    any = true;
  }
  return static_cast<double>(first);
}

double animationSeconds(const MeshAnimation& animation) {
  double last = animationStart(animation);
  for (const AnimationChannel& channel : animation.channels) {
    last = std::max(last, static_cast<double>(channel.times.back()));
  }
  return last - animationStart(animation);
}

std::size_t animationFrames(const MeshAnimation& animation, double framesPerSecond) {
  return static_cast<std::size_t>(
      std::clamp(std::round(animationSeconds(animation) * framesPerSecond), 1.0, 1e6));
}

double frameSeconds(const MeshAnimation& animation, std::size_t frame, double framesPerSecond) {
  return animationStart(animation) + static_cast<double>(frame) / framesPerSecond;
}

Bounds posedBounds(const std::vector<PosedPart>& parts) {
  Bounds bounds;
  bool any = false;
  for (const PosedPart& posed : parts) {
    for (const std::uint32_t v : posed.part->indices) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float x = posed.positions[3 * std::size_t{v} + c];
        bounds.min[c] = any ? std::min(bounds.min[c], x) : x;
        bounds.max[c] = any ? std::max(bounds.max[c], x) : x;
      }
      any = true;
    }
  }
  return bounds;
}

}  // namespace volpress
