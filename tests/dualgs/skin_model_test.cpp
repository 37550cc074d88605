// Joints, what follows them, and the motion found from the skin alone.
#include "compressors/dualgs/skin_model.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::dualgs {
namespace {

TEST(SkinModel, readsBackWhatWasWrittenAndBindsAlike) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  const GaussianCloud cloud = testing::randomCloud(3000, 0, 4);
  const SkinModel made = makeModel(cloud, {}, serial, {}).value();
  const Bytes bytes = writeModel(made, serial, {}).value();
  const SkinModel read = readModel(bytes, kVersion, 3000, *threads, {}).value();
  EXPECT_EQ(read.points, made.points);
  EXPECT_EQ(read.means, made.means);
  EXPECT_EQ(read.rotations, made.rotations);
  EXPECT_EQ(read.joints, made.joints);
  EXPECT_EQ(read.binding.joints, made.binding.joints);
  EXPECT_EQ(read.binding.weights, made.binding.weights);
  EXPECT_EQ(made.joints.size(), 200U);
  // Every splat is where it was, within half a cell.
  for (std::size_t i = 0; i < made.count(); ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(made.means[3 * i + axis], cloud.means[3 * made.order[i] + axis],
                  0.51F * made.grid.cell);
    }
  }
  EXPECT_FALSE(readModel(bytes, kVersion, 2999, serial, {}));
}

TEST(SkinModel, bindsToTheNearestJointsByWholeNumbers) {
  SerialRunner runner;
  const SkinModel model = makeModel(testing::randomCloud(1500, 0, 8), {}, runner, {}).value();
  const auto squared = [&](std::size_t i, std::uint32_t joint) {
    const auto& a = model.points[i];
    const auto& b = model.points[model.joints[joint]];
    const auto d = [](std::uint32_t p, std::uint32_t q) {
      const std::int64_t x = static_cast<std::int64_t>(p) - q;
      return x * x;
    };
    return d(a.x, b.x) + d(a.y, b.y) + d(a.z, b.z);
  };
  for (std::size_t i = 0; i < model.count(); i += 37) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> all;
    for (std::uint32_t j = 0; j < model.joints.size(); ++j) {
      all.emplace_back(squared(i, j), j);
    }
    std::sort(all.begin(), all.end());
    float sum = 0;
    for (std::size_t k = 0; k < model.binding.each; ++k) {
      EXPECT_EQ(model.binding.joints[model.binding.each * i + k], all[k].second) << i << " " << k;
      sum += model.binding.weights[model.binding.each * i + k];
    }
    EXPECT_NEAR(sum, 1, 1e-5F);
  }
}

/// Where a rigid motion takes a point.
Vector3 carried(const Quaternion& turn, const Vector3& shift, const float* p) {
  const Vector3 r =
      rotated(rotationMatrix(turn),
              {static_cast<double>(p[0]), static_cast<double>(p[1]), static_cast<double>(p[2])});
  return {r[0] + shift[0], r[1] + shift[1], r[2] + shift[2]};
}

TEST(MotionFitter, findsARigidMotionExactlyAndCarriesEverySplat) {
  SerialRunner runner;
  const SkinModel model = makeModel(testing::randomCloud(2000, 0, 6), {}, runner, {}).value();
  const MotionFitter fitter(model.means, model.joints, model.binding);
  const Quaternion turn = normalised({0.3, -0.8, 0.2, 0.5});  // beyond a quarter turn
  const Vector3 shift{3, -2, 0.5};
  FloatArray means(3 * model.count());
  for (std::size_t i = 0; i < model.count(); ++i) {
    const Vector3 to = carried(turn, shift, &model.means[3 * i]);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      means[3 * i + axis] = static_cast<float>(to[axis]);
    }
  }
  const JointMatrices matrices = matricesOf(model, fitter.fit(means));
  for (std::size_t i = 0; i < model.count(); ++i) {
    const SkinPose pose = skinPose(model, matrices, i);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      ASSERT_NEAR(pose.mean[axis], means[3 * i + axis], 2e-5F) << i;
    }
    const float* own = &model.rotations[4 * i];
    const Quaternion wanted =
        multiply(turn, {static_cast<double>(own[0]), static_cast<double>(own[1]),
                        static_cast<double>(own[2]), static_cast<double>(own[3])});
    double dot = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      dot += wanted[k] * pose.rotation[k];
    }
    ASSERT_GT(std::abs(dot), 1 - 1e-6) << i;
  }
}

TEST(MotionFitter, explainsATwistToATenthOfTheSmallestScale) {
  SerialRunner runner;
  // A cylinder of 12,000 splats of 4 mm, 2 m high, that twists by up to 90 degrees.
  GaussianCloud cloud = testing::randomCloud(12000, 0, 2);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const double angle = 2.399963 * static_cast<double>(i);
    cloud.means[3 * i] = static_cast<float>(0.2 * std::cos(angle));
    cloud.means[3 * i + 1] =
        static_cast<float>(2.0 * static_cast<double>(i) / static_cast<double>(cloud.count));
    cloud.means[3 * i + 2] = static_cast<float>(0.2 * std::sin(angle));
  }
  ModelOptions options;
  options.joints = 1000;
  const SkinModel model = makeModel(cloud, options, runner, {}).value();
  FloatArray means = model.means;
  double moved = 0;
  for (std::size_t i = 0; i < model.count(); ++i) {
    const double twist = 0.785 * static_cast<double>(model.means[3 * i + 1]);
    const Quaternion turn{std::cos(twist / 2), 0, std::sin(twist / 2), 0};
    const Vector3 to = carried(turn, {0, 0, 0}, &model.means[3 * i]);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      means[3 * i + axis] = static_cast<float>(to[axis]);
      const double d = to[axis] - static_cast<double>(model.means[3 * i + axis]);
      moved += d * d;
    }
  }
  const JointMatrices matrices =
      matricesOf(model, MotionFitter(model.means, model.joints, model.binding).fit(means));
  std::vector<double> errors;
  double left = 0;
  for (std::size_t i = 0; i < model.count(); ++i) {
    const SkinPose pose = skinPose(model, matrices, i);
    double square = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double d =
          static_cast<double>(pose.mean[axis]) - static_cast<double>(means[3 * i + axis]);
      square += d * d;
    }
    left += square;
    errors.push_back(std::sqrt(square));
  }
  std::nth_element(errors.begin(), errors.begin() + 6000, errors.end());
  EXPECT_LT(errors[6000], 0.1 * 0.004);
  EXPECT_GT(1 - std::sqrt(left / moved), 0.99);
}

}  // namespace
}  // namespace volpress::compressors::dualgs
