// FLIP against a slow second implementation: two-dimensional kernels as the paper writes them, in
// double precision.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include <gtest/gtest.h>

#include "renderer/metrics/metrics.hpp"

namespace volpress::metrics {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kPpd = 67.0206;
using Vec3 = std::array<double, 3>;
using Grid = std::vector<double>;

/// White point and matrix rounded as in colour handbooks, not the fractions of the main code.
constexpr std::array<Vec3, 3> kToXyz{{{0.41238656, 0.35759149, 0.18045049},
                                      {0.21263682, 0.71518298, 0.07218020},
                                      {0.01933062, 0.11919716, 0.95037259}}};
constexpr std::array<Vec3, 3> kFromXyz{{{3.24100326, -1.53739899, -0.49861587},
                                        {-0.96922426, 1.87592999, 0.04155422},
                                        {0.05563942, -0.20401120, 1.05714897}}};
constexpr Vec3 kWhite{0.950428545, 1.0, 1.088900371};

Vec3 transform(const std::array<Vec3, 3>& m, const Vec3& v) {
  Vec3 r{};
  for (std::size_t i = 0; i < 3; ++i) {
    r[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  }
  return r;
}

Vec3 slowLab(const Vec3& rgb) {
  const Vec3 xyz = transform(kToXyz, rgb);
  Vec3 f{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double t = xyz[i] / kWhite[i];
    f[i] = t > 216.0 / 24389.0 ? std::cbrt(t) : (841.0 / 108.0) * t + 4.0 / 29.0;
  }
  const double lightness = 116 * f[1] - 16;
  return {lightness, 0.01 * lightness * 500 * (f[0] - f[1]),
          0.01 * lightness * 200 * (f[1] - f[2])};
}

double slowDistance(const Vec3& a, const Vec3& b) {
  return std::pow(std::abs(a[0] - b[0]) + std::hypot(a[1] - b[1], a[2] - b[2]), 0.7);
}

Grid correlate(const Grid& grid, std::ptrdiff_t width, std::ptrdiff_t height, std::ptrdiff_t radius,
               const std::function<double(double, double)>& kernel) {
  Grid result(grid.size());
  for (std::ptrdiff_t y = 0; y < height; ++y) {
    for (std::ptrdiff_t x = 0; x < width; ++x) {
      double sum = 0;
      for (std::ptrdiff_t dy = -radius; dy <= radius; ++dy) {
        for (std::ptrdiff_t dx = -radius; dx <= radius; ++dx) {
          const auto sx = std::clamp<std::ptrdiff_t>(x + dx, 0, width - 1);
          const auto sy = std::clamp<std::ptrdiff_t>(y + dy, 0, height - 1);
          sum += kernel(static_cast<double>(dx), static_cast<double>(dy)) *
                 grid[static_cast<std::size_t>(sy * width + sx)];
        }
      }
      result[static_cast<std::size_t>(y * width + x)] = sum;
    }
  }
  return result;
}

/// A kernel divided so that its positive weights add up to 1 and its negative ones to -1.
std::function<double(double, double)> balancedKernel(
    std::ptrdiff_t radius, const std::function<double(double, double)>& kernel) {
  double positive = 0;
  double negative = 0;
  for (std::ptrdiff_t y = -radius; y <= radius; ++y) {
    for (std::ptrdiff_t x = -radius; x <= radius; ++x) {
      const double w = kernel(static_cast<double>(x), static_cast<double>(y));
      (w > 0 ? positive : negative) += std::abs(w);
    }
  }
  return [=](double x, double y) {
    const double w = kernel(x, y);
    return w > 0 ? w / positive : w / std::max(negative, 1e-300);
  };
}

struct SlowPicture {
  std::vector<Vec3> lab;
  std::array<Grid, 4> features;  ///< edge x, edge y, point x, point y
};

SlowPicture slowPerceive(const Image& image) {
  const auto width = static_cast<std::ptrdiff_t>(image.width);
  const auto height = static_cast<std::ptrdiff_t>(image.height);
  const std::size_t pixels = image.width * image.height;
  std::array<Grid, 3> opponent;
  opponent.fill(Grid(pixels));
  Grid luminance(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    Vec3 rgb{};
    for (std::size_t c = 0; c < 3; ++c) {
      const double v = static_cast<double>(image.pixels[3 * i + c]);
      rgb[c] = v > 0.04045 ? std::pow((v + 0.055) / 1.055, 2.4) : v / 12.92;
    }
    Vec3 xyz = transform(kToXyz, rgb);
    for (std::size_t c = 0; c < 3; ++c) {
      xyz[c] /= kWhite[c];
    }
    opponent[0][i] = 116 * xyz[1] - 16;
    opponent[1][i] = 500 * (xyz[0] - xyz[1]);
    opponent[2][i] = 200 * (xyz[1] - xyz[2]);
    luminance[i] = xyz[1];
  }
  const auto radius =
      static_cast<std::ptrdiff_t>(std::ceil(3 * std::sqrt(0.04 / (2 * kPi * kPi)) * kPpd));
  const std::array<std::array<double, 4>, 3> parameters{
      {{1, 0.0047, 0, 1e-5}, {1, 0.0053, 0, 1e-5}, {34.1, 0.04, 13.5, 0.025}}};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto& p = parameters[c];
    const auto kernel = balancedKernel(radius, [&](double x, double y) {
      const double d2 = (x * x + y * y) / (kPpd * kPpd);
      return p[0] * std::sqrt(kPi / p[1]) * std::exp(-kPi * kPi * d2 / p[1]) +
             p[2] * std::sqrt(kPi / p[3]) * std::exp(-kPi * kPi * d2 / p[3]);
    });
    opponent[c] = correlate(opponent[c], width, height, radius, kernel);
  }
  SlowPicture result;
  for (std::size_t i = 0; i < pixels; ++i) {
    const double y = (opponent[0][i] + 16) / 116;
    const Vec3 xyz{(y + opponent[1][i] / 500) * kWhite[0], y * kWhite[1],
                   (y - opponent[2][i] / 200) * kWhite[2]};
    Vec3 rgb = transform(kFromXyz, xyz);
    for (double& v : rgb) {
      v = std::clamp(v, 0.0, 1.0);
    }
    result.lab.push_back(slowLab(rgb));
  }
  const double sigma = 0.5 * 0.082 * kPpd;
  const auto featureRadius = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
  const auto gaussian = [=](double x, double y) {
    return std::exp(-(x * x + y * y) / (2 * sigma * sigma));
  };
  const auto edge =
      balancedKernel(featureRadius, [=](double x, double y) { return -x * gaussian(x, y); });
  const auto point = balancedKernel(featureRadius, [=](double x, double y) {
    return (x * x / (sigma * sigma) - 1) * gaussian(x, y);
  });
  const auto turned = [](const auto& kernel) {
    return [=](double x, double y) { return kernel(y, x); };
  };
  result.features = {correlate(luminance, width, height, featureRadius, edge),
                     correlate(luminance, width, height, featureRadius, turned(edge)),
                     correlate(luminance, width, height, featureRadius, point),
                     correlate(luminance, width, height, featureRadius, turned(point))};
  return result;
}

std::vector<double> slowFlip(const Image& reference, const Image& test) {
  const SlowPicture a = slowPerceive(reference);
  const SlowPicture b = slowPerceive(test);
  const double maxDistance = slowDistance(slowLab({0, 1, 0}), slowLab({0, 0, 1}));
  std::vector<double> result;
  for (std::size_t i = 0; i < a.lab.size(); ++i) {
    const double distance = slowDistance(a.lab[i], b.lab[i]);
    const double knee = 0.4 * maxDistance;
    const double color = distance < knee ? 0.95 * distance / knee
                                         : 0.95 + 0.05 * (distance - knee) / (maxDistance - knee);
    const auto length = [i](const SlowPicture& picture, std::size_t first) {
      return std::hypot(picture.features[first][i], picture.features[first + 1][i]);
    };
    const double feature = std::sqrt(
        std::max(std::abs(length(a, 0) - length(b, 0)), std::abs(length(a, 2) - length(b, 2))) /
        std::sqrt(2.0));
    result.push_back(std::pow(color, 1 - feature));
  }
  return result;
}

Image patch(unsigned kind) {
  Image image = makeImage(37, 29);
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      float* const pixel = image.pixels.data() + 3 * (y * image.width + x);
      const float u = static_cast<float>(x) / 36.0F;
      const float v = static_cast<float>(y) / 28.0F;
      pixel[0] = u;
      pixel[1] = (x / 6 + y / 6) % 2 == 0 ? 0.8F : 0.2F * v;
      pixel[2] = kind == 0 ? v : 0.5F + 0.4F * std::sin(9.0F * u);
      if (kind == 1 && x > 10 && x < 14 && y > 4 && y < 25) {
        pixel[0] = pixel[1] = pixel[2] = 1.0F;
      }
    }
  }
  return image;
}

