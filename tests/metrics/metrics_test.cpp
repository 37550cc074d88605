#include "renderer/metrics/metrics.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace volpress::metrics {
namespace {

Image randomImage(std::size_t width, std::size_t height, unsigned seed) {
  Image image = makeImage(width, height);
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
  for (float& value : image.pixels) {
    value = uniform(random);
  }
  return image;
}

/// Smooth colour waves: what pictures look like, rather than noise.
Image waves(std::size_t width, std::size_t height, float phase) {
  Image image = makeImage(width, height);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float angle = 0.21F * static_cast<float>(x) + 0.13F * static_cast<float>(y * (c + 1));
        image.pixels[3 * (y * width + x) + c] = 0.5F + 0.45F * std::sin(angle + phase);
      }
    }
  }
  return image;
}

/// SSIM of one window, straight from the definition.
double slowWindowSsim(const Image& a, const Image& b, std::size_t x0, std::size_t y0,
                      std::size_t c) {
  double weightSum = 0;
  double meanA = 0;
  double meanB = 0;
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (int dy = -5; dy <= 5; ++dy) {
    for (int dx = -5; dx <= 5; ++dx) {
      const double weight = std::exp(-(dx * dx + dy * dy) / 4.5);
      const std::size_t pixel =
          (y0 + static_cast<std::size_t>(dy + 5)) * a.width + x0 + static_cast<std::size_t>(dx + 5);
      const double va = static_cast<double>(a.pixels[3 * pixel + c]);
      const double vb = static_cast<double>(b.pixels[3 * pixel + c]);
      weightSum += weight;
      meanA += weight * va;
      meanB += weight * vb;
      aa += weight * va * va;
      bb += weight * vb * vb;
      ab += weight * va * vb;
    }
  }
  meanA /= weightSum;
  meanB /= weightSum;
  const double varianceA = aa / weightSum - meanA * meanA;
  const double varianceB = bb / weightSum - meanB * meanB;
  const double covariance = ab / weightSum - meanA * meanB;
  return (2 * meanA * meanB + 1e-4) * (2 * covariance + 9e-4) /
         ((meanA * meanA + meanB * meanB + 1e-4) * (varianceA + varianceB + 9e-4));
}

double slowSsim(const Image& a, const Image& b) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t y = 0; y + 11 <= a.height; ++y) {
    for (std::size_t x = 0; x + 11 <= a.width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        sum += slowWindowSsim(a, b, x, y, c);
        ++count;
      }
    }
  }
  return sum / static_cast<double>(count);
}

TEST(Psnr, MatchesHandComputedValues) {
  const Image black = makeImage(4, 3, 3, 0.0F);
  const Image grey = makeImage(4, 3, 3, 0.1F);
  EXPECT_NEAR(*meanSquaredError(black, grey), 0.01, 1e-9);
  EXPECT_NEAR(*psnr(black, grey), 20.0, 1e-6);
  EXPECT_TRUE(std::isinf(*psnr(grey, grey)));
  Image oneOff = black;
  oneOff.pixels[7] = 0.6F;
  EXPECT_NEAR(*meanSquaredError(black, oneOff), 0.36 / 36, 1e-8);
}

TEST(Psnr, ClampsToDisplayRangeAndDropsNotANumber) {
  const Image white = makeImage(2, 2, 3, 1.0F);
  const Image glowing = makeImage(2, 2, 3, 7.5F);
  EXPECT_TRUE(std::isinf(*psnr(white, glowing)));
  const Image broken = makeImage(2, 2, 3, std::nanf(""));
  EXPECT_NEAR(*psnr(white, broken), 0.0, 1e-12);
}

