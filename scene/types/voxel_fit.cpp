#include "scene/types/voxel_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "scene/base/cholesky.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress {
namespace {

using Vector = std::array<float, 3>;

constexpr std::size_t kDirections = 64;
constexpr std::size_t kBasis = 9;
constexpr std::size_t kGrain = 64;

/// Least squares of colours over directions that are spread evenly.
class HarmonicFit {
public:
  HarmonicFit() {
    const float golden = std::numbers::pi_v<float> * (3 - std::sqrt(5.0F));
    std::array<std::array<float, kMaxShBasis>, kDirections> values{};
    std::array<double, kBasis * kBasis> normal{};
    for (std::size_t i = 0; i < kDirections; ++i) {
      const float z = 1 - (2 * static_cast<float>(i) + 1) / static_cast<float>(kDirections);
      const float ring = std::sqrt(1 - z * z);
      const float angle = golden * static_cast<float>(i);
      m_directions[i] = {ring * std::cos(angle), ring * std::sin(angle), z};
      evaluateShBasis(2, m_directions[i], values[i]);
      for (std::size_t a = 0; a < kBasis; ++a) {
        for (std::size_t b = 0; b < kBasis; ++b) {
          normal[a * kBasis + b] += static_cast<double>(values[i][a]) * values[i][b];
        }
      }
    }
    (void)factorise(normal, kBasis);  // 64 spread directions: positive definite
    for (std::size_t i = 0; i < kDirections; ++i) {
      std::array<double, kBasis> column{};
      std::copy_n(values[i].begin(), kBasis, column.begin());
      solveFactorised(normal, kBasis, column);
      std::transform(column.begin(), column.end(), m_weights[i].begin(),
                     [](double value) { return static_cast<float>(value); });
    }
  }

  /// Fills 27 harmonics; `value(color)` is what they are to give.
  template <typename Value>
  void fit(const RadianceSource& source, const Vector& place, const Value& value, float* sh) const {
    std::fill_n(sh, 3 * kBasis, 0.0F);
    for (std::size_t i = 0; i < kDirections; ++i) {
      const Vector color = source.color(place, m_directions[i]);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        const float wanted = value(color[channel]);
        for (std::size_t k = 0; k < kBasis; ++k) {
          sh[channel * kBasis + k] += m_weights[i][k] * wanted;
        }
      }
    }
  }

private:
  std::array<Vector, kDirections> m_directions{};
  std::array<std::array<float, kBasis>, kDirections> m_weights{};
};

const HarmonicFit& harmonicFit() {
  static const HarmonicFit fit;
  return fit;
}

/// Builds the branches of a tree depth first; nodes without any occupied leaf are taken back.
class TreeBuilder {
public:
  TreeBuilder(const RadianceSource& source, const VoxelBox& box, unsigned depthLimit)
      : m_source(source), m_box(box), m_limit(depthLimit) {
    m_tree.shape.depthLimit = depthLimit;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      m_tree.shape.scale[axis] = 0.5F / box.radius[axis];
      m_tree.shape.shift[axis] = 0.5F - box.center[axis] * m_tree.shape.scale[axis];
    }
  }

  VoxelTree build(TaskRunner& runner) {
    m_tree.shape.child.assign(8, 0);
    fill(0, 0, {0, 0, 0}, 0.5F);
    const std::size_t dimension = m_tree.dimension();
    m_tree.data.assign(m_tree.shape.child.size() * dimension, 0.0F);
    runner.parallelFor(m_leaves.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const Leaf& leaf = m_leaves[i];
        float* row = &m_tree.data[leaf.cell * dimension];
        harmonicFit().fit(
            m_source, leaf.place,
            [](float color) {
              const float inside = std::clamp(color, 0.01F, 0.99F);
              return std::log(inside / (1 - inside));
            },
            row);
        row[dimension - 1] = leaf.density;
      }
    });
    return std::move(m_tree);
  }

private:
  struct Leaf {
    std::size_t cell;
    Vector place;
    float density;
  };

  /// Whether anything in the cells of a node is occupied. `from` and `side` of its cells, in the
  /// unit cube.
  bool fill(std::size_t node, unsigned depth, const Vector& from, float side) {
    bool any = false;
    for (std::size_t cell = 0; cell < 8; ++cell) {
      Vector corner = from;
      Vector center{};
      Vector half{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        corner[axis] += (cell >> (2 - axis) & 1U) != 0 ? side : 0.0F;
        half[axis] = side * m_box.radius[axis];
        center[axis] =
            m_box.center[axis] + (corner[axis] + side / 2 - 0.5F) * 2 * m_box.radius[axis];
      }
      const std::size_t at = 8 * node + cell;
      if (depth == m_limit) {
        const float density = m_source.density(center);
        if (density > 0) {
          m_leaves.push_back({at, center, density});
          any = true;
        }
      } else if (!m_source.isEmpty(center, half)) {
        const std::size_t below = m_tree.shape.nodes();
        m_tree.shape.child.resize(m_tree.shape.child.size() + 8);
        if (fill(below, depth + 1, corner, side / 2)) {
          m_tree.shape.child[at] = static_cast<std::int32_t>(below - node);
          any = true;
        } else {
          m_tree.shape.child.resize(8 * below);
        }
      }
    }
    return any;
  }

  const RadianceSource& m_source;
  const VoxelBox& m_box;
  unsigned m_limit;
  VoxelTree m_tree;
  std::vector<Leaf> m_leaves;
};

