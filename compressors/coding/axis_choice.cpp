#include "compressors/coding/axis_choice.hpp"

#include <array>
#include <cmath>

#include "compressors/coding/canonical_rotation.hpp"
#include "scene/base/rotations.hpp"

namespace volpress::coding {
namespace {

constexpr std::size_t kGrain = 4096;

/// A rotation that takes axes to axes: the new axis k lies along the old axis `from[k]`.
struct AxisTurn {
  Quaternion turn{};
  std::array<std::uint8_t, 3> from{};
};

/// The 24 rotations of a cube, from products of quarter turns.
std::vector<AxisTurn> makeTurns() {
  std::vector<AxisTurn> turns;
  const double half = std::sqrt(0.5);
  const std::array<Quaternion, 3> quarters{
      Quaternion{half, half, 0, 0}, Quaternion{half, 0, half, 0}, Quaternion{half, 0, 0, half}};
  std::vector<Quaternion> found{{1, 0, 0, 0}};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Quaternion& quarter : quarters) {
      const Quaternion next = multiply(found[i], quarter);
      bool isNew = true;
      for (const Quaternion& one : found) {
        const double dot =
            one[0] * next[0] + one[1] * next[1] + one[2] * next[2] + one[3] * next[3];
        isNew = isNew && std::abs(dot) < 0.99;
      }
      if (isNew) {
        found.push_back(next);
      }
    }
  }
  for (const Quaternion& turn : found) {
    const Matrix3 matrix = rotationMatrix(turn);
    AxisTurn one{turn, {}};
    for (std::size_t k = 0; k < 3; ++k) {
      for (std::size_t row = 0; row < 3; ++row) {
        if (std::abs(matrix[3 * row + k]) > 0.5) {
          one.from[k] = static_cast<std::uint8_t>(row);
        }
      }
    }
    turns.push_back(one);
  }
  return turns;
}

const std::vector<AxisTurn>& allTurns() {
  static const std::vector<AxisTurn> kTurns = makeTurns();
  return kTurns;
}

Quaternion quaternionAt(const GaussianCloud& cloud, std::size_t i) {
  const float* q = &cloud.rotations[4 * i];
  return normalised({static_cast<double>(q[0]), static_cast<double>(q[1]),
                     static_cast<double>(q[2]), static_cast<double>(q[3])});
}

}  // namespace

AxisChoice::AxisChoice(const GaussianCloud& first, TaskRunner& runner) : m_turns(first.count) {
  runner.parallelFor(first.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const CanonicalEllipsoid wanted =
          canonicalEllipsoid(&first.logScales[3 * i], &first.rotations[4 * i]);
      const Quaternion turn = multiply(conjugate(quaternionAt(first, i)), wanted.rotation);
      double most = -1;
      for (std::size_t t = 0; t < allTurns().size(); ++t) {
        const Quaternion& one = allTurns()[t].turn;
        const double dot =
            std::abs(one[0] * turn[0] + one[1] * turn[1] + one[2] * turn[2] + one[3] * turn[3]);
        if (dot > most) {
          most = dot;
          m_turns[i] = static_cast<std::uint8_t>(t);
        }
      }
    }
  });
}

void AxisChoice::apply(GaussianCloud& cloud, TaskRunner& runner) const {
  if (m_turns.size() != cloud.count) {
    return;
  }
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const AxisTurn& turn = allTurns()[m_turns[i]];
      const Quaternion turned = multiply(quaternionAt(cloud, i), turn.turn);
      const std::array<float, 3> scales{cloud.logScales[3 * i], cloud.logScales[3 * i + 1],
                                        cloud.logScales[3 * i + 2]};
      for (std::size_t k = 0; k < 4; ++k) {
        cloud.rotations[4 * i + k] = static_cast<float>(turned[k]);
      }
      for (std::size_t k = 0; k < 3; ++k) {
        cloud.logScales[3 * i + k] = scales[turn.from[k]];
      }
    }
  });
}

}  // namespace volpress::coding
