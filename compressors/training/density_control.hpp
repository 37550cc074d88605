// Where splats are added and removed while training (3DGS, section 5.2).
#pragma once

#include <cstdint>
#include <vector>

#include "compressors/training/train_settings.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::training {

/// What became of the splats: the new splat i was made from the old splat `sources[i]`; the first
/// `kept` are unchanged and keep the optimiser's memory, those behind start afresh.
struct DensityChange {
  std::vector<std::uint32_t> sources;
  std::size_t kept = 0;
  std::size_t cloned = 0, split = 0, pruned = 0;
};

class DensityControl {
public:
  /// Takes note of one frame's gradients on a picture of that size.
  void observe(const renderer::CloudGradients& gradients, std::size_t width, std::size_t height);

  /// Clones small splats and splits large ones whose projected means are pulled hard, removes
  /// nearly transparent ones and, with `pruneLarge`, huge ones; then forgets what was observed. The
  /// same for the same `seed`.
  [[nodiscard]] DensityChange apply(GaussianCloud& cloud, const TrainSettings& settings,
                                    float extent, bool pruneLarge, std::uint64_t seed);

  /// For checkpoints.
  std::vector<float> sums;              ///< n: of the gradients' lengths
  std::vector<std::uint32_t> observed;  ///< n: frames that were added
};

}  // namespace volpress::training
