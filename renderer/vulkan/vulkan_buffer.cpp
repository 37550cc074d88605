#include "renderer/vulkan/vulkan_buffer.hpp"

#include <utility>

#include "renderer/vulkan/vulkan_result.hpp"

namespace volpress::renderer {
namespace {

Result<VkDeviceMemory> allocate(VulkanContext& context, const VkMemoryRequirements& needs,
                                std::uint32_t type, bool withAddress) {
  VkMemoryAllocateFlagsInfo flags{};
  flags.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO;
  flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
  VkMemoryAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  info.pNext = withAddress ? &flags : nullptr;
  info.allocationSize = needs.size;
  info.memoryTypeIndex = type;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  if (const VkResult result = vkAllocateMemory(context.device(), &info, nullptr, &memory);
      result != VK_SUCCESS) {
    return withContext(vulkanFailure(result, "vkAllocateMemory").value(),
                       fmt::format("{} bytes on {}", needs.size, context.deviceName()));
  }
  return memory;
}

}  // namespace

Result<VulkanBuffer> VulkanBuffer::create(std::shared_ptr<VulkanContext> context,
                                          std::uint64_t bytes, VkBufferUsageFlags usage,
                                          MemoryUse use, const char* name) {
  if (bytes == 0 || bytes > context->maxBufferBytes()) {
    return fail(ErrorCode::OutOfMemory, "a buffer of {} bytes on {}, which allows 1 to {}", bytes,
                context->deviceName(), context->maxBufferBytes());
  }
  VulkanBuffer buffer;
  buffer.m_context = std::move(context);
  VulkanContext& device = *buffer.m_context;
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = bytes;
  info.usage = usage | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  VOLPRESS_CHECK(checkVulkan(vkCreateBuffer(device.device(), &info, nullptr, &buffer.m_buffer),
                             "vkCreateBuffer"));

  VkMemoryRequirements needs{};
  vkGetBufferMemoryRequirements(device.device(), buffer.m_buffer, &needs);
  constexpr VkMemoryPropertyFlags kHost =
      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  VkMemoryPropertyFlags wanted = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
  VkMemoryPropertyFlags fallback = 0;
  if (use == MemoryUse::Upload) {
    wanted = fallback = kHost;
  } else if (use == MemoryUse::ReadBack) {
    wanted = kHost | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    fallback = kHost;
  }
  VOLPRESS_TRY(const std::uint32_t type, device.memoryType(needs.memoryTypeBits, wanted, fallback));
  VOLPRESS_TRY(buffer.m_memory, allocate(device, needs, type, true));
  VOLPRESS_CHECK(
      checkVulkan(vkBindBufferMemory(device.device(), buffer.m_buffer, buffer.m_memory, 0),
                  "vkBindBufferMemory"));
  if ((device.memoryFlags(type) & kHost) == kHost) {
    void* mapped = nullptr;
    VOLPRESS_CHECK(
        checkVulkan(vkMapMemory(device.device(), buffer.m_memory, 0, VK_WHOLE_SIZE, 0, &mapped),
                    "vkMapMemory"));
    buffer.m_mapped = static_cast<std::byte*>(mapped);
  }
  VkBufferDeviceAddressInfo address{};
  address.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO;
  address.buffer = buffer.m_buffer;
  buffer.m_address = vkGetBufferDeviceAddress(device.device(), &address);
  buffer.m_bytes = bytes;
  device.setName(VK_OBJECT_TYPE_BUFFER, reinterpret_cast<std::uint64_t>(buffer.m_buffer), name);
  return buffer;
}

VulkanBuffer::~VulkanBuffer() {
  if (m_context) {
    vkDestroyBuffer(m_context->device(), m_buffer, nullptr);
    vkFreeMemory(m_context->device(), m_memory, nullptr);
  }
}

void VulkanBuffer::swap(VulkanBuffer& other) noexcept {
  std::swap(m_context, other.m_context);
  std::swap(m_buffer, other.m_buffer);
  std::swap(m_memory, other.m_memory);
  std::swap(m_bytes, other.m_bytes);
  std::swap(m_address, other.m_address);
  std::swap(m_mapped, other.m_mapped);
}

Result<VulkanImage> VulkanImage::create(std::shared_ptr<VulkanContext> context, VkExtent2D extent,
                                        VkFormat format, VkImageUsageFlags usage,
                                        const char* name) {
  const std::uint32_t limit = context->limits().maxImageDimension2D;
  if (extent.width == 0 || extent.height == 0 || extent.width > limit || extent.height > limit) {
    return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels; {} allows 1 to {}",
                extent.width, extent.height, context->deviceName(), limit);
  }
  VulkanImage image;
  image.m_context = std::move(context);
  VulkanContext& device = *image.m_context;
  VkImageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
  info.imageType = VK_IMAGE_TYPE_2D;
  info.format = format;
  info.extent = {extent.width, extent.height, 1};
  info.mipLevels = 1;
  info.arrayLayers = 1;
  info.samples = VK_SAMPLE_COUNT_1_BIT;
  info.tiling = VK_IMAGE_TILING_OPTIMAL;
  info.usage = usage;
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  info.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  VOLPRESS_CHECK(
      checkVulkan(vkCreateImage(device.device(), &info, nullptr, &image.m_image), "vkCreateImage"));
  VkMemoryRequirements needs{};
  vkGetImageMemoryRequirements(device.device(), image.m_image, &needs);
  VOLPRESS_TRY(const std::uint32_t type,
               device.memoryType(needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0));
  VOLPRESS_TRY(image.m_memory, allocate(device, needs, type, false));
  VOLPRESS_CHECK(checkVulkan(vkBindImageMemory(device.device(), image.m_image, image.m_memory, 0),
                             "vkBindImageMemory"));

  VkImageViewCreateInfo view{};
  view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
  view.image = image.m_image;
  view.viewType = VK_IMAGE_VIEW_TYPE_2D;
  view.format = format;
  view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
  VOLPRESS_CHECK(checkVulkan(vkCreateImageView(device.device(), &view, nullptr, &image.m_view),
                             "vkCreateImageView"));
  image.m_extent = extent;
  image.m_format = format;
  device.setName(VK_OBJECT_TYPE_IMAGE, reinterpret_cast<std::uint64_t>(image.m_image), name);
  return image;
}

VulkanImage::~VulkanImage() {
  if (m_context) {
    vkDestroyImageView(m_context->device(), m_view, nullptr);
    vkDestroyImage(m_context->device(), m_image, nullptr);
    vkFreeMemory(m_context->device(), m_memory, nullptr);
  }
}

void VulkanImage::swap(VulkanImage& other) noexcept {
  std::swap(m_context, other.m_context);
  std::swap(m_image, other.m_image);
  std::swap(m_memory, other.m_memory);
  std::swap(m_view, other.m_view);
  std::swap(m_extent, other.m_extent);
  std::swap(m_format, other.m_format);
}

}  // namespace volpress::renderer
