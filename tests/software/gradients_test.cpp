// Derivatives of the software rasteriser's pictures by every stored parameter.
#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "renderer/software/software_rasterizer.hpp"
#include "tests/software/reference_renderer.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

using renderer::CloudGradients;
using renderer::RenderOptions;

constexpr std::array<float, 3> kBackground{0.2F, 0.7F, 0.4F};

Camera smallCamera(std::size_t width = 33, std::size_t height = 27) {
  Camera camera = lookAt({0.3F, -0.2F, 3}, {0, 0, 0}, {0, 1, 0}, 0.9F, width, height);
  camera.cx += 1.3F;
  return camera;
}

/// Splats of a few pixels, many of them stacked, with quaternions of various lengths.
GaussianCloud smallCloud(std::size_t count, unsigned shDegree, std::uint64_t seed) {
  GaussianCloud cloud = testing::randomCloud(count, shDegree, seed);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] += 2.0F;
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] *= 0.5F + 0.25F * static_cast<float>(i % 9);
    }
  }
  return cloud;
}

Image someLossGradient(const Camera& camera, std::uint64_t seed) {
  Image image = makeImage(camera.width, camera.height, 3);
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const double noise = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
    image.pixels[i] = static_cast<float>(noise + 0.5 * std::sin(0.01 * static_cast<double>(i)));
  }
  return image;
}

CloudGradients differentiate(const GaussianCloud& cloud, const Camera& camera,
                             const RenderOptions& options, const Image& lossGradient,
                             std::size_t threads = 2) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(threads);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  const auto frame = rasterizer->renderDifferentiable(**prepared, camera, options);
  EXPECT_TRUE(frame.has_value()) << frame.error().message;
  EXPECT_EQ((*frame)->color().pixels,
            rasterizer->render(**prepared, camera, options)->color.pixels);
  CloudGradients gradients;
  const Result<void> done = (*frame)->accumulateGradients(lossGradient, gradients, {});
  EXPECT_TRUE(done.has_value()) << done.error().message;
  return gradients;
}

/// Relative error of a group below 1e-3 by its length, and of each entry by the larger of itself
/// and a hundredth of the group's root mean square.
void expectClose(const char* group, const FloatArray& values, const std::vector<double>& expected) {
  ASSERT_EQ(values.size(), expected.size()) << group;
  double error2 = 0;
  double length2 = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = static_cast<double>(values[i]) - expected[i];
    error2 += error * error;
    length2 += expected[i] * expected[i];
  }
  const double relative = std::sqrt(error2 / length2);
  EXPECT_LT(relative, 1e-3) << group;
  EXPECT_GT(length2, 0) << group;
  ::testing::Test::RecordProperty(group, std::to_string(relative));
  const double rms = std::sqrt(length2 / static_cast<double>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(values[i]), expected[i],
                1e-3 * std::max(std::abs(expected[i]), 0.05 * rms))
        << group << " " << i;
  }
}

/// Compares every parameter with the double-precision reference.
void expectReference(const GaussianCloud& cloud, const Camera& camera, unsigned maxShDegree,
                     const std::vector<float>* directColors, std::uint64_t seed) {
  const Image lossGradient = someLossGradient(camera, seed);
  RenderOptions options;
  options.background = kBackground;
  options.maxShDegree = maxShDegree;
  if (directColors != nullptr) {
    options.directColors = *directColors;
  }
  const CloudGradients gradients = differentiate(cloud, camera, options, lossGradient);
  const std::array<double, 3> background{static_cast<double>(kBackground[0]),
                                         static_cast<double>(kBackground[1]),
                                         static_cast<double>(kBackground[2])};
  const auto compare = [&](const char* group, const FloatArray& values, const auto& parameters) {
    std::vector<double> expected;
    expected.reserve(parameters.size());
    for (const float& parameter : parameters) {
      expected.push_back(testing::referenceDerivative(cloud, camera, background, maxShDegree,
                                                      directColors, lossGradient, &parameter));
    }
    expectClose(group, values, expected);
  };
  compare("means", gradients.means, cloud.means);
  compare("logScales", gradients.logScales, cloud.logScales);
  compare("rotations", gradients.rotations, cloud.rotations);
  compare("opacityLogits", gradients.opacityLogits, cloud.opacityLogits);
  if (directColors != nullptr) {
    compare("colors", gradients.colors, *directColors);
    EXPECT_TRUE(gradients.shDc.empty() && gradients.shRest.empty());
    return;
  }
  EXPECT_TRUE(gradients.colors.empty());
  compare("shDc", gradients.shDc, cloud.shDc);
  if (cloud.shDegree != 0 && maxShDegree != 0) {
    compare("shRest", gradients.shRest, cloud.shRest);
  }
}

