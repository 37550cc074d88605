#include "app/engine/evaluate.hpp"

#include <fstream>
#include <numeric>
#include <string>
#include <utility>

#include "renderer/metrics/metrics.hpp"

namespace volpress::engine {
namespace {

/// The picture of a view, whose name goes into the error.
Result<Image> pictureOf(Result<renderer::RenderResult> drawn, const View& view) {
  if (!drawn) {
    return withContext(std::move(drawn).error(), "view " + view.name);
  }
  return std::move(drawn->color);
}

renderer::RenderOptions stoppable(const std::stop_token& stop) {
  renderer::RenderOptions options;
  options.stop = stop;
  return options;
}

}  // namespace

Result<ViewQuality> measurePictures(const View& view, const Image& reference, const Image& result,
                                    TaskRunner& runner, Image& error) {
  ViewQuality quality;
  quality.view = view.name;
  quality.heldOut = view.heldOut;
  VOLPRESS_TRY(quality.psnr, metrics::psnr(reference, result));
  VOLPRESS_TRY(quality.ssim, metrics::ssim(reference, result, runner));
  VOLPRESS_TRY(quality.msSsim, metrics::msSsim(reference, result, runner));
  VOLPRESS_TRY(metrics::FlipResult flip, metrics::flip(reference, result, runner));
  quality.flip = flip.mean;
  error = std::move(flip.error);
  return quality;
}

Result<ReferencePictures> ReferencePictures::make(renderer::Rasterizer& rasterizer,
                                                  std::shared_ptr<const GaussianCloud> original,
                                                  ViewSet views) {
  ReferencePictures reference;
  reference.m_rasterizer = &rasterizer;
  VOLPRESS_TRY(reference.m_original, rasterizer.prepare(std::move(original)));
  reference.m_pictures.resize(views.views.size());
  reference.m_views = std::move(views);
  return reference;
}

Result<const Image*> ReferencePictures::picture(std::size_t index, const std::stop_token& stop) {
  std::optional<Image>& kept = m_pictures.at(index);
  if (!kept) {
    const View& view = m_views.views[index];
    VOLPRESS_TRY(kept,
                 pictureOf(m_rasterizer->render(*m_original, view.camera, stoppable(stop)), view));
  }
  return &*kept;
}

Result<std::vector<ViewQuality>> measureViews(ReferencePictures& reference,
                                              const DrawnScene& result, MeasureContext& context,
                                              const ViewVisitor& visitor,
                                              const std::vector<std::size_t>& only) {
  VOLPRESS_TRY(ViewPainter painter,
               ViewPainter::make(result, reference.rasterizer(), context.runner));
  std::vector<std::size_t> indices = only;
  if (indices.empty()) {
    indices.resize(reference.views().views.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
  }
  std::vector<ViewQuality> qualities;
  for (std::size_t done = 0; done < indices.size(); ++done) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while measuring views");
    }
    context.progress.report(static_cast<double>(done) / static_cast<double>(indices.size()),
                            fmt::format("{}/{} views", done, indices.size()));
    const std::size_t index = indices[done];
    const View& view = reference.views().views.at(index);
    VOLPRESS_TRY(const Image* original, reference.picture(index, context.stop));
    VOLPRESS_TRY(const Image picture,
                 pictureOf(painter.draw(view.camera, stoppable(context.stop)), view));
    Image error;
    auto quality = measurePictures(view, *original, picture, context.runner, error);
    if (!quality) {
      return withContext(std::move(quality).error(), "view " + view.name);
    }
    if (visitor) {
      VOLPRESS_CHECK(visitor({index, *original, picture, error}));
    }
    qualities.push_back(std::move(*quality));
  }
  context.progress.report(1);
  return qualities;
}

Result<void> measureEvaluation(ReferencePictures& reference, const DrawnScene& result,
                               MeasureContext& context, const ViewVisitor& visitor,
                               Evaluation& evaluation) {
  VOLPRESS_TRY(evaluation.views, measureViews(reference, result, context, visitor));
  evaluation.bakedViews.clear();
  if (result.native != nullptr) {
    Progress unseen;  // the bar has come to its end
    MeasureContext second{context.runner, unseen, context.stop};
    VOLPRESS_TRY(evaluation.bakedViews, measureViews(reference, result.baked(), second));
  }
  return {};
}

std::uint64_t peakMemoryBytes() {
  // getrusage is no use here: its maximum is inherited from the process that started this one.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    }
  }
  return 0;
}

}  // namespace volpress::engine
