// Draws sums of 2-D Gaussians on the GPU, as renderer/software/gaussian_picture.hpp does.
#pragma once

#include <memory>

#include "renderer/gaussian_picture.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/base/result.hpp"
#include "scene/types/image.hpp"

namespace volpress::renderer {

/// The sum, unclamped, 3 channels. What is not finite, or has no area, adds nothing. Sizes of the
/// picture's arrays must agree. InvalidParameter for pictures without pixels or over 2^26.
[[nodiscard]] Result<Image> drawGaussianPictureByVulkan(
    const std::shared_ptr<VulkanContext>& context, const GaussianPicture& picture);

}  // namespace volpress::renderer
