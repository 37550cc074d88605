// The step of learning a field on the GPU: renderer/field_learner.hpp by compute shaders.
#pragma once

#include <memory>

#include "renderer/field_learner.hpp"
#include "renderer/vulkan/vulkan_context.hpp"

namespace volpress::renderer {

/// Gradients differ from the CPU's by rounding alone; all sums are made in an order, or in integers
/// that have none, so that a device repeats itself bit by bit. Layers up to 128 wide.
[[nodiscard]] Result<std::unique_ptr<FieldLearner>> makeVulkanFieldLearner(
    std::shared_ptr<VulkanContext> context);

}  // namespace volpress::renderer
