#include "compressors/fields/field_trainer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compressors/fields/density_grid.hpp"
#include "compressors/fields/ray_learner.hpp"
#include "compressors/fields/viewing_rays.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/field_renderer.hpp"
#include "tests/field/reference_field.hpp"
#include "tests/field/test_fields.hpp"

namespace volpress::fields {
namespace {

/// The loss of one ray in double precision, over the samples that the marcher gives.
double referenceLoss(LearningLoss kind, const HashGridField& field, const LearningRay& ray) {
  const renderer::FieldMarcher marcher(field, field.occupancy);
  renderer::FieldMarcher::Walk walk = marcher.start(ray.ray, ray.jitter);
  renderer::FieldSample at;
  std::array<double, 3> color{};
  double transmittance = 1;
  std::array<double, 3> direction{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    direction[axis] = static_cast<double>(ray.ray.direction[axis]);
  }
  while (marcher.next(ray.ray, walk, at) && transmittance >= 1e-4) {
    std::array<double, 3> place{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      place[axis] = static_cast<double>(
          marcher.inBox(std::fma(ray.ray.direction[axis], at.distance, ray.ray.origin[axis])));
    }
    const auto sample = testing::referenceSample(field, place, direction);
    const double opacity = 1 - std::exp(-std::exp(sample.logit) * static_cast<double>(at.step));
    for (std::size_t c = 0; c < 3; ++c) {
      color[c] += transmittance * opacity / (1 + std::exp(-sample.raw[c]));
    }
    transmittance *= 1 - opacity;
  }
  double loss = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double d = color[c] + transmittance * static_cast<double>(ray.background[c]) -
                     static_cast<double>(ray.target[c]);
    const double huber = std::fabs(d) < 0.1 ? 5 * d * d : std::fabs(d) - 0.05;
    loss += (kind == LearningLoss::Huber ? huber : d * d) / 3;
  }
  return loss;
}

std::vector<LearningRay> someRays() {
  std::vector<LearningRay> rays;
  const Camera camera = lookAt({1.4F, 0.9F, -0.6F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, 64, 64);
  for (int i = 0; i < 6; ++i) {
    LearningRay ray;
    ray.ray = renderer::rayThrough(camera, 26.0F + 2 * static_cast<float>(i), 31.0F);
    ray.jitter = 0.1F * static_cast<float>(i);
    ray.target = {0.9F, 0.1F, 0.5F};
    ray.background = {0.2F, 0.7F, 0.4F};
    rays.push_back(ray);
  }
  return rays;
}

/// A coarse field: smooth along the ray, so that float sums are near the double ones.
HashGridField coarseField() {
  HashGridField field = makeField({GridKind::Hash, GridInterpolation::Linear, 2, 2, 8, 4}, 1);
  std::mt19937 random(4);
  std::uniform_real_distribution<float> between(-1, 1);
  for (std::size_t i = 0; i < field.parameters.size(); ++i) {
    field.parameters[i] = (i < field.gridFirst() ? 0.3F : 1.0F) * between(random);
  }
  field.occupancy = testing::occupancyWhere(1, [](const std::array<float, 3>& p) {
    return std::hypot(p[0] - 0.5F, p[1] - 0.5F, p[2] - 0.5F) < 0.3F;
  });
  return field;
}

TEST(RayLearner, GradientsAreThoseOfDifferences) {
  const HashGridField field = coarseField();
  SerialRunner runner;
  for (const LearningLoss kind : {LearningLoss::Huber, LearningLoss::Square}) {
    const std::vector<LearningRay> rays = someRays();
    FloatArray gradient;
    gradient.assign(field.parameters.size(), 0.0F);
    RayLearner learner(field, runner);
    const LearningOutcome outcome =
        learner.accumulate(kind, {field.parameters.data(), field.parameters.size()},
                           field.occupancy, rays, {gradient.data(), gradient.size()});
    const auto lossOf = [&](const HashGridField& at) {
      double sum = 0;
      for (const LearningRay& ray : rays) {
        sum += referenceLoss(kind, at, ray);
      }
      return sum / static_cast<double>(rays.size());
    };
    EXPECT_NEAR(outcome.loss, lossOf(field), 1e-4 * outcome.loss + 1e-6);
    EXPECT_GT(outcome.learnt, 300U);
    double largest = 0;
    for (const float value : gradient) {
      largest = std::max(largest, static_cast<double>(std::fabs(value)));
    }
    std::mt19937 random(11);
    std::size_t checked = 0;
    for (std::size_t tries = 0; tries < 3000 && checked < 30; ++tries) {
      const std::size_t i = random() % gradient.size();
      if (static_cast<double>(std::fabs(gradient[i])) < 0.02 * largest) {
        continue;
      }
      HashGridField moved = field;
      constexpr float kStep = 2e-3F;
      moved.parameters[i] = field.parameters[i] + kStep;
      const double up = lossOf(moved);
      const double high = static_cast<double>(moved.parameters[i]);
      moved.parameters[i] = field.parameters[i] - kStep;
      const double slope = (up - lossOf(moved)) / (high - static_cast<double>(moved.parameters[i]));
      EXPECT_NEAR(static_cast<double>(gradient[i]), slope, 2e-3 * std::fabs(slope) + 2e-4 * largest)
          << i;
      ++checked;
    }
    EXPECT_EQ(checked, 30U);
  }
}

TEST(RayLearner, AsksNothingThatIsTooNear) {
  const HashGridField field = coarseField();
  const renderer::FieldMarcher marcher(field, {});
  const renderer::FieldRay ray{{0.5F, 0.5F, 0.1F}, {0, 0, 1}};
  renderer::FieldMarcher::Walk walk = marcher.start(ray, 0, 0.25F);
  renderer::FieldSample sample;
  ASSERT_TRUE(marcher.next(ray, walk, sample));
  EXPECT_NEAR(sample.distance, 0.25F, 1e-4F);
}

TEST(PhotographRays, AreTheOpaquePixels) {
  std::vector<PosedPicture> photos;
  for (const std::size_t side : {std::size_t{2}, std::size_t{3}}) {
    photos.push_back({lookAt({1.4F, 0.9F, -0.6F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, side, 2),
                      makeImage(side, 2)});
  }
  photos[1].picture.pixels[3 * 4 + 1] = 0.7F;  // the middle of the lower row
  const ViewingRays rays = photographRays(photos);
  ASSERT_EQ(rays.pixels.size(), 10U);
  EXPECT_EQ(rays.pixels[8].color, (std::array<float, 3>{0, 0.7F, 0}));
  EXPECT_EQ(rays.pixels[8].alpha, 1);
  EXPECT_EQ(rays.pixels[8].ray.direction,
            renderer::rayThrough(photos[1].camera, 1.5F, 1.5F).direction);
}

TEST(RayLearner, IsTheSameOnAnyNumberOfThreads) {
  const HashGridField field = coarseField();
  SerialRunner one;
  const auto two = makeThreadRunner(2);
  std::vector<FloatArray> gradients;
  for (TaskRunner* runner : {static_cast<TaskRunner*>(&one), two.get()}) {
    FloatArray gradient;
    gradient.assign(field.parameters.size(), 0.0F);
    RayLearner(field, *runner)
        .accumulate(LearningLoss::Huber, {field.parameters.data(), field.parameters.size()},
                    field.occupancy, someRays(), {gradient.data(), gradient.size()});
    gradients.push_back(gradient);
  }
  EXPECT_EQ(gradients[0], gradients[1]);
}

/// Of one ray, the square of what all its samples together do, under some signs of the channels.
TEST(ViewingRays, SensitivityIsTheSquareOfWhatARayShows) {
  const HashGridField field = coarseField();
  SerialRunner runner;
  ViewingRays rays;
  rays.pixels.push_back({someRays()[2].ray, {}, 0});
  const FloatArray all = parameterSensitivity(field, rays, 5, runner);
  FloatArray sensitivity;
  sensitivity.assign(all.begin() + static_cast<std::ptrdiff_t>(field.gridFirst()), all.end());
  // d(colour)/d(feature) of each channel, by the learner: the signs leave one of eight sums.
  std::vector<std::array<float, 3>> slopes(sensitivity.size());
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<LearningRay> one(1);
    one[0].ray = rays.pixels[0].ray;
    one[0].target[c] = 1;
    FloatArray gradient;
    gradient.assign(field.parameters.size(), 0.0F);
    RayLearner(field, runner)
        .accumulate(LearningLoss::Probe, {field.parameters.data(), field.parameters.size()},
                    field.occupancy, one, {gradient.data(), gradient.size()});
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      slopes[i][c] = gradient[field.gridFirst() + i];
    }
  }
  float largest = 0;
  for (const float value : sensitivity) {
    largest = std::max(largest, value);
  }
  ASSERT_GT(largest, 0.0F);
  bool isFound = false;
  for (unsigned signs = 0; signs < 8 && !isFound; ++signs) {
    isFound = true;
    for (std::size_t i = 0; i < slopes.size() && isFound; ++i) {
      float sum = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        sum += (signs >> c & 1U) != 0 ? slopes[i][c] : -slopes[i][c];
      }
      isFound = std::fabs(sum * sum / 3 - sensitivity[i]) <= 1e-4F * largest;
    }
  }
  EXPECT_TRUE(isFound);
}

