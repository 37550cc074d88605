// Fine-tuning with quantised shapes and the colour field in place (paper section 3.4).
#pragma once

#include <functional>

#include "compressors/codec.hpp"
#include "compressors/compact3dgs/packed_file.hpp"
#include "compressors/compact3dgs/settings.hpp"

namespace volpress::compressors::compact3dgs {

struct JointTask {
  const ColorField* field = nullptr;  ///< null: splats have colours of their own
  /// What a decoder makes of positions, opacities and colours of one's own.
  std::function<void(GaussianCloud&)> roundPlain;
  PackedSteps steps;  ///< of entries and field; 0: not rounded
};

/// Fits `student` (positions, opacities, colours), the codebooks and the field of `scene` to
/// pictures of the original: what is drawn has the shapes that the codebooks give and, per view,
/// the colours of the field. Gradients pass the quantisers straight-through; entries get those of
/// the splats that name them. The best state on the trial views wins.
[[nodiscard]] Result<void> trainJointly(const GaussianCloud& original,
                                        std::span<const Camera> cameras, const Settings& settings,
                                        const JointTask& task, GaussianCloud& student,
                                        StoredScene& scene, RunContext& context);

}  // namespace volpress::compressors::compact3dgs
