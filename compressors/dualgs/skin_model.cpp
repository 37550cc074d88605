#include "compressors/dualgs/skin_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "compressors/coding/quantise.hpp"
#include "compressors/coding/rans.hpp"
#include "compressors/coding/scale_unit.hpp"
#include "compressors/coding/symbol_coder.hpp"

namespace volpress::compressors::dualgs {
namespace {

constexpr double kRotationLevels = 511;  // 10 bits a part
constexpr double kLeastLevels = 31, kMostLevels = 2047;
constexpr unsigned kUsualBits = 16;
constexpr double kCell = 0.5;  // median smallest scales
constexpr std::size_t kMostJoints = 15000;
/// Where residuals follow the joints, more joints cost more than they save.
constexpr std::size_t kLeastJoints = 256, kSplatsPerJoint = 12;
constexpr std::size_t kLeastHelped = 200, kSplatsPerHelped = 60;
constexpr float kSeenLogit = -2.1972246F;  // an opacity of 0.1
constexpr double kReachInDistances = 1.75;

void setMeans(SkinModel& model) {
  model.means.resize(3 * model.count());
  for (std::size_t i = 0; i < model.count(); ++i) {
    const std::array<float, 3> place = model.grid.position(model.points[i]);
    std::copy(place.begin(), place.end(), model.means.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
}

/// Binds every skin Gaussian to its nearest joints.
void bind(SkinModel& model, TaskRunner& runner) {
  const double cell = static_cast<double>(model.grid.cell);
  const double fall =
      cell * cell / (static_cast<double>(model.reach) * static_cast<double>(model.reach));
  model.binding = coding::bindToJoints(model.points, model.joints, fall, runner);
}

/// Farthest-point sampling: each next one is the farthest from those taken.
Result<std::vector<std::uint32_t>> pickJoints(const SkinModel& model, const GaussianCloud& cloud,
                                              std::size_t wanted, const std::stop_token& stop) {
  std::vector<std::uint32_t> seen;
  for (std::size_t i = 0; i < model.count(); ++i) {
    if (cloud.opacityLogits[model.order[i]] > kSeenLogit) {
      seen.push_back(static_cast<std::uint32_t>(i));
    }
  }
  if (seen.empty()) {
    seen.resize(model.count());
    std::iota(seen.begin(), seen.end(), 0U);
  }
  const std::size_t count = seen.size();
  std::vector<float> x(count), y(count), z(count);
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = model.means[3 * seen[i]];
    y[i] = model.means[3 * seen[i] + 1];
    z[i] = model.means[3 * seen[i] + 2];
  }
  std::vector<float> nearest(count, std::numeric_limits<float>::max());
  std::vector<std::uint32_t> joints;
  std::size_t next = 0;
  while (joints.size() < std::min(wanted, count)) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while choosing joints");
    }
    joints.push_back(seen[next]);
    const float px = x[next], py = y[next], pz = z[next];
    nearest[next] = -1;
    float most = -1;
    std::size_t farthest = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float dx = x[i] - px, dy = y[i] - py, dz = z[i] - pz;
      nearest[i] = std::min(nearest[i], dx * dx + dy * dy + dz * dz);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (nearest[i] > most) {
        most = nearest[i];
        farthest = i;
      }
    }
    if (most < 0) {
      break;
    }
    next = farthest;
  }
  std::sort(joints.begin(), joints.end());
  return joints;
}

float reachOf(const SkinModel& model) {
  const double distance = coding::medianJointDistance(model.points, model.joints);
  return distance > 0 ? static_cast<float>(kReachInDistances * distance *
                                           static_cast<double>(model.grid.cell))
                      : 1.0F;
}

/// The context of rotations: version 1 knows the row before only.
std::vector<std::uint32_t> nearOf(const SkinModel& model, TaskRunner& runner) {
  return model.version == kOldVersion ? std::vector<std::uint32_t>()
                                      : coding::nearestEarlier(model.points, runner);
}

coding::SymbolLayout layoutOf(const SkinModel& model) {
  coding::SymbolLayout layout;
  layout.rows = model.count();
  layout.channels = 4;
  layout.chain = 4;
  layout.neighbours = model.near;
  return layout;
}

void setRotation(SkinModel& model, std::size_t i, const coding::SmallestThree& packed) {
  const std::array<float, 4> wxyz = packed.value(model.rotationLevels);
  std::copy(wxyz.begin(), wxyz.end(), model.rotations.begin() + static_cast<std::ptrdiff_t>(4 * i));
}

}  // namespace

