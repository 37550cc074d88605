#include "renderer/software/voxel_renderer.hpp"

#include <algorithm>
#include <cmath>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress::renderer {
namespace {

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 28;
constexpr std::size_t kBlock = 8;
constexpr float kStep = 0.5F;             // of a grid, in voxels
constexpr float kSmallestSigma = 1e-10F;  // svox2's sigma_thresh
constexpr float kGridStop = 1e-7F;
constexpr float kTreeStop = 1e-3F;
constexpr float kNudge = 1e-5F;  // past a leaf's wall, in unit cubes

using Vector = std::array<float, 3>;

/// What a ray has gathered.
struct Light {
  Vector color{};
  float transmittance = 1;
};

/// A ray in coordinates in which the field is a box.
struct BoxRay {
  Vector origin{};
  Vector direction{};  ///< unit length there
  float stretch = 1;   ///< world length of a unit
  float from = 0, to = -1;
};

BoxRay intoBox(const FieldRay& ray, const Vector& scale, const Vector& shift, const Vector& low,
               const Vector& high) {
  BoxRay result;
  float square = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result.origin[axis] = ray.origin[axis] * scale[axis] + shift[axis];
    result.direction[axis] = ray.direction[axis] * scale[axis];
    square += result.direction[axis] * result.direction[axis];
  }
  result.stretch = 1 / std::sqrt(square);
  float from = 0;
  float to = 1e30F;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result.direction[axis] *= result.stretch;
    const float inverse = 1 / result.direction[axis];
    const float a = (low[axis] - result.origin[axis]) * inverse;
    const float b = (high[axis] - result.origin[axis]) * inverse;
    if (std::isnan(a) || std::isnan(b)) {
      continue;  // along a wall
    }
    from = std::max(from, std::min(a, b));
    to = std::min(to, std::max(a, b));
  }
  result.from = from;
  result.to = to;
  return result;
}

/// How far until a ray leaves a box.
float exitOf(const BoxRay& ray, const Vector& place, const Vector& low, const Vector& high) {
  float exit = 1e30F;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float wall = ray.direction[axis] > 0 ? high[axis] : low[axis];
    if (ray.direction[axis] != 0) {
      exit = std::min(exit, (wall - place[axis]) / ray.direction[axis]);
    }
  }
  return exit;
}

/// The eight vertices around a place that have values, and their weights.
struct Corners {
  std::array<std::size_t, 8> rows{};
  std::array<float, 8> weights{};
  std::size_t count = 0;
};

class GridMarch {
public:
  GridMarch(const VoxelGrid& grid, const std::vector<std::uint8_t>& blocks,
            const std::array<std::size_t, 3>& blockCount)
      : m_grid(grid),
        m_blocks(blocks),
        m_blockCount(blockCount),
        m_scale(grid.scale()),
        m_shift(grid.shift()) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      m_last[axis] = static_cast<float>(grid.resolution[axis] - 1);
      m_high[axis] = m_last[axis] + 0.5F;
    }
  }

  /// Calls `shade(corners, opacity, distance)` for every sample that blocks light; it returns false
  /// to end the ray.
  template <typename Shade>
  void walk(const FieldRay& worldRay, bool skipsEmpty, const Shade& shade) const {
    const BoxRay ray = intoBox(worldRay, m_scale, m_shift, {-0.5F, -0.5F, -0.5F}, m_high);
    const float worldStep = kStep * ray.stretch;
    for (std::size_t number = 0;;) {
      const float at = ray.from + static_cast<float>(number) * kStep;
      if (!(at <= ray.to)) {
        return;
      }
      Vector place{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        place[axis] = std::clamp(ray.origin[axis] + at * ray.direction[axis], 0.0F, m_last[axis]);
      }
      if (skipsEmpty) {
        if (const std::size_t steps = emptySteps(ray, place); steps != 0) {
          number += steps;
          continue;
        }
      }
      const Corners corners = cornersOf(place);
      float sigma = 0;
      for (std::size_t n = 0; n < corners.count; ++n) {
        sigma += corners.weights[n] * m_grid.density[corners.rows[n]];
      }
      if (sigma > kSmallestSigma &&
          !shade(corners, 1 - std::exp(-worldStep * sigma), at * ray.stretch)) {
        return;
      }
      ++number;
    }
  }

