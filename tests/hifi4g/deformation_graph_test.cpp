// Nodes, and what dual-quaternion blending makes of their motion.
#include "compressors/hifi4g/deformation_graph.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace volpress::compressors::hifi4g {
namespace {

/// A rod along x of 41 x 5 x 5 points, and nodes along its middle.
struct Rod {
  std::vector<coding::GridPoint> points;
  FloatArray rest;
  std::vector<std::uint32_t> nodes;
  coding::JointBinding binding;

  Rod() {
    for (std::uint32_t x = 0; x < 41; ++x) {
      for (std::uint32_t y = 0; y < 5; ++y) {
        for (std::uint32_t z = 0; z < 5; ++z) {
          if (y == 2 && z == 2 && x % 4 == 0) {
            nodes.push_back(static_cast<std::uint32_t>(points.size()));
          }
          points.push_back({100 * x, 100 * y, 100 * z});
          rest.insert(rest.end(), {static_cast<float>(x), static_cast<float>(y) - 2,
                                   static_cast<float>(z) - 2});
        }
      }
    }
    SerialRunner runner;
    binding = coding::bindToJoints(points, nodes,
                                   weightFall(coding::medianJointDistance(points, nodes)), runner);
  }

  [[nodiscard]] std::vector<coding::JointPose> twisted(double turns) const {
    std::vector<coding::JointPose> poses;
    for (const std::uint32_t node : nodes) {
      const double half = turns * 3.14159265358979 * static_cast<double>(rest[3 * node]) / 40;
      poses.push_back(
          {{static_cast<double>(rest[3 * node]), 0, 0}, {std::cos(half), std::sin(half), 0, 0}});
    }
    return poses;
  }
};

TEST(DeformationGraph, nodesThatStandStillMoveNothing) {
  const Rod rod;
  const auto motions = nodeMotions(rod.rest, rod.nodes, rod.twisted(0));
  for (std::size_t i = 0; i < rod.points.size(); ++i) {
    const Warp warp = warpPoint(rod.binding, motions, rod.rest, i);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      ASSERT_NEAR(warp.mean[axis], rod.rest[3 * i + axis], 1e-6) << i;
    }
  }
}

TEST(DeformationGraph, aTwistOfHalfATurnKeepsTheVolume) {
  const Rod rod;
  const auto motions = nodeMotions(rod.rest, rod.nodes, rod.twisted(0.5));
  // The squared distance from the axis stands for the area of a slice.
  double before = 0, after = 0;
  for (std::size_t i = 0; i < rod.points.size(); ++i) {
    const Warp warp = warpPoint(rod.binding, motions, rod.rest, i);
    const auto y = static_cast<double>(rod.rest[3 * i + 1]);
    const auto z = static_cast<double>(rod.rest[3 * i + 2]);
    before += y * y + z * z;
    after += warp.mean[1] * warp.mean[1] + warp.mean[2] * warp.mean[2];
    ASSERT_NEAR(warp.mean[0], rod.rest[3 * i], 1e-3);
  }
  EXPECT_NEAR(after / before, 1, 0.01);
}

TEST(DeformationGraph, oneRigidMotionCarriesEverything) {
  const Rod rod;
  const Quaternion turn = normalised({0.2, -0.7, 0.4, 0.5});
  const Matrix3 matrix = rotationMatrix(turn);
  const auto moved = [&](std::size_t i) {
    const Vector3 p = rotated(
        matrix, {static_cast<double>(rod.rest[3 * i]), static_cast<double>(rod.rest[3 * i + 1]),
                 static_cast<double>(rod.rest[3 * i + 2])});
    return Vector3{p[0] + 3, p[1] - 1, p[2] + 0.5};
  };
  std::vector<coding::JointPose> poses;
  bool flip = false;
  for (const std::uint32_t node : rod.nodes) {
    // Signs of quaternions mean nothing.
    poses.push_back(
        {moved(node), flip ? Quaternion{-turn[0], -turn[1], -turn[2], -turn[3]} : turn});
    flip = !flip;
  }
  const auto motions = nodeMotions(rod.rest, rod.nodes, poses);
  for (std::size_t i = 0; i < rod.points.size(); ++i) {
    const Warp warp = warpPoint(rod.binding, motions, rod.rest, i);
    const Vector3 wanted = moved(i);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      ASSERT_NEAR(warp.mean[axis], wanted[axis], 1e-5) << i;
    }
  }
}

TEST(DeformationGraph, nodesAreSpreadEvenlyAndAboutAsManyAsWanted) {
  const Rod rod;
  std::vector<std::uint32_t> seen(rod.points.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    seen[i] = static_cast<std::uint32_t>(i);
  }
  const auto nodes = pickNodes(rod.points, seen, 60);
  EXPECT_GT(nodes.size(), 15U);
  EXPECT_LE(nodes.size(), 60U);
  EXPECT_EQ(pickNodes(rod.points, std::vector<std::uint32_t>{7}, 60),
            std::vector<std::uint32_t>{7});
}

}  // namespace
}  // namespace volpress::compressors::hifi4g
