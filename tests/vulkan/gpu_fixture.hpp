// What the tests and the benchmark of the Vulkan path share: one context, clouds, and comparisons
// of pictures. Failures of the helpers themselves are thrown, which fails the test.
#pragma once

#include <memory>
#include <string_view>

#include "renderer/rasterizer.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::testing {

/// The context of this process (with the validation layer when VOLPRESS_VULKAN_VALIDATION=1), or
/// null where there is no Vulkan; `whyNoVulkan` then has the message.
[[nodiscard]] std::shared_ptr<renderer::VulkanContext> sharedContext();
[[nodiscard]] const std::string& whyNoVulkan();

/// A real scene by its path in the data folder, or null when it is not on this machine.
[[nodiscard]] std::shared_ptr<const GaussianCloud> realCloud(std::string_view relative);

/// PSNR in dB of two pictures, which must be of one size.
[[nodiscard]] double picturePsnr(const Image& reference, const Image& test);
/// The largest difference of any channel.
[[nodiscard]] float largestDifference(const Image& reference, const Image& test);

/// A camera two units in front of the origin, as INRIA frames have it (y down).
[[nodiscard]] Camera frontCamera(std::size_t width, std::size_t height, float distance = 2);

}  // namespace volpress::testing

/// Skips the test where there is no Vulkan device.
#define VOLPRESS_NEED_VULKAN()                          \
  if (!::volpress::testing::sharedContext()) {          \
    GTEST_SKIP() << ::volpress::testing::whyNoVulkan(); \
  }