class GradientsByDegree : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Degrees, GradientsByDegree, ::testing::Range(0U, 5U));

TEST_P(GradientsByDegree, AgreeWithTheReference) {
  GaussianCloud cloud = smallCloud(24, GetParam(), 5 + GetParam());
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    cloud.filter = filter;
    expectReference(cloud, smallCamera(), kMaxShDegree, nullptr, 3);
  }
}

TEST(Gradients, OfSmallSplatsUnderTheLowPass) {
  GaussianCloud cloud = testing::randomCloud(60, 1, 8);  // about a pixel each
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    cloud.filter = filter;
    expectReference(cloud, smallCamera(), kMaxShDegree, nullptr, 4);
  }
}

TEST(Gradients, OfDirectColors) {
  const GaussianCloud cloud = smallCloud(30, 2, 17);
  std::vector<float> colors(3 * cloud.count);
  std::mt19937_64 random(9);
  for (float& color : colors) {  // negative ones too: they are not clamped
    color = static_cast<float>(static_cast<double>(random() >> 11) * 0x1p-53) * 1.5F - 0.3F;
  }
  expectReference(cloud, smallCamera(), kMaxShDegree, &colors, 5);
}

TEST(Gradients, BandsAboveTheLimitAreLeftOut) {
  const GaussianCloud cloud = smallCloud(20, 3, 6);
  expectReference(cloud, smallCamera(), 1, nullptr, 6);
  expectReference(cloud, smallCamera(), 0, nullptr, 6);
}

TEST(Gradients, StopAtEveryClamp) {
  GaussianCloud cloud = smallCloud(40, 1, 32);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    if (i % 4 == 0) {
      cloud.opacityLogits[i] = 7;  // alpha above 0.99 near the centre; rows of them end pixels
    } else if (i % 4 == 1) {
      cloud.shDc[3 * i + i % 3] = -3;  // black in one channel
    } else if (i % 4 == 2) {           // beside the picture, so that the Jacobian is clamped
      cloud.means[3 * i + i / 4 % 2] = i % 8 < 4 ? 2.6F : -2.6F;
      cloud.means[3 * i + 2] = 0;
      cloud.logScales[3 * i] = cloud.logScales[3 * i + 1] = -0.3F;
      cloud.opacityLogits[i] = 2;
    }
  }
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    cloud.filter = filter;
    expectReference(cloud, smallCamera(), kMaxShDegree, nullptr, 7);
  }
}

TEST(Gradients, OfManyOpaqueLayers) {
  GaussianCloud cloud = smallCloud(100, 0, 3);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    cloud.opacityLogits[i] = static_cast<float>(i % 5);
    cloud.means[3 * i] *= 0.4F;
    cloud.means[3 * i + 1] *= 0.4F;
  }
  expectReference(cloud, smallCamera(24, 20), kMaxShDegree, nullptr, 8);
}

/// Broad, half-transparent splats that cover the whole picture: no pixel is near a decision.
GaussianCloud broadCloud() {
  GaussianCloud cloud = testing::randomCloud(4, 2, 12);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] = 0.2F * static_cast<float>(c) + 0.1F * static_cast<float>(i);
      cloud.means[3 * i + c] *= 0.4F;
      cloud.shDc[3 * i + c] = 0.1F + 0.2F * static_cast<float>(c);
    }
    cloud.opacityLogits[i] = 0.3F * static_cast<float>(i);
  }
  return cloud;
}