private:
  /// Steps that can be left out; 0 in a block with values.
  [[nodiscard]] std::size_t emptySteps(const BoxRay& ray, const Vector& place) const {
    std::array<std::size_t, 3> block{};
    Vector low{};
    Vector high{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      block[axis] =
          std::min(static_cast<std::size_t>(place[axis]) / kBlock, m_blockCount[axis] - 1);
      low[axis] = static_cast<float>(kBlock * block[axis]);
      high[axis] = low[axis] + static_cast<float>(kBlock);
    }
    if (m_blocks[(block[0] * m_blockCount[1] + block[1]) * m_blockCount[2] + block[2]] != 0) {
      return 0;
    }
    // Less than whole, so that rounding passes over no sample beyond the wall.
    constexpr float kSafe = 0.01F;
    const float exit = exitOf(ray, place, low, high);
    return exit > 1e6F ? 1
                       : std::max<std::size_t>(
                             1, static_cast<std::size_t>(std::max(0.0F, exit / kStep - kSafe)));
  }

  [[nodiscard]] Corners cornersOf(const Vector& place) const {
    std::array<std::size_t, 3> low{};
    Vector part{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      low[axis] =
          std::min<std::size_t>(static_cast<std::size_t>(place[axis]), m_grid.resolution[axis] - 2);
      part[axis] = place[axis] - static_cast<float>(low[axis]);
    }
    Corners corners;
    for (std::size_t corner = 0; corner < 8; ++corner) {
      const std::size_t dx = corner >> 2;
      const std::size_t dy = corner >> 1 & 1U;
      const std::size_t dz = corner & 1U;
      const std::size_t vertex = m_grid.vertexAt(low[0] + dx, low[1] + dy, low[2] + dz);
      if (m_grid.mask.test(vertex)) {
        corners.rows[corners.count] = m_grid.mask.row(vertex);
        corners.weights[corners.count] = (dx != 0 ? part[0] : 1 - part[0]) *
                                         (dy != 0 ? part[1] : 1 - part[1]) *
                                         (dz != 0 ? part[2] : 1 - part[2]);
        ++corners.count;
      }
    }
    return corners;
  }

  const VoxelGrid& m_grid;
  const std::vector<std::uint8_t>& m_blocks;
  std::array<std::size_t, 3> m_blockCount;
  Vector m_scale, m_shift, m_last{}, m_high{};
};

/// Calls `shade(cell, opacity, distance)` for the leaves along a ray; it returns false to end it.
template <typename Shade>
void walkTree(const VoxelTree& tree, const FieldRay& worldRay, const Shade& shade) {
  const BoxRay ray = intoBox(worldRay, tree.shape.scale, tree.shape.shift, {0, 0, 0}, {1, 1, 1});
  const std::size_t dimension = tree.dimension();
  constexpr float kInside = 1 - 1e-6F;
  float at = ray.from;
  while (at < ray.to) {
    Vector place{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      place[axis] = std::clamp(ray.origin[axis] + at * ray.direction[axis], 0.0F, kInside);
    }
    const TreeCell cell = cellAt(tree.shape, place);
    const float length = std::max(0.0F, cell.side * exitOf(ray, cell.within, {0, 0, 0}, {1, 1, 1}));
    const float sigma = tree.data[(cell.cell + 1) * dimension - 1];
    if (sigma > 0 &&
        !shade(cell.cell, 1 - std::exp(-sigma * length * ray.stretch), at * ray.stretch)) {
      return;
    }
    at += length + kNudge;
  }
}

float sigmoid(float value) { return 1 / (1 + std::exp(-value)); }

/// Gathers the light of rays, one after the other.
class GridShader {
public:
  GridShader(const VoxelGrid& grid, const GridMarch& march, bool skipsEmpty)
      : m_grid(grid), m_march(march), m_skipsEmpty(skipsEmpty) {}

  [[nodiscard]] Light operator()(const FieldRay& ray,
                                 std::span<const float, kMaxShBasis> basis) const {
    Light light;
    m_march.walk(ray, m_skipsEmpty, [&](const Corners& corners, float opacity, float) {
      const float weight = light.transmittance * opacity;
      const Vector color = colorOf(corners, basis);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        light.color[channel] += weight * color[channel];
      }
      light.transmittance *= 1 - opacity;
      return light.transmittance >= kGridStop;
    });
    if (light.transmittance < kGridStop) {
      light.transmittance = 0;
    }
    return light;
  }

private:
  [[nodiscard]] Vector colorOf(const Corners& corners,
                               std::span<const float, kMaxShBasis> basis) const {
    Vector sum{0.5F, 0.5F, 0.5F};
    for (std::size_t n = 0; n < corners.count; ++n) {
      const float* row = &m_grid.sh[corners.rows[n] * 3 * m_grid.basis];
      for (float& channel : sum) {
        float value = 0;
        for (std::size_t k = 0; k < m_grid.basis; ++k) {
          value += *row++ * basis[k];
        }
        channel += corners.weights[n] * value;
      }
    }
    for (float& channel : sum) {
      channel = std::max(0.0F, channel);
    }
    return sum;
  }

  const VoxelGrid& m_grid;
  const GridMarch& m_march;
  bool m_skipsEmpty;
};

