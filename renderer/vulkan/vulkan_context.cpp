#include "renderer/vulkan/vulkan_context.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "renderer/vulkan/device_choice.hpp"
#include "renderer/vulkan/vulkan_result.hpp"

namespace volpress::renderer {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

std::string environmentValue(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool hasLayer(const char* name) {
  std::uint32_t count = 0;
  vkEnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  vkEnumerateInstanceLayerProperties(&count, layers.data());
  return std::any_of(layers.begin(), layers.end(), [name](const VkLayerProperties& layer) {
    return std::strcmp(layer.layerName, name) == 0;
  });
}

bool hasInstanceExtension(const char* name) {
  std::uint32_t count = 0;
  vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  vkEnumerateInstanceExtensionProperties(nullptr, &count, extensions.data());
  return std::any_of(extensions.begin(), extensions.end(),
                     [name](const VkExtensionProperties& extension) {
                       return std::strcmp(extension.extensionName, name) == 0;
                     });
}

template <typename Function>
Function instanceFunction(VkInstance instance, const char* name) {
  return reinterpret_cast<Function>(vkGetInstanceProcAddr(instance, name));
}

/// The first family that can draw, compute and, where it matters, present.
std::optional<std::uint32_t> findQueueFamily(VkInstance instance, VkPhysicalDevice device,
                                             const ContextOptions& options) {
  std::uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
  constexpr VkQueueFlags kNeeded = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT;
  for (std::uint32_t family = 0; family < count; ++family) {
    if ((families[family].queueFlags & kNeeded) == kNeeded &&
        (!options.canPresent || options.canPresent(instance, device, family))) {
      return family;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<VulkanContext>> VulkanContext::create(const ContextOptions& options) {
  std::shared_ptr<VulkanContext> context(new VulkanContext);
  VOLPRESS_CHECK(context->createInstance(options));
  VOLPRESS_CHECK(context->chooseDevice(options));
  VOLPRESS_CHECK(context->createDevice(options));
  return context;
}

VulkanContext::~VulkanContext() {
  if (m_device != VK_NULL_HANDLE) {
    vkDestroyDevice(m_device, nullptr);
  }
  if (m_messenger != VK_NULL_HANDLE) {
    instanceFunction<PFN_vkDestroyDebugUtilsMessengerEXT>(
        m_instance, "vkDestroyDebugUtilsMessengerEXT")(m_instance, m_messenger, nullptr);
  }
  if (m_instance != VK_NULL_HANDLE) {
    vkDestroyInstance(m_instance, nullptr);
  }
}

VKAPI_ATTR VkBool32 VKAPI_CALL VulkanContext::onMessage(
    VkDebugUtilsMessageSeverityFlagBitsEXT severity, VkDebugUtilsMessageTypeFlagsEXT /*types*/,
    const VkDebugUtilsMessengerCallbackDataEXT* data, void* context) {
  if ((severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT) != 0) {
    auto* self = static_cast<VulkanContext*>(context);
    ++self->m_validationErrors;
    const std::lock_guard lock(self->m_messageMutex);
    if (self->m_firstError.empty()) {
      self->m_firstError = data->pMessage;
    }
  }
  return VK_FALSE;
}

std::string VulkanContext::firstValidationError() const {
  const std::lock_guard lock(m_messageMutex);
  return m_firstError;
}

Result<void> VulkanContext::createInstance(const ContextOptions& options) {
  const bool wantsValidation =
      options.validation || environmentValue("VOLPRESS_VULKAN_VALIDATION") == "1";
  m_hasValidation = wantsValidation && hasLayer(kValidationLayer);
  const bool hasDebugUtils = hasInstanceExtension(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);

  std::vector<const char*> extensions;
  for (const std::string& name : options.instanceExtensions) {
    if (!hasInstanceExtension(name.c_str())) {
      return fail(ErrorCode::UnsupportedVersion,
                  "the Vulkan driver lacks the instance extension {}, which the window needs; the "
                  "software rasteriser draws the same picture without Vulkan",
                  name);
    }
    extensions.push_back(name.c_str());
  }
  const bool asked =
      std::find(options.instanceExtensions.begin(), options.instanceExtensions.end(),
                VK_EXT_DEBUG_UTILS_EXTENSION_NAME) != options.instanceExtensions.end();
  if (hasDebugUtils && !asked) {
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  }

  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "Volpress";
  application.apiVersion = VK_API_VERSION_1_3;

  VkDebugUtilsMessengerCreateInfoEXT messenger{};
  messenger.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
  messenger.messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  messenger.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                          VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
  messenger.pfnUserCallback = &VulkanContext::onMessage;
  messenger.pUserData = this;

  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  if (m_hasValidation) {
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = &kValidationLayer;
  }
  if (const VkResult result = vkCreateInstance(&info, nullptr, &m_instance); result != VK_SUCCESS) {
    m_instance = VK_NULL_HANDLE;
    return fail(vulkanFailure(result, "vkCreateInstance").value().code,
                "no Vulkan driver on this machine ({}); the software rasteriser draws the same "
                "picture without Vulkan",
                vulkanResultName(result));
  }
  if (hasDebugUtils) {
    m_setName = instanceFunction<PFN_vkSetDebugUtilsObjectNameEXT>(m_instance,
                                                                   "vkSetDebugUtilsObjectNameEXT");
    if (m_hasValidation) {
      const auto createMessenger = instanceFunction<PFN_vkCreateDebugUtilsMessengerEXT>(
          m_instance, "vkCreateDebugUtilsMessengerEXT");
      VOLPRESS_CHECK(checkVulkan(createMessenger(m_instance, &messenger, nullptr, &m_messenger),
                                 "vkCreateDebugUtilsMessengerEXT"));
    }
  }
  return {};
}

Result<void> VulkanContext::chooseDevice(const ContextOptions& options) {
  std::uint32_t count = 0;
  VOLPRESS_CHECK(checkVulkan(vkEnumeratePhysicalDevices(m_instance, &count, nullptr),
                             "vkEnumeratePhysicalDevices"));
  std::vector<VkPhysicalDevice> devices(count);
  VOLPRESS_CHECK(checkVulkan(vkEnumeratePhysicalDevices(m_instance, &count, devices.data()),
                             "vkEnumeratePhysicalDevices"));

  std::vector<DeviceFacts> facts;
  std::vector<std::uint32_t> families;
  for (VkPhysicalDevice device : devices) {
    facts.push_back(inspectDevice(device, options.swapchain));
    const auto family = findQueueFamily(m_instance, device, options);
    if (!family) {
      facts.back().missing.emplace_back(
          options.canPresent ? "a queue for graphics and compute that can present to the window"
                             : "a queue for graphics and compute");
    }
    families.push_back(family.value_or(0));
  }
  const std::string wanted =
      options.deviceName.empty() ? environmentValue("VOLPRESS_VULKAN_DEVICE") : options.deviceName;
  VOLPRESS_TRY(const std::size_t chosen, renderer::chooseDevice(facts, wanted));
  m_physicalDevice = devices[chosen];
  m_queueFamily = families[chosen];
  m_deviceName = facts[chosen].name;
  m_isCpuDevice = facts[chosen].type == VK_PHYSICAL_DEVICE_TYPE_CPU;

  VkPhysicalDeviceVulkan13Properties properties13{};
  properties13.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES;
  VkPhysicalDeviceProperties2 properties{};
  properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  properties.pNext = &properties13;
  vkGetPhysicalDeviceProperties2(m_physicalDevice, &properties);
  m_limits = properties.properties.limits;
  m_maxBufferBytes = properties13.maxBufferSize;
  vkGetPhysicalDeviceMemoryProperties(m_physicalDevice, &m_memory);
  return {};
}

Result<void> VulkanContext::createDevice(const ContextOptions& options) {
  const float priority = 1;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = m_queueFamily;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;

  VkPhysicalDeviceVulkan13Features features13{};
  features13.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES;
  features13.dynamicRendering = VK_TRUE;
  features13.synchronization2 = VK_TRUE;
  features13.maintenance4 = VK_TRUE;  // required by 1.3; the workgroup sizes of SPIR-V 1.6 need it
  VkPhysicalDeviceVulkan12Features features12{};
  features12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
  features12.pNext = &features13;
  features12.bufferDeviceAddress = VK_TRUE;

  const char* swapchainExtension = VK_KHR_SWAPCHAIN_EXTENSION_NAME;
  VkDeviceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = &features12;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  if (options.swapchain) {
    info.enabledExtensionCount = 1;
    info.ppEnabledExtensionNames = &swapchainExtension;
  }
  VOLPRESS_CHECK(
      checkVulkan(vkCreateDevice(m_physicalDevice, &info, nullptr, &m_device), "vkCreateDevice"));
  vkGetDeviceQueue(m_device, m_queueFamily, 0, &m_queue);
  return {};
}

Result<std::uint32_t> VulkanContext::memoryType(std::uint32_t typeBits,
                                                VkMemoryPropertyFlags wanted,
                                                VkMemoryPropertyFlags fallback) const {
  for (const VkMemoryPropertyFlags flags : {wanted, fallback}) {
    for (std::uint32_t type = 0; type < m_memory.memoryTypeCount; ++type) {
      if ((typeBits & (1U << type)) != 0 &&
          (m_memory.memoryTypes[type].propertyFlags & flags) == flags) {
        return type;
      }
    }
  }
  return fail(ErrorCode::OutOfMemory, "{} has no memory of the kind asked for (flags {:#x})",
              m_deviceName, fallback);
}

VkMemoryPropertyFlags VulkanContext::memoryFlags(std::uint32_t type) const noexcept {
  return m_memory.memoryTypes[type].propertyFlags;
}

Result<void> VulkanContext::submit(const VkSubmitInfo& info, VkFence fence) {
  const std::lock_guard lock(m_queueMutex);
  return checkVulkan(vkQueueSubmit(m_queue, 1, &info, fence), "vkQueueSubmit");
}

VkResult VulkanContext::present(const VkPresentInfoKHR& info) {
  const std::lock_guard lock(m_queueMutex);
  return vkQueuePresentKHR(m_queue, &info);
}

Result<void> VulkanContext::waitIdle() {
  const std::lock_guard lock(m_queueMutex);
  return checkVulkan(vkDeviceWaitIdle(m_device), "vkDeviceWaitIdle");
}

void VulkanContext::setName(VkObjectType type, std::uint64_t handle, const char* name) const {
  if (m_setName == nullptr) {
    return;
  }
  VkDebugUtilsObjectNameInfoEXT info{};
  info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT;
  info.objectType = type;
  info.objectHandle = handle;
  info.pObjectName = name;
  m_setName(m_device, &info);
}

}  // namespace volpress::renderer