TEST(Gradients, MatchCentralDifferences) {
  GaussianCloud cloud = broadCloud();
  const Camera camera = smallCamera(20, 16);
  const Image lossGradient = someLossGradient(camera, 2);
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    cloud.filter = filter;
    const CloudGradients gradients = differentiate(cloud, camera, {}, lossGradient);
    const auto loss = [&] {
      const auto picture = testing::renderReference(cloud, camera, {0, 0, 0});
      double sum = 0;
      for (std::size_t i = 0; i < picture.color.size(); ++i) {
        sum += picture.color[i] * static_cast<double>(lossGradient.pixels[i]);
      }
      return sum;
    };
    const auto compare = [&](const char* group, const FloatArray& values, FloatArray& parameters) {
      std::vector<double> expected;
      for (float& parameter : parameters) {
        const float kept = parameter;
        parameter = kept + 1e-3F;
        const double high = static_cast<double>(parameter);
        const double above = loss();
        parameter = kept - 1e-3F;
        const double below = loss();
        expected.push_back((above - below) / (high - static_cast<double>(parameter)));
        parameter = kept;
      }
      expectClose(group, values, expected);
    };
    compare("means", gradients.means, cloud.means);
    compare("logScales", gradients.logScales, cloud.logScales);
    compare("rotations", gradients.rotations, cloud.rotations);
    compare("opacityLogits", gradients.opacityLogits, cloud.opacityLogits);
    compare("shDc", gradients.shDc, cloud.shDc);
    compare("shRest", gradients.shRest, cloud.shRest);
  }
}

TEST(Gradients, OfScreenMeansMoveThePrincipalPoint) {
  // Moving every projected mean is moving the principal point.
  const GaussianCloud cloud = broadCloud();
  Camera camera = smallCamera(20, 16);
  const Image lossGradient = someLossGradient(camera, 1);
  const CloudGradients gradients = differentiate(cloud, camera, {}, lossGradient);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    double sum = 0;
    for (std::size_t i = 0; i < cloud.count; ++i) {
      sum += static_cast<double>(gradients.screenMeans[2 * i + axis]);
    }
    float& centre = axis == 0 ? camera.cx : camera.cy;
    const float kept = centre;
    double difference = 0;
    constexpr float kStep = 0x1p-10F;
    for (const float sign : {1.0F, -1.0F}) {
      centre = kept + sign * kStep;
      const auto picture = testing::renderReference(cloud, camera, {0, 0, 0});
      for (std::size_t i = 0; i < picture.color.size(); ++i) {
        difference += static_cast<double>(sign) * picture.color[i] *
                      static_cast<double>(lossGradient.pixels[i]);
      }
    }
    centre = kept;
    EXPECT_NEAR(sum, difference / (2 * static_cast<double>(kStep)), 1e-3 * std::abs(sum));
  }
}

TEST(Gradients, AddUpAndKeepTheirBitsOnAnyNumberOfThreads) {
  const GaussianCloud cloud = testing::randomCloud(20000, 3, 2);
  const Camera camera = smallCamera(190, 170);
  const Image lossGradient = someLossGradient(camera, 3);
  const CloudGradients one = differentiate(cloud, camera, {}, lossGradient, 1);
  for (const std::size_t threads : {2U, 5U}) {
    const CloudGradients other = differentiate(cloud, camera, {}, lossGradient, threads);
    EXPECT_EQ(one.means, other.means);
    EXPECT_EQ(one.logScales, other.logScales);
    EXPECT_EQ(one.rotations, other.rotations);
    EXPECT_EQ(one.opacityLogits, other.opacityLogits);
    EXPECT_EQ(one.shDc, other.shDc);
    EXPECT_EQ(one.shRest, other.shRest);
    EXPECT_EQ(one.screenMeans, other.screenMeans);
    EXPECT_EQ(one.visible, other.visible);
  }
  EXPECT_EQ(std::count(one.visible.begin(), one.visible.end(), 0U) +
                std::count(one.visible.begin(), one.visible.end(), 1U),
            20000);
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  const auto frame = rasterizer->renderDifferentiable(**prepared, camera, {});
  CloudGradients twice = one;
  ASSERT_TRUE((*frame)->accumulateGradients(lossGradient, twice, {}));
  for (std::size_t i = 0; i < one.means.size(); ++i) {
    ASSERT_EQ(twice.means[i], one.means[i] + one.means[i]);
  }
  EXPECT_EQ(*std::max_element(twice.visible.begin(), twice.visible.end()), 2U);
}

