// Moving, turning and resizing a scene.
#pragma once

#include <array>

#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::edit {

/// x' = scale * R x + translation, in the cloud's own frame.
struct Similarity {
  std::array<double, 9> rotation{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< row-major, determinant +1
  std::array<double, 3> translation{};                        ///< scene units
  double scale = 1;                                           ///< > 0

  [[nodiscard]] bool isIdentity() const noexcept { return *this == Similarity{}; }
  friend bool operator==(const Similarity&, const Similarity&) = default;
};

/// The rotation about x, then y, then z, by degrees (right-handed).
[[nodiscard]] std::array<double, 9> rotationOfDegrees(const std::array<double, 3>& degrees);

/// First `first`, then `second`.
[[nodiscard]] Similarity compose(const Similarity& first, const Similarity& second);

/// Means, scales, rotations and SH of every band. The same on any number of threads.
void transformCloud(GaussianCloud& cloud, const Similarity& similarity, TaskRunner& runner);

/// As transformCloud, for any linear map with a positive determinant (row-major) followed by a
/// translation: the covariance of each splat becomes A C A^T, colours turn by the rotation that is
/// nearest to A.
void mapCloud(GaussianCloud& cloud, const std::array<double, 9>& linear,
              const std::array<double, 3>& translation, TaskRunner& runner);

/// The camera that sees the transformed scene as this one saw the scene.
[[nodiscard]] Camera transformCamera(const Camera& camera, const Similarity& similarity);

}  // namespace volpress::edit
