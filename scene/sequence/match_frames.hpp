// Which Gaussian of a frame is which of the next, when the files do not say.
#pragma once

#include <cstdint>
#include <limits>
#include <stop_token>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress {

inline constexpr std::uint32_t kNoPartner = std::numeric_limits<std::uint32_t>::max();

struct FrameMatch {
  std::vector<std::uint32_t> nextOf;  ///< by Gaussian of the earlier frame; kNoPartner: it ends
  std::size_t matched = 0;
};

/// Pairs one to one by place (after the coarse motion between the frames, found by repeated nearest
/// neighbours), colour, size and opacity, surest pairs first, within three neighbour distances.
/// Deterministic on any number of threads. Both clouds pass `validate`. Cancelled.
[[nodiscard]] Result<FrameMatch> matchFrames(const GaussianCloud& before,
                                             const GaussianCloud& after, TaskRunner& runner,
                                             const std::stop_token& stop = {});

}  // namespace volpress
