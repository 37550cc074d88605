#include "app/studio/vulkan_sink.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "app/studio/imgui_words.hpp"
#include "renderer/software/field_renderer.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kScenesKept = kMaxSides;
constexpr std::size_t kUploadsKept = 16;  // panes, their heat maps, and the loupe's pieces
constexpr float kClear = 0.07F;           // the same near-black as the frame around the pictures

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

Result<renderer::PictureSource*> VulkanSink::upload(
    const ViewportFrame& frame, const std::shared_ptr<const PanePixels>& pixels) {
  const auto find = [this](const auto& accepts) {
    return std::find_if(m_uploads.begin(), m_uploads.end(),
                        [&](const Upload& upload) { return accepts(upload); });
  };
  auto at = find([&](const Upload& upload) { return upload.pixels == pixels; });
  if (at == m_uploads.end()) {
    // One of the same size is refilled without new memory, if this frame does not show it.
    at = find([&](const Upload& upload) {
      return upload.pixels->width == pixels->width && upload.pixels->height == pixels->height &&
             std::none_of(frame.panes.begin(), frame.panes.end(),
                          [&](const FramePane& pane) { return pane.pixels == upload.pixels; });
    });
    if (at == m_uploads.end()) {
      if (m_uploads.size() >= kUploadsKept) {
        VOLPRESS_CHECK(m_context->waitIdle());  // the frame in flight may show them
        std::erase_if(m_uploads, [&](const Upload& upload) {
          return std::none_of(frame.panes.begin(), frame.panes.end(),
                              [&](const FramePane& pane) { return pane.pixels == upload.pixels; });
        });
      }
      m_uploads.push_back({nullptr, std::make_unique<renderer::UploadedPicture>(m_context)});
      at = m_uploads.end() - 1;
    }
    at->pixels = pixels;
    VOLPRESS_CHECK(at->picture->setPixels(pixels->width, pixels->height, pixels->rgba));
  }
  return at->picture.get();
}

Result<bool> VulkanSink::show(const ViewportFrame& frame) {
  VOLPRESS_CHECK(prepareWindow());
  std::vector<renderer::Pane> panes;
  std::array<const renderer::VulkanScene*, kMaxSides> scenes{};
  for (const FramePane& from : frame.panes) {
    renderer::Pane pane;
    pane.x = static_cast<float>(from.picture.x);
    pane.y = static_cast<float>(from.picture.y);
    pane.width = static_cast<float>(from.picture.width);
    pane.height = static_cast<float>(from.picture.height);
    pane.scissor = scissorOf(from.visible);
    pane.smooth = from.smooth;
    if (from.pixels != nullptr) {
      VOLPRESS_TRY(pane.picture, upload(frame, from.pixels));
    } else {
      VOLPRESS_TRY(scenes[from.side],
                   sceneOf(frame.seen[from.side] != nullptr ? frame.seen[from.side]
                                                            : frame.state.sides[from.side].cloud));
      VOLPRESS_CHECK(preparePicture(from.side, from.picture));
      pane.picture = m_drawn[from.side].get();
    }
    panes.push_back(pane);
  }

  const auto drawPictures = [&](VkCommandBuffer commands) -> Result<void> {
    for (std::size_t side = 0; side < kMaxSides; ++side) {
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

Result<renderer::RenderResult> VulkanSink::drawField(const ModelScene& model, const Camera& camera,
                                                     const std::stop_token& stop) {
  const renderer::PreparedField& field = *model->field();
  if (m_fieldRenderer == nullptr) {
    VOLPRESS_TRY(m_fieldRenderer, renderer::VulkanFieldRenderer::create(m_context));
  }
  const auto at = std::find_if(m_fields.begin(), m_fields.end(),
                               [&](const FieldOnDevice& item) { return item.model == model; });
  if (at != m_fields.end()) {
    m_fields.splice(m_fields.begin(), m_fields, at);
  } else {
    VOLPRESS_TRY(auto uploaded, m_fieldRenderer->upload(field.field(), field.occupancy()));
    m_fields.push_front({model, std::move(uploaded)});
    if (m_fields.size() > kScenesKept) {
      m_fields.pop_back();  // every picture was waited for
    }
  }
  renderer::FieldRenderOptions options;
  options.stop = stop;
  return m_fieldRenderer->render(*m_fields.front().field, toFieldFrame(camera, field.field()),
                                 options);
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
