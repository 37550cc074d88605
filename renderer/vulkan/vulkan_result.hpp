// VkResult as a Result.
#pragma once

#include <vulkan/vulkan_core.h>

#include "scene/base/result.hpp"

namespace volpress::renderer {

/// The Vulkan spelling of a result: "VK_ERROR_DEVICE_LOST".
[[nodiscard]] const char* vulkanResultName(VkResult result) noexcept;

/// DeviceLost (or the window's surface), OutOfMemory, UnsupportedVersion (no driver, missing
/// extension) or Internal. `call` names what failed.
[[nodiscard]] tl::unexpected<Error> vulkanFailure(VkResult result, const char* call);

/// Success for every non-negative code.
[[nodiscard]] Result<void> checkVulkan(VkResult result, const char* call);

}  // namespace volpress::renderer
