#include "renderer/vulkan/vulkan_picture.hpp"

#include <cstring>
#include <utility>

#include "renderer/vulkan/vulkan_commands.hpp"

namespace volpress::renderer {

UploadedPicture::UploadedPicture(std::shared_ptr<VulkanContext> context)
    : m_context(std::move(context)) {}

Result<void> UploadedPicture::setPixels(std::size_t width, std::size_t height,
                                        std::span<const std::uint8_t> rgba) {
  const std::uint32_t limit = m_context->limits().maxImageDimension2D;
  if (width == 0 || height == 0 || width > limit || height > limit ||
      rgba.size() != width * height * 4) {
    return fail(ErrorCode::InvalidParameter,
                "a picture of {} x {} pixels in {} bytes; sizes are 1 to {}, 4 bytes a pixel",
                width, height, rgba.size(), limit);
  }
  m_pixels.assign(rgba.begin(), rgba.end());
  m_pendingExtent = {static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
  m_pending = true;
  return {};
}

Result<void> UploadedPicture::prepareForReading(VkCommandBuffer commands) {
  if (!m_pending) {
    return {};
  }
  const bool sameSize = m_image.extent().width == m_pendingExtent.width &&
                        m_image.extent().height == m_pendingExtent.height;
  if (!sameSize) {
    VOLPRESS_TRY(m_staging,
                 VulkanBuffer::create(m_context, m_pixels.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                                      MemoryUse::Upload, "picture upload"));
    VOLPRESS_TRY(m_image,
                 VulkanImage::create(m_context, m_pendingExtent, VK_FORMAT_R8G8B8A8_UNORM,
                                     VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                                     "uploaded picture"));
  }
  std::memcpy(m_staging.mapped(), m_pixels.data(), m_pixels.size());
  imageBarrier(commands, m_image.get(), VK_IMAGE_LAYOUT_UNDEFINED,
               VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, kFragmentRead, kTransferWrite);
  VkBufferImageCopy copy{};
  copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
  copy.imageExtent = {m_pendingExtent.width, m_pendingExtent.height, 1};
  vkCmdCopyBufferToImage(commands, m_staging.get(), m_image.get(),
                         VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
  imageBarrier(commands, m_image.get(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
               VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, kTransferWrite, kFragmentRead);
  m_pending = false;
  return {};
}

}  // namespace volpress::renderer
