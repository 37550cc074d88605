// From a field to latents and back: what codecs that code latents go through.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/fields/latents.hpp"
#include "compressors/fields/viewing_rays.hpp"

namespace volpress::fields {

struct LatentStageSettings {
  double quality = 40;  ///< dB to the original's pictures that is aimed at
  unsigned dims = 8;
  unsigned steps = 600;
  bool anneals = false;
};

struct LatentStage {
  double lambda = 0;       ///< mean squared error of the pictures that one bit is worth
  FloatArray sensitivity;  ///< of all parameters before fine-tuning, as `parameterSensitivity`
  std::vector<LevelLatents> levels;
};

/// Rays of one step of learning from `rays`.
[[nodiscard]] std::size_t raysAStep(const ViewingRays& rays);

/// Latents of `field`, fine-tuned towards `rays`; the field's networks and grid become what was
/// learnt with them (the grid without the last rounding). Only entries that its occupancy touches
/// have latents. Goes on after a kill, as `distil` does.
[[nodiscard]] Result<LatentStage> findLatents(HashGridField& field, const ViewingRays& rays,
                                              const LatentStageSettings& settings,
                                              compressors::RunContext& context);

/// The decoders of all levels: for each u8 dims, then mean and basis as binary16.
[[nodiscard]] Bytes encodeDecoders(const std::vector<LevelLatents>& levels);

/// Fills a level's values for its dims and entries from its stream.
using LevelReader =
    std::function<Result<void>(ByteView stream, const GridLevel& shape, LevelLatents& level)>;
/// Reads decoders and the streams of all levels (untrusted) and fills the field's grid. Its
/// occupancy must be there.
[[nodiscard]] Result<void> decodeLevels(ByteView decoders, std::span<const ByteView> streams,
                                        const LevelReader& reader, HashGridField& field,
                                        TaskRunner& runner);

}  // namespace volpress::fields