TEST(Metrics, RefusePicturesThatDoNotMatch) {
  SerialRunner runner;
  const Image a = makeImage(16, 16);
  const Image b = makeImage(16, 15);
  const Image grey = makeImage(16, 16, 1);
  const Image tiny = makeImage(10, 16);
  EXPECT_EQ(psnr(a, b).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(psnr(a, grey).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(psnr(Image{}, Image{}).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(ssim(tiny, tiny, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(msSsim(a, b, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(flip(a, b, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(flip(grey, grey, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(flip(a, a, runner, 0.0).error().code, ErrorCode::InvalidParameter);
  Image shortBuffer = a;
  shortBuffer.pixels.pop_back();
  EXPECT_EQ(psnr(a, shortBuffer).error().code, ErrorCode::InvalidParameter);
}

TEST(Ssim, MatchesTheDefinitionWindowByWindow) {
  SerialRunner runner;
  const Image a = waves(29, 23, 0.0F);
  const Image b = waves(29, 23, 0.4F);
  EXPECT_NEAR(*ssim(a, b, runner), slowSsim(a, b), 1e-9);
  const Image noise = randomImage(29, 23, 5);
  EXPECT_NEAR(*ssim(a, noise, runner), slowSsim(a, noise), 1e-9);
  EXPECT_NEAR(*ssim(a, a, runner), 1.0, 1e-12);
}

TEST(Ssim, ConstantPicturesDifferInLuminanceOnly) {
  SerialRunner runner;
  const Image dark = makeImage(16, 16, 3, 0.25F);
  const Image light = makeImage(16, 16, 3, 0.5F);
  const double expected = (2 * 0.25 * 0.5 + 1e-4) / (0.0625 + 0.25 + 1e-4);
  EXPECT_NEAR(*ssim(dark, light, runner), expected, 1e-9);
  // Contrast-structure is 1 at every scale, so that only the coarsest scale's weight remains: with
  // 16 pixels there is a single scale of weight 1, with 176 there are all five.
  EXPECT_NEAR(*msSsim(dark, light, runner), expected, 1e-9);
  const Image largeDark = makeImage(176, 176, 3, 0.25F);
  const Image largeLight = makeImage(176, 176, 3, 0.5F);
  EXPECT_NEAR(*msSsim(largeDark, largeLight, runner), std::pow(expected, 0.1333 / 1.0001), 1e-9);
}

TEST(MsSsim, TwoScalesMatchTheProductOfTheirParts) {
  SerialRunner runner;
  // 22 pixels: a scale of 22 and one of 11. Waves against noise-free waves keep cs positive.
  const Image a = waves(22, 22, 0.0F);
  Image b = a;
  for (float& value : b.pixels) {
    value = 0.5F * value + 0.2F;
  }
  const auto halvedPicture = [](const Image& image) {
    Image half = makeImage(11, 11);
    for (std::size_t y = 0; y < 11; ++y) {
      for (std::size_t x = 0; x < 11; ++x) {
        for (std::size_t c = 0; c < 3; ++c) {
          const auto at = [&](std::size_t px, std::size_t py) {
            return image.pixels[3 * (py * 22 + px) + c];
          };
          half.pixels[3 * (y * 11 + x) + c] =
              0.25F * (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) +
                       at(2 * x + 1, 2 * y + 1));
        }
      }
    }
    return half;
  };
  const Image halfA = halvedPicture(a);
  const Image halfB = halvedPicture(b);
  double expected = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    // Contrast-structure is SSIM of the pictures without their window means: take it from slow
    // windows by dividing out the luminance term.
    double contrast = 0;
    std::size_t count = 0;
    for (std::size_t y = 0; y + 11 <= 22; ++y) {
      for (std::size_t x = 0; x + 11 <= 22; ++x) {
        double weightSum = 0;
        double meanA = 0;
        double meanB = 0;
        for (std::size_t dy = 0; dy < 11; ++dy) {
          for (std::size_t dx = 0; dx < 11; ++dx) {
            const double ox = static_cast<double>(dx) - 5;
            const double oy = static_cast<double>(dy) - 5;
            const double weight = std::exp(-(ox * ox + oy * oy) / 4.5);
            const std::size_t at = 3 * ((y + dy) * 22 + x + dx) + c;
            weightSum += weight;
            meanA += weight * static_cast<double>(a.pixels[at]);
            meanB += weight * static_cast<double>(b.pixels[at]);
          }
        }
        meanA /= weightSum;
        meanB /= weightSum;
        const double luminance =
            (2 * meanA * meanB + 1e-4) / (meanA * meanA + meanB * meanB + 1e-4);
        contrast += slowWindowSsim(a, b, x, y, c) / luminance;
        ++count;
      }
    }
    contrast /= static_cast<double>(count);
    const double coarse = slowWindowSsim(halfA, halfB, 0, 0, c);
    const double sum = 0.0448 + 0.2856;
    expected += std::pow(contrast, 0.0448 / sum) * std::pow(coarse, 0.2856 / sum);
  }
  EXPECT_NEAR(*msSsim(a, b, runner), expected / 3, 1e-7);
  EXPECT_NEAR(*msSsim(a, a, runner), 1.0, 1e-12);
}

TEST(Metrics, DoNotDependOnThreads) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(4);
  const Image a = waves(131, 97, 0.0F);
  const Image b = randomImage(131, 97, 9);
  EXPECT_EQ(*ssim(a, b, serial), *ssim(a, b, *threads));
  EXPECT_EQ(*msSsim(a, b, serial), *msSsim(a, b, *threads));
  const FlipResult one = *flip(a, b, serial);
  const FlipResult many = *flip(a, b, *threads);
  EXPECT_EQ(one.mean, many.mean);
  EXPECT_EQ(one.error.pixels, many.error.pixels);
}

TEST(ColorizeError, RunsFromBlackToPaleYellow) {
  Image error = makeImage(3, 1, 1);
  error.pixels = {0.0F, 0.5F, 1.0F};
  const Image picture = colorizeError(error);
  ASSERT_EQ(picture.pixels.size(), 9U);
  EXPECT_EQ(picture.pixels[0], 0.0F);
  EXPECT_NEAR(picture.pixels[2], 4.0 / 255, 1e-6);
  // The published table has (183, 55, 121) at entry 128.
  EXPECT_NEAR(picture.pixels[3], 183.0 / 255, 1.5 / 255);
  EXPECT_NEAR(picture.pixels[4], 55.0 / 255, 1.5 / 255);
  EXPECT_NEAR(picture.pixels[5], 121.0 / 255, 1.5 / 255);
  EXPECT_NEAR(picture.pixels[6], 252.0 / 255, 1e-6);
  EXPECT_NEAR(picture.pixels[7], 253.0 / 255, 1e-6);
  EXPECT_NEAR(picture.pixels[8], 191.0 / 255, 1e-6);
}

}  // namespace
}  // namespace volpress::metrics
