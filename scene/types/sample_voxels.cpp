#include "scene/types/sample_voxels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <span>

#include "scene/types/voxel_fit.hpp"

namespace volpress {
namespace {

using Vector = std::array<float, 3>;

constexpr float kFloor = -0.62F;  // middle of the slab
constexpr float kCube = 0.24F;    // half its side
constexpr float kOrbit = 0.4F;    // of its middle
constexpr float kHollow = 4;      // widths below a surface where nothing is stored

float boxDistance(const Vector& place, const Vector& half) {
  float outside = 0;
  float inside = -1e30F;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float off = std::abs(place[axis]) - half[axis];
    outside += std::max(off, 0.0F) * std::max(off, 0.0F);
    inside = std::max(inside, off);
  }
  return std::sqrt(outside) + std::min(inside, 0.0F);
}

class CubeOverFloor final : public RadianceSource {
public:
  CubeOverFloor(float turn, float width) : m_width(width) {
    const float angle = 2 * std::numbers::pi_v<float> * turn;
    m_middle = {kOrbit * std::cos(angle), kOrbit * std::sin(angle), -0.2F};
    m_cos = std::cos(2 * angle);
    m_sin = std::sin(2 * angle);
  }

  [[nodiscard]] float density(const Vector& place) const override {
    const float depth = -std::min(floorDistance(place), cubeDistance(place)) / m_width;
    const float peak = 3 / m_width;
    return depth < -1 || depth > kHollow ? 0 : peak * std::min(depth + 0.25F, 1.0F);
  }

  [[nodiscard]] Vector color(const Vector& place, const Vector& direction) const override {
    const bool onCube = cubeDistance(place) < floorDistance(place);
    const Vector at = onCube ? inCube(place) : place;
    const float pitch = onCube ? 13.0F : 9.0F;
    const float pattern =
        std::sin(pitch * at[0]) * std::sin(pitch * at[1]) + (onCube ? std::sin(pitch * at[2]) : 0);
    const float wave = 0.5F + 0.25F * std::clamp(pattern, -1.0F, 1.0F);
    const float sheen = 0.85F - 0.15F * direction[2] + 0.08F * direction[0];
    return onCube ? Vector{0.95F * wave * sheen, 0.4F * sheen, 0.8F * (1 - wave) * sheen}
                  : Vector{0.35F * sheen, (0.3F + 0.4F * wave) * sheen, 0.55F * wave * sheen};
  }

  [[nodiscard]] bool isEmpty(const Vector& center, const Vector& half) const override {
    const float reach = std::sqrt(half[0] * half[0] + half[1] * half[1] + half[2] * half[2]);
    return std::min(floorDistance(center), cubeDistance(center)) > reach + m_width;
  }

private:
  [[nodiscard]] static float floorDistance(const Vector& place) {
    return boxDistance({place[0], place[1], place[2] - kFloor}, {0.85F, 0.85F, 0.08F});
  }
  [[nodiscard]] Vector inCube(const Vector& place) const {
    const float x = place[0] - m_middle[0];
    const float y = place[1] - m_middle[1];
    return {m_cos * x + m_sin * y, m_cos * y - m_sin * x, place[2] - m_middle[2]};
  }
  [[nodiscard]] float cubeDistance(const Vector& place) const {
    return boxDistance(inCube(place), {kCube, kCube, kCube});
  }

  float m_width;  ///< of the edge of what is solid: a voxel
  Vector m_middle{};
  float m_cos = 1, m_sin = 0;
};

/// -1..1, of no pattern.
float noise(std::uint64_t seed) {
  seed = (seed ^ seed >> 30U) * 0xBF58476D1CE4E5B9U;
  seed = (seed ^ seed >> 27U) * 0x94D049BB133111EBU;
  return static_cast<float>((seed ^ seed >> 31U) >> 40U) / 8388608.0F - 1;
}

void jitter(std::span<float> values, std::size_t stride, float amount, std::uint64_t seed) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (stride == 0 || i % stride != stride - 1) {
      values[i] += amount * noise(seed + i * 0x9E3779B97F4A7C15U);
    }
  }
}

}  // namespace

VoxelField sampleVoxels(const VoxelSampleOptions& options, std::size_t frame, TaskRunner& runner) {
  const float turn = options.still
                         ? 0
                         : static_cast<float>(frame) /
                               static_cast<float>(std::max<std::size_t>(1, options.frames));
  const std::uint32_t side = std::clamp<std::uint32_t>(options.resolution, 8, 512);
  const CubeOverFloor source(turn, 2 / static_cast<float>(side));
  const std::uint64_t seed = options.seed * 0x2545F4914F6CDD1DU + frame * 0xD1342543DE82EF95U;
  if (options.tree) {
    VoxelTree tree =
        fitTree(source, static_cast<unsigned>(std::bit_width(side - 1)) - 1, {}, runner);
    jitter(tree.data, tree.dimension(), options.jitter, seed);
    return tree;
  }
  VoxelGrid grid = fitGrid(source, {side, side, side}, {}, runner);
  jitter(grid.sh, 0, options.jitter, seed);
  return grid;
}

}  // namespace volpress
