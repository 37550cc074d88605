// Dear ImGui drawn over the panes of a window: labels, split handle, head-up display.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "renderer/vulkan/swapchain_presenter.hpp"
#include "renderer/vulkan/vulkan_context.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

/// The pointer as the window system reports it, in device pixels.
struct OverlayInput {
  float width = 0, height = 0;  ///< of the window, in device pixels
  float mouseX = -1, mouseY = -1;
  bool leftDown = false, middleDown = false, rightDown = false;
  float wheel = 0;
  float deltaSeconds = 1.0F / 60;
};

/// Owns the ImGui context and its Vulkan objects; one at a time in a process. Usage of a frame:
/// `newFrame(input)`, then ImGui:: calls (include <imgui.h>), then `record` as the presenter's
/// overlay. The presenter must outlive it.
class ImguiOverlay {
public:
  /// `fontPixels`: height of the font in device pixels (13 times the display's scale suits the
  /// built-in one). `font`: a TrueType file; empty, or a file that is none: the built-in one.
  [[nodiscard]] static Result<std::unique_ptr<ImguiOverlay>> create(
      std::shared_ptr<VulkanContext> context, const SwapchainPresenter& presenter,
      float fontPixels = 13, std::vector<std::byte> font = {});
  ~ImguiOverlay();
  ImguiOverlay(const ImguiOverlay&) = delete;
  ImguiOverlay& operator=(const ImguiOverlay&) = delete;

  void newFrame(const OverlayInput& input);
  /// Ends the frame and draws it. Without a newFrame since the last call it draws nothing.
  void record(VkCommandBuffer commands);
  /// Whether ImGui uses the pointer, so that the camera should not.
  [[nodiscard]] bool wantsPointer() const;

private:
  struct State;
  explicit ImguiOverlay(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace volpress::renderer
