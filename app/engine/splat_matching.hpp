// Which splat of a compressed scene came from which of its original: codecs reorder and prune.
#pragma once

#include <cstdint>
#include <limits>
#include <stop_token>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

inline constexpr std::uint32_t kNoSplat = std::numeric_limits<std::uint32_t>::max();

/// One to one. Splats of the result without a partner were added; those of the original without
/// one were pruned.
struct SplatMatch {
  std::vector<std::uint32_t> originalOf;  ///< by splat of the result; kNoSplat: added
  std::size_t matched = 0;
  bool sameOrder = false;  ///< both clouds list the same splats in the same order
};

/// Pairs each splat of `result` with the nearest of `original` by position, and among near ones
/// with the one most alike in size, opacity and colour. A splat that lies farther from every free
/// candidate than three times that candidate's size, and than positions usually differ, is added.
/// Both clouds must pass `validate`. Deterministic on any number of threads. Cancelled, or
/// InvalidParameter for more than 2^32 - 2 splats.
[[nodiscard]] Result<SplatMatch> matchSplats(const GaussianCloud& original,
                                             const GaussianCloud& result, TaskRunner& runner,
                                             const std::stop_token& stop);

}  // namespace volpress::engine
