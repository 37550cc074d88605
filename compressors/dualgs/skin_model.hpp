// What a run of frames shares: the skin Gaussians at its first frame, the joints among them, and
// which joints each of them follows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/joint_motion.hpp"
#include "compressors/coding/octree_positions.hpp"
#include "scene/base/result.hpp"
#include "scene/base/rotations.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::dualgs {

/// Versions of the format: 2 has rotations with as many levels as wanted and neighbours as context;
/// 3, written where there is such a layer, has a refinement of all SH orders.
inline constexpr std::uint8_t kOldVersion = 1, kVersion = 2, kViewVersion = 3;

/// One run's part of INIT. `order[i]` is the splat of the run's frames that skin Gaussian i is; the
/// encoder alone knows it.
struct SkinModel {
  std::uint8_t version = kVersion;
  std::uint16_t rotationLevels = 511;
  coding::PositionGrid grid;
  std::vector<coding::GridPoint> points;  ///< Morton order
  std::vector<std::uint32_t> near;        ///< nearestEarlier of them; empty in version 1
  FloatArray means;                       ///< 3n, as the decoder has them
  FloatArray rotations;                   ///< 4n, unit
  std::vector<std::uint32_t> joints;      ///< skin Gaussians that are joints too, ascending
  float reach = 1;               ///< the length over which a joint's weight falls, scene units
  coding::JointBinding binding;  ///< derived from the whole numbers above
  std::vector<std::uint32_t> order;

  [[nodiscard]] std::size_t count() const noexcept { return points.size(); }
};

struct ModelOptions {
  double coarseness = 1;     ///< times the usual cell of positions and step of rotations
  bool hasResiduals = true;  ///< what joints do not explain is coded too
  /// 0: a sixtieth of the splats, 200 to 15,000, or without residuals a twelfth, 256 to 15,000.
  std::size_t joints = 0;
};

/// From the first frame of a run: quantises it and picks joints by farthest points among what can
/// be seen.
[[nodiscard]] Result<SkinModel> makeModel(const GaussianCloud& cloud, const ModelOptions& options,
                                          TaskRunner& runner, const std::stop_token& stop);

[[nodiscard]] Result<Bytes> writeModel(const SkinModel& model, TaskRunner& runner,
                                       const std::stop_token& stop);
/// From untrusted bytes; at most `most` splats.
[[nodiscard]] Result<SkinModel> readModel(ByteView bytes, std::uint8_t version, std::size_t most,
                                          TaskRunner& runner, const std::stop_token& stop);

using coding::JointPose;
using coding::MotionFitter;

/// [R | T] of each joint, row-major 3 x 4: x' = R x + T.
using JointMatrices = std::vector<std::array<float, 12>>;
[[nodiscard]] JointMatrices matricesOf(const SkinModel& model, std::span<const JointPose> poses);

/// Where skin Gaussian `i` goes, and how it turns: linear blending of the joints' matrices, the
/// rotation made orthonormal.
struct SkinPose {
  std::array<float, 3> mean;
  Quaternion rotation;  ///< of the Gaussian itself, unit
};
[[nodiscard]] SkinPose skinPose(const SkinModel& model, const JointMatrices& matrices,
                                std::size_t i);

}  // namespace volpress::compressors::dualgs
