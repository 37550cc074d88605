// Frames of unlike order made to agree: every Gaussian gets a row that it keeps.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "scene/base/progress.hpp"
#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress {

/// Frames that share their rows.
struct TrackSegment {
  std::size_t firstFrame = 0;
  std::size_t frameCount = 0;
  std::size_t rows = 0;  ///< Gaussians of each of its frames, absent ones among them
  /// Rows that are absent at first or in the end, with what they are when they are first or last
  /// seen.
  GaussianCloud ghosts;
  std::vector<std::uint32_t> ghostRows;    ///< of each ghost
  std::vector<std::uint32_t> ghostFrames;  ///< of each ghost: where it is first or last seen
  std::vector<bool> ghostIsBirth;
};

/// Which row each Gaussian of each frame belongs to. Takes 4 bytes a Gaussian and frame.
struct SequenceTracks {
  std::vector<std::vector<std::uint32_t>> rowOf;  ///< by frame, by Gaussian of the file
  std::vector<std::uint32_t> segmentOf;           ///< by frame
  std::vector<TrackSegment> segments;
  std::size_t births = 0;     ///< Gaussians without one in the frame before, of the same segment
  std::size_t deaths = 0;     ///< without one in the frame after, of the same segment
  double leastMatched = 1;    ///< the smallest share of a frame that was matched
  std::size_t unmatched = 0;  ///< steps of which less than 70 % matched
};

/// Matches every frame with the one before. A new segment begins where births have made the rows
/// more than 1.25 times those of its first frame, or less than 70 % match; its rows keep the order
/// of those before. InvalidParameter when SH degrees differ; Cancelled.
[[nodiscard]] Result<SequenceTracks> trackSequence(GaussianSequence& sequence, TaskRunner& runner,
                                                   Progress& progress, const std::stop_token& stop);

/// The frames in the order of their rows. Absent Gaussians stay where they were last seen, or will
/// first be seen, with an opacity logit of -10.
[[nodiscard]] std::shared_ptr<const FrameSource> makeTrackedSource(
    std::shared_ptr<GaussianSequence> sequence, SequenceTracks tracks);

inline constexpr float kAbsentLogit = -10;

}  // namespace volpress
