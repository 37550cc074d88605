#include "renderer/software/field_renderer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "renderer/metrics/metrics.hpp"
#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "tests/field/reference_field.hpp"
#include "tests/field/test_fields.hpp"

namespace volpress::renderer {
namespace {

Camera cameraAt(std::size_t side) {
  return lookAt({1.4F, 0.9F, -0.6F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, side, side);
}

FieldRenderResult draw(const HashGridField& field, const Camera& camera,
                       const FieldRenderOptions& options, TaskRunner& runner) {
  const FieldRenderer renderer(runner);
  const auto prepared = renderer.prepare(std::make_shared<const HashGridField>(field)).value();
  return renderer.render(*prepared, camera, options).value();
}

TEST(FieldModel, AgreesWithTheEquationsForEveryKindOfGrid) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> between(0, 1);
  for (const GridKind kind : {GridKind::Hash, GridKind::Dense, GridKind::Tiled}) {
    for (const GridInterpolation interpolation :
         {GridInterpolation::Linear, GridInterpolation::Smoothstep, GridInterpolation::Nearest}) {
      for (const unsigned features : {1U, 2U, 4U, 8U}) {
        GridEncoding encoding{kind, interpolation, 3, features, 9, 5, 1.6F, true};
        HashGridField field = makeField(encoding, 1);
        field.extraInputs = 3;
        field.color.inputs = 48;
        field.density.hiddenLayers = 2;
        field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
        for (float& value : field.parameters) {
          value = between(random) - 0.5F;
        }
        const FieldModel model(field);
        FieldBatch batch(model);
        batch.count = 37;
        for (std::size_t n = 0; n < batch.count; ++n) {
          float length = 0;
          for (std::size_t axis = 0; axis < 3; ++axis) {
            batch.place(axis)[n] = n == 0 ? 1.0F : n == 1 ? 0.0F : between(random);
            batch.direction(axis)[n] = between(random) - 0.5F;
            length += batch.direction(axis)[n] * batch.direction(axis)[n];
          }
          for (std::size_t axis = 0; axis < 3; ++axis) {
            batch.direction(axis)[n] /= std::sqrt(length);
          }
        }
        fieldDensity(model, batch);
        fieldColor(model, batch);
        for (std::size_t n = 0; n < batch.count; ++n) {
          std::array<double, 3> place{};
          std::array<double, 3> direction{};
          for (std::size_t axis = 0; axis < 3; ++axis) {
            place[axis] = static_cast<double>(batch.place(axis)[n]);
            direction[axis] = static_cast<double>(batch.direction(axis)[n]);
          }
          const auto expected = testing::referenceSample(field, place, direction);
          ASSERT_NEAR(static_cast<double>(batch.logit()[n]), expected.logit,
                      1e-4 + 1e-4 * std::fabs(expected.logit));
          for (std::size_t c = 0; c < 3; ++c) {
            ASSERT_NEAR(static_cast<double>(batch.rawColor(c)[n]), expected.raw[c],
                        1e-4 + 1e-4 * std::fabs(expected.raw[c]));
          }
        }
      }
    }
  }
}

TEST(FieldModel, DirectionTermsAreOrthonormal) {
  // The harmonics are the colour network's inputs 16 to 31, seen here through the reference, which
  // the model agrees with: the mean over the sphere of their products is a unit matrix over 4 pi.
  HashGridField field = testing::randomField(1);
  const FieldModel model(field);
  FieldBatch batch(model);
  std::array<std::array<double, 16>, 16> sums{};
  constexpr std::size_t kCount = 100000;
  batch.count = kFieldBatch;
  for (std::size_t begin = 0; begin < kCount; begin += kFieldBatch) {
    for (std::size_t n = 0; n < kFieldBatch; ++n) {
      const double z = 1 - 2 * (static_cast<double>(begin + n) + 0.5) / (kCount + kFieldBatch);
      const double angle = 2.39996322972865332 * static_cast<double>(begin + n);
      batch.direction(0)[n] = static_cast<float>(std::sqrt(1 - z * z) * std::cos(angle));
      batch.direction(1)[n] = static_cast<float>(std::sqrt(1 - z * z) * std::sin(angle));
      batch.direction(2)[n] = static_cast<float>(z);
    }
    fieldDensity(model, batch);
    fieldColor(model, batch);
    const std::size_t first = batch.colorInRow() + model.density.outputs;
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        for (std::size_t n = 0; n < kFieldBatch; ++n) {
          sums[i][j] += static_cast<double>(batch.row(first + i)[n]) *
                        static_cast<double>(batch.row(first + j)[n]);
        }
      }
    }
  }
  const double count = static_cast<double>((kCount + kFieldBatch - 1) / kFieldBatch * kFieldBatch);
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      EXPECT_NEAR(sums[i][j] / count * 12.566370614, i == j ? 1 : 0, 1e-2) << i << " " << j;
    }
  }
}

