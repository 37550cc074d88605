#include "renderer/vulkan/vulkan_rasterizer.hpp"

#include <mutex>
#include <utility>

#include "renderer/vulkan/gaussian_renderer.hpp"

namespace volpress::renderer {
namespace {

class UploadedCloud final : public PreparedCloud {
public:
  UploadedCloud(std::shared_ptr<const GaussianCloud> cloud,
                std::shared_ptr<const VulkanScene> scene)
      : m_cloud(std::move(cloud)), m_scene(std::move(scene)) {}
  std::size_t count() const noexcept override { return m_scene->count(); }
  [[nodiscard]] const VulkanScene& scene() const noexcept { return *m_scene; }

private:
  std::shared_ptr<const GaussianCloud> m_cloud;
  std::shared_ptr<const VulkanScene> m_scene;
};

tl::unexpected<Error> notHere(const char* what) {
  return fail(ErrorCode::UnsupportedVersion,
              "{} are not available on the Vulkan path yet: use the software rasteriser", what);
}

class VulkanRasterizer final : public Rasterizer {
public:
  VulkanRasterizer(std::shared_ptr<VulkanContext> context,
                   std::unique_ptr<VulkanGaussianRenderer> renderer)
      : m_context(std::move(context)), m_renderer(std::move(renderer)) {}

  std::string name() const override { return "Vulkan, " + m_context->deviceName(); }

  Result<std::unique_ptr<PreparedCloud>> prepare(
      std::shared_ptr<const GaussianCloud> cloud) override {
    VOLPRESS_TRY(auto scene, m_renderer->upload(*cloud));
    return std::make_unique<UploadedCloud>(std::move(cloud), std::move(scene));
  }

  Result<RenderResult> render(const PreparedCloud& cloud, const Camera& camera,
                              const RenderOptions& options) override {
    const auto* uploaded = dynamic_cast<const UploadedCloud*>(&cloud);
    if (uploaded == nullptr) {
      return fail(ErrorCode::Internal, "a cloud that another rasteriser prepared");
    }
    if (options.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    if (!options.directColors.empty()) {
      return notHere("direct colours");
    }
    const std::uint32_t limit = m_context->limits().maxImageDimension2D;
    if (camera.width == 0 || camera.height == 0 || camera.width > limit || camera.height > limit) {
      return fail(ErrorCode::InvalidParameter, "a picture of {} x {} pixels; {} allows 1 to {}",
                  camera.width, camera.height, m_context->deviceName(), limit);
    }
    const auto width = static_cast<std::uint32_t>(camera.width);
    const auto height = static_cast<std::uint32_t>(camera.height);
    const std::lock_guard lock(m_mutex);
    if (m_picture) {
      VOLPRESS_CHECK(m_picture->resize(width, height));
    } else {
      VOLPRESS_TRY(m_picture, m_renderer->makePicture(width, height, PicturePrecision::Float));
    }
    return m_renderer->renderNow(uploaded->scene(), camera, options, *m_picture);
  }

  Result<void> accumulateScores(const PreparedCloud& /*cloud*/, const Camera& /*camera*/,
                                ContributionScores& /*scores*/,
                                const std::stop_token& /*stop*/) override {
    return notHere("contribution scores");
  }

  Result<void> accumulateColorGradients(const PreparedCloud& /*cloud*/, const Camera& /*camera*/,
                                        const Image& /*lossGradient*/,
                                        std::span<float> /*gradient*/,
                                        const std::stop_token& /*stop*/) override {
    return notHere("colour gradients");
  }

  Result<std::unique_ptr<DifferentiableFrame>> renderDifferentiable(
      const PreparedCloud& /*cloud*/, const Camera& /*camera*/,
      const RenderOptions& /*options*/) override {
    return notHere("gradients");
  }

private:
  std::shared_ptr<VulkanContext> m_context;
  std::unique_ptr<VulkanGaussianRenderer> m_renderer;
  std::mutex m_mutex;
  std::unique_ptr<VulkanPicture> m_picture;
};

}  // namespace

Result<std::unique_ptr<Rasterizer>> makeVulkanRasterizer(std::shared_ptr<VulkanContext> context) {
  VOLPRESS_TRY(auto renderer, VulkanGaussianRenderer::create(context));
  return std::make_unique<VulkanRasterizer>(std::move(context), std::move(renderer));
}

}  // namespace volpress::renderer
