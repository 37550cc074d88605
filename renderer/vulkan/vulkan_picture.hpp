// Pictures that live on the device: drawn there, or uploaded from the software rasteriser.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

/// Something that a pane can show.
class PictureSource {
public:
  virtual ~PictureSource() = default;
  [[nodiscard]] virtual VkExtent2D extent() const noexcept = 0;
  /// Null while there is nothing to show.
  [[nodiscard]] virtual VkImageView view() const noexcept = 0;
  /// Records what makes the newest content readable in fragment shaders (uploads, for instance).
  virtual Result<void> prepareForReading(VkCommandBuffer commands) = 0;
};

/// A picture of 8-bit RGBA pixels given by the CPU.
class UploadedPicture final : public PictureSource {
public:
  explicit UploadedPicture(std::shared_ptr<VulkanContext> context);

  /// Takes the newest picture: width * height * 4 bytes, display values (shown as they are), rows
  /// from the top. It reaches the device with the next frame that shows it. Same thread as the
  /// presenter.
  [[nodiscard]] Result<void> setPixels(std::size_t width, std::size_t height,
                                       std::span<const std::uint8_t> rgba);

  [[nodiscard]] VkExtent2D extent() const noexcept override { return m_image.extent(); }
  [[nodiscard]] VkImageView view() const noexcept override { return m_image.view(); }
  [[nodiscard]] Result<void> prepareForReading(VkCommandBuffer commands) override;

private:
  std::shared_ptr<VulkanContext> m_context;
  VulkanImage m_image;
  VulkanBuffer m_staging;
  std::vector<std::uint8_t> m_pixels;
  VkExtent2D m_pendingExtent{};
  bool m_pending = false;
};

}  // namespace volpress::renderer
