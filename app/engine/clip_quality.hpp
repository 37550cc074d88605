// How close a clip looks to the sequence that it was made from, over time.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/clip_files.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

/// Means over the views.
struct FrameQuality {
  std::size_t frame = 0;
  double psnr = 0;  ///< dB; of the mean error over the views
  double ssim = 0;
  double flicker = 0;  ///< FLIP of what the error changes from the frame before; 0 for the first
};

/// Takes the pictures of a view of a frame; an error ends the work.
using FrameVisitor = std::function<Result<void>(std::size_t frame, std::size_t view,
                                                const Image& reference, const Image& result)>;

/// Compares pictures of frames, in ascending order, from the same views in each.
class PictureMeter {
public:
  PictureMeter(std::size_t views, TaskRunner& runner) : m_runner(runner), m_errors(views) {}
  /// The next view of the frame at hand.
  [[nodiscard]] Result<void> add(const Image& wanted, const Image& got);
  /// After the last view: the means of the frame.
  [[nodiscard]] FrameQuality finishFrame(std::size_t frame);

private:
  TaskRunner& m_runner;
  std::vector<std::vector<float>> m_errors;  ///< of each view in the frame before
  std::size_t m_view = 0;
  double m_squares = 0;
  FrameQuality m_sums;
};

/// Compares frames with those of a sequence, in ascending order: flicker is what the error changes.
class FrameMeter {
public:
  /// What is handed in must outlive the meter.
  FrameMeter(GaussianSequence& reference, ViewSet views, renderer::Rasterizer& rasterizer,
             TaskRunner& runner, std::stop_token stop)
      : m_reference(reference),
        m_views(std::move(views)),
        m_rasterizer(rasterizer),
        m_runner(runner),
        m_stop(std::move(stop)),
        m_pictures(m_views.views.size(), runner) {}
  [[nodiscard]] Result<FrameQuality> measure(std::size_t frame, GaussianCloud&& decoded,
                                             const FrameVisitor& visitor = {});
  [[nodiscard]] const ViewSet& views() const noexcept { return m_views; }

private:
  GaussianSequence& m_reference;
  ViewSet m_views;
  renderer::Rasterizer& m_rasterizer;
  TaskRunner& m_runner;
  std::stop_token m_stop;
  PictureMeter m_pictures;
};

/// The views from which a sequence is looked at: as for makeViewSet, on its first frame; "auto" is
/// four views around it.
[[nodiscard]] Result<ViewSet> makeClipViews(const LoadedSequence& loaded, const std::string& views,
                                            renderer::Rasterizer& rasterizer, TaskRunner& runner,
                                            const std::stop_token& stop);

struct ClipQuality {
  std::string views;  ///< where the views come from
  std::size_t viewCount = 0;
  std::size_t frameCount = 0;
  std::uint64_t fileBytes = 0;
  std::uint64_t referenceBytes = 0;  ///< float PLY of every frame
  double decodeSeconds = 0;          ///< of all frames, without drawing
  std::vector<FrameQuality> frames;  ///< the frames that were looked at

  [[nodiscard]] double meanPsnr() const;
  [[nodiscard]] const FrameQuality& worst() const;
  [[nodiscard]] double meanSsim() const;
  [[nodiscard]] double worstSsim() const;
  [[nodiscard]] double meanFlicker() const;
};

[[nodiscard]] std::vector<Progress::Stage> clipMeasureStages();

/// Draws every frame of both from the same views. `views` as for makeViewSet, on the first frame;
/// "auto" is four views around it. The clip must have as many frames as the folder.
/// `firstStage` as for encodeClip, of `clipMeasureStages`.
[[nodiscard]] Result<ClipQuality> evaluateClip(const std::filesystem::path& reference,
                                               const std::filesystem::path& clip,
                                               const std::string& views, std::size_t layers,
                                               TaskRunner& runner, StagedProgress& progress,
                                               const std::stop_token& stop,
                                               std::optional<std::size_t> firstStage = {});

}  // namespace volpress::engine
