#include "compressors/coding/joint_motion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <Eigen/Core>
#include <Eigen/LU>
#include <Eigen/SVD>

#include "compressors/coding/nearest_points.hpp"
#include "scene/base/point_tree.hpp"

namespace volpress::coding {
namespace {

constexpr std::size_t kAround = 8;
constexpr int kSweeps = 3;
constexpr double kRigidity = 0.05;
constexpr float kLeastWeight = 0.02F;
constexpr std::size_t kGrain = 1024;
constexpr std::size_t kMostBound = 8;
constexpr std::size_t kCandidates = 24;  // by float distance; the exact nearest are taken of them
constexpr std::size_t kBlock = 32;       // points in a row that are searched for together
constexpr std::size_t kMostShared = 64;  // candidates of such a block

/// Sums for the rigid motion that takes weighted points to where they went.
class Kabsch {
public:
  void add(double weight, const Vector3& from, const Vector3& to) {
    m_weight += weight;
    for (std::size_t i = 0; i < 3; ++i) {
      m_from[i] += weight * from[i];
      m_to[i] += weight * to[i];
      for (std::size_t k = 0; k < 3; ++k) {
        m_product[3 * i + k] += weight * from[i] * to[k];
      }
    }
  }
  [[nodiscard]] double weight() const { return m_weight; }

  /// The motion of `centre`; false when the points do not tell the rotation.
  [[nodiscard]] bool solve(const Vector3& centre, JointPose& pose) const {
    if (!(m_weight > 0)) {
      return false;
    }
    Eigen::Matrix3d covariance;
    for (int i = 0; i < 3; ++i) {
      for (int k = 0; k < 3; ++k) {
        const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(k);
        covariance(i, k) = m_product[3 * row + column] - m_from[row] * m_to[column] / m_weight;
      }
    }
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(covariance,
                                                Eigen::ComputeFullU | Eigen::ComputeFullV);
    const Eigen::Vector3d& values = svd.singularValues();
    if (!(values(1) > 1e-9 * values(0)) || !(values(0) > 0)) {
      return false;
    }
    Eigen::Matrix3d flip = Eigen::Matrix3d::Identity();
    flip(2, 2) = (svd.matrixV() * svd.matrixU().transpose()).determinant() < 0 ? -1 : 1;
    const Eigen::Matrix3d turn = svd.matrixV() * flip * svd.matrixU().transpose();
    const Matrix3 matrix{turn(0, 0), turn(0, 1), turn(0, 2), turn(1, 0), turn(1, 1),
                         turn(1, 2), turn(2, 0), turn(2, 1), turn(2, 2)};
    pose.rotation = quaternionOf(matrix);
    const Vector3 offset =
        rotated(matrix, {centre[0] - m_from[0] / m_weight, centre[1] - m_from[1] / m_weight,
                         centre[2] - m_from[2] / m_weight});
    for (std::size_t i = 0; i < 3; ++i) {
      pose.centre[i] = offset[i] + m_to[i] / m_weight;
    }
    return true;
  }

private:
  double m_weight = 0;
  Vector3 m_from{}, m_to{};
  std::array<double, 9> m_product{};
};

Vector3 vectorAt(const FloatArray& values, std::size_t i) {
  return {static_cast<double>(values[3 * i]), static_cast<double>(values[3 * i + 1]),
          static_cast<double>(values[3 * i + 2])};
}

/// Where a joint's motion takes a point.
struct Motion {
  Matrix3 turn{1, 0, 0, 0, 1, 0, 0, 0, 1};
  Vector3 rest{}, centre{};
  [[nodiscard]] Vector3 at(const Vector3& p) const {
    const Vector3 away = rotated(turn, {p[0] - rest[0], p[1] - rest[1], p[2] - rest[2]});
    return {away[0] + centre[0], away[1] + centre[1], away[2] + centre[2]};
  }
};

FloatArray jointPlaces(std::span<const GridPoint> points, std::span<const std::uint32_t> joints) {
  FloatArray places(3 * joints.size());
  for (std::size_t j = 0; j < joints.size(); ++j) {
    const GridPoint& point = points[joints[j]];
    places[3 * j] = static_cast<float>(point.x);
    places[3 * j + 1] = static_cast<float>(point.y);
    places[3 * j + 2] = static_cast<float>(point.z);
  }
  return places;
}

}  // namespace

namespace {

using Candidates = std::vector<std::pair<std::int64_t, std::uint32_t>>;

/// Finds joints near points.
class JointSearch {
public:
  JointSearch(std::span<const GridPoint> points, std::span<const std::uint32_t> joints)
      : m_points(points), m_joints(joints), m_places(jointPlaces(points, joints)) {}

