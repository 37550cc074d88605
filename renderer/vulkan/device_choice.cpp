#include "renderer/vulkan/device_choice.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include <fmt/format.h>

namespace volpress::renderer {
namespace {

int rank(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return 0;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 1;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return 3;
    default: return 4;
  }
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

constexpr const char* kWayOn = "; the software rasteriser draws the same picture without Vulkan";

}  // namespace

Result<std::size_t> chooseDevice(std::span<const DeviceFacts> devices,
                                 std::string_view wantedName) {
  const std::string wanted = lowered(wantedName);
  std::size_t best = devices.size();
  std::string refusals;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const DeviceFacts& device = devices[i];
    std::string reason;
    if (!device.missing.empty()) {
      reason = fmt::format("lacks {}", fmt::join(device.missing, ", "));
    } else if (!wanted.empty() && lowered(device.name).find(wanted) == std::string::npos) {
      reason = fmt::format("its name does not contain \"{}\"", wantedName);
    }
    if (!reason.empty()) {
      refusals += fmt::format("; {}: {}", device.name, reason);
    } else if (best == devices.size() || rank(device.type) < rank(devices[best].type)) {
      best = i;
    }
  }
  if (best == devices.size()) {
    return fail(ErrorCode::UnsupportedVersion, "no usable Vulkan device among {}{}{}",
                devices.size(), refusals, kWayOn);
  }
  return best;
}

DeviceFacts inspectDevice(VkPhysicalDevice device, bool swapchain) {
  VkPhysicalDeviceProperties properties{};
  vkGetPhysicalDeviceProperties(device, &properties);
  DeviceFacts facts{properties.deviceName, properties.deviceType, {}};
  if (properties.apiVersion < VK_API_VERSION_1_3) {
    facts.missing.push_back(fmt::format("Vulkan 1.3 (it has {}.{})",
                                        VK_API_VERSION_MAJOR(properties.apiVersion),
                                        VK_API_VERSION_MINOR(properties.apiVersion)));
    return facts;  // the feature structures below are unknown to it
  }

  VkPhysicalDeviceVulkan13Features features13{};
  features13.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES;
  VkPhysicalDeviceVulkan12Features features12{};
  features12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
  features12.pNext = &features13;
  VkPhysicalDeviceFeatures2 features{};
  features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  features.pNext = &features12;
  vkGetPhysicalDeviceFeatures2(device, &features);
  if (features13.dynamicRendering == VK_FALSE) {
    facts.missing.emplace_back("dynamic rendering");
  }
  if (features13.synchronization2 == VK_FALSE) {
    facts.missing.emplace_back("synchronization2");
  }
  if (features12.bufferDeviceAddress == VK_FALSE) {
    facts.missing.emplace_back("buffer device addresses");
  }

  VkFormatProperties half{};
  vkGetPhysicalDeviceFormatProperties(device, VK_FORMAT_R16G16B16A16_SFLOAT, &half);
  if ((half.optimalTilingFeatures & VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BLEND_BIT) == 0) {
    facts.missing.emplace_back("blending into RGBA16F");
  }

  if (swapchain) {
    std::uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, extensions.data());
    if (std::none_of(extensions.begin(), extensions.end(), [](const VkExtensionProperties& e) {
          return std::strcmp(e.extensionName, VK_KHR_SWAPCHAIN_EXTENSION_NAME) == 0;
        })) {
      facts.missing.emplace_back(VK_KHR_SWAPCHAIN_EXTENSION_NAME);
    }
  }
  return facts;
}

std::vector<std::string> deviceNames(VkInstance instance) {
  std::uint32_t count = 0;
  std::vector<std::string> names;
  if (vkEnumeratePhysicalDevices(instance, &count, nullptr) != VK_SUCCESS) {
    return names;
  }
  std::vector<VkPhysicalDevice> devices(count);
  // VK_INCOMPLETE means that a device came meanwhile: those that were told are good.
  if (vkEnumeratePhysicalDevices(instance, &count, devices.data()) < VK_SUCCESS) {
    return names;
  }
  devices.resize(count);
  for (const VkPhysicalDevice device : devices) {
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(device, &properties);
    names.emplace_back(properties.deviceName);
  }
  return names;
}

}  // namespace volpress::renderer