/// Pictures of a shaded ball in a grey box, from inside the box.
std::vector<FieldPhoto> ballPhotos(std::size_t count, std::size_t side) {
  std::vector<FieldPhoto> photos;
  for (std::size_t i = 0; i < count; ++i) {
    const float y = 0.8F - 1.6F * static_cast<float>(i) / static_cast<float>(count);
    const float ring = std::sqrt(1 - y * y);
    const float angle = 2.4F * static_cast<float>(i);
    const Camera camera = lookAt({0.5F + 0.45F * ring * std::cos(angle), 0.5F + 0.45F * y,
                                  0.5F + 0.45F * ring * std::sin(angle)},
                                 {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.9F, side, side);
    FieldPhoto photo{std::to_string(i), {camera, makeImage(side, side)}};
    for (std::size_t pixel = 0; pixel < side * side; ++pixel) {
      const renderer::FieldRay ray = renderer::rayThrough(
          camera, static_cast<float>(pixel % side) + 0.5F, static_cast<float>(pixel / side) + 0.5F);
      float b = 0;
      float c = -0.15F * 0.15F;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        b += ray.direction[axis] * (ray.origin[axis] - 0.5F);
        c += (ray.origin[axis] - 0.5F) * (ray.origin[axis] - 0.5F);
      }
      const float inside = b * b - c;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        float value = 0.15F;
        if (inside > 0) {
          const float at = ray.origin[axis] + ray.direction[axis] * (-b - std::sqrt(inside));
          value = 0.5F + (at - 0.5F) / 0.3F;
        }
        photo.picture.picture.pixels[3 * pixel + axis] = value;
      }
    }
    photos.push_back(std::move(photo));
  }
  return photos;
}

