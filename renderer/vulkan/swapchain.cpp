#include "renderer/vulkan/swapchain.hpp"

#include <algorithm>

#include "renderer/vulkan/vulkan_result.hpp"

namespace volpress::renderer {

Result<VkSurfaceFormatKHR> chooseSurfaceFormat(const VulkanContext& context, VkSurfaceKHR surface) {
  std::uint32_t count = 0;
  VOLPRESS_CHECK(checkVulkan(
      vkGetPhysicalDeviceSurfaceFormatsKHR(context.physicalDevice(), surface, &count, nullptr),
      "vkGetPhysicalDeviceSurfaceFormatsKHR"));
  std::vector<VkSurfaceFormatKHR> formats(count);
  VOLPRESS_CHECK(checkVulkan(vkGetPhysicalDeviceSurfaceFormatsKHR(context.physicalDevice(), surface,
                                                                  &count, formats.data()),
                             "vkGetPhysicalDeviceSurfaceFormatsKHR"));
  for (const VkSurfaceFormatKHR& format : formats) {
    if ((format.format == VK_FORMAT_B8G8R8A8_UNORM || format.format == VK_FORMAT_R8G8B8A8_UNORM) &&
        format.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR) {
      return format;
    }
  }
  return fail(ErrorCode::UnsupportedVersion,
              "the window offers {} surface formats, none of them 8-bit UNORM in sRGB", count);
}

Result<SemaphoreHandle> makeSemaphore(const std::shared_ptr<VulkanContext>& context) {
  VkSemaphoreCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
  VkSemaphore semaphore = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateSemaphore(context->device(), &info, nullptr, &semaphore),
                             "vkCreateSemaphore"));
  return SemaphoreHandle(context, semaphore);
}

std::uint32_t wantedImageCount(const VkSurfaceCapabilitiesKHR& capabilities) noexcept {
  const std::uint32_t wanted = std::max(2U, capabilities.minImageCount + 1);
  return capabilities.maxImageCount == 0 ? wanted : std::min(wanted, capabilities.maxImageCount);
}

Result<Swapchain> Swapchain::create(const std::shared_ptr<VulkanContext>& context,
                                    VkSurfaceKHR surface, VkSurfaceFormatKHR format,
                                    VkExtent2D extent, const VkSurfaceCapabilitiesKHR& capabilities,
                                    VkRenderPass renderPass, const Swapchain& previous) {
  Swapchain made;
  made.m_extent = extent;
  VkSwapchainCreateInfoKHR info{};
  info.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR;
  info.surface = surface;
  info.minImageCount = wantedImageCount(capabilities);
  info.imageFormat = format.format;
  info.imageColorSpace = format.colorSpace;
  info.imageExtent = extent;
  info.imageArrayLayers = 1;
  info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
  info.imageSharingMode = VK_SHARING_MODE_EXCLUSIVE;
  info.preTransform = capabilities.currentTransform;
  info.compositeAlpha =
      (capabilities.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR) != 0
          ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
          : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
  info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
  info.clipped = VK_TRUE;
  info.oldSwapchain = previous.get();
  VkSwapchainKHR swapchain = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateSwapchainKHR(context->device(), &info, nullptr, &swapchain),
                             "vkCreateSwapchainKHR"));
  made.m_swapchain = SwapchainHandle(context, swapchain);

  std::uint32_t count = 0;
  VOLPRESS_CHECK(checkVulkan(vkGetSwapchainImagesKHR(context->device(), swapchain, &count, nullptr),
                             "vkGetSwapchainImagesKHR"));
  std::vector<VkImage> images(count);
  VOLPRESS_CHECK(
      checkVulkan(vkGetSwapchainImagesKHR(context->device(), swapchain, &count, images.data()),
                  "vkGetSwapchainImagesKHR"));
  for (VkImage handle : images) {
    Image image;
    image.image = handle;
    VkImageViewCreateInfo viewInfo{};
    viewInfo.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
    viewInfo.image = handle;
    viewInfo.viewType = VK_IMAGE_VIEW_TYPE_2D;
    viewInfo.format = format.format;
    viewInfo.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkImageView view = VK_NULL_HANDLE;
    VOLPRESS_CHECK(checkVulkan(vkCreateImageView(context->device(), &viewInfo, nullptr, &view),
                               "vkCreateImageView"));
    image.view = ImageViewHandle(context, view);

    VkFramebufferCreateInfo framebufferInfo{};
    framebufferInfo.sType = VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO;
    framebufferInfo.renderPass = renderPass;
    framebufferInfo.attachmentCount = 1;
    framebufferInfo.pAttachments = &view;
    framebufferInfo.width = extent.width;
    framebufferInfo.height = extent.height;
    framebufferInfo.layers = 1;
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    VOLPRESS_CHECK(
        checkVulkan(vkCreateFramebuffer(context->device(), &framebufferInfo, nullptr, &framebuffer),
                    "vkCreateFramebuffer"));
    image.framebuffer = FramebufferHandle(context, framebuffer);
    VOLPRESS_TRY(image.drawn, makeSemaphore(context));
    made.m_images.push_back(std::move(image));
  }
  return made;
}

}  // namespace volpress::renderer