/// d(loss)/d(parameters) by hand against central differences of the double-precision equations.
TEST(FieldModel, GradientsAreThoseOfDifferences) {
  HashGridField field = testing::randomField(1);
  const std::array<double, 3> place{0.31, 0.62, 0.47};
  const std::array<double, 3> direction{0.6, -0.48, 0.64};
  constexpr double kOfLogit = 0.7;
  const std::array<double, 3> ofRaw{-0.4, 1.1, 0.3};
  const auto loss = [&](const HashGridField& at) {
    const auto sample = testing::referenceSample(at, place, direction);
    return kOfLogit * sample.logit + ofRaw[0] * sample.raw[0] + ofRaw[1] * sample.raw[1] +
           ofRaw[2] * sample.raw[2];
  };
  const FieldModel model(field);
  FieldBatch batch(model);
  batch.count = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    batch.place(axis)[0] = static_cast<float>(place[axis]);
    batch.direction(axis)[0] = static_cast<float>(direction[axis]);
  }
  fieldDensity(model, batch);
  fieldColor(model, batch);
  batch.logitGradient()[0] = static_cast<float>(kOfLogit);
  for (std::size_t c = 0; c < 3; ++c) {
    batch.rawColorGradient(c)[0] = static_cast<float>(ofRaw[c]);
  }
  FloatArray gradient;
  gradient.assign(field.parameters.size(), 0.0F);
  fieldBackward(model, batch, {gradient.data(), field.gridFirst()});
  const std::size_t features = field.grid.features;
  for (std::size_t level = 0; level < model.levels.size(); ++level) {
    std::vector<float> pulled(features);
    for (std::size_t f = 0; f < features; ++f) {
      pulled[f] = batch.featureGradient(level * features + f)[0];
    }
    FieldBatch scratch(model);
    fieldScatter(model, level, {{batch.place(0), batch.place(1), batch.place(2)}, pulled.data(), 1},
                 scratch,
                 {gradient.data() + field.gridFirst(), gradient.size() - field.gridFirst()});
  }
  std::size_t checked = 0;
  std::mt19937 random(9);
  for (std::size_t i = 0; i < field.parameters.size(); ++i) {
    const bool isGrid = i >= field.gridFirst();
    if ((isGrid && gradient[i] == 0) || (!isGrid && random() % 20 != 0)) {
      continue;
    }
    HashGridField moved = field;
    constexpr float kStep = 1e-3F;
    moved.parameters[i] = field.parameters[i] + kStep;
    const double up = loss(moved);
    const double high = static_cast<double>(moved.parameters[i]);
    moved.parameters[i] = field.parameters[i] - kStep;
    const double slope = (up - loss(moved)) / (high - static_cast<double>(moved.parameters[i]));
    ASSERT_NEAR(static_cast<double>(gradient[i]), slope, 1e-3 * std::fabs(slope) + 1e-4) << i;
    ++checked;
  }
  EXPECT_GT(checked, 300U);
}