FieldTrainSettings smallSettings(unsigned iterations) {
  FieldTrainSettings settings;
  settings.iterations = iterations;
  settings.grid = {GridKind::Hash, GridInterpolation::Linear, 4, 2, 12, 8};
  settings.grid.growth = 2;
  settings.samples = 8192;
  settings.rays = 256;
  return settings;
}

/// What is transparent lies over black and is learnt so; behind what is opaque lies anything.
TEST(FieldTrainer, LearnsThatPhotographsAreOpaque) {
  const auto runner = makeThreadRunner(2);
  Progress progress;
  const renderer::FieldRenderer renderer(*runner);
  const auto meanAlpha = [&](bool isOpaque) {
    std::vector<FieldPhoto> photos = ballPhotos(5, 16);
    for (FieldPhoto& photo : photos) {
      std::fill(photo.picture.picture.pixels.begin(), photo.picture.picture.pixels.end(), 0.0F);
      photo.isOpaque = isOpaque;
    }
    FieldTrainSettings settings = smallSettings(40);
    settings.samples = 2048;
    settings.rays = 64;
    const auto field = trainField({}, photos, {settings, {}, 60}, *runner, progress, {});
    EXPECT_TRUE(field) << field.error().message;
    const auto prepared = renderer.prepare(std::make_shared<HashGridField>(*field)).value();
    const auto drawn = renderer.render(*prepared, photos[0].picture.camera, {}).value();
    double sum = 0;
    for (const float alpha : drawn.picture.alpha.pixels) {
      sum += static_cast<double>(alpha) / 256;
    }
    return sum;
  };
  const double opaque = meanAlpha(true);
  EXPECT_GT(opaque, meanAlpha(false) + 0.1);
  EXPECT_GT(opaque, 0.9);
}

