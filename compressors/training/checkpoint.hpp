// A training run's state as bytes.
#pragma once

#include <array>

#include "compressors/learning/adam.hpp"
#include "compressors/training/density_control.hpp"
#include "compressors/training/training_set.hpp"
#include "scene/base/bytes.hpp"

namespace volpress::training {

/// Everything that the next iteration depends on, besides the set and the settings.
struct TrainState {
  unsigned iteration = 0;
  double loss = 0;
  GaussianCloud cloud;
  std::array<learning::Adam, 6>
      adam;  ///< means, log scales, rotations, opacities, SH band 0, bands above
  DensityControl density;
};

/// A hash of the photographs, cameras, points and settings.
[[nodiscard]] std::uint64_t identityOf(const TrainingSet& set, const TrainSettings& settings);

/// Little-endian: "VPTRAIN1", u64 identity, u32 iteration, u32 SH degree, f64 loss, u64 splats; the
/// cloud's six arrays; for each group u64 steps and two arrays of moments, each after its u64
/// length; u64 length and the two arrays of the density control; XXH64 of all that.
[[nodiscard]] Bytes writeCheckpoint(const TrainState& state, std::uint64_t identity);

/// InvalidParameter for another identity, CorruptData for anything that does not add up.
[[nodiscard]] Result<TrainState> readCheckpoint(ByteView bytes, std::uint64_t identity);

}  // namespace volpress::training
