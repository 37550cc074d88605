// Recording and running commands, and barriers named for what they are for.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "renderer/vulkan/vulkan_buffer.hpp"
#include "renderer/vulkan/vulkan_handle.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

/// One command buffer, run and waited for at once. One thread at a time.
class CommandRunner {
public:
  [[nodiscard]] static Result<CommandRunner> create(std::shared_ptr<VulkanContext> context);

  /// Begins the buffer, lets `record` fill it, submits it and waits. DeviceLost when the device is
  /// lost meanwhile.
  [[nodiscard]] Result<void> run(const std::function<Result<void>(VkCommandBuffer)>& record);

private:
  std::shared_ptr<VulkanContext> m_context;
  CommandPoolHandle m_pool;
  VkCommandBuffer m_commands = VK_NULL_HANDLE;
  FenceHandle m_fence;
};

/// A storage buffer of the device with those bytes. Blocks.
[[nodiscard]] Result<VulkanBuffer> copyToDevice(const std::shared_ptr<VulkanContext>& context,
                                                CommandRunner& runner,
                                                std::span<const std::byte> bytes, const char* name);

/// What was done, or is done next, with memory.
struct Access {
  VkPipelineStageFlags2 stages = VK_PIPELINE_STAGE_2_NONE;
  VkAccessFlags2 access = VK_ACCESS_2_NONE;
};
inline constexpr Access kTransferWrite{VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                                       VK_ACCESS_2_TRANSFER_WRITE_BIT};
inline constexpr Access kTransferRead{VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                                      VK_ACCESS_2_TRANSFER_READ_BIT};
inline constexpr Access kComputeUse{
    VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
    VK_ACCESS_2_SHADER_STORAGE_READ_BIT | VK_ACCESS_2_SHADER_STORAGE_WRITE_BIT};
inline constexpr Access kVertexRead{
    VK_PIPELINE_STAGE_2_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT,
    VK_ACCESS_2_SHADER_STORAGE_READ_BIT | VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT};
inline constexpr Access kColorOutput{
    VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
    VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT};
inline constexpr Access kFragmentRead{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                                      VK_ACCESS_2_SHADER_SAMPLED_READ_BIT};
inline constexpr Access kHostRead{VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT};

/// Everything written by `before` is seen by `after`.
void memoryBarrier(VkCommandBuffer commands, Access before, Access after);

/// As memoryBarrier for one colour image, which changes layout; from VK_IMAGE_LAYOUT_UNDEFINED its
/// content is dropped.
void imageBarrier(VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to,
                  Access before, Access after);

}  // namespace volpress::renderer
