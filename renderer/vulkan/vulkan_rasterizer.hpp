// The GPU behind the abstract face of renderer/rasterizer.hpp.
#pragma once

#include <memory>

#include "renderer/rasterizer.hpp"
#include "renderer/vulkan/vulkan_context.hpp"

namespace volpress::renderer {

/// Draws pictures in RGBA32F. `accumulateScores`, `accumulateColorGradients`,
/// `renderDifferentiable` and direct colours are refused with UnsupportedVersion: the software
/// rasteriser has them.
[[nodiscard]] Result<std::unique_ptr<Rasterizer>> makeVulkanRasterizer(
    std::shared_ptr<VulkanContext> context);

}  // namespace volpress::renderer
