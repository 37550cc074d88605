// Buffers and images with their memory, move-only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <vulkan/vulkan_core.h>

#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

/// Where a buffer should live.
enum class MemoryUse : std::uint8_t {
  Device,    ///< fastest for the device; mapped where the device's memory is the host's
  Upload,    ///< written by the CPU, read by the device
  ReadBack,  ///< written by the device, read by the CPU
};

/// A buffer of its own allocation; empty when default-constructed. Mapped for its whole life where
/// its memory allows (always for Upload and ReadBack, which are also coherent).
class VulkanBuffer {
public:
  VulkanBuffer() = default;
  /// Every buffer gets a device address. OutOfMemory names the size asked for.
  [[nodiscard]] static Result<VulkanBuffer> create(std::shared_ptr<VulkanContext> context,
                                                   std::uint64_t bytes, VkBufferUsageFlags usage,
                                                   MemoryUse use, const char* name);
  VulkanBuffer(VulkanBuffer&& other) noexcept { swap(other); }
  VulkanBuffer& operator=(VulkanBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  VulkanBuffer(const VulkanBuffer&) = delete;
  VulkanBuffer& operator=(const VulkanBuffer&) = delete;
  ~VulkanBuffer();

  [[nodiscard]] VkBuffer get() const noexcept { return m_buffer; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return m_bytes; }
  [[nodiscard]] VkDeviceAddress address() const noexcept { return m_address; }
  /// Null when the memory is not visible to the CPU.
  [[nodiscard]] std::byte* mapped() const noexcept { return m_mapped; }

private:
  void swap(VulkanBuffer& other) noexcept;
  std::shared_ptr<VulkanContext> m_context;
  VkBuffer m_buffer = VK_NULL_HANDLE;
  VkDeviceMemory m_memory = VK_NULL_HANDLE;
  std::uint64_t m_bytes = 0;
  VkDeviceAddress m_address = 0;
  std::byte* m_mapped = nullptr;
};

/// A 2-D colour image with a view, in device memory; empty when default-constructed.
class VulkanImage {
public:
  VulkanImage() = default;
  [[nodiscard]] static Result<VulkanImage> create(std::shared_ptr<VulkanContext> context,
                                                  VkExtent2D extent, VkFormat format,
                                                  VkImageUsageFlags usage, const char* name);
  VulkanImage(VulkanImage&& other) noexcept { swap(other); }
  VulkanImage& operator=(VulkanImage&& other) noexcept {
    swap(other);
    return *this;
  }
  VulkanImage(const VulkanImage&) = delete;
  VulkanImage& operator=(const VulkanImage&) = delete;
  ~VulkanImage();

  [[nodiscard]] VkImage get() const noexcept { return m_image; }
  [[nodiscard]] VkImageView view() const noexcept { return m_view; }
  [[nodiscard]] VkExtent2D extent() const noexcept { return m_extent; }
  [[nodiscard]] VkFormat format() const noexcept { return m_format; }

private:
  void swap(VulkanImage& other) noexcept;
  std::shared_ptr<VulkanContext> m_context;
  VkImage m_image = VK_NULL_HANDLE;
  VkDeviceMemory m_memory = VK_NULL_HANDLE;
  VkImageView m_view = VK_NULL_HANDLE;
  VkExtent2D m_extent{};
  VkFormat m_format = VK_FORMAT_UNDEFINED;
};

}  // namespace volpress::renderer