TEST(StepSchedule, NumbersAndDistancesAreInverse) {
  const StepSchedule cone(16);
  for (float t = 1e-3F; t < 200; t *= 1.07F) {
    EXPECT_NEAR(cone.distanceOf(cone.numberOf(t)), t, 1e-5F * std::max(1.0F, t)) << t;
    EXPECT_NEAR(cone.next(t), cone.distanceOf(cone.numberOf(t) + 1), 1e-5F * std::max(1.0F, t));
  }
  const StepSchedule even(1);
  EXPECT_NEAR(even.next(0.25F) - 0.25F, StepSchedule::kSmallest, 1e-7F);
  EXPECT_NEAR(even.next(0.9F) - 0.9F, StepSchedule::kSmallest, 1e-7F);
}

TEST(FieldRenderer, AgreesWithTheReferenceInDouble) {
  SerialRunner runner;
  for (const unsigned aabbScale : {1U, 4U}) {
    HashGridField field = testing::randomField(aabbScale);
    field.background = {0.2F, 0.9F, 0.4F, 1};
    const Camera camera = cameraAt(40);
    const Image expected = testing::referencePicture(field, camera);
    const FieldRenderResult drawn = draw(field, camera, {}, runner);
    EXPECT_GT(drawn.samples, 10000U);
    EXPECT_GT(metrics::psnr(expected, drawn.picture.color).value(), 50) << aabbScale;
  }
}

TEST(FieldRenderer, IsTheSameOnAnyNumberOfThreads) {
  const HashGridField field = testing::randomField(2);
  SerialRunner one;
  const auto two = makeThreadRunner(2);
  const auto a = draw(field, cameraAt(50), {}, one);
  const auto b = draw(field, cameraAt(50), {}, *two);
  EXPECT_EQ(a.picture.color.pixels, b.picture.color.pixels);
  EXPECT_EQ(a.samples, b.samples);
}

TEST(FieldRenderer, SkippingEmptyCellsOfAConservativeGridChangesLittle) {
  SerialRunner runner;
  // One dense level whose features are the density's logarithm over ten: a ball in thin air.
  HashGridField field = makeField({GridKind::Dense, GridInterpolation::Linear, 1, 1, 15, 32}, 1);
  field.density = {16, 8, 0, 16, 16};
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  field.parameters[0] = 10;
  for (std::size_t i = 0; i < 32768; ++i) {
    const auto away = [](std::size_t v) { return static_cast<float>(v) - 16; };
    const bool inside = std::hypot(away(i % 32), away(i / 32 % 32), away(i / 1024)) < 10;
    field.parameters[field.gridFirst() + i] = inside ? 0.5F : -1.2F;
  }
  field.occupancy.clear();  // found by sampling
  const Camera camera = cameraAt(32);
  FieldRenderOptions all;
  all.skipsEmpty = false;
  const auto whole = draw(field, camera, all, runner);
  const auto skipping = draw(field, camera, {}, runner);
  EXPECT_LT(skipping.samples, whole.samples / 2);
  EXPECT_GT(metrics::psnr(whole.picture.color, skipping.picture.color).value(), 45);
}

TEST(FieldRenderer, BlendingModesDifferOnlyWhereItIsHalfTransparent) {
  SerialRunner runner;
  HashGridField field = testing::randomField(1);
  field.background = {0.8F, 0.8F, 0.8F, 1};
  FieldRenderOptions original;
  original.blending = FieldBlending::Original;
  const auto a = draw(field, cameraAt(48), {}, runner);
  const auto b = draw(field, cameraAt(48), original, runner);
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.picture.alpha.pixels.size(); ++i) {
    const float alpha = a.picture.alpha.pixels[i];
    const float distance = std::fabs(a.picture.color.pixels[3 * i] - b.picture.color.pixels[3 * i]);
    if (alpha == 0 || alpha == 1) {
      EXPECT_LT(distance, 1e-4F);
    } else {
      different += distance > 0.01F ? 1 : 0;
    }
  }
  EXPECT_GT(different, 50U);
}

TEST(FieldRenderer, RefusesPicturesWithoutPixels) {
  SerialRunner runner;
  const FieldRenderer renderer(runner);
  const auto prepared =
      renderer.prepare(std::make_shared<const HashGridField>(testing::randomField(1))).value();
  Camera camera = cameraAt(8);
  camera.width = 0;
  EXPECT_FALSE(renderer.render(*prepared, camera, {}));
}

}  // namespace
}  // namespace volpress::renderer
