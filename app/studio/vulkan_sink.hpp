// Shows viewport frames in a Vulkan surface: one device, one swapchain, all panes. Qt-free.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "app/studio/viewport_frame.hpp"
#include "renderer/vulkan/gaussian_renderer.hpp"
#include "renderer/vulkan/imgui_overlay.hpp"
#include "renderer/vulkan/swapchain_presenter.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "renderer/vulkan/vulkan_field.hpp"
#include "renderer/vulkan/vulkan_picture.hpp"

namespace volpress::studio {

/// Everything Vulkan is made on the render thread, with the first frame that needs it.
class VulkanSink final : public FrameSink {
public:
  /// `surface` stays the window's and must outlive the sink. `font`: a TrueType file's bytes for
  /// the overlay, empty for the built-in font; `fontPixels` its height in device pixels.
  VulkanSink(std::shared_ptr<renderer::VulkanContext> context, VkSurfaceKHR surface,
             std::vector<std::byte> font, float fontPixels);
  ~VulkanSink() override;

  [[nodiscard]] Result<bool> show(const ViewportFrame& frame) override;
  [[nodiscard]] bool drawsClouds() const override { return true; }
  [[nodiscard]] bool isCpuDevice() const override { return m_context->isCpuDevice(); }
  [[nodiscard]] std::string deviceName() const override { return m_context->deviceName(); }
  [[nodiscard]] Result<renderer::RenderResult> drawField(const ModelScene& field,
                                                         const Camera& camera,
                                                         const std::stop_token& stop) override;
  [[nodiscard]] Result<double> measure(const GaussianCloud& cloud, const Camera& camera) override;

private:
  struct SceneOnDevice {
    std::shared_ptr<const GaussianCloud> cloud;
    std::shared_ptr<const renderer::VulkanScene> scene;
  };
  struct FieldOnDevice {
    ModelScene model;
    std::shared_ptr<const renderer::VulkanField> field;
  };
  /// Pixels on the device; used again for others once no frame shows them.
  struct Upload {
    std::shared_ptr<const PanePixels> pixels;
    std::unique_ptr<renderer::UploadedPicture> picture;
  };
  [[nodiscard]] Result<renderer::PictureSource*> upload(
      const ViewportFrame& frame, const std::shared_ptr<const PanePixels>& pixels);
  [[nodiscard]] Result<void> prepareWindow();
  [[nodiscard]] Result<const renderer::VulkanScene*> sceneOf(
      const std::shared_ptr<const GaussianCloud>& cloud);
  [[nodiscard]] Result<void> preparePicture(std::size_t side, const PixelRect& size);

  std::shared_ptr<renderer::VulkanContext> m_context;
  VkSurfaceKHR m_surface;
  std::vector<std::byte> m_font;
  float m_fontPixels;
  std::unique_ptr<renderer::SwapchainPresenter> m_presenter;
  std::unique_ptr<renderer::ImguiOverlay> m_overlay;
  std::vector<Upload> m_uploads;
  std::unique_ptr<renderer::VulkanGaussianRenderer> m_renderer;
  std::array<std::unique_ptr<renderer::VulkanPicture>, kMaxSides> m_drawn;
  std::list<SceneOnDevice> m_scenes;  // newest use first
  std::unique_ptr<renderer::VulkanFieldRenderer> m_fieldRenderer;
  std::list<FieldOnDevice> m_fields;  // newest use first
};

}  // namespace volpress::studio