/// What a grid shows.
class GridSource final : public RadianceSource {
public:
  explicit GridSource(const VoxelGrid& grid)
      : m_grid(grid), m_scale(grid.scale()), m_shift(grid.shift()) {}

  [[nodiscard]] float density(const Vector& place) const override {
    return std::max(0.0F, densityAt(m_grid, inGrid(place)));
  }

  [[nodiscard]] Vector color(const Vector& place, const Vector& direction) const override {
    std::array<float, kMaxShBasis> basis{};
    evaluateShBasis(2, direction, basis);
    const Vector inside = inGrid(place);
    std::array<std::size_t, 3> low{};
    Vector part{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const float held =
          std::clamp(inside[axis], 0.0F, static_cast<float>(m_grid.resolution[axis] - 1));
      low[axis] =
          std::min<std::size_t>(static_cast<std::size_t>(held), m_grid.resolution[axis] - 2);
      part[axis] = held - static_cast<float>(low[axis]);
    }
    Vector sum{0.5F, 0.5F, 0.5F};
    for (std::size_t corner = 0; corner < 8; ++corner) {
      const std::size_t vertex = m_grid.vertexAt(
          low[0] + (corner >> 2), low[1] + (corner >> 1 & 1U), low[2] + (corner & 1U));
      if (!m_grid.mask.test(vertex)) {
        continue;
      }
      float weight = 1;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        weight *= (corner >> (2 - axis) & 1U) != 0 ? part[axis] : 1 - part[axis];
      }
      const float* row = &m_grid.sh[m_grid.mask.row(vertex) * 3 * m_grid.basis];
      for (float& channel : sum) {
        for (std::size_t k = 0; k < m_grid.basis; ++k) {
          channel += weight * *row++ * basis[k];
        }
      }
    }
    return sum;
  }

  [[nodiscard]] bool isEmpty(const Vector& center, const Vector& half) const override {
    std::array<std::size_t, 3> low{};
    std::array<std::size_t, 3> high{};
    const Vector middle = inGrid(center);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const float reach = half[axis] * m_scale[axis];
      const auto last = static_cast<float>(m_grid.resolution[axis] - 1);
      low[axis] =
          static_cast<std::size_t>(std::clamp(std::floor(middle[axis] - reach), 0.0F, last));
      high[axis] =
          static_cast<std::size_t>(std::clamp(std::ceil(middle[axis] + reach), 0.0F, last));
    }
    for (std::size_t x = low[0]; x <= high[0]; ++x) {
      for (std::size_t y = low[1]; y <= high[1]; ++y) {
        for (std::size_t z = low[2]; z <= high[2]; ++z) {
          if (m_grid.mask.test(m_grid.vertexAt(x, y, z))) {
            return false;
          }
        }
      }
    }
    return true;
  }

private:
  [[nodiscard]] Vector inGrid(const Vector& place) const {
    Vector result{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      result[axis] = place[axis] * m_scale[axis] + m_shift[axis];
    }
    return result;
  }

  const VoxelGrid& m_grid;
  Vector m_scale, m_shift;
};

}  // namespace

VoxelGrid fitGrid(const RadianceSource& source, const std::array<std::uint32_t, 3>& resolution,
                  const VoxelBox& box, TaskRunner& runner) {
  VoxelGrid grid;
  grid.resolution = resolution;
  grid.radius = box.radius;
  grid.center = box.center;
  const Vector scale = grid.scale();
  const Vector shift = grid.shift();
  const auto placeOf = [&](std::size_t vertex) {
    const std::size_t xy = vertex / resolution[2];
    const std::array<std::size_t, 3> at{xy / resolution[1], xy % resolution[1],
                                        vertex % resolution[2]};
    Vector place{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      place[axis] = (static_cast<float>(at[axis]) - shift[axis]) / scale[axis];
    }
    return place;
  };
  FloatArray densities;
  densities.resize(grid.vertexCount());
  runner.parallelFor(densities.size(), kGrain * kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t vertex = begin; vertex < end; ++vertex) {
      densities[vertex] = source.density(placeOf(vertex));
    }
  });
  grid.mask = VertexMask(grid.vertexCount());
  for (std::size_t vertex = 0; vertex < densities.size(); ++vertex) {
    if (densities[vertex] != 0) {
      grid.mask.set(vertex);
    }
  }
  grid.mask.number();
  const std::vector<std::uint32_t> vertices = grid.mask.vertices();
  grid.density.resize(vertices.size());
  grid.sh.resize(3 * kBasis * vertices.size());
  runner.parallelFor(vertices.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      grid.density[row] = densities[vertices[row]];
      harmonicFit().fit(
          source, placeOf(vertices[row]), [](float color) { return color - 0.5F; },
          &grid.sh[3 * kBasis * row]);
    }
  });
  return grid;
}

VoxelTree fitTree(const RadianceSource& source, unsigned depthLimit, const VoxelBox& box,
                  TaskRunner& runner) {
  return TreeBuilder(source, box, depthLimit).build(runner);
}

VoxelTree treeOfGrid(const VoxelGrid& grid, unsigned depthLimit, TaskRunner& runner) {
  // Vertices lie in the middle of the voxels that fill the box.
  return fitTree(GridSource(grid), depthLimit, {grid.center, grid.radius}, runner);
}

}  // namespace volpress
