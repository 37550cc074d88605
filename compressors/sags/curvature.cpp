#include "compressors/sags/curvature.hpp"

#include <array>
#include <cmath>

#include <Eigen/Dense>

#include "compressors/coding/nearest_points.hpp"
#include "compressors/sags/point_graph.hpp"

namespace volpress::compressors::sags {

Result<std::vector<float>> curvatures(std::span<const coding::GridPoint> points, TaskRunner& runner,
                                      const std::stop_token& stop) {
  VOLPRESS_TRY(const coding::NearestPoints near,
               coding::nearestPoints(points, kNeighbours, runner, stop));
  std::vector<float> result(points.size(), 0.0F);
  constexpr std::size_t kGrain = 1024;
  runner.parallelFor(points.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<Eigen::Vector3d> around;
    for (std::size_t i = begin; i < end; ++i) {
      around.assign(1, Eigen::Vector3d::Zero());
      for (std::size_t k = 0; k < near.each; ++k) {
        const coding::GridPoint& other = points[near.indices[i * near.each + k]];
        around.emplace_back(static_cast<double>(other.x) - static_cast<double>(points[i].x),
                            static_cast<double>(other.y) - static_cast<double>(points[i].y),
                            static_cast<double>(other.z) - static_cast<double>(points[i].z));
      }
      Eigen::Vector3d mean = Eigen::Vector3d::Zero();
      for (const Eigen::Vector3d& place : around) {
        mean += place / static_cast<double>(around.size());
      }
      Eigen::Matrix3d covariance = Eigen::Matrix3d::Zero();
      for (const Eigen::Vector3d& place : around) {
        covariance += (place - mean) * (place - mean).transpose();
      }
      const Eigen::Vector3d eigenvalues =
          Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(covariance, Eigen::EigenvaluesOnly)
              .eigenvalues();
      const double sum = eigenvalues.sum();
      result[i] = sum > 0 ? static_cast<float>(std::max(0.0, eigenvalues[0]) / sum) : 0.0F;
    }
  });
  return result;
}

std::vector<float> standardised(std::span<const float> values) {
  double mean = 0;
  double squares = 0;
  for (const float value : values) {
    mean += static_cast<double>(value) / static_cast<double>(values.size());
  }
  for (const float value : values) {
    const double off = static_cast<double>(value) - mean;
    squares += off * off / static_cast<double>(values.size());
  }
  const double deviation = std::sqrt(squares);
  std::vector<float> result;
  result.reserve(values.size());
  for (const float value : values) {
    result.push_back(
        deviation > 0 ? static_cast<float>((static_cast<double>(value) - mean) / deviation) : 0.0F);
  }
  return result;
}

}  // namespace volpress::compressors::sags
