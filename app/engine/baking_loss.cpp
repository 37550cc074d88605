#include "app/engine/baking_loss.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "app/engine/view_sets.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::engine {
namespace {

constexpr std::size_t kMostViews = 6;
constexpr double kIdentical = 100;  ///< dB

}  // namespace

Result<BakingLoss> measureBakingLoss(const DrawnScene& scene, const std::filesystem::path& path,
                                     TaskRunner& runner, const std::stop_token& stop) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  ViewOptions small;
  small.maxWidth = 320;
  small.maxHeight = 240;
  VOLPRESS_TRY(const ViewSet views, makeViewSet("auto", *scene.cloud, path, *rasterizer, small));
  VOLPRESS_TRY(ViewPainter native, ViewPainter::make(scene, *rasterizer, runner));
  VOLPRESS_TRY(ViewPainter baked, ViewPainter::make(scene.baked(), *rasterizer, runner));
  renderer::RenderOptions options;
  options.stop = stop;
  BakingLoss loss;
  loss.origin = views.origin;
  loss.views = std::min(kMostViews, views.views.size());
  for (std::size_t i = 0; i < loss.views; ++i) {
    const Camera& camera = views.views[i * views.views.size() / loss.views].camera;
    VOLPRESS_TRY(const renderer::RenderResult own, native.draw(camera, options));
    VOLPRESS_TRY(const renderer::RenderResult other, baked.draw(camera, options));
    VOLPRESS_TRY(const double psnr, metrics::psnr(own.color, other.color));
    loss.meanPsnr += std::min(kIdentical, psnr) / static_cast<double>(loss.views);
  }
  return loss;
}

std::string describeBaking(const DrawnScene& scene, const BakingLoss& loss) {
  return fmt::format(
      "{} of each splat follow the view in this file; here that is baked to SH of degree {}, "
      "{:.1f} dB from what the file itself shows ({} views, {})",
      scene.native->varies(), scene.cloud->shDegree, loss.meanPsnr, loss.views, loss.origin);
}

}  // namespace volpress::engine
