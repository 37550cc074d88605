#include "renderer/software/software_rasterizer.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "renderer/software/differentiable_frame.hpp"

namespace volpress::renderer {
namespace {

Result<void> checkCamera(const Camera& camera) {
  if (camera.width == 0 || camera.height == 0 || camera.width > kMaxPictureSide ||
      camera.height > kMaxPictureSide || camera.width * camera.height > kMaxPicturePixels) {
    return fail(ErrorCode::InvalidParameter,
                "camera size is {} x {} pixels, allowed are sides of 1..{} and at most {} pixels",
                camera.width, camera.height, kMaxPictureSide, kMaxPicturePixels);
  }
  if (!(camera.fx > 0) || !(camera.fy > 0) || !std::isfinite(camera.fx) ||
      !std::isfinite(camera.fy)) {
    return fail(ErrorCode::InvalidParameter,
                "camera focal lengths are {} and {} pixels, they must be positive", camera.fx,
                camera.fy);
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!finite(camera.cx) || !finite(camera.cy) || !finite(camera.nearPlane) ||
      !std::all_of(camera.rotation.begin(), camera.rotation.end(), finite) ||
      !std::all_of(camera.position.begin(), camera.position.end(), finite)) {
    return fail(ErrorCode::InvalidParameter,
                "camera principal point, near plane, rotation or position is not finite");
  }
  return {};
}

tl::unexpected<Error> outOfMemory(const Camera& camera, std::size_t count) {
  return fail(ErrorCode::OutOfMemory, "not enough memory to draw {} splats at {} x {} pixels",
              count, camera.width, camera.height);
}

tl::unexpected<Error> cancelled() { return fail(ErrorCode::Cancelled, "rendering was cancelled"); }

class SoftwareRasterizer final : public Rasterizer {
public:
  explicit SoftwareRasterizer(TaskRunner& runner) : m_runner(runner) {}

  [[nodiscard]] std::string name() const override {
    const std::size_t threads = m_runner.concurrency();
    return fmt::format("software, {}, {} thread{}", simdTargetName(), threads,
                       threads == 1 ? "" : "s");
  }

  [[nodiscard]] Result<std::unique_ptr<PreparedCloud>> prepare(
      std::shared_ptr<const GaussianCloud> cloud) override {
    try {
      VOLPRESS_TRY(std::unique_ptr<SoftwareCloud> prepared,
                   activateCloud(std::move(cloud), m_runner));
      return prepared;
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::OutOfMemory, "not enough memory to prepare the cloud for drawing");
    }
  }

  [[nodiscard]] Result<RenderResult> render(const PreparedCloud& cloud, const Camera& camera,
                                            const RenderOptions& options) override {
    try {
      VOLPRESS_TRY(const SoftwareCloud* own, check(cloud, camera, options.directColors));
      RenderResult result{makeImage(camera.width, camera.height, 3),
                          makeImage(camera.width, camera.height, 1)};
      const ProjectionColors colors{true, options.maxShDegree, options.directColors};
      drawTiles(*own, camera, colors, options.stop, [&](const TileJob& job) {
        blendTile(job, options.background, options.stop, result.color.pixels.data(),
                  result.alpha.pixels.data(), nullptr);
      });
      if (options.stop.stop_requested()) {
        return cancelled();
      }
      return result;
    } catch (const std::bad_alloc&) {
      return outOfMemory(camera, cloud.count());
    }
  }

  [[nodiscard]] Result<void> accumulateScores(const PreparedCloud& cloud, const Camera& camera,
                                              ContributionScores& scores,
                                              const std::stop_token& stop) override {
    try {
      VOLPRESS_TRY(const SoftwareCloud* own, check(cloud, camera));
      for (std::vector<std::uint64_t>* values :
           {&scores.hits, &scores.opacityTransmittance, &scores.alphaTransmittance}) {
        if (values->empty()) {
          values->assign(own->count(), 0);
        }
        if (values->size() != own->count()) {
          return fail(ErrorCode::InvalidParameter, "scores hold {} entries, the cloud {} splats",
                      values->size(), own->count());
        }
      }
      drawTiles(*own, camera, {}, stop, [&](const TileJob& job) { scoreTile(job, scores); });
      if (stop.stop_requested()) {
        return cancelled();
      }
      return {};
    } catch (const std::bad_alloc&) {
      return outOfMemory(camera, cloud.count());
    }
  }

