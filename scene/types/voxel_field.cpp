#include "scene/types/voxel_field.hpp"

#include <algorithm>
#include <cmath>

namespace volpress {
namespace {

constexpr std::size_t kNoVertex = ~std::size_t{0};

bool allFinite(const FloatArray& values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

Result<void> checkBox(const std::array<float, 3>& size, const std::array<float, 3>& place,
                      const char* sizeName, const char* placeName) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (!(size[axis] >= 1e-6F && size[axis] <= 1e6F)) {
      return fail(ErrorCode::CorruptData, "{}[{}] is {}, allowed are 1e-6 to 1e6", sizeName, axis,
                  size[axis]);
    }
    if (!(std::abs(place[axis]) <= 1e6F)) {
      return fail(ErrorCode::CorruptData, "{}[{}] is {}, allowed are -1e6 to 1e6", placeName, axis,
                  place[axis]);
    }
  }
  return {};
}

Result<void> checkBasis(unsigned basis) {
  if (!isVoxelBasis(basis)) {
    return fail(ErrorCode::CorruptData, "{} SH coefficients a channel, allowed are 1, 4 and 9",
                basis);
  }
  return {};
}

OccupiedBall ballAround(const std::array<float, 3>& low, const std::array<float, 3>& high) {
  OccupiedBall ball;
  float square = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    ball.centre[axis] = (low[axis] + high[axis]) / 2;
    square += (high[axis] - low[axis]) * (high[axis] - low[axis]) / 4;
  }
  ball.radius = std::sqrt(square);
  return ball;
}

/// The bounds of what is occupied, in grid coordinates or in those of the unit cube.
struct Span {
  std::array<float, 3> low{1e30F, 1e30F, 1e30F};
  std::array<float, 3> high{-1e30F, -1e30F, -1e30F};

  void add(const std::array<float, 3>& from, float side) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      low[axis] = std::min(low[axis], from[axis]);
      high[axis] = std::max(high[axis], from[axis] + side);
    }
  }
  [[nodiscard]] bool isEmpty() const { return low[0] > high[0]; }
  [[nodiscard]] OccupiedBall toWorld(const std::array<float, 3>& scale,
                                     const std::array<float, 3>& shift) const {
    std::array<float, 3> from{};
    std::array<float, 3> to{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      from[axis] = (low[axis] - shift[axis]) / scale[axis];
      to[axis] = (high[axis] - shift[axis]) / scale[axis];
    }
    return ballAround(from, to);
  }
};

OccupiedBall ballOf(const VoxelGrid& grid) {
  Span span;
  for (const std::uint32_t vertex : grid.mask.vertices()) {
    if (grid.density[grid.mask.row(vertex)] > 0) {
      const std::uint32_t z = vertex % grid.resolution[2];
      const std::uint32_t xy = vertex / grid.resolution[2];
      span.add({static_cast<float>(xy / grid.resolution[1]) - 0.5F,
                static_cast<float>(xy % grid.resolution[1]) - 0.5F, static_cast<float>(z) - 0.5F},
               1);
    }
  }
  if (span.isEmpty()) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      span.low[axis] = -0.5F;
      span.high[axis] = static_cast<float>(grid.resolution[axis]) - 0.5F;
    }
  }
  return span.toWorld(grid.scale(), grid.shift());
}

OccupiedBall ballOf(const VoxelTree& tree) {
  Span span;
  for (const TreeLeaf& leaf : leavesOf(tree.shape)) {
    if (tree.data[(leaf.cell + 1) * tree.dimension() - 1] > 0) {
      const float side = 1 / static_cast<float>(std::size_t{2} << leaf.depth);
      span.add({leaf.middle[0] - side / 2, leaf.middle[1] - side / 2, leaf.middle[2] - side / 2},
               side);
    }
  }
  if (span.isEmpty()) {
    span.add({0, 0, 0}, 1);
  }
  return span.toWorld(tree.shape.scale, tree.shape.shift);
}

}  // namespace

void VertexMask::number() noexcept {
  m_count = 0;
  for (std::size_t word = 0; word < m_words.size(); ++word) {
    m_ranks[word] = static_cast<std::uint32_t>(m_count);
    m_count += static_cast<std::size_t>(std::popcount(m_words[word]));
  }
}

std::vector<std::uint32_t> VertexMask::vertices() const {
  std::vector<std::uint32_t> list;
  list.reserve(m_count);
  for (std::size_t word = 0; word < m_words.size(); ++word) {
    for (std::uint64_t bits = m_words[word]; bits != 0; bits &= bits - 1) {
      list.push_back(
          static_cast<std::uint32_t>(64 * word + static_cast<std::size_t>(std::countr_zero(bits))));
    }
  }
  return list;
}

