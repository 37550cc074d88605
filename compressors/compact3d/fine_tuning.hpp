// Training with the codebooks in place (paper sections 3.1 and 3.2).
#pragma once

#include <functional>

#include "compressors/codec.hpp"
#include "compressors/compact3d/codebooks.hpp"
#include "compressors/compact3d/settings.hpp"

namespace volpress::compressors::compact3d {

struct TuningTask {
  /// What a decoder makes of positions, opacities and codebook entries; changes its arguments.
  std::function<void(GaussianCloud&)> roundPlain;
  std::function<void(Codebooks&)> roundEntries;
  std::span<const float> weights;  ///< of the splats in the codebooks, or empty
  std::uint64_t identity = 0;      ///< of the task, for the checkpoint
};

/// Fits `cloud` and `books` to pictures of the original: pictures are drawn with the parameters
/// that the codebooks give, gradients go to the splats' own parameters (straight-through), entries
/// are the means of the parameters of the splats that name them, and splats choose entries anew
/// every settings.refresh steps until the last third. In the first third opacity has a cost, and
/// splats that fade below settings.leastOpacity are removed for good. The best state on the trial
/// views wins. Returns the indices of the splats that stay.
[[nodiscard]] Result<std::vector<std::uint32_t>> fineTuneCodebooks(
    const GaussianCloud& original, std::span<const Camera> cameras, const Settings& settings,
    const TuningTask& task, GaussianCloud& cloud, Codebooks& books, RunContext& context);

}  // namespace volpress::compressors::compact3d
