#include "compressors/hifi4g/deformation_graph.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace volpress::compressors::hifi4g {
namespace {

constexpr int kSearches = 24;

struct Cell {
  std::array<std::uint32_t, 3> at;
  std::uint32_t point;
  friend bool operator<(const Cell& a, const Cell& b) {
    return std::tie(a.at, a.point) < std::tie(b.at, b.point);
  }
};

/// Points by the voxels of `edge` grid units that they lie in.
std::vector<Cell> cellsOf(std::span<const coding::GridPoint> points,
                          std::span<const std::uint32_t> seen, std::uint32_t edge) {
  std::vector<Cell> cells;
  cells.reserve(seen.size());
  for (const std::uint32_t i : seen) {
    cells.push_back({{points[i].x / edge, points[i].y / edge, points[i].z / edge}, i});
  }
  std::sort(cells.begin(), cells.end());
  return cells;
}

std::size_t countCells(const std::vector<Cell>& cells) {
  std::size_t count = 0;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    count += k == 0 || cells[k].at != cells[k - 1].at ? 1U : 0U;
  }
  return count;
}

/// The point of cells[begin, end) that is nearest to their centre.
std::uint32_t middleOf(std::span<const coding::GridPoint> points, const std::vector<Cell>& cells,
                       std::size_t begin, std::size_t end) {
  Vector3 centre{};
  const auto place = [&](std::size_t k) {
    const coding::GridPoint& p = points[cells[k].point];
    return Vector3{static_cast<double>(p.x), static_cast<double>(p.y), static_cast<double>(p.z)};
  };
  for (std::size_t k = begin; k < end; ++k) {
    const Vector3 p = place(k);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      centre[axis] += p[axis] / static_cast<double>(end - begin);
    }
  }
  double least = std::numeric_limits<double>::max();
  std::uint32_t best = cells[begin].point;
  for (std::size_t k = begin; k < end; ++k) {
    const Vector3 p = place(k);
    double square = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      square += (p[axis] - centre[axis]) * (p[axis] - centre[axis]);
    }
    if (square < least) {
      least = square;
      best = cells[k].point;
    }
  }
  return best;
}

}  // namespace

std::vector<std::uint32_t> pickNodes(std::span<const coding::GridPoint> points,
                                     std::span<const std::uint32_t> seen, std::size_t wanted) {
  std::uint32_t low = 1, high = std::uint32_t{1} << 22;  // edges that give more, and fewer
  for (int i = 0; i < kSearches && high - low > 1; ++i) {
    const std::uint32_t middle = low + (high - low) / 2;
    (countCells(cellsOf(points, seen, middle)) > wanted ? low : high) = middle;
  }
  const std::vector<Cell> cells = cellsOf(points, seen, high);
  std::vector<std::uint32_t> nodes;
  for (std::size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    while (end < cells.size() && cells[end].at == cells[begin].at) {
      ++end;
    }
    nodes.push_back(middleOf(points, cells, begin, end));
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

double weightFall(double spacing) { return spacing > 0 ? 1 / (2 * spacing * spacing) : 0; }

std::vector<DualQuaternion> nodeMotions(const FloatArray& rest,
                                        std::span<const std::uint32_t> nodes,
                                        std::span<const coding::JointPose> poses) {
  std::vector<DualQuaternion> motions(nodes.size());
  for (std::size_t j = 0; j < nodes.size(); ++j) {
    const Quaternion turn = normalised(poses[j].rotation);
    const float* from = &rest[3 * std::size_t{nodes[j]}];
    const Vector3 carried = rotated(
        rotationMatrix(turn),
        {static_cast<double>(from[0]), static_cast<double>(from[1]), static_cast<double>(from[2])});
    const Quaternion dual =
        multiply({0, poses[j].centre[0] - carried[0], poses[j].centre[1] - carried[1],
                  poses[j].centre[2] - carried[2]},
                 turn);
    for (std::size_t k = 0; k < 4; ++k) {
      motions[j][k] = turn[k];
      motions[j][4 + k] = dual[k] / 2;
    }
  }
  return motions;
}

Warp warpPoint(const coding::JointBinding& binding, std::span<const DualQuaternion> motions,
               const FloatArray& rest, std::size_t i) {
  DualQuaternion sum{};
  const DualQuaternion& nearest = motions[binding.joints[binding.each * i]];
  for (std::size_t k = 0; k < binding.each; ++k) {
    const DualQuaternion& motion = motions[binding.joints[binding.each * i + k]];
    const double dot = motion[0] * nearest[0] + motion[1] * nearest[1] + motion[2] * nearest[2] +
                       motion[3] * nearest[3];
    const double weight =
        static_cast<double>(binding.weights[binding.each * i + k]) * (dot < 0 ? -1 : 1);
    for (std::size_t part = 0; part < 8; ++part) {
      sum[part] += weight * motion[part];
    }
  }
  const double square = sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2] + sum[3] * sum[3];
  const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
  Warp warp;
  warp.turn = normalised({sum[0], sum[1], sum[2], sum[3]});
  const Quaternion shift = multiply(
      {sum[4] * scale, sum[5] * scale, sum[6] * scale, sum[7] * scale}, conjugate(warp.turn));
  const Vector3 turned = rotated(rotationMatrix(warp.turn), {static_cast<double>(rest[3 * i]),
                                                             static_cast<double>(rest[3 * i + 1]),
                                                             static_cast<double>(rest[3 * i + 2])});
  for (std::size_t axis = 0; axis < 3; ++axis) {
    warp.mean[axis] = turned[axis] + 2 * shift[axis + 1];
  }
  return warp;
}

}  // namespace volpress::compressors::hifi4g
