// The images of a window and what is needed to draw to and present each.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "renderer/vulkan/vulkan_handle.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

using SwapchainHandle = DeviceHandle<VkSwapchainKHR, vkDestroySwapchainKHR>;

/// An 8-bit format without sRGB encoding, in which display values are shown as they are.
/// UnsupportedVersion when the surface has none.
[[nodiscard]] Result<VkSurfaceFormatKHR> chooseSurfaceFormat(const VulkanContext& context,
                                                             VkSurfaceKHR surface);

/// One size of a window's swapchain.
class Swapchain {
public:
  struct Image {
    VkImage image = VK_NULL_HANDLE;
    ImageViewHandle view;
    FramebufferHandle framebuffer;
    SemaphoreHandle drawn;
  };

  Swapchain() = default;
  /// `previous` is retired; the device must not be using it.
  [[nodiscard]] static Result<Swapchain> create(const std::shared_ptr<VulkanContext>& context,
                                                VkSurfaceKHR surface, VkSurfaceFormatKHR format,
                                                VkExtent2D extent,
                                                const VkSurfaceCapabilitiesKHR& capabilities,
                                                VkRenderPass renderPass, const Swapchain& previous);

  [[nodiscard]] VkSwapchainKHR get() const noexcept { return m_swapchain.get(); }
  [[nodiscard]] VkExtent2D extent() const noexcept { return m_extent; }
  [[nodiscard]] const Image& image(std::uint32_t index) const { return m_images.at(index); }

private:
  SwapchainHandle m_swapchain;
  VkExtent2D m_extent{};
  std::vector<Image> m_images;
};

[[nodiscard]] Result<SemaphoreHandle> makeSemaphore(const std::shared_ptr<VulkanContext>& context);

/// Images to ask for: one more than the least, so that drawing need not wait for the display.
[[nodiscard]] std::uint32_t wantedImageCount(const VkSurfaceCapabilitiesKHR& capabilities) noexcept;

}  // namespace volpress::renderer
