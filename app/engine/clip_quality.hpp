// How close a clip looks to the sequence that it was made from, over time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/clip_files.hpp"

namespace volpress::engine {

/// Means over the views.
struct FrameQuality {
  std::size_t frame = 0;
  double psnr = 0;  ///< dB; of the mean error over the views
  double ssim = 0;
  double flicker = 0;  ///< FLIP of what the error changes from the frame before; 0 for the first
};

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
