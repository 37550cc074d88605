#include "app/studio/vulkan_host.hpp"

#include <utility>

namespace volpress::studio {

Result<std::shared_ptr<renderer::VulkanContext>> makeWindowContext(const std::string& platform,
                                                                   const std::string& device) {
  renderer::ContextOptions options;
  options.deviceName = device;
  options.swapchain = true;
  options.instanceExtensions = {"VK_KHR_surface"};
  if (platform == "xcb") {
    options.instanceExtensions.emplace_back("VK_KHR_xcb_surface");
  } else if (platform == "wayland") {
    options.instanceExtensions.emplace_back("VK_KHR_wayland_surface");
  } else if (platform == "windows") {
    options.instanceExtensions.emplace_back("VK_KHR_win32_surface");
  } else {
    return fail(ErrorCode::UnsupportedVersion, "windows of the platform \"{}\" have no Vulkan",
                platform);
  }
  return renderer::VulkanContext::create(options);
}

Result<std::shared_ptr<VulkanHost>> VulkanHost::create(
    std::shared_ptr<renderer::VulkanContext> context) {
  std::shared_ptr<VulkanHost> host(new VulkanHost());
  host->m_context = std::move(context);
  host->m_instance.setVkInstance(host->m_context->instance());
  if (!host->m_instance.create()) {
    return fail(ErrorCode::UnsupportedVersion, "Qt cannot use the Vulkan instance (error {})",
                static_cast<int>(host->m_instance.errorCode()));
  }
  return host;
}

}  // namespace volpress::studio
