// Drawing sums of Gaussians, and the gradients of that, against double precision.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "renderer/software/gaussian_picture.hpp"
#include "tests/gaussianimage/test_pictures.hpp"

namespace volpress {
namespace {

using renderer::GaussianPicture;
using renderer::PicturePlanes;
using renderer::PlacedGaussians;

/// The parameters of one Gaussian in double precision: centre, shape, colour.
using Parameters = std::array<double, 8>;

Parameters parametersOf(const GaussianPicture& picture, std::size_t i) {
  Parameters p{};
  std::copy_n(picture.centres.begin() + static_cast<std::ptrdiff_t>(2 * i), 2, p.begin());
  std::copy_n(picture.shapes.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, p.begin() + 2);
  std::copy_n(picture.colors.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, p.begin() + 5);
  return p;
}

double valueAt(const Parameters& p, double x, double y) {
  const double dx = x - p[0];
  const double dy = y - p[1];
  const double xx = p[2] * p[2];
  const double xy = p[2] * p[3];
  const double yy = p[3] * p[3] + p[4] * p[4];
  const double det = xx * yy - xy * xy;
  const double q = 0.5 * (yy * dx * dx + xx * dy * dy) / det - xy * dx * dy / det;
  return std::exp(-q);
}

constexpr double kCut = 1.0 / 255;

PicturePlanes drawn(const GaussianPicture& picture, std::size_t threads) {
  const auto runner = makeThreadRunner(threads);
  PicturePlanes sum(picture.width, picture.height);
  PlacedGaussians(picture, *runner).draw(picture.colors, sum);
  return sum;
}

TEST(GaussianPicture, DrawsWhatBruteForceDraws) {
  // Sides that are no multiples of anything, Gaussians beyond the border, one without an area.
  GaussianPicture picture = testing::randomGaussians(83, 61, 150, 6, 3);
  picture.centres[0] = -9;
  picture.centres[3] = 70;
  picture.shapes[3 * 7] = 0;
  const PicturePlanes sum = drawn(picture, 2);
  double most = 0;
  for (std::size_t y = 0; y < picture.height; ++y) {
    for (std::size_t x = 0; x < picture.width; ++x) {
      std::array<double, 3> expected{};
      double nearCut = 0;  // of what a rounding may add or leave out
      for (std::size_t i = 0; i < picture.count(); ++i) {
        const Parameters p = parametersOf(picture, i);
        const double v = i == 7 ? 0 : valueAt(p, static_cast<double>(x), static_cast<double>(y));
        for (std::size_t c = 0; c < 3 && v >= kCut; ++c) {
          expected[c] += v * p[5 + c];
        }
        nearCut += std::abs(v - kCut) < 1e-7 ? kCut : 0;
      }
      for (std::size_t c = 0; c < 3; ++c) {
        most =
            std::max(most, std::abs(static_cast<double>(sum.row(c, y)[x]) - expected[c]) - nearCut);
      }
    }
  }
  EXPECT_LT(most, 1e-5);
}

TEST(GaussianPicture, OrderAndThreadsDoNotMatter) {
  const GaussianPicture picture = testing::randomGaussians(64, 50, 120, 5, 5);
  const PicturePlanes sum = drawn(picture, 1);
  EXPECT_EQ(sum.values, drawn(picture, 3).values);
  GaussianPicture reversed = testing::randomGaussians(64, 50, 0, 5, 5);
  for (std::size_t i = picture.count(); i-- > 0;) {
    const auto take = [i](const FloatArray& from, std::size_t width, FloatArray& to) {
      to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(width * i),
                from.begin() + static_cast<std::ptrdiff_t>(width * (i + 1)));
    };
    take(picture.centres, 2, reversed.centres);
    take(picture.shapes, 3, reversed.shapes);
    take(picture.colors, 3, reversed.colors);
  }
  const PicturePlanes other = drawn(reversed, 1);
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 0; y < 50; ++y) {
      for (std::size_t x = 0; x < 64; ++x) {
        ASSERT_NEAR(sum.row(c, y)[x], other.row(c, y)[x], 1e-5F);
      }
    }
  }
}

TEST(GaussianPicture, GradientsAreThoseOfCentralDifferences) {
  constexpr std::size_t kWidth = 37;
  constexpr std::size_t kHeight = 29;
  const GaussianPicture picture = testing::randomGaussians(kWidth, kHeight, 24, 5, 11);
  testing::Draws draw(2);
  PicturePlanes weights(kWidth, kHeight);  // the loss is the sum of these times the picture
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 0; y < kHeight; ++y) {
      for (std::size_t x = 0; x < kWidth; ++x) {
        weights.row(c, y)[x] = draw() - 0.5F;
      }
    }
  }
  SerialRunner runner;
  const PlacedGaussians placed(picture, runner);
  PlacedGaussians::Gradients gradients;
  placed.pullBack(picture, weights, gradients);
  FloatArray colors;
  placed.pullBackColors(weights, colors);
  EXPECT_EQ(colors, gradients.colors);
  for (std::size_t i = 0; i < picture.count(); ++i) {
    const Parameters base = parametersOf(picture, i);
    // Which pixels a Gaussian reaches is held still: the cut has no gradient.
    const auto loss = [&](const Parameters& p) {
      double sum = 0;
      for (std::size_t y = 0; y < kHeight; ++y) {
        for (std::size_t x = 0; x < kWidth; ++x) {
          const auto px = static_cast<double>(x);
          const auto py = static_cast<double>(y);
          if (valueAt(base, px, py) < kCut) {
            continue;
          }
          const double v = valueAt(p, px, py);
          for (std::size_t c = 0; c < 3; ++c) {
            sum += v * p[5 + c] * static_cast<double>(weights.row(c, y)[x]);
          }
        }
      }
      return sum;
    };
    for (std::size_t k = 0; k < base.size(); ++k) {
      Parameters up = base;
      Parameters down = base;
      up[k] += 1e-5;
      down[k] -= 1e-5;
      const double expected = (loss(up) - loss(down)) / 2e-5;
      const double found = k < 2   ? static_cast<double>(gradients.centres[2 * i + k])
                           : k < 5 ? static_cast<double>(gradients.shapes[3 * i + k - 2])
                                   : static_cast<double>(gradients.colors[3 * i + k - 5]);
      EXPECT_NEAR(found, expected, 1e-3 * std::abs(expected) + 2e-4) << i << " parameter " << k;
    }
  }
}

}  // namespace
}  // namespace volpress
