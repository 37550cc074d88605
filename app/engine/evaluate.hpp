// Measuring a decoded scene against its original over a view set.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "app/engine/job.hpp"
#include "app/engine/view_painter.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::engine {

/// The original's pictures of a view set, each drawn when it is first asked for and then kept, so
/// that several results are measured against one drawing.
class ReferencePictures {
public:
  /// `rasterizer` must outlive the object.
  [[nodiscard]] static Result<ReferencePictures> make(renderer::Rasterizer& rasterizer,
                                                      std::shared_ptr<const GaussianCloud> original,
                                                      ViewSet views);

  [[nodiscard]] const ViewSet& views() const noexcept { return m_views; }
  [[nodiscard]] renderer::Rasterizer& rasterizer() const noexcept { return *m_rasterizer; }
  /// Picture of view `index`, valid as long as the object.
  [[nodiscard]] Result<const Image*> picture(std::size_t index, const std::stop_token& stop);

private:
  ReferencePictures() = default;
  renderer::Rasterizer* m_rasterizer = nullptr;
  std::unique_ptr<renderer::PreparedCloud> m_original;
  ViewSet m_views;
  std::vector<std::optional<Image>> m_pictures;
};

/// What a visitor sees of one measured view.
struct ViewPictures {
  std::size_t index;       ///< into the view set
  const Image& reference;  ///< 3 channels
  const Image& result;     ///< 3 channels
  const Image& error;      ///< FLIP, 1 channel, 0..1
};
using ViewVisitor = std::function<Result<void>(const ViewPictures&)>;

struct MeasureContext {
  TaskRunner& runner;
  Progress& progress;
  std::stop_token stop;
};

/// PSNR, SSIM, MS-SSIM and FLIP of every view (or of those in `only`, by index), in view order.
/// `visitor` may be empty; its error ends the work.
[[nodiscard]] Result<std::vector<ViewQuality>> measureViews(
    ReferencePictures& reference, const DrawnScene& result, MeasureContext& context,
    const ViewVisitor& visitor = {}, const std::vector<std::size_t>& only = {});

/// Fills `views`, and of what is drawn natively `bakedViews` too.
[[nodiscard]] Result<void> measureEvaluation(ReferencePictures& reference, const DrawnScene& result,
                                             MeasureContext& context, const ViewVisitor& visitor,
                                             Evaluation& evaluation);

/// The four metrics of one view's pictures; `error` becomes the FLIP map.
[[nodiscard]] Result<ViewQuality> measurePictures(const View& view, const Image& reference,
                                                  const Image& result, TaskRunner& runner,
                                                  Image& error);

/// The most memory this process has held so far, bytes; 0 when the system does not tell.
[[nodiscard]] std::uint64_t peakMemoryBytes();

}  // namespace volpress::engine