  [[nodiscard]] Result<void> accumulateColorGradients(const PreparedCloud& cloud,
                                                      const Camera& camera,
                                                      const Image& lossGradient,
                                                      std::span<float> gradient,
                                                      const std::stop_token& stop) override {
    try {
      VOLPRESS_TRY(const SoftwareCloud* own, check(cloud, camera));
      VOLPRESS_CHECK(checkLossGradient(lossGradient, camera));
      if (gradient.size() != 3 * own->count()) {
        return fail(ErrorCode::InvalidParameter, "gradient holds {} numbers, allowed {}",
                    gradient.size(), 3 * own->count());
      }
      return addGradients(*own, camera, lossGradient, gradient, stop);
    } catch (const std::bad_alloc&) {
      return outOfMemory(camera, cloud.count());
    }
  }

  [[nodiscard]] Result<std::unique_ptr<DifferentiableFrame>> renderDifferentiable(
      const PreparedCloud& cloud, const Camera& camera, const RenderOptions& options) override {
    try {
      VOLPRESS_TRY(const SoftwareCloud* own, check(cloud, camera, options.directColors));
      return drawDifferentiable(*own, camera, options, m_runner, m_frames, m_gradients);
    } catch (const std::bad_alloc&) {
      return outOfMemory(camera, cloud.count());
    }
  }

private:
  [[nodiscard]] static Result<const SoftwareCloud*> check(
      const PreparedCloud& cloud, const Camera& camera, std::span<const float> directColors = {}) {
    const auto* own = dynamic_cast<const SoftwareCloud*>(&cloud);
    if (own == nullptr) {
      return fail(ErrorCode::InvalidParameter,
                  "the cloud was not prepared by the software rasteriser");
    }
    VOLPRESS_CHECK(checkCamera(camera));
    if (!directColors.empty() && directColors.size() != 3 * own->count()) {
      return fail(ErrorCode::InvalidParameter, "direct colours hold {} numbers, allowed {}",
                  directColors.size(), 3 * own->count());
    }
    return own;
  }

  /// Runs `draw` on every tile of the picture, in parallel. Ends early when asked to stop.
  template <typename Draw>
  void drawTiles(const SoftwareCloud& cloud, const Camera& camera, const ProjectionColors& colors,
                 const std::stop_token& stop, const Draw& draw) {
    const ScratchPool<FrameScratch>::Loan frame = m_frames.take();
    planFrame(cloud, camera, colors, kTileEntryBudget, stop, m_runner, *frame);
    for (const TileArea area : frame->areas) {
      listTiles(frame->view.splats, frame->view.slots, area, stop, m_runner, frame->lists);
      forEachTile(frame->view, frame->lists, camera, stop, m_runner,
                  [&](const TileJob& job, std::size_t /*tile*/) { draw(job); });
    }
  }

  [[nodiscard]] Result<void> addGradients(const SoftwareCloud& cloud, const Camera& camera,
                                          const Image& lossGradient, std::span<float> gradient,
                                          const std::stop_token& stop) {
    float largest = 0;
    for (const float value : lossGradient.pixels) {
      if (!std::isfinite(value)) {
        return fail(ErrorCode::InvalidParameter, "loss gradient holds a number that is not finite");
      }
      largest = std::max(largest, std::abs(value));
    }
    if (largest == 0) {
      return {};
    }
    // Fixed point with the largest power of two that no sum over the picture can overflow.
    const double bound =
        static_cast<double>(largest) * static_cast<double>(camera.width * camera.height);
    const int shift = 61 - std::ilogb(bound);
    const double scale = std::ldexp(1.0, shift);
    std::vector<std::int64_t> sums(gradient.size());
    drawTiles(cloud, camera, {}, stop, [&](const TileJob& job) {
      differentiateTile(job, lossGradient.pixels.data(), scale, sums);
    });
    if (stop.stop_requested()) {
      return cancelled();
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      gradient[i] += static_cast<float>(std::ldexp(static_cast<double>(sums[i]), -shift));
    }
    return {};
  }

  TaskRunner& m_runner;
  ScratchPool<FrameScratch> m_frames;
  ScratchPool<GradientScratch> m_gradients;
};

}  // namespace

std::unique_ptr<Rasterizer> makeSoftwareRasterizer(TaskRunner& runner) {
  return std::make_unique<SoftwareRasterizer>(runner);
}

}  // namespace volpress::renderer