Result<SkinModel> makeModel(const GaussianCloud& cloud, const ModelOptions& options,
                            TaskRunner& runner, const std::stop_token& stop) {
  SkinModel model;
  const auto usual = coding::PositionGrid::over(cloud.means, kUsualBits);
  const double cell =
      kCell * options.coarseness * static_cast<double>(coding::medianSmallestScale(cloud));
  const double bits =
      static_cast<double>(kUsualBits) + std::log2(static_cast<double>(usual.cell) / cell);
  model.grid = coding::PositionGrid::between(
      cloud.means, std::clamp(bits, 8.0, static_cast<double>(coding::kMaxGridBits)));
  model.rotationLevels = static_cast<std::uint16_t>(
      std::clamp(std::round(kRotationLevels / options.coarseness), kLeastLevels, kMostLevels));
  std::vector<coding::GridPoint> points(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    points[i] = model.grid.quantise(&cloud.means[3 * i]);
  }
  VOLPRESS_TRY(const coding::EncodedPositions coded,
               coding::encodePositions(points, model.grid.bits, stop));
  model.order = coded.order;
  model.rotations.resize(4 * cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    model.points.push_back(points[model.order[i]]);
    setRotation(model, i,
                coding::SmallestThree::quantise(&cloud.rotations[4 * std::size_t{model.order[i]}],
                                                model.rotationLevels));
  }
  model.near = nearOf(model, runner);
  setMeans(model);
  const std::size_t wanted =
      options.joints != 0    ? options.joints
      : options.hasResiduals ? std::clamp(cloud.count / kSplatsPerHelped, kLeastHelped, kMostJoints)
                             : std::clamp(cloud.count / kSplatsPerJoint, kLeastJoints, kMostJoints);
  VOLPRESS_TRY(model.joints, pickJoints(model, cloud, wanted, stop));
  model.reach = reachOf(model);
  bind(model, runner);
  return model;
}

Result<Bytes> writeModel(const SkinModel& model, TaskRunner& runner, const std::stop_token& stop) {
  ByteWriter out;
  out.write(model.grid.origin);
  out.write(model.grid.cell);
  out.write(static_cast<std::uint8_t>(model.grid.bits));
  out.write(model.reach);
  if (model.version != kOldVersion) {
    out.write(model.rotationLevels);
  }
  VOLPRESS_TRY(const coding::EncodedPositions coded,
               coding::encodePositions(model.points, model.grid.bits, stop));
  coding::SymbolArray parts(4 * model.count());
  for (std::size_t i = 0; i < model.count(); ++i) {
    const auto packed =
        coding::SmallestThree::quantise(&model.rotations[4 * i], model.rotationLevels);
    parts[4 * i] = packed.largest;
    std::copy(packed.parts.begin(), packed.parts.end(),
              parts.begin() + static_cast<std::ptrdiff_t>(4 * i + 1));
  }
  const coding::SymbolLayout layout = layoutOf(model);
  VOLPRESS_TRY(const Bytes rotations, coding::encodeSymbols(parts, layout, runner, stop));
  std::vector<std::int32_t> gaps;
  std::uint32_t last = 0;
  for (const std::uint32_t joint : model.joints) {
    gaps.push_back(coding::foldUnsigned(joint - last));
    last = joint;
  }
  const Bytes joints =
      coding::encodeRans(gaps, std::vector<std::uint8_t>(gaps.size(), std::uint8_t{0}), 1);
  out.write(static_cast<std::uint32_t>(model.joints.size()));
  for (const Bytes* part : {&coded.bytes, &rotations, &joints}) {
    out.write(static_cast<std::uint64_t>(part->size()));
    out.append(*part);
  }
  return std::move(out).take();
}

