// Fine-tuning through the whole chain (paper section 3.4): the pictures are drawn of what the
// decoder would see, and gradients go straight through the rounding.
#pragma once

#include <functional>

#include "compressors/codec.hpp"
#include "compressors/mesongs/quantised_scene.hpp"

namespace volpress::compressors::mesongs {

/// What is fitted, and how it is quantised. All references must outlive the call.
struct TuningTask {
  const AttributeTransform& transform;
  const BlockTable& blocks;  ///< stay as they are; what leaves a block's range is cut to it
  const std::array<double, kChannels>& deadZones;
  const std::vector<std::int32_t>& labels;  ///< of the palette; stay as they are
  /// Rounds palette entries as the decoder will see them; may do nothing.
  std::function<void(std::vector<float>& entries)> roundPalette;
  double paletteStep = 0;  ///< how coarsely entries are rounded, or may be
  unsigned steps = 0;
  std::uint64_t identity = 0;  ///< of all this, for checkpoints
};

/// Changes opacities, rotations, band 0 and scales of `cloud`, and the palette's entries, until the
/// quantised scene looks most like `original` on a few of `cameras` that are never learnt from.
/// Positions stay. Goes on from a checkpoint in context.scratch if there is one. Says in the log
/// what was gained.
[[nodiscard]] Result<void> fineTuneScene(const GaussianCloud& original,
                                         std::span<const Camera> cameras, const TuningTask& task,
                                         GaussianCloud& cloud, ShPalette& palette,
                                         RunContext& context);

}  // namespace volpress::compressors::mesongs
