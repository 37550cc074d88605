// A Vulkan object that a device made, destroyed with its owner.
#pragma once

#include <memory>
#include <utility>

#include <vulkan/vulkan_core.h>

#include "renderer/vulkan/vulkan_context.hpp"

namespace volpress::renderer {

/// Move-only. Keeps the context alive.
template <typename T, void (*Destroy)(VkDevice, T, const VkAllocationCallbacks*)>
class DeviceHandle {
public:
  DeviceHandle() = default;
  DeviceHandle(std::shared_ptr<VulkanContext> context, T handle)
      : m_context(std::move(context)), m_handle(handle) {}
  DeviceHandle(DeviceHandle&& other) noexcept
      : m_context(std::move(other.m_context)), m_handle(std::exchange(other.m_handle, T{})) {}
  DeviceHandle& operator=(DeviceHandle&& other) noexcept {
    std::swap(m_context, other.m_context);
    std::swap(m_handle, other.m_handle);
    return *this;
  }
  DeviceHandle(const DeviceHandle&) = delete;
  DeviceHandle& operator=(const DeviceHandle&) = delete;
  ~DeviceHandle() {
    if (m_handle != T{}) {
      Destroy(m_context->device(), m_handle, nullptr);
    }
  }

  [[nodiscard]] T get() const noexcept { return m_handle; }
  [[nodiscard]] const T* address() const noexcept { return &m_handle; }
  [[nodiscard]] explicit operator bool() const noexcept { return m_handle != T{}; }

private:
  std::shared_ptr<VulkanContext> m_context;
  T m_handle{};
};

using PipelineHandle = DeviceHandle<VkPipeline, vkDestroyPipeline>;
using PipelineLayoutHandle = DeviceHandle<VkPipelineLayout, vkDestroyPipelineLayout>;
using ShaderHandle = DeviceHandle<VkShaderModule, vkDestroyShaderModule>;
using CommandPoolHandle = DeviceHandle<VkCommandPool, vkDestroyCommandPool>;
using FenceHandle = DeviceHandle<VkFence, vkDestroyFence>;
using SemaphoreHandle = DeviceHandle<VkSemaphore, vkDestroySemaphore>;
using RenderPassHandle = DeviceHandle<VkRenderPass, vkDestroyRenderPass>;
using FramebufferHandle = DeviceHandle<VkFramebuffer, vkDestroyFramebuffer>;
using ImageViewHandle = DeviceHandle<VkImageView, vkDestroyImageView>;
using SamplerHandle = DeviceHandle<VkSampler, vkDestroySampler>;
using DescriptorPoolHandle = DeviceHandle<VkDescriptorPool, vkDestroyDescriptorPool>;
using DescriptorSetLayoutHandle = DeviceHandle<VkDescriptorSetLayout, vkDestroyDescriptorSetLayout>;

}  // namespace volpress::renderer