Result<SkinModel> readModel(ByteView bytes, std::uint8_t version, std::size_t most,
                            TaskRunner& runner, const std::stop_token& stop) {
  ByteReader reader(bytes);
  SkinModel model;
  model.version = version;
  using Corner = std::array<float, 3>;
  VOLPRESS_TRY(model.grid.origin, reader.read<Corner>("grid origin"));
  VOLPRESS_TRY(model.grid.cell, reader.read<float>("grid cell"));
  VOLPRESS_TRY(const auto bits, reader.read<std::uint8_t>("grid bits"));
  VOLPRESS_TRY(model.reach, reader.read<float>("joint reach"));
  if (version != kOldVersion) {
    VOLPRESS_TRY(model.rotationLevels, reader.read<std::uint16_t>("rotation levels"));
  }
  VOLPRESS_TRY(const auto jointCount, reader.read<std::uint32_t>("joint count"));
  constexpr float kFar = 1e12F;
  bool finite = model.grid.cell > 0 && model.grid.cell < kFar && model.reach > 0 &&
                model.reach < kFar && bits >= 1 && bits <= coding::kMaxGridBits &&
                model.rotationLevels >= 1;
  for (const float corner : model.grid.origin) {
    finite = finite && std::abs(corner) < kFar;
  }
  if (!finite) {
    return fail(ErrorCode::CorruptData,
                "the grid of positions is not one: cell {}, {} bits, reach {}", model.grid.cell,
                bits, model.reach);
  }
  model.grid.bits = bits;
  std::array<ByteView, 3> parts;
  for (ByteView& part : parts) {
    VOLPRESS_TRY(const auto size, reader.read<std::uint64_t>("part of the skin"));
    VOLPRESS_TRY(part, reader.take(size, "part of the skin"));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes are left behind the skin", reader.remaining());
  }
  VOLPRESS_TRY(model.points, coding::decodePositions(parts[0], stop));
  if (model.points.empty() || model.points.size() > most || jointCount == 0 ||
      jointCount > model.points.size()) {
    return fail(ErrorCode::CorruptData, "{} splats and {} joints; 1 to {} splats are allowed",
                model.points.size(), jointCount, most);
  }
  model.near = nearOf(model, runner);
  const coding::SymbolLayout layout = layoutOf(model);
  VOLPRESS_TRY(const coding::SymbolArray symbols,
               coding::decodeSymbols(parts[1], layout, runner, stop));
  model.rotations.resize(4 * model.count());
  const std::int32_t levels = model.rotationLevels;
  for (std::size_t i = 0; i < model.count(); ++i) {
    coding::SmallestThree packed;
    packed.largest = static_cast<std::uint8_t>(symbols[4 * i] & 3);
    for (std::size_t k = 0; k < 3; ++k) {
      packed.parts[k] = std::clamp(symbols[4 * i + 1 + k], -levels, levels);
    }
    setRotation(model, i, packed);
  }
  VOLPRESS_TRY(coding::RansDecoder gaps, coding::RansDecoder::open(parts[2], jointCount, 1));
  std::uint64_t joint = 0;
  for (std::uint32_t j = 0; j < jointCount; ++j) {
    const std::uint32_t gap = coding::unfoldUnsigned(gaps.decode(0));
    joint += gap;
    if (joint >= model.count() || (j > 0 && gap == 0)) {
      return fail(ErrorCode::CorruptData, "joint {} is splat {} of {}", j, joint, model.count());
    }
    model.joints.push_back(static_cast<std::uint32_t>(joint));
  }
  VOLPRESS_CHECK(gaps.finish());
  setMeans(model);
  bind(model, runner);
  return model;
}

JointMatrices matricesOf(const SkinModel& model, std::span<const JointPose> poses) {
  JointMatrices matrices(poses.size());
  for (std::size_t j = 0; j < poses.size(); ++j) {
    const Matrix3 turn = rotationMatrix(normalised(poses[j].rotation));
    const float* rest = &model.means[3 * std::size_t{model.joints[j]}];
    const Vector3 carried = rotated(
        turn,
        {static_cast<double>(rest[0]), static_cast<double>(rest[1]), static_cast<double>(rest[2])});
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t column = 0; column < 3; ++column) {
        matrices[j][4 * row + column] = static_cast<float>(turn[3 * row + column]);
      }
      matrices[j][4 * row + 3] = static_cast<float>(poses[j].centre[row] - carried[row]);
    }
  }
  return matrices;
}

SkinPose skinPose(const SkinModel& model, const JointMatrices& matrices, std::size_t i) {
  std::array<float, 12> blended{};
  for (std::size_t k = 0; k < model.binding.each; ++k) {
    const float weight = model.binding.weights[model.binding.each * i + k];
    const std::array<float, 12>& matrix =
        matrices[model.binding.joints[model.binding.each * i + k]];
    for (std::size_t m = 0; m < 12; ++m) {
      blended[m] += weight * matrix[m];
    }
  }
  SkinPose pose;
  const float* rest = &model.means[3 * i];
  for (std::size_t row = 0; row < 3; ++row) {
    pose.mean[row] = blended[4 * row] * rest[0] + blended[4 * row + 1] * rest[1] +
                     blended[4 * row + 2] * rest[2] + blended[4 * row + 3];
  }
  // Gram-Schmidt on the columns of the blended rotation.
  const auto column = [&blended](std::size_t c) {
    return Vector3{static_cast<double>(blended[c]), static_cast<double>(blended[4 + c]),
                   static_cast<double>(blended[8 + c])};
  };
  const auto dot = [](const Vector3& a, const Vector3& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  };
  Vector3 x = column(0), y = column(1);
  const double lengthX = std::sqrt(dot(x, x));
  Quaternion turn{1, 0, 0, 0};
  if (lengthX > 1e-6) {
    x = {x[0] / lengthX, x[1] / lengthX, x[2] / lengthX};
    const double along = dot(x, y);
    y = {y[0] - along * x[0], y[1] - along * x[1], y[2] - along * x[2]};
    const double lengthY = std::sqrt(dot(y, y));
    if (lengthY > 1e-6) {
      y = {y[0] / lengthY, y[1] / lengthY, y[2] / lengthY};
      const Vector3 z{x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2],
                      x[0] * y[1] - x[1] * y[0]};
      turn = quaternionOf({x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]});
    }
  }
  const float* own = &model.rotations[4 * i];
  pose.rotation = multiply(turn, {static_cast<double>(own[0]), static_cast<double>(own[1]),
                                  static_cast<double>(own[2]), static_cast<double>(own[3])});
  return pose;
}

}  // namespace volpress::compressors::dualgs