  /// Joints among which all of points [begin, end) find their `each` nearest; false when the points
  /// lie too far apart for a few.
  bool shared(std::size_t begin, std::size_t end, std::size_t each,
              std::vector<std::uint32_t>& found) const {
    std::array<double, 3> low{}, high{};
    for (std::size_t i = begin; i < end; ++i) {
      const std::array<double, 3> at{static_cast<double>(m_points[i].x),
                                     static_cast<double>(m_points[i].y),
                                     static_cast<double>(m_points[i].z)};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        low[axis] = i == begin ? at[axis] : std::min(low[axis], at[axis]);
        high[axis] = i == begin ? at[axis] : std::max(high[axis], at[axis]);
      }
    }
    std::array<float, 3> middle{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      middle[axis] = static_cast<float>((low[axis] + high[axis]) / 2);
    }
    const double diagonal = std::hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
    found.resize(std::min(kMostShared, m_joints.size()));
    std::array<float, kMostShared> squares{};
    m_tree.knnSearch(middle.data(), found.size(), found.data(), squares.data());
    // A point is half a diagonal from the middle: no farther from the joints that are nearest there
    // than that, and what is nearer to it lies within the same again. The rest is for rounding.
    constexpr double kRounding = 4;
    const double reach = std::sqrt(static_cast<double>(squares[each - 1])) + diagonal + kRounding;
    const auto beyond = std::upper_bound(
        squares.begin(), squares.begin() + static_cast<std::ptrdiff_t>(found.size()),
        static_cast<float>(reach * reach * (1 + 1e-6)));
    const auto count = static_cast<std::size_t>(beyond - squares.begin());
    if (count == found.size() && count < m_joints.size()) {
      return false;
    }
    found.resize(count);
    return true;
  }

  /// As `shared`, of one point.
  void around(std::size_t i, std::vector<std::uint32_t>& found) const {
    const GridPoint& point = m_points[i];
    const std::array<float, 3> place{static_cast<float>(point.x), static_cast<float>(point.y),
                                     static_cast<float>(point.z)};
    found.resize(std::min(kCandidates, m_joints.size()));
    std::array<float, kCandidates> squares{};
    m_tree.knnSearch(place.data(), found.size(), found.data(), squares.data());
  }

private:
  std::span<const GridPoint> m_points;
  std::span<const std::uint32_t> m_joints;
  FloatArray m_places;
  PointSource m_source{m_places};
  PointTree m_tree{3, m_source, nanoflann::KDTreeSingleIndexAdaptorParams(16)};
};

}  // namespace

JointBinding bindToJoints(std::span<const GridPoint> points, std::span<const std::uint32_t> joints,
                          double fall, TaskRunner& runner) {
  const JointSearch search(points, joints);
  JointBinding binding;
  binding.each = std::min(kMostBound, joints.size());
  binding.joints.resize(binding.each * points.size());
  binding.weights.resize(binding.each * points.size());
  const auto bind = [&](std::size_t i, std::span<const std::uint32_t> found, Candidates& nearest) {
    nearest.clear();
    for (const std::uint32_t joint : found) {
      nearest.emplace_back(squaredDistance(points[i], points[joints[joint]]), joint);
    }
    std::partial_sort(nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(binding.each),
                      nearest.end());
    double total = 0;
    std::array<double, kMostBound> weights{};
    for (std::size_t k = 0; k < binding.each; ++k) {
      weights[k] = std::exp(-static_cast<double>(nearest[k].first - nearest[0].first) * fall);
      total += weights[k];
    }
    for (std::size_t k = 0; k < binding.each; ++k) {
      binding.joints[binding.each * i + k] = nearest[k].second;
      binding.weights[binding.each * i + k] = static_cast<float>(weights[k] / total);
    }
  };
  runner.parallelFor(points.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> found;
    Candidates nearest;
    for (std::size_t block = begin; block < end; block += kBlock) {
      const std::size_t blockEnd = std::min(end, block + kBlock);
      const bool together = search.shared(block, blockEnd, binding.each, found);
      for (std::size_t i = block; i < blockEnd; ++i) {
        if (!together) {
          search.around(i, found);
        }
        bind(i, found, nearest);
      }
    }
  });
  return binding;
}

double medianJointDistance(std::span<const GridPoint> points,
                           std::span<const std::uint32_t> joints) {
  const FloatArray places = jointPlaces(points, joints);
  const PointSource source{places};
  const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  std::vector<float> squares;
  for (std::size_t j = 0; joints.size() > 1 && j < joints.size(); ++j) {
    std::array<std::uint32_t, 2> indices{};
    std::array<float, 2> found{};
    tree.knnSearch(&places[3 * j], 2, indices.data(), found.data());
    squares.push_back(found[1]);
  }
  if (squares.empty()) {
    return 0;
  }
  const auto middle = squares.begin() + static_cast<std::ptrdiff_t>(squares.size() / 2);
  std::nth_element(squares.begin(), middle, squares.end());
  return std::max(1.0, std::sqrt(static_cast<double>(*middle)));
}

