// Which device to draw with, and why not the others.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "scene/base/result.hpp"

namespace volpress::renderer {

/// What the choice looks at.
struct DeviceFacts {
  std::string name;
  VkPhysicalDeviceType type = VK_PHYSICAL_DEVICE_TYPE_OTHER;
  std::vector<std::string> missing;  ///< what we need and it has not, for people; empty: usable
};

/// The index of the best usable device: discrete, integrated, virtual, CPU, other; the first of
/// equals. With `wantedName`, only devices whose name contains it (in any case) count.
/// UnsupportedVersion lists why each was refused.
[[nodiscard]] Result<std::size_t> chooseDevice(std::span<const DeviceFacts> devices,
                                               std::string_view wantedName);

/// Asks a device for what chooseDevice looks at, without its queues.
[[nodiscard]] DeviceFacts inspectDevice(VkPhysicalDevice device, bool swapchain);

/// The names of all devices of an instance, usable or not; empty when they cannot be told.
[[nodiscard]] std::vector<std::string> deviceNames(VkInstance instance);

}  // namespace volpress::renderer