/// A run of seconds, too short for a sharp picture, and for finding the box behind the ball: what
/// was never seen must come nearer.
TEST(FieldTrainer, ComesNearerToAPictureThatItNeverSaw) {
  const auto runner = makeThreadRunner(2);
  std::vector<FieldPhoto> photos = ballPhotos(17, 32);
  for (FieldPhoto& photo : photos) {
    photo.isOpaque = false;
  }
  const FieldPhoto heldOut = photos[8];
  photos.erase(photos.begin() + 8);
  Progress progress;
  const renderer::FieldRenderer renderer(*runner);
  const auto psnrAfter = [&](unsigned steps) {
    FieldTrainSettings settings = smallSettings(100);
    settings.iterations = steps;
    const auto field = trainField({}, photos, {settings, {}, 60}, *runner, progress, {});
    EXPECT_TRUE(field) << field.error().message;
    EXPECT_TRUE(validate(*field));
    EXPECT_EQ(field->views.size(), 16U);
    const auto prepared = renderer.prepare(std::make_shared<HashGridField>(*field)).value();
    const auto drawn = renderer.render(*prepared, heldOut.picture.camera, {}).value();
    return metrics::psnr(heldOut.picture.picture, drawn.picture.color).value();
  };
  const double before = psnrAfter(1);
  const double after = psnrAfter(100);
  RecordProperty("psnr", std::to_string(after));
  EXPECT_GT(after, before + 2);
  EXPECT_GT(after, 11);
}

TEST(FieldTrainer, GoesOnFromACheckpointToTheSameBits) {
  SerialRunner runner;
  const auto two = makeThreadRunner(2);
  const FieldTrainSettings settings = smallSettings(24);
  const auto whole = FieldTrainer::start({}, ballPhotos(5, 24), settings, runner).value();
  for (int i = 0; i < 24; ++i) {
    ASSERT_TRUE(whole->step());
  }
  Bytes kept;
  {
    const auto first = FieldTrainer::start({}, ballPhotos(5, 24), settings, *two).value();
    for (int i = 0; i < 11; ++i) {
      ASSERT_TRUE(first->step());
    }
    kept = first->checkpoint();
  }
  const auto second = FieldTrainer::start({}, ballPhotos(5, 24), settings, runner).value();
  ASSERT_TRUE(second->restore(kept));
  EXPECT_EQ(second->iteration(), 11U);
  for (int i = 11; i < 24; ++i) {
    ASSERT_TRUE(second->step());
  }
  EXPECT_EQ(second->checkpoint(), whole->checkpoint());
  EXPECT_EQ(second->field().parameters, whole->field().parameters);
  // Damaged, cut, or of another run.
  Bytes damaged = kept;
  damaged[damaged.size() / 2] ^= std::byte{1};
  EXPECT_FALSE(second->restore(damaged));
  EXPECT_FALSE(second->restore(ByteView(kept).first(kept.size() - 9)));
  const auto other = FieldTrainer::start({}, ballPhotos(5, 25), settings, runner).value();
  EXPECT_EQ(other->restore(kept).error().code, ErrorCode::InvalidParameter);
}

TEST(FieldTrainer, RefusesWhatItCannotTrainFrom) {
  SerialRunner runner;
  EXPECT_FALSE(FieldTrainer::start({}, {}, smallSettings(1), runner));
  std::vector<FieldPhoto> photos = ballPhotos(1, 8);
  photos[0].picture.picture.width = 7;
  EXPECT_FALSE(FieldTrainer::start({}, std::move(photos), smallSettings(1), runner));
}

TEST(DensityGrid, LeavesOutWhatNoCameraSees) {
  SerialRunner runner;
  const Camera camera = lookAt({0.5F, 0.5F, -2}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.2F, 64, 64);
  const DensityGrid grid = DensityGrid::seenBy(std::span<const Camera>(&camera, 1), 1, runner);
  std::size_t seen = 0;
  for (const float value : grid.thickness) {
    seen += value >= 0 ? 1U : 0U;
  }
  EXPECT_GT(seen, kCascadeCells / 20);
  EXPECT_LT(seen, kCascadeCells / 2);
}

}  // namespace
}  // namespace volpress::fields
