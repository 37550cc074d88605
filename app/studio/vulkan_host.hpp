// Joins Qt's windows to the renderer's Vulkan instance.
#pragma once

#include <memory>
#include <string>

#include <QVulkanInstance>

#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/base/result.hpp"

class QWindow;

namespace volpress::studio {

/// The device for a window system; slow to make, so on any thread. `device`: part of the name of
/// the one to use, empty for the best. UnsupportedVersion, with the reason, where this platform has
/// no Vulkan windows or no usable device.
[[nodiscard]] Result<std::shared_ptr<renderer::VulkanContext>> makeWindowContext(
    const std::string& platform, const std::string& device);

/// The renderer's instance as Qt sees it. GUI thread; must outlive its windows.
class VulkanHost {
public:
  [[nodiscard]] static Result<std::shared_ptr<VulkanHost>> create(
      std::shared_ptr<renderer::VulkanContext> context);

  [[nodiscard]] QVulkanInstance& instance() { return m_instance; }
  [[nodiscard]] const std::shared_ptr<renderer::VulkanContext>& context() const {
    return m_context;
  }

private:
  VulkanHost() = default;
  std::shared_ptr<renderer::VulkanContext> m_context;  // outlives Qt's view of its instance
  QVulkanInstance m_instance;
};

}  // namespace volpress::studio