std::array<float, 3> VoxelGrid::scale() const noexcept {
  std::array<float, 3> result{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result[axis] = 0.5F * static_cast<float>(resolution[axis]) / radius[axis];
  }
  return result;
}

std::array<float, 3> VoxelGrid::shift() const noexcept {
  std::array<float, 3> result{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    result[axis] =
        0.5F * (1 - center[axis] / radius[axis]) * static_cast<float>(resolution[axis]) - 0.5F;
  }
  return result;
}

std::vector<std::array<std::int32_t, 2>> TreeShape::parents() const {
  std::vector<std::array<std::int32_t, 2>> result(nodes(), {0, 0});
  std::vector<std::size_t> queue{0};
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const std::size_t node = queue[next];
    for (std::size_t cell = 8 * node; cell < 8 * node + 8; ++cell) {
      if (child[cell] != 0) {
        const std::size_t to = node + static_cast<std::size_t>(child[cell]);
        result[to] = {static_cast<std::int32_t>(cell), result[node][1] + 1};
        queue.push_back(to);
      }
    }
  }
  return result;
}

Result<void> validate(const VoxelGrid& grid) {
  for (const std::uint32_t side : grid.resolution) {
    if (side < 2 || side > kMaxVoxelSide) {
      return fail(ErrorCode::CorruptData,
                  "a grid of {} vertices along an axis, allowed are 2 to {}", side, kMaxVoxelSide);
    }
  }
  if (grid.vertexCount() > kMaxVoxelVertices || grid.mask.size() != grid.vertexCount()) {
    return fail(ErrorCode::CorruptData, "a grid of {} vertices with links for {}, allowed are {}",
                grid.vertexCount(), grid.mask.size(), kMaxVoxelVertices);
  }
  VOLPRESS_CHECK(checkBox(grid.radius, grid.center, "radius", "center"));
  VOLPRESS_CHECK(checkBasis(grid.basis));
  const std::size_t rows = grid.mask.count();
  if (grid.density.size() != rows || grid.sh.size() != 3 * grid.basis * rows) {
    return fail(ErrorCode::CorruptData,
                "{} vertices are set, but there are {} densities and {} harmonics", rows,
                grid.density.size(), grid.sh.size());
  }
  if (!allFinite(grid.density) || !allFinite(grid.sh)) {
    return fail(ErrorCode::CorruptData, "densities and harmonics have to be finite");
  }
  return {};
}

Result<void> validate(const TreeShape& shape) {
  VOLPRESS_CHECK(checkBox(shape.scale, shape.shift, "invradius3", "offset"));
  if (shape.child.empty() || shape.child.size() % 8 != 0 || shape.nodes() > kMaxTreeNodes) {
    return fail(ErrorCode::CorruptData,
                "a tree of {} cells, allowed are 8 for each of up to {} nodes", shape.child.size(),
                kMaxTreeNodes);
  }
  if (shape.depthLimit > kMaxTreeDepth) {
    return fail(ErrorCode::CorruptData, "depth_limit is {}, allowed are 0 to {}", shape.depthLimit,
                kMaxTreeDepth);
  }
  const auto nodes = static_cast<std::int64_t>(shape.nodes());
  std::vector<std::uint8_t> depth(shape.nodes());
  std::vector<bool> seen(shape.nodes());
  std::vector<std::int64_t> queue{0};
  seen[0] = true;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const std::int64_t node = queue[next];
    for (std::size_t cell = 0; cell < 8; ++cell) {
      const std::int32_t offset = shape.child[8 * static_cast<std::size_t>(node) + cell];
      if (offset == 0) {
        continue;
      }
      const std::int64_t to = node + offset;
      if (to < 1 || to >= nodes) {
        return fail(ErrorCode::CorruptData, "child of node {} leads to node {} of {}", node, to,
                    nodes);
      }
      if (seen[static_cast<std::size_t>(to)]) {
        return fail(ErrorCode::CorruptData, "two branches of the tree lead to node {}", to);
      }
      seen[static_cast<std::size_t>(to)] = true;
      const auto below = static_cast<std::uint8_t>(depth[static_cast<std::size_t>(node)] + 1);
      if (below > kMaxTreeDepth) {
        return fail(ErrorCode::CorruptData, "the tree is deeper than the {} allowed",
                    kMaxTreeDepth);
      }
      depth[static_cast<std::size_t>(to)] = below;
      queue.push_back(to);
    }
  }
  return {};
}