TEST(Flip, MatchesTheSlowImplementationPixelByPixel) {
  SerialRunner runner;
  const Image a = patch(0);
  const Image b = patch(1);
  const FlipResult fast = *flip(a, b, runner);
  const std::vector<double> slow = slowFlip(a, b);
  double mean = 0;
  for (std::size_t i = 0; i < slow.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(fast.error.pixels[i]), slow[i], 2e-3) << "pixel " << i;
    mean += slow[i] / static_cast<double>(slow.size());
  }
  EXPECT_NEAR(fast.mean, mean, 1e-4);
  EXPECT_GT(fast.mean, 0.1);
}

TEST(Flip, IdenticalPicturesHaveNoError) {
  SerialRunner runner;
  const Image a = patch(0);
  const FlipResult result = *flip(a, a, runner);
  EXPECT_EQ(result.mean, 0.0);
  EXPECT_EQ(result.error.width, a.width);
  EXPECT_EQ(result.error.channels, 1U);
}

TEST(Flip, IsSymmetric) {
  SerialRunner runner;
  EXPECT_NEAR(flip(patch(0), patch(1), runner)->mean, flip(patch(1), patch(0), runner)->mean, 1e-9);
}

TEST(Flip, BlackAgainstWhiteIsTheRedistributedLightnessRange) {
  SerialRunner runner;
  // No features, HyAB = 100: 100^0.7 = 25.119. Green against blue with the Hunt effect: lightness
  // 87.735 and 32.300, chroma (-75.61, 72.98) and (25.58, -34.84): HyAB 203.3, to the 0.7: 41.27.
  const double limit = std::pow(203.34, 0.7);
  const double expected =
      0.95 + 0.05 * (std::pow(100.0, 0.7) - 0.4 * limit) / (limit - 0.4 * limit);
  const double mean = flip(makeImage(24, 24), makeImage(24, 24, 3, 1.0F), runner)->mean;
  EXPECT_NEAR(mean, expected, 1e-3);
  EXPECT_NEAR(mean, 0.967, 1e-3);
}

TEST(Flip, FinerPixelsHideMore) {
  SerialRunner runner;
  Image a = makeImage(64, 64, 3, 0.5F);
  Image b = a;
  for (std::size_t i = 0; i < b.pixels.size(); ++i) {
    const std::size_t pixel = i / 3;
    b.pixels[i] += ((pixel % 64) + pixel / 64) % 2 == 0 ? 0.2F : -0.2F;
  }
  EXPECT_LT(flip(a, b, runner, 120)->mean, flip(a, b, runner, 20)->mean);
}

}  // namespace
}  // namespace volpress::metrics
