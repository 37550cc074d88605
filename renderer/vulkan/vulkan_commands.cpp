#include "renderer/vulkan/vulkan_commands.hpp"

#include <cstring>

#include "renderer/vulkan/vulkan_result.hpp"

namespace volpress::renderer {

Result<CommandRunner> CommandRunner::create(std::shared_ptr<VulkanContext> context) {
  CommandRunner runner;
  VkCommandPoolCreateInfo poolInfo{};
  poolInfo.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  poolInfo.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  poolInfo.queueFamilyIndex = context->queueFamily();
  VkCommandPool pool = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateCommandPool(context->device(), &poolInfo, nullptr, &pool),
                             "vkCreateCommandPool"));
  runner.m_pool = CommandPoolHandle(context, pool);

  VkCommandBufferAllocateInfo bufferInfo{};
  bufferInfo.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  bufferInfo.commandPool = pool;
  bufferInfo.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  bufferInfo.commandBufferCount = 1;
  VOLPRESS_CHECK(
      checkVulkan(vkAllocateCommandBuffers(context->device(), &bufferInfo, &runner.m_commands),
                  "vkAllocateCommandBuffers"));

  VkFenceCreateInfo fenceInfo{};
  fenceInfo.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  VkFence fence = VK_NULL_HANDLE;
  VOLPRESS_CHECK(
      checkVulkan(vkCreateFence(context->device(), &fenceInfo, nullptr, &fence), "vkCreateFence"));
  runner.m_fence = FenceHandle(context, fence);
  runner.m_context = std::move(context);
  return runner;
}

Result<void> CommandRunner::run(const std::function<Result<void>(VkCommandBuffer)>& record) {
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  VOLPRESS_CHECK(checkVulkan(vkBeginCommandBuffer(m_commands, &begin), "vkBeginCommandBuffer"));
  const Result<void> recorded = record(m_commands);
  // Ended in any case, so that the buffer can begin again.
  VOLPRESS_CHECK(checkVulkan(vkEndCommandBuffer(m_commands), "vkEndCommandBuffer"));
  VOLPRESS_CHECK(recorded);

  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.commandBufferCount = 1;
  submit.pCommandBuffers = &m_commands;
  VOLPRESS_CHECK(m_context->submit(submit, m_fence.get()));
  VOLPRESS_CHECK(
      checkVulkan(vkWaitForFences(m_context->device(), 1, m_fence.address(), VK_TRUE, UINT64_MAX),
                  "vkWaitForFences"));
  return checkVulkan(vkResetFences(m_context->device(), 1, m_fence.address()), "vkResetFences");
}

Result<VulkanBuffer> copyToDevice(const std::shared_ptr<VulkanContext>& context,
                                  CommandRunner& runner, std::span<const std::byte> bytes,
                                  const char* name) {
  VOLPRESS_TRY(VulkanBuffer buffer, VulkanBuffer::create(context, bytes.size(),
                                                         VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                             VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                                         MemoryUse::Device, name));
  if (buffer.mapped() != nullptr) {
    std::memcpy(buffer.mapped(), bytes.data(), bytes.size());
    return buffer;
  }
  VOLPRESS_TRY(const VulkanBuffer staging,
               VulkanBuffer::create(context, bytes.size(), VK_BUFFER_USAGE_TRANSFER_SRC_BIT,
                                    MemoryUse::Upload, name));
  std::memcpy(staging.mapped(), bytes.data(), bytes.size());
  VOLPRESS_CHECK(runner.run([&](VkCommandBuffer commands) -> Result<void> {
    const VkBufferCopy region{0, 0, bytes.size()};
    vkCmdCopyBuffer(commands, staging.get(), buffer.get(), 1, &region);
    return {};
  }));
  return buffer;
}

void memoryBarrier(VkCommandBuffer commands, Access before, Access after) {
  VkMemoryBarrier2 barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2;
  barrier.srcStageMask = before.stages;
  barrier.srcAccessMask = before.access;
  barrier.dstStageMask = after.stages;
  barrier.dstAccessMask = after.access;
  VkDependencyInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO;
  info.memoryBarrierCount = 1;
  info.pMemoryBarriers = &barrier;
  vkCmdPipelineBarrier2(commands, &info);
}

void imageBarrier(VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to,
                  Access before, Access after) {
  VkImageMemoryBarrier2 barrier{};
  barrier.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2;
  barrier.srcStageMask = before.stages;
  barrier.srcAccessMask = before.access;
  barrier.dstStageMask = after.stages;
  barrier.dstAccessMask = after.access;
  barrier.oldLayout = from;
  barrier.newLayout = to;
  barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
  barrier.image = image;
  barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
  VkDependencyInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO;
  info.imageMemoryBarrierCount = 1;
  info.pImageMemoryBarriers = &barrier;
  vkCmdPipelineBarrier2(commands, &info);
}

}  // namespace volpress::renderer