Result<void> validate(const VoxelTree& tree) {
  VOLPRESS_CHECK(validate(tree.shape));
  VOLPRESS_CHECK(checkBasis(tree.basis));
  if (tree.data.size() != tree.shape.child.size() * tree.dimension()) {
    return fail(ErrorCode::CorruptData, "{} values for {} cells of {}", tree.data.size(),
                tree.shape.child.size(), tree.dimension());
  }
  if (!allFinite(tree.data)) {
    return fail(ErrorCode::CorruptData, "densities and harmonics have to be finite");
  }
  return {};
}

Result<void> validate(const VoxelField& field) {
  return std::visit([](const auto& form) { return validate(form); }, field);
}

std::size_t occupiedCount(const VoxelField& field) {
  if (const auto* grid = std::get_if<VoxelGrid>(&field)) {
    return grid->mask.count();
  }
  const auto& tree = std::get<VoxelTree>(field);
  std::size_t count = 0;
  for (const TreeLeaf& leaf : leavesOf(tree.shape)) {
    count += tree.data[(leaf.cell + 1) * tree.dimension() - 1] > 0 ? 1U : 0U;
  }
  return count;
}

OccupiedBall occupiedBall(const VoxelField& field) {
  return std::visit([](const auto& form) { return ballOf(form); }, field);
}

std::uint64_t plainVoxelBytes(const VoxelField& field) {
  if (const auto* grid = std::get_if<VoxelGrid>(&field)) {
    return 4 * grid->density.size() + 2 * grid->sh.size() + 4 * grid->vertexCount();
  }
  const auto& tree = std::get<VoxelTree>(field);
  return 2 * tree.data.size() + 4 * tree.shape.child.size();
}

float densityAt(const VoxelGrid& grid, const std::array<float, 3>& place) {
  std::array<std::size_t, 3> low{};
  std::array<float, 3> part{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto last = static_cast<float>(grid.resolution[axis] - 1);
    const float inside = std::clamp(place[axis], 0.0F, last);
    low[axis] = std::min<std::size_t>(static_cast<std::size_t>(inside), grid.resolution[axis] - 2);
    part[axis] = inside - static_cast<float>(low[axis]);
  }
  float sum = 0;
  for (std::size_t corner = 0; corner < 8; ++corner) {
    const std::size_t dx = corner >> 2;
    const std::size_t dy = corner >> 1 & 1U;
    const std::size_t dz = corner & 1U;
    const std::size_t vertex = grid.vertexAt(low[0] + dx, low[1] + dy, low[2] + dz);
    const std::size_t row = grid.mask.test(vertex) ? grid.mask.row(vertex) : kNoVertex;
    if (row != kNoVertex) {
      sum += grid.density[row] * (dx != 0 ? part[0] : 1 - part[0]) *
             (dy != 0 ? part[1] : 1 - part[1]) * (dz != 0 ? part[2] : 1 - part[2]);
    }
  }
  return sum;
}

TreeCell cellAt(const TreeShape& shape, std::array<float, 3> place) noexcept {
  std::size_t node = 0;
  float side = 1;
  for (unsigned depth = 0;; ++depth) {
    side /= 2;
    std::size_t cell = 0;
    for (float& coordinate : place) {
      coordinate *= 2;
      const bool upper = coordinate >= 1;
      cell = 2 * cell + (upper ? 1U : 0U);
      coordinate -= upper ? 1.0F : 0.0F;
    }
    const std::size_t at = 8 * node + cell;
    if (shape.child[at] == 0) {
      return {at, side, place, depth};
    }
    node += static_cast<std::size_t>(shape.child[at]);
  }
}

std::vector<TreeLeaf> leavesOf(const TreeShape& shape) {
  struct Node {
    std::size_t index;
    std::array<float, 3> from;
    float side;
    unsigned depth;
  };
  std::vector<TreeLeaf> leaves;
  std::vector<Node> stack{{0, {0, 0, 0}, 0.5F, 0}};
  std::vector<Node> below;
  while (!stack.empty()) {
    const Node node = stack.back();
    stack.pop_back();
    below.clear();
    for (std::size_t cell = 0; cell < 8; ++cell) {
      std::array<float, 3> from = node.from;
      std::array<float, 3> middle{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        from[axis] += (cell >> (2 - axis) & 1U) != 0 ? node.side : 0.0F;
        middle[axis] = from[axis] + node.side / 2;
      }
      const std::size_t at = 8 * node.index + cell;
      if (shape.child[at] == 0) {
        leaves.push_back({at, middle, node.depth});
      } else {
        below.push_back(
            {static_cast<std::size_t>(static_cast<std::int64_t>(node.index) + shape.child[at]),
             from, node.side / 2, node.depth + 1});
      }
    }
    stack.insert(stack.end(), below.rbegin(), below.rend());
  }
  return leaves;
}

}  // namespace volpress