MotionFitter::MotionFitter(const FloatArray& rest, std::span<const std::uint32_t> jointPoints,
                           const JointBinding& binding)
    : m_rest(rest), m_joints(jointPoints) {
  const std::size_t joints = m_joints.size();
  m_first.assign(joints + 1, 0);
  for (const std::uint32_t joint : binding.joints) {
    ++m_first[joint + 1];
  }
  for (std::size_t j = 0; j < joints; ++j) {
    m_first[j + 1] += m_first[j];
  }
  m_bound.resize(binding.joints.size());
  std::vector<std::size_t> next(m_first.begin(), m_first.end() - 1);
  for (std::size_t k = 0; k < binding.joints.size(); ++k) {
    m_bound[next[binding.joints[k]]++] = {static_cast<std::uint32_t>(k / binding.each),
                                          binding.weights[k]};
  }
  FloatArray places;
  for (const std::uint32_t joint : m_joints) {
    places.insert(places.end(), &rest[3 * std::size_t{joint}], &rest[3 * std::size_t{joint}] + 3);
  }
  const PointSource source{places};
  const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  m_aroundCount = std::min(kAround, joints - 1);
  for (std::size_t j = 0; j < joints; ++j) {
    std::array<std::uint32_t, kAround + 1> indices{};
    std::array<float, kAround + 1> squares{};
    const std::size_t found =
        tree.knnSearch(&places[3 * j], m_aroundCount + 1, indices.data(), squares.data());
    std::size_t taken = 0;
    for (std::size_t k = 0; k < found && taken < m_aroundCount; ++k) {
      if (indices[k] != j) {
        m_around.push_back(indices[k]);
        ++taken;
      }
    }
  }
}

std::vector<JointPose> MotionFitter::fit(const FloatArray& means) const {
  const std::size_t joints = m_joints.size();
  std::vector<JointPose> poses(joints);
  std::vector<Motion> motions(joints);
  const auto settle = [&](std::size_t j) {
    motions[j].turn = rotationMatrix(poses[j].rotation);
    motions[j].centre = poses[j].centre;
  };
  for (std::size_t j = 0; j < joints; ++j) {
    motions[j].rest = vectorAt(m_rest, m_joints[j]);
    Kabsch sums;
    for (std::size_t k = m_first[j]; k < m_first[j + 1]; ++k) {
      sums.add(static_cast<double>(m_bound[k].weight), vectorAt(m_rest, m_bound[k].point),
               vectorAt(means, m_bound[k].point));
    }
    if (!sums.solve(motions[j].rest, poses[j])) {
      poses[j] = {vectorAt(means, m_joints[j]), {1, 0, 0, 0}};
    }
    settle(j);
  }
  // Where the blend of all joints takes each Gaussian, kept up to date.
  std::vector<Vector3> blend(means.size() / 3);
  const auto addTo = [&](std::size_t j, double sign) {
    for (std::size_t k = m_first[j]; k < m_first[j + 1]; ++k) {
      const Vector3 moved = motions[j].at(vectorAt(m_rest, m_bound[k].point));
      for (std::size_t axis = 0; axis < 3; ++axis) {
        blend[m_bound[k].point][axis] +=
            sign * static_cast<double>(m_bound[k].weight) * moved[axis];
      }
    }
  };
  for (std::size_t j = 0; j < joints; ++j) {
    addTo(j, 1);
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t j = 0; j < joints; ++j) {
      addTo(j, -1);
      Kabsch sums;
      double reach = 0;
      for (std::size_t k = m_first[j]; k < m_first[j + 1]; ++k) {
        if (m_bound[k].weight < kLeastWeight) {
          continue;
        }
        const auto weight = static_cast<double>(m_bound[k].weight);
        const Vector3 from = vectorAt(m_rest, m_bound[k].point);
        const Vector3 goal = vectorAt(means, m_bound[k].point);
        Vector3 to;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          to[axis] = (goal[axis] - blend[m_bound[k].point][axis]) / weight;
          reach = std::max(reach, std::abs(from[axis] - motions[j].rest[axis]));
        }
        sums.add(weight * weight, from, to);
      }
      // What the joints around would do with this one's place and three points beside it.
      const double pull = kRigidity * std::max(sums.weight(), 1e-6) / 4;
      for (std::size_t corner = 0; corner < 4 && m_aroundCount != 0; ++corner) {
        Vector3 from = motions[j].rest;
        if (corner > 0) {
          from[corner - 1] += std::max(reach, 1e-6);
        }
        Vector3 to{};
        for (std::size_t a = 0; a < m_aroundCount; ++a) {
          const Vector3 moved = motions[m_around[m_aroundCount * j + a]].at(from);
          for (std::size_t axis = 0; axis < 3; ++axis) {
            to[axis] += moved[axis] / static_cast<double>(m_aroundCount);
          }
        }
        sums.add(pull, from, to);
      }
      JointPose pose;
      if (sums.solve(motions[j].rest, pose)) {
        poses[j] = pose;
        settle(j);
      }
      addTo(j, 1);
    }
  }
  return poses;
}

}  // namespace volpress::coding