TEST(Gradients, OfPicturesDrawnAreaByArea) {
  // So many tiles under boxes that the picture is drawn in several areas.
  GaussianCloud cloud = testing::randomCloud(1500, 0, 4);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] = 0;
    }
    cloud.opacityLogits[i] = -3;
  }
  const Camera camera = smallCamera(640, 608);  // 40 x 38 tiles
  const Image ones = makeImage(640, 608, 3, 1.0F);
  const CloudGradients gradients = differentiate(cloud, camera, {}, ones);
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(2);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  std::vector<float> colors(3 * cloud.count);
  ASSERT_TRUE(rasterizer->accumulateColorGradients(**prepared, camera, ones, colors, {}));
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float green = 0.5F + kSh0 * cloud.shDc[3 * i + 1];
    const double expected =
        green > 0 ? static_cast<double>(kSh0) * static_cast<double>(colors[3 * i + 1]) : 0.0;
    ASSERT_NEAR(static_cast<double>(gradients.shDc[3 * i + 1]), expected,
                1e-4 * (1e-3 + std::abs(expected)))
        << i;
  }
}

TEST(Gradients, WrongSizesAndNumbersAreRefused) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const GaussianCloud cloud = smallCloud(3, 1, 1);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  const Camera camera = smallCamera();
  const auto frame = rasterizer->renderDifferentiable(**prepared, camera, {});
  ASSERT_TRUE(frame.has_value());
  const auto code = [&](const Image& lossGradient, CloudGradients gradients,
                        const std::stop_token& stop = {}) {
    const Result<void> done = (*frame)->accumulateGradients(lossGradient, gradients, stop);
    return done ? std::optional<ErrorCode>() : done.error().code;
  };
  EXPECT_EQ(code(makeImage(2, 1), {}), ErrorCode::InvalidParameter);
  EXPECT_EQ(code(makeImage(33, 27, 1), {}), ErrorCode::InvalidParameter);
  EXPECT_EQ(code(makeImage(33, 27, 3, NAN), {}), ErrorCode::InvalidParameter);
  CloudGradients other;
  other.shRest.resize(5);
  EXPECT_EQ(code(makeImage(33, 27), other), ErrorCode::InvalidParameter);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(code(makeImage(33, 27), {}, source.get_token()), ErrorCode::Cancelled);
  EXPECT_EQ(code(makeImage(33, 27), {}), std::nullopt);

  RenderOptions options;
  const std::vector<float> colors(4);
  options.directColors = colors;
  EXPECT_EQ(rasterizer->render(**prepared, camera, options).error().code,
            ErrorCode::InvalidParameter);
  EXPECT_EQ(rasterizer->renderDifferentiable(**prepared, camera, options).error().code,
            ErrorCode::InvalidParameter);
  options = {};
  options.stop = source.get_token();
  EXPECT_EQ(rasterizer->renderDifferentiable(**prepared, camera, options).error().code,
            ErrorCode::Cancelled);
}

TEST(Gradients, AnEmptyCloudHasNone) {
  const Camera camera = smallCamera();
  const CloudGradients gradients =
      differentiate(GaussianCloud{}, camera, {}, someLossGradient(camera, 1));
  EXPECT_TRUE(gradients.means.empty());
}

}  // namespace
}  // namespace volpress
