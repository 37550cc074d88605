#include "scene/types/voxel_splats.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace volpress {
namespace {

using Vector = std::array<float, 3>;

constexpr float kSpread = 0.6F;       // standard deviation, in voxels: neighbours close the gaps
constexpr float kHidden = 0.95F;      // opacity of neighbours behind which nothing shows
constexpr float kFaint = 1.0F / 255;  // of splats that no renderer draws
constexpr std::size_t kGrain = 1024;

float alphaOf(float sigma, float side) { return 1 - std::exp(-side * std::max(0.0F, sigma)); }

/// A voxel that can be seen.
struct Seen {
  std::size_t row;  ///< or cell
  Vector place;     ///< world
  float side;
  float alpha;
};

std::vector<Seen> seenOf(const VoxelGrid& grid) {
  const Vector scale = grid.scale();
  const Vector shift = grid.shift();
  const float side = 1 / *std::max_element(scale.begin(), scale.end());
  std::vector<Seen> seen;
  const auto opaque = [&](std::size_t vertex) {
    return grid.mask.test(vertex) && alphaOf(grid.density[grid.mask.row(vertex)], side) > kHidden;
  };
  const auto [rx, ry, rz] = grid.resolution;
  const std::size_t plane = std::size_t{ry} * rz;
  std::size_t row = 0;
  for (const std::uint32_t vertex : grid.mask.vertices()) {
    const float alpha = alphaOf(grid.density[row], side);
    const std::size_t z = vertex % rz;
    const std::size_t y = vertex / rz % ry;
    const std::size_t x = vertex / plane;
    const bool inside = x > 0 && y > 0 && z > 0 && x + 1 < rx && y + 1 < ry && z + 1 < rz &&
                        opaque(vertex - 1) && opaque(vertex + 1) && opaque(vertex - rz) &&
                        opaque(vertex + rz) && opaque(vertex - plane) && opaque(vertex + plane);
    if (alpha >= kFaint && !inside) {
      const std::array<std::size_t, 3> at{x, y, z};
      Vector place{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        place[axis] = (static_cast<float>(at[axis]) - shift[axis]) / scale[axis];
      }
      seen.push_back({row, place, side, alpha});
    }
    ++row;
  }
  return seen;
}

std::vector<Seen> seenOf(const VoxelTree& tree) {
  const TreeShape& shape = tree.shape;
  const float box = 1 / *std::max_element(shape.scale.begin(), shape.scale.end());
  const auto opaque = [&](Vector place, float side) {
    for (const float coordinate : place) {
      if (coordinate < 0 || coordinate >= 1) {
        return false;
      }
    }
    const TreeCell cell = cellAt(shape, place);
    return alphaOf(tree.data[(cell.cell + 1) * tree.dimension() - 1], side) > kHidden;
  };
  std::vector<Seen> seen;
  for (const TreeLeaf& leaf : leavesOf(shape)) {
    const float side = 1 / static_cast<float>(std::size_t{2} << leaf.depth);
    const float alpha = alphaOf(tree.data[(leaf.cell + 1) * tree.dimension() - 1], side * box);
    if (alpha < kFaint) {
      continue;
    }
    bool inside = true;
    for (std::size_t axis = 0; axis < 3 && inside; ++axis) {
      for (const float step : {-side, side}) {
        Vector beside = leaf.middle;
        beside[axis] += step;
        inside = inside && opaque(beside, side * box);
      }
    }
    if (!inside) {
      Vector place{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        place[axis] = (leaf.middle[axis] - shape.shift[axis]) / shape.scale[axis];
      }
      seen.push_back({leaf.cell, place, side * box, alpha});
    }
  }
  return seen;
}

/// Harmonics above the mean, seen after the world was turned so that (x, y, z) is (x, -z, y).
std::array<float, 8> turned(const std::array<float, 8>& a) {
  constexpr float kHalfRootThree = 0.8660254F;
  return {a[1],  -a[0],
          a[2],  a[6],
          -a[4], -0.5F * a[5] - kHalfRootThree * a[7],
          -a[3], 0.5F * a[7] - kHalfRootThree * a[5]};
}

/// The harmonics of a splat, from `sh` (channel by channel); those of trees go through the sigmoid.
void setColor(GaussianCloud& cloud, std::size_t splat, const float* sh, unsigned basis,
              bool isTree) {
  const std::size_t rest = shRestCount(cloud.shDegree);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float mean = sh[channel * basis];
    float slope = 1;
    if (isTree) {
      const float value = 1 / (1 + std::exp(-kSh0 * mean));
      slope = value * (1 - value);
      mean = (value - 0.5F) / kSh0;
    }
    cloud.shDc[3 * splat + channel] = mean;
    std::array<float, 8> above{};
    std::copy_n(&sh[channel * basis] + 1, rest, above.begin());
    above = turned(above);
    for (std::size_t k = 0; k < rest; ++k) {
      cloud.shRest[3 * (rest * splat + k) + channel] = slope * above[k];
    }
  }
}

}  // namespace

GaussianCloud splatsOf(const VoxelField& field, TaskRunner& runner) {
  const auto* grid = std::get_if<VoxelGrid>(&field);
  const auto* tree = std::get_if<VoxelTree>(&field);
  std::vector<Seen> seen = grid != nullptr ? seenOf(*grid) : seenOf(*tree);
  const unsigned basis = grid != nullptr ? grid->basis : tree->basis;
  if (seen.empty()) {
    seen.push_back({~std::size_t{0}, {0, 0, 0}, 1e-3F, kFaint});
  }
  GaussianCloud cloud;
  resizeCloud(cloud, seen.size(), basis == 9 ? 2 : basis == 4 ? 1 : 0);
  cloud.shDc.assign(cloud.shDc.size(), 0.0F);
  cloud.shRest.assign(cloud.shRest.size(), 0.0F);
  runner.parallelFor(seen.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Seen& voxel = seen[i];
      const Vector upright{voxel.place[0], -voxel.place[2], voxel.place[1]};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        cloud.means[3 * i + axis] = upright[axis];
        cloud.logScales[3 * i + axis] = std::log(kSpread * voxel.side);
      }
      const std::array<float, 4> identity{1, 0, 0, 0};
      std::copy(identity.begin(), identity.end(), &cloud.rotations[4 * i]);
      const float alpha = std::min(voxel.alpha, 0.99F);
      cloud.opacityLogits[i] = std::log(alpha / (1 - alpha));
      if (voxel.row != ~std::size_t{0}) {
        setColor(cloud, i,
                 grid != nullptr ? &grid->sh[voxel.row * 3 * basis]
                                 : &tree->data[voxel.row * tree->dimension()],
                 basis, tree != nullptr);
      }
    }
  });
  return cloud;
}

}  // namespace volpress
