// The photometric loss and Adam.
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/photometric_loss.hpp"
#include "renderer/metrics/metrics.hpp"

namespace volpress::learning {
namespace {

Image noisePicture(std::size_t width, std::size_t height, std::uint64_t seed) {
  Image image = makeImage(width, height, 3);
  std::mt19937_64 random(seed);
  for (float& value : image.pixels) {
    value = static_cast<float>(static_cast<double>(random() >> 11) * 0x1p-53);
  }
  return image;
}

TEST(PhotometricLoss, IsZeroForEqualPictures) {
  SerialRunner runner;
  const Image photo = noisePicture(33, 29, 1);
  Image gradient;
  EXPECT_NEAR(photometricLoss(photo, photo, runner, gradient), 0, 1e-6);
  for (const float value : gradient.pixels) {
    ASSERT_NEAR(value, 0, 1e-7);
  }
}

TEST(PhotometricLoss, IsTheDifferenceOfFlatGreys) {
  // SSIM of constants a, b far from the border is (2ab + C1) / (a^2 + b^2 + C1).
  SerialRunner runner;
  Image gradient;
  const double loss =
      photometricLoss(makeImage(400, 400, 3, 0.6F), makeImage(400, 400, 3, 0.5F), runner, gradient);
  const double ssim = (2 * 0.3 + 1e-4) / (0.36 + 0.25 + 1e-4);
  EXPECT_NEAR(loss, 0.8 * 0.1 + 0.2 * (1 - ssim), 1e-3);
}

TEST(PhotometricLoss, GradientMatchesCentralDifferences) {
  SerialRunner runner;
  Image picture = noisePicture(23, 17, 2);
  const Image photo = noisePicture(23, 17, 3);
  Image gradient;
  Image unused;
  (void)photometricLoss(picture, photo, runner, gradient);
  for (std::size_t i = 0; i < picture.pixels.size(); i += 7) {
    constexpr float kStep = 4e-3F;
    const float kept = picture.pixels[i];
    if (std::abs(kept - photo.pixels[i]) < 2 * kStep) {
      continue;  // the kink of the absolute value
    }
    picture.pixels[i] = kept + kStep;
    const double above = photometricLoss(picture, photo, runner, unused);
    picture.pixels[i] = kept - kStep;
    const double below = photometricLoss(picture, photo, runner, unused);
    picture.pixels[i] = kept;
    const double expected = (above - below) / (2 * static_cast<double>(kStep));
    ASSERT_NEAR(static_cast<double>(gradient.pixels[i]), expected, 1e-2 * std::abs(expected) + 4e-6)
        << i;
  }
}

TEST(PhotometricLoss, SameBitsOnAnyNumberOfThreads) {
  const Image picture = noisePicture(120, 90, 4);
  const Image photo = noisePicture(120, 90, 5);
  SerialRunner serial;
  Image first;
  const double loss = photometricLoss(picture, photo, serial, first);
  for (const std::size_t threads : {2U, 5U}) {
    const auto runner = makeThreadRunner(threads);
    Image other;
    EXPECT_EQ(photometricLoss(picture, photo, *runner, other), loss);
    EXPECT_EQ(other.pixels, first.pixels);
  }
}

TEST(Adam, FirstStepMovesByTheRate) {
  SerialRunner runner;
  Adam adam;
  FloatArray values{1.0F, 2.0F, 3.0F};
  FloatArray gradient{5.0F, -1e-6F, 0.0F};
  adam.step(values, gradient, 0.1, runner);
  EXPECT_NEAR(values[0], 0.9F, 1e-6F);
  EXPECT_NEAR(values[1], 2.1F, 1e-6F);
  EXPECT_EQ(values[2], 3.0F);
  EXPECT_EQ(gradient, (FloatArray{0, 0, 0}));
}

TEST(Adam, SecondStepByHand) {
  SerialRunner runner;
  Adam adam;
  FloatArray values{0.0F};
  FloatArray gradient{1.0F};
  adam.step(values, gradient, 0.1, runner);
  gradient = {3.0F};
  adam.step(values, gradient, 0.1, runner);
  const double first = (0.9 * 0.1 + 0.1 * 3) / (1 - 0.81);
  const double second = (0.999 * 0.001 + 0.001 * 9) / (1 - 0.999 * 0.999);
  EXPECT_NEAR(static_cast<double>(values[0]), -0.1 - 0.1 * first / std::sqrt(second), 1e-5);
}

TEST(Adam, RowsTakeTheirMemoryAlong) {
  SerialRunner runner;
  Adam adam;
  FloatArray values{0, 0, 0, 0, 0, 0};
  FloatArray gradient{1, 2, 3, 4, 5, 6};
  adam.step(values, gradient, 0.1, runner);
  const FloatArray before = adam.first;
  const std::vector<std::uint32_t> sources{2, 0, 0};
  adam.regroup(sources, 2, 2);
  EXPECT_EQ(adam.first, (FloatArray{before[4], before[5], before[0], before[1], 0, 0}));
  EXPECT_EQ(adam.second.size(), 6U);
}

}  // namespace
}  // namespace volpress::learning
