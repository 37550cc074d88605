// Devices: which is chosen, why others are not, and what happens without any.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "renderer/vulkan/device_choice.hpp"
#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_result.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using renderer::DeviceFacts;

std::vector<DeviceFacts> someDevices() {
  return {{"llvmpipe (LLVM)", VK_PHYSICAL_DEVICE_TYPE_CPU, {}},
          {"Radeon 780M", VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU, {}},
          {"Old Card", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, {"Vulkan 1.3 (it has 1.1)"}},
          {"GeForce 4070", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, {}},
          {"GeForce 4090", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, {}}};
}

TEST(DeviceChoice, prefersDiscreteThenIntegratedThenCpu) {
  std::vector<DeviceFacts> devices = someDevices();
  EXPECT_EQ(renderer::chooseDevice(devices, ""), 3U);
  devices.resize(3);
  EXPECT_EQ(renderer::chooseDevice(devices, ""), 1U);
  devices.resize(1);
  EXPECT_EQ(renderer::chooseDevice(devices, ""), 0U);
}

TEST(DeviceChoice, nameOverridesKindInAnyCase) {
  EXPECT_EQ(renderer::chooseDevice(someDevices(), "LLVMPIPE"), 0U);
  EXPECT_EQ(renderer::chooseDevice(someDevices(), "4090"), 4U);
}

TEST(DeviceChoice, refusalNamesEveryDeviceAndTheWayOn) {
  const auto chosen = renderer::chooseDevice(someDevices(), "voodoo");
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, ErrorCode::UnsupportedVersion);
  const std::string& message = chosen.error().message;
  for (const char* part : {"Old Card: lacks Vulkan 1.3 (it has 1.1)",
                           "Radeon 780M: its name does not contain \"voodoo\"", "software"}) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

TEST(VulkanResult, mapsToOurCodes) {
  const auto code = [](VkResult result) {
    return renderer::checkVulkan(result, "vkCall").error().code;
  };
  EXPECT_EQ(code(VK_ERROR_DEVICE_LOST), ErrorCode::DeviceLost);
  EXPECT_EQ(code(VK_ERROR_SURFACE_LOST_KHR), ErrorCode::DeviceLost);
  EXPECT_EQ(code(VK_ERROR_OUT_OF_DEVICE_MEMORY), ErrorCode::OutOfMemory);
  EXPECT_EQ(code(VK_ERROR_OUT_OF_HOST_MEMORY), ErrorCode::OutOfMemory);
  EXPECT_EQ(code(VK_ERROR_EXTENSION_NOT_PRESENT), ErrorCode::UnsupportedVersion);
  EXPECT_EQ(code(VK_ERROR_UNKNOWN), ErrorCode::Internal);
  EXPECT_TRUE(renderer::checkVulkan(VK_SUBOPTIMAL_KHR, "vkCall"));
  const auto lost = renderer::checkVulkan(VK_ERROR_DEVICE_LOST, "vkWaitForFences");
  EXPECT_EQ(lost.error().message, "vkWaitForFences failed: VK_ERROR_DEVICE_LOST (-4)");
}

TEST(VulkanContext, absentDriverIsAnErrorWithAWayOn) {
  // In a process of its own: the loader reads the environment once.
  EXPECT_EXIT(
      {
        setenv("VK_DRIVER_FILES", "/nonexistent.json", 1);
        setenv("VK_ICD_FILENAMES", "/nonexistent.json", 1);
        const auto context = renderer::VulkanContext::create({});
        const bool clear = !context && context.error().code == ErrorCode::UnsupportedVersion &&
                           context.error().message.find("software rasteriser") != std::string::npos;
        std::exit(clear ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(VulkanContext, unknownInstanceExtensionIsNamed) {
  VOLPRESS_NEED_VULKAN();
  renderer::ContextOptions options;
  options.instanceExtensions = {"VK_KHR_no_such_thing"};
  const auto context = renderer::VulkanContext::create(options);
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, ErrorCode::UnsupportedVersion);
  EXPECT_NE(context.error().message.find("VK_KHR_no_such_thing"), std::string::npos);
}

TEST(VulkanContext, windowThatNoQueueCanPresentToIsRefused) {
  VOLPRESS_NEED_VULKAN();
  renderer::ContextOptions options;
  options.canPresent = [](VkInstance, VkPhysicalDevice, std::uint32_t) { return false; };
  const auto context = renderer::VulkanContext::create(options);
  ASSERT_FALSE(context);
  EXPECT_NE(context.error().message.find("present"), std::string::npos) << context.error().message;
}

TEST(VulkanBuffer, refusesAbsurdSizes) {
  VOLPRESS_NEED_VULKAN();
  const auto context = testing::sharedContext();
  for (const std::uint64_t bytes : {std::uint64_t{0}, ~std::uint64_t{0}}) {
    const auto buffer =
        renderer::VulkanBuffer::create(context, bytes, 0, renderer::MemoryUse::Device, "absurd");
    ASSERT_FALSE(buffer);
    EXPECT_EQ(buffer.error().code, ErrorCode::OutOfMemory);
  }
}

TEST(VulkanImage, refusesAbsurdSizes) {
  VOLPRESS_NEED_VULKAN();
  for (const VkExtent2D extent : {VkExtent2D{0, 5}, VkExtent2D{5, 1U << 30}}) {
    const auto image =
        renderer::VulkanImage::create(testing::sharedContext(), extent, VK_FORMAT_R8G8B8A8_UNORM,
                                      VK_IMAGE_USAGE_SAMPLED_BIT, "absurd");
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, ErrorCode::InvalidParameter);
  }
}

TEST(CommandRunner, failedRecordingCanBeFollowedByAnother) {
  VOLPRESS_NEED_VULKAN();
  auto runner = renderer::CommandRunner::create(testing::sharedContext());
  ASSERT_TRUE(runner) << runner.error().message;
  const auto failed = runner->run(
      [](VkCommandBuffer) -> Result<void> { return fail(ErrorCode::Cancelled, "enough"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::Cancelled);
  EXPECT_TRUE(runner->run([](VkCommandBuffer) -> Result<void> { return {}; }));
}

}  // namespace
}  // namespace volpress
