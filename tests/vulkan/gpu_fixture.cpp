#include "tests/vulkan/gpu_fixture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "renderer/metrics/metrics.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::testing {
namespace {

const Result<std::shared_ptr<renderer::VulkanContext>>& contextResult() {
  static const auto result = renderer::VulkanContext::create({});
  return result;
}

}  // namespace

std::shared_ptr<renderer::VulkanContext> sharedContext() {
  return contextResult().value_or(nullptr);
}

const std::string& whyNoVulkan() { return contextResult().error().message; }

std::shared_ptr<const GaussianCloud> realCloud(std::string_view relative) {
  const auto path = realData(relative);
  if (!path) {
    return nullptr;
  }
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  auto loaded = formats::loadCloud(*path, context);
  if (!loaded) {
    throw std::runtime_error(loaded.error().message);
  }
  return std::make_shared<const GaussianCloud>(std::move(loaded->cloud));
}

double picturePsnr(const Image& reference, const Image& test) {
  const auto psnr = metrics::psnr(reference, test);
  if (!psnr) {
    throw std::runtime_error(psnr.error().message);
  }
  return *psnr;
}

float largestDifference(const Image& reference, const Image& test) {
  if (reference.pixels.size() != test.pixels.size()) {
    return std::numeric_limits<float>::infinity();
  }
  float largest = 0;
  for (std::size_t i = 0; i < reference.pixels.size(); ++i) {
    const float difference = std::abs(reference.pixels[i] - test.pixels[i]);
    largest = std::isnan(difference) ? std::numeric_limits<float>::infinity()
                                     : std::max(largest, difference);
  }
  return largest;
}

Camera frontCamera(std::size_t width, std::size_t height, float distance) {
  return lookAt({0, 0, distance}, {0, 0, 0}, {0, 1, 0}, std::numbers::pi_v<float> / 3, width,
                height);
}

}  // namespace volpress::testing
