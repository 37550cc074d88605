// The GPU behind the abstract face of renderer/rasterizer.hpp.
#pragma once

#include <memory>

#include "renderer/rasterizer.hpp"
#include "renderer/vulkan/vulkan_context.hpp"

namespace volpress::renderer {

/// Draws pictures in RGBA32F. `accumulateScores` and `accumulateColorGradients` are refused with
/// UnsupportedVersion: they need exact transmittance order, which the software rasteriser has.
[[nodiscard]] Result<std::unique_ptr<Rasterizer>> makeVulkanRasterizer(
    std::shared_ptr<VulkanContext> context);

}  // namespace volpress::renderer
