// The Vulkan instance, device and queue that everything drawn on the GPU shares.
//
// Off screen: `VulkanContext::create({})`. For a window: name the surface extensions of the
// platform and set `swapchain`; the instance may then be adopted (QVulkanInstance::setVkInstance)
// to make a VkSurfaceKHR, which a SwapchainPresenter draws to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "scene/base/result.hpp"

namespace volpress::renderer {

struct ContextOptions {
  /// Instance extensions beyond our own, such as "VK_KHR_surface" and "VK_KHR_xcb_surface".
  std::vector<std::string> instanceExtensions;
  /// Enables VK_KHR_swapchain on the device.
  bool swapchain = false;
  /// Part of the name of the device to use, in any case; empty: discrete before integrated before
  /// virtual before CPU. The environment variable VOLPRESS_VULKAN_DEVICE is used when empty.
  std::string deviceName;
  /// Turns on VK_LAYER_KHRONOS_validation where it is installed; so does
  /// VOLPRESS_VULKAN_VALIDATION=1.
  bool validation = false;
  /// Whether a queue family can present to the window in question; empty: any can. Called while
  /// devices are chosen; the instance is the one that the context will own.
  std::function<bool(VkInstance, VkPhysicalDevice, std::uint32_t queueFamily)> canPresent;
};

/// Owns instance, device and one queue for graphics, compute and transfer. Immutable after
/// creation; shared by everything made from it, which must be destroyed first (hold it by
/// shared_ptr). Thread-safe.
class VulkanContext {
public:
  /// UnsupportedVersion when there is no usable device; the message says why each was refused and
  /// that the software rasteriser draws the same picture.
  [[nodiscard]] static Result<std::shared_ptr<VulkanContext>> create(const ContextOptions& options);

  VulkanContext(const VulkanContext&) = delete;
  VulkanContext& operator=(const VulkanContext&) = delete;
  ~VulkanContext();

  [[nodiscard]] VkInstance instance() const noexcept { return m_instance; }
  [[nodiscard]] VkPhysicalDevice physicalDevice() const noexcept { return m_physicalDevice; }
  [[nodiscard]] VkDevice device() const noexcept { return m_device; }
  [[nodiscard]] VkQueue queue() const noexcept { return m_queue; }
  [[nodiscard]] std::uint32_t queueFamily() const noexcept { return m_queueFamily; }

  /// A device that draws with the CPU (lavapipe, SwiftShader): the software rasteriser is faster.
  [[nodiscard]] bool isCpuDevice() const noexcept { return m_isCpuDevice; }
  [[nodiscard]] const std::string& deviceName() const noexcept { return m_deviceName; }
  [[nodiscard]] const VkPhysicalDeviceLimits& limits() const noexcept { return m_limits; }
  [[nodiscard]] std::uint64_t maxBufferBytes() const noexcept { return m_maxBufferBytes; }

  /// The index of a memory type among `typeBits` with all of `wanted`, or one with all of
  /// `fallback`. OutOfMemory when there is none.
  [[nodiscard]] Result<std::uint32_t> memoryType(std::uint32_t typeBits,
                                                 VkMemoryPropertyFlags wanted,
                                                 VkMemoryPropertyFlags fallback) const;
  /// Memory properties of a type returned by memoryType.
  [[nodiscard]] VkMemoryPropertyFlags memoryFlags(std::uint32_t type) const noexcept;

  /// Queue access is serialised here.
  [[nodiscard]] Result<void> submit(const VkSubmitInfo& info, VkFence fence);
  [[nodiscard]] VkResult present(const VkPresentInfoKHR& info);
  /// Waits until the device is idle.
  [[nodiscard]] Result<void> waitIdle();

  /// Names an object for debuggers and validation messages; does nothing without debug utils.
  void setName(VkObjectType type, std::uint64_t handle, const char* name) const;

  /// Whether the validation layer is on, and how many errors it has reported.
  [[nodiscard]] bool hasValidation() const noexcept { return m_hasValidation; }
  [[nodiscard]] std::uint64_t validationErrors() const noexcept { return m_validationErrors; }
  [[nodiscard]] std::string firstValidationError() const;

private:
  VulkanContext() = default;
  [[nodiscard]] Result<void> createInstance(const ContextOptions& options);
  [[nodiscard]] Result<void> chooseDevice(const ContextOptions& options);
  [[nodiscard]] Result<void> createDevice(const ContextOptions& options);
  static VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                  VkDebugUtilsMessageTypeFlagsEXT types,
                                                  const VkDebugUtilsMessengerCallbackDataEXT* data,
                                                  void* context);

  VkInstance m_instance = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
  PFN_vkSetDebugUtilsObjectNameEXT m_setName = nullptr;
  VkPhysicalDevice m_physicalDevice = VK_NULL_HANDLE;
  VkDevice m_device = VK_NULL_HANDLE;
  VkQueue m_queue = VK_NULL_HANDLE;
  std::uint32_t m_queueFamily = 0;
  bool m_isCpuDevice = false;
  bool m_hasValidation = false;
  std::string m_deviceName;
  VkPhysicalDeviceLimits m_limits{};
  std::uint64_t m_maxBufferBytes = 0;
  VkPhysicalDeviceMemoryProperties m_memory{};
  std::mutex m_queueMutex;
  std::atomic<std::uint64_t> m_validationErrors = 0;
  mutable std::mutex m_messageMutex;
  std::string m_firstError;
};

}  // namespace volpress::renderer
