#include "app/studio/vulkan_sink.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "app/studio/imgui_words.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kScenesKept = 4;
constexpr float kClear = 0.07F;  // the same near-black as the frame around the pictures

VkRect2D scissorOf(const PixelRect& rect) {
  return {{rect.x, rect.y},
          {static_cast<std::uint32_t>(std::max(0, rect.width)),
           static_cast<std::uint32_t>(std::max(0, rect.height))}};
}

}  // namespace

VulkanSink::VulkanSink(std::shared_ptr<renderer::VulkanContext> context, VkSurfaceKHR surface,
                       std::vector<std::byte> font, float fontPixels)
    : m_context(std::move(context)),
      m_surface(surface),
      m_font(std::move(font)),
      m_fontPixels(fontPixels) {}

VulkanSink::~VulkanSink() {
  // The last frame may still read what is released below.
  static_cast<void>(m_context->waitIdle());
}

Result<void> VulkanSink::prepareWindow() {
  if (m_presenter != nullptr) {
    return {};
  }
  VOLPRESS_TRY(m_presenter, renderer::SwapchainPresenter::create(m_context, m_surface));
  m_presenter->setClearColor(kClear, kClear, kClear);
  VOLPRESS_TRY(m_overlay,
               renderer::ImguiOverlay::create(m_context, *m_presenter, m_fontPixels, m_font));
  for (auto& upload : m_uploads) {
    upload = std::make_unique<renderer::UploadedPicture>(m_context);
  }
  return {};
}

Result<const renderer::VulkanScene*> VulkanSink::sceneOf(
    const std::shared_ptr<const GaussianCloud>& cloud) {
  if (m_renderer == nullptr) {
    VOLPRESS_TRY(m_renderer, renderer::VulkanGaussianRenderer::create(m_context));
  }
  const auto at = std::find_if(m_scenes.begin(), m_scenes.end(),
                               [&](const SceneOnDevice& item) { return item.cloud == cloud; });
  if (at != m_scenes.end()) {
    m_scenes.splice(m_scenes.begin(), m_scenes, at);
  } else {
    VOLPRESS_TRY(auto scene, m_renderer->upload(*cloud));
    m_scenes.push_front({cloud, std::move(scene)});
    if (m_scenes.size() > kScenesKept) {
      VOLPRESS_CHECK(m_context->waitIdle());  // the frame in flight may draw the oldest
      m_scenes.pop_back();
    }
  }
  return m_scenes.front().scene.get();
}

Result<void> VulkanSink::preparePicture(std::size_t side, const PixelRect& size) {
  const auto width = static_cast<std::uint32_t>(std::max(1, size.width));
  const auto height = static_cast<std::uint32_t>(std::max(1, size.height));
  if (m_drawn[side] == nullptr) {
    VOLPRESS_TRY(m_drawn[side], m_renderer->makePicture(width, height));
    return {};
  }
  const VkExtent2D extent = m_drawn[side]->extent();
  if (extent.width != width || extent.height != height) {
    VOLPRESS_CHECK(m_context->waitIdle());
    VOLPRESS_CHECK(m_drawn[side]->resize(width, height));
  }
  return {};
}

Result<bool> VulkanSink::show(const ViewportFrame& frame) {
  VOLPRESS_CHECK(prepareWindow());
  std::vector<renderer::Pane> panes;
  std::array<const renderer::VulkanScene*, 2> scenes{};
  for (std::size_t side = 0; side < 2; ++side) {
    const PaneLayout& layout = frame.layout.panes[side];
    if (!layout.shown || layout.visible.width <= 0) {
      continue;
    }
    renderer::Pane pane;
    pane.x = static_cast<float>(layout.picture.x);
    pane.y = static_cast<float>(layout.picture.y);
    pane.width = static_cast<float>(layout.picture.width);
    pane.height = static_cast<float>(layout.picture.height);
    pane.scissor = scissorOf(layout.visible);
    if (frame.drawnByDevice) {
      if (frame.state.sides[side].cloud == nullptr) {
        continue;
      }
      VOLPRESS_TRY(scenes[side], sceneOf(frame.state.sides[side].cloud));
      VOLPRESS_CHECK(preparePicture(side, layout.picture));
      pane.picture = m_drawn[side].get();
    } else {
      const auto& picture = frame.pictures[side];
      if (picture == nullptr) {
        continue;
      }
      if (m_uploaded[side] != picture) {
        VOLPRESS_CHECK(
            m_uploads[side]->setPixels(picture->color.width, picture->color.height, picture->rgba));
        m_uploaded[side] = picture;
      }
      pane.picture = m_uploads[side].get();
    }
    panes.push_back(pane);
  }

  const auto drawPictures = [&](VkCommandBuffer commands) -> Result<void> {
    for (std::size_t side = 0; side < 2; ++side) {
      if (scenes[side] != nullptr) {
        VOLPRESS_CHECK(m_renderer->record(commands, *scenes[side],
                                          paneCamera(frame.state, frame.layout.panes[side]),
                                          renderer::RenderOptions{}, *m_drawn[side]));
      }
    }
    return {};
  };
  const auto width = static_cast<std::uint32_t>(frame.state.width);
  const auto height = static_cast<std::uint32_t>(frame.state.height);
  renderer::OverlayInput input;
  input.width = static_cast<float>(width);
  input.height = static_cast<float>(height);
  m_overlay->newFrame(input);
  drawOverlayWords(frame.overlay, input.width, input.height);
  VOLPRESS_TRY(
      const renderer::PresentOutcome outcome,
      m_presenter->present(width, height, panes, drawPictures,
                           [this](VkCommandBuffer commands) { m_overlay->record(commands); }));
  return outcome == renderer::PresentOutcome::Presented;
}

Result<double> VulkanSink::measure(const GaussianCloud& cloud, const Camera& camera) {
  // A renderer of its own: the render thread may be using the other one.
  VOLPRESS_TRY(const auto renderer, renderer::VulkanGaussianRenderer::create(m_context));
  VOLPRESS_TRY(const auto scene, renderer->upload(cloud));
  VOLPRESS_TRY(const auto picture,
               renderer->makePicture(static_cast<std::uint32_t>(camera.width),
                                     static_cast<std::uint32_t>(camera.height)));
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < 2; ++run) {  // the first run also compiles
    const auto start = std::chrono::steady_clock::now();
    VOLPRESS_TRY(const auto result,
                 renderer->renderNow(*scene, camera, renderer::RenderOptions{}, *picture));
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count());
  }
  return best;
}

}  // namespace volpress::studio
