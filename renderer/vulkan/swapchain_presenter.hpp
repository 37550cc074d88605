// A window's swapchain: composes panes of pictures and an overlay into each frame.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "renderer/vulkan/vulkan_context.hpp"
#include "renderer/vulkan/vulkan_picture.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

/// What a pane shows of its picture.
enum class PaneMode : std::uint8_t {
  Picture,
  AbsoluteDifference,  ///< |picture - reference| * gain
  SignedDifference,    ///< 0.5 + (picture - reference) * gain
};

/// One picture somewhere in the window. Coordinates are pixels of the window from the top left.
struct Pane {
  PictureSource* picture = nullptr;    ///< nothing is drawn when null or empty
  PictureSource* reference = nullptr;  ///< for the difference modes
  PaneMode mode = PaneMode::Picture;
  float gain = 1;
  bool smooth = true;  ///< linear filter; off for a loupe
  /// Where the whole picture lies; may be larger than the scissor or reach out of the window.
  float x = 0, y = 0, width = 0, height = 0;
  /// The part of the window that this pane may touch (a wipe: two pictures in full, two scissors).
  VkRect2D scissor{};
};

enum class PresentOutcome : std::uint8_t {
  Presented,
  NotNow,  ///< minimised, or the swapchain was remade: ask again at the next expose or tick
};

/// Owns the swapchain of one surface. One frame is in flight at a time: when `present` records, the
/// device no longer reads what the previous frame used. One thread.
class SwapchainPresenter {
public:
  /// `surface` stays owned by the caller and must outlive the presenter. InvalidParameter when the
  /// context's queue cannot present to it.
  [[nodiscard]] static Result<std::unique_ptr<SwapchainPresenter>> create(
      std::shared_ptr<VulkanContext> context, VkSurfaceKHR surface);
  ~SwapchainPresenter();
  SwapchainPresenter(const SwapchainPresenter&) = delete;
  SwapchainPresenter& operator=(const SwapchainPresenter&) = delete;

  /// Draws and shows one frame of `width` x `height` window pixels (device pixels; the surface's
  /// own size wins where it dictates one). `drawPictures` records the off-screen pictures that the
  /// panes show (VulkanGaussianRenderer::record); it may be empty. `overlay` is called inside
  /// `overlayRenderPass` after the panes. DeviceLost and OutOfMemory are errors; a resize, an
  /// out-of-date swapchain or a minimised window is NotNow.
  [[nodiscard]] Result<PresentOutcome> present(
      std::uint32_t width, std::uint32_t height, std::span<const Pane> panes,
      const std::function<Result<void>(VkCommandBuffer)>& drawPictures,
      const std::function<void(VkCommandBuffer)>& overlay);

  /// What lies where no pane does.
  void setClearColor(float red, float green, float blue) noexcept;

  /// Compatible with every frame's render pass for the life of the presenter; for ImguiOverlay.
  [[nodiscard]] VkRenderPass overlayRenderPass() const noexcept;
  /// At least 2; for ImguiOverlay.
  [[nodiscard]] std::uint32_t imageCount() const noexcept;
  [[nodiscard]] VkExtent2D extent() const noexcept;

private:
  struct State;
  explicit SwapchainPresenter(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace volpress::renderer