Light lightOfTree(const VoxelTree& tree, const FieldRay& ray,
                  std::span<const float, kMaxShBasis> basis) {
  Light light;
  walkTree(tree, ray, [&](std::size_t cell, float opacity, float) {
    const float weight = light.transmittance * opacity;
    const float* row = &tree.data[cell * tree.dimension()];
    for (float& channel : light.color) {
      float value = 0;
      for (std::size_t k = 0; k < tree.basis; ++k) {
        value += *row++ * basis[k];
      }
      channel += weight * sigmoid(value);
    }
    light.transmittance *= 1 - opacity;
    return light.transmittance > kTreeStop;
  });
  if (light.transmittance <= kTreeStop) {
    for (float& channel : light.color) {
      channel /= 1 - light.transmittance;
    }
    light.transmittance = 0;
  }
  return light;
}

/// Draws all pixels; `lightOf(ray, basis)` gives what a ray gathers.
template <typename LightOf>
RenderResult drawPixels(const Camera& camera, const VoxelRenderOptions& options, unsigned degree,
                        TaskRunner& runner, const LightOf& lightOf) {
  RenderResult result{makeImage(camera.width, camera.height, 3),
                      makeImage(camera.width, camera.height, 1)};
  runner.parallelFor(camera.height, 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end && !options.stop.stop_requested(); ++y) {
      for (std::size_t x = 0; x < camera.width; ++x) {
        const FieldRay ray =
            rayThrough(camera, static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
        std::array<float, kMaxShBasis> basis{};
        evaluateShBasis(degree, ray.direction, basis);
        const Light light = lightOf(ray, basis);
        const std::size_t pixel = y * camera.width + x;
        for (std::size_t channel = 0; channel < 3; ++channel) {
          result.color.pixels[3 * pixel + channel] =
              light.color[channel] + light.transmittance * options.background[channel];
        }
        result.alpha.pixels[pixel] = 1 - light.transmittance;
      }
    }
  });
  return result;
}

unsigned degreeOf(unsigned basis) { return basis == 9 ? 2 : basis == 4 ? 1 : 0; }

}  // namespace

VoxelPainter::VoxelPainter(std::shared_ptr<const VoxelField> field) : m_field(std::move(field)) {
  const auto* grid = std::get_if<VoxelGrid>(m_field.get());
  if (grid == nullptr) {
    return;
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    m_blockCount[axis] = (grid->resolution[axis] + kBlock - 1) / kBlock;
  }
  m_blocks.resize(m_blockCount[0] * m_blockCount[1] * m_blockCount[2]);
  // A vertex on a block's first plane belongs to the last cells of the block before, too.
  const auto firstOf = [](std::size_t v) { return v == 0 ? 0 : (v - 1) / kBlock; };
  for (const std::uint32_t vertex : grid->mask.vertices()) {
    const std::size_t z = vertex % grid->resolution[2];
    const std::size_t xy = vertex / grid->resolution[2];
    const std::size_t y = xy % grid->resolution[1];
    const std::size_t x = xy / grid->resolution[1];
    for (std::size_t bx = firstOf(x); bx <= x / kBlock; ++bx) {
      for (std::size_t by = firstOf(y); by <= y / kBlock; ++by) {
        for (std::size_t bz = firstOf(z); bz <= z / kBlock; ++bz) {
          m_blocks[(bx * m_blockCount[1] + by) * m_blockCount[2] + bz] = 1;
        }
      }
    }
  }
}

Result<RenderResult> VoxelPainter::render(const Camera& camera, const VoxelRenderOptions& options,
                                          TaskRunner& runner) const {
  if (camera.width == 0 || camera.height == 0 || camera.width > kMostPixels / camera.height) {
    return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels, allowed are 1 to {}",
                camera.width, camera.height, kMostPixels);
  }
  RenderResult result;
  if (const auto* grid = std::get_if<VoxelGrid>(m_field.get())) {
    const GridMarch march(*grid, m_blocks, m_blockCount);
    result = drawPixels(camera, options, degreeOf(grid->basis), runner,
                        GridShader(*grid, march, options.skipsEmpty));
  } else {
    const auto& tree = std::get<VoxelTree>(*m_field);
    result = drawPixels(camera, options, degreeOf(tree.basis), runner,
                        [&tree](const FieldRay& ray, std::span<const float, kMaxShBasis> basis) {
                          return lightOfTree(tree, ray, basis);
                        });
  }
  if (options.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while drawing");
  }
  return result;
}

std::optional<float> VoxelPainter::surfaceAlong(const FieldRay& ray) const {
  constexpr float kHalf = 0.5F;
  float transmittance = 1;
  std::optional<float> found;
  const auto shade = [&](auto&&, float opacity, float distance) {
    transmittance *= 1 - opacity;
    if (transmittance < kHalf) {
      found = distance;
    }
    return !found;
  };
  if (const auto* grid = std::get_if<VoxelGrid>(m_field.get())) {
    GridMarch(*grid, m_blocks, m_blockCount).walk(ray, true, shade);
  } else {
    walkTree(std::get<VoxelTree>(*m_field), ray, shade);
  }
  return found;
}

}  // namespace volpress::renderer
