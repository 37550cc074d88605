#include "scene/edit/transform.hpp"

#include <cmath>
#include <numbers>

#include <Eigen/Dense>

#include "scene/edit/sh_rotation.hpp"

namespace volpress::edit {
namespace {

using RowMatrix = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;

constexpr std::size_t kGrain = 4096;

Eigen::Map<const RowMatrix> matrixOf(const std::array<double, 9>& rows) {
  return Eigen::Map<const RowMatrix>(rows.data());
}

std::array<double, 9> rowsOf(const Eigen::Matrix3d& matrix) {
  std::array<double, 9> rows{};
  Eigen::Map<RowMatrix>(rows.data()) = matrix;
  return rows;
}

Eigen::Vector3d vectorOf(const float* xyz) {
  return {static_cast<double>(xyz[0]), static_cast<double>(xyz[1]), static_cast<double>(xyz[2])};
}

void moveMean(float* mean, const Eigen::Matrix3d& linear, const Eigen::Vector3d& translation) {
  const Eigen::Vector3d moved = linear * vectorOf(mean) + translation;
  for (int c = 0; c < 3; ++c) {
    mean[c] = static_cast<float>(moved[c]);
  }
}

Eigen::Quaterniond rotationAt(const float* wxyz) {
  return Eigen::Quaterniond(static_cast<double>(wxyz[0]), static_cast<double>(wxyz[1]),
                            static_cast<double>(wxyz[2]), static_cast<double>(wxyz[3]));
}

void setRotation(float* wxyz, const Eigen::Quaterniond& q) {
  wxyz[0] = static_cast<float>(q.w());
  wxyz[1] = static_cast<float>(q.x());
  wxyz[2] = static_cast<float>(q.y());
  wxyz[3] = static_cast<float>(q.z());
}

}  // namespace

std::array<double, 9> rotationOfDegrees(const std::array<double, 3>& degrees) {
  const auto turn = [&](std::size_t axis, const Eigen::Vector3d& direction) {
    return Eigen::AngleAxisd(degrees[axis] * std::numbers::pi / 180, direction);
  };
  return rowsOf((turn(2, Eigen::Vector3d::UnitZ()) * turn(1, Eigen::Vector3d::UnitY()) *
                 turn(0, Eigen::Vector3d::UnitX()))
                    .toRotationMatrix());
}

Similarity compose(const Similarity& first, const Similarity& second) {
  Similarity both;
  both.scale = first.scale * second.scale;
  both.rotation = rowsOf(matrixOf(second.rotation) * matrixOf(first.rotation));
  const Eigen::Vector3d moved =
      second.scale * (matrixOf(second.rotation) *
                      Eigen::Map<const Eigen::Vector3d>(first.translation.data())) +
      Eigen::Map<const Eigen::Vector3d>(second.translation.data());
  both.translation = {moved[0], moved[1], moved[2]};
  return both;
}

void transformCloud(GaussianCloud& cloud, const Similarity& similarity, TaskRunner& runner) {
  const Eigen::Matrix3d rotation = matrixOf(similarity.rotation);
  const Eigen::Matrix3d linear = similarity.scale * rotation;
  const Eigen::Map<const Eigen::Vector3d> translation(similarity.translation.data());
  const Eigen::Quaterniond turn(rotation);
  const auto growth = static_cast<float>(std::log(similarity.scale));
  const bool turns = !rotation.isIdentity(0);
  const ShRotation colours(similarity.rotation, turns ? cloud.shDegree : 0);
  const std::size_t width = 3 * shRestCount(cloud.shDegree);
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      moveMean(&cloud.means[3 * i], linear, translation);
      for (std::size_t c = 0; c < 3; ++c) {
        cloud.logScales[3 * i + c] += growth;
      }
      if (turns) {
        float* q = &cloud.rotations[4 * i];
        setRotation(q, turn * rotationAt(q));
        colours.apply(cloud.shRest.data() + i * width);
      }
    }
  });
}

void mapCloud(GaussianCloud& cloud, const std::array<double, 9>& linear,
              const std::array<double, 3>& translation, TaskRunner& runner) {
  const Eigen::Matrix3d map = matrixOf(linear);
  const Eigen::Map<const Eigen::Vector3d> offset(translation.data());
  const Eigen::JacobiSVD<Eigen::Matrix3d> whole(map, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::Matrix3d nearest = whole.matrixU() * whole.matrixV().transpose();
  const ShRotation colours(rowsOf(nearest), cloud.shDegree);
  const std::size_t width = 3 * shRestCount(cloud.shDegree);
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      moveMean(&cloud.means[3 * i], map, offset);
      float* scale = &cloud.logScales[3 * i];
      float* q = &cloud.rotations[4 * i];
      const Eigen::Vector3d axes = vectorOf(scale).array().exp();
      const Eigen::Matrix3d root =
          map * rotationAt(q).normalized().toRotationMatrix() * axes.asDiagonal();
      // C = (A R S)(A R S)^T: its axes are the left singular vectors.
      const Eigen::JacobiSVD<Eigen::Matrix3d> svd(root, Eigen::ComputeFullU);
      Eigen::Matrix3d frame = svd.matrixU();
      if (frame.determinant() < 0) {
        frame.col(2) = -frame.col(2);
      }
      setRotation(q, Eigen::Quaterniond(frame));
      for (int c = 0; c < 3; ++c) {
        scale[c] = std::max(static_cast<float>(std::log(svd.singularValues()[c])), kMinLogScale);
      }
      colours.apply(cloud.shRest.data() + i * width);
    }
  });
}

Camera transformCamera(const Camera& camera, const Similarity& similarity) {
  Camera moved = camera;
  moveMean(moved.position.data(), similarity.scale * matrixOf(similarity.rotation),
           Eigen::Map<const Eigen::Vector3d>(similarity.translation.data()));
  Eigen::Map<Eigen::Matrix<float, 3, 3, Eigen::RowMajor>> toCamera(moved.rotation.data());
  toCamera =
      (toCamera.cast<double>() * matrixOf(similarity.rotation).transpose()).cast<float>().eval();
  moved.nearPlane = static_cast<float>(static_cast<double>(camera.nearPlane) * similarity.scale);
  return moved;
}

}  // namespace volpress::edit
