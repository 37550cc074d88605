// Moving sample scenes, made from a seed: a walking figure, or a given scene bent and twisted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress {

struct ClipOptions {
  std::size_t frames = 150;
  std::size_t splats = 60'000;  ///< of the figure, or of a mesh; a given scene keeps its own
  std::uint64_t seed = 1;
  unsigned shDegree = 1;  ///< at most that of what is moved
  double framesPerSecond = 30;
  /// Times the usual appearance jitter, smooth in time: a standard deviation of 0.02 of the DC
  /// coefficients and of 0.05 of the opacity logits.
  double jitter = 1;
  double births = 0;     ///< share of the Gaussians that appear within the clip
  double deaths = 0;     ///< share that vanish within it
  bool shuffle = false;  ///< a new order in every frame
};

/// Moves the Gaussians of a scene at rest to where they are at a time. Const calls may run side by
/// side.
using SplatMotion = std::function<void(GaussianCloud& cloud, double seconds, TaskRunner& runner)>;

/// Frame t needs no frame before it; the same on any number of threads. Without `scene`: a
/// wooden figure in a skirt and a scarf that walks on the spot while it turns; at most 4,000,000
/// splats. With one: `motion` moves it, or it sways and twists about its vertical axis. Frames are
/// validated clouds.
[[nodiscard]] std::shared_ptr<const FrameSource> makeSampleClip(const ClipOptions& options,
                                                                std::optional<GaussianCloud> scene,
                                                                TaskRunner& runner,
                                                                SplatMotion motion = {});

}  // namespace volpress
