// How a scene is trained.
#pragma once

#include <cstdint>

namespace volpress::training {

/// The published values of 3DGS, for 30,000 iterations; `scheduledFor` fits a shorter run.
struct TrainSettings {
  unsigned iterations = 30000;
  unsigned shDegree = 3;
  unsigned shInterval = 1000;  ///< iterations until the next band is drawn and learned
  std::uint64_t seed = 1;
  std::size_t randomCount = 100000;  ///< splats at the start where no points are given
  std::size_t maxSplats = 4000000;   ///< no more are added beyond

  // Learning rates.
  double meansFirst = 1.6e-4;  ///< times the scene's extent, falling exponentially
  double meansLast = 1.6e-6;   ///< at the last iteration
  double logScales = 5e-3;
  double rotations = 1e-3;
  double opacityLogits = 5e-2;
  double shDc = 2.5e-3;
  double shRest = 2.5e-3 / 20;

  // Adaptive control of density (section 5.2).
  unsigned densifyFrom = 500;
  unsigned densifyUntil = 15000;
  unsigned densifyEvery = 100;
  float densifyGradient = 2e-4F;  ///< mean length of d(loss)/d(projected mean) in device units
  float denseShare = 0.01F;       ///< of the extent: larger splats are split, smaller ones cloned
  float minOpacity = 0.005F;      ///< less opaque splats are removed
  float largestShare = 0.1F;      ///< of the extent: larger ones are removed after the first reset
  unsigned opacityResetEvery = 3000;
};

/// Settings for a run of `iterations`: unchanged for 30,000 and more; for fewer, what depends on
/// the iteration happens earlier and opacity is not reset within the last third.
[[nodiscard]] TrainSettings scheduledFor(unsigned iterations);

}  // namespace volpress::training
