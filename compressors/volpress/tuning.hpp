// Fine-tuning the splats that stay, as the decoder will see them.
#pragma once

#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/volpress/layer_build.hpp"

namespace volpress::compressors::own {

struct TuningOptions {
  unsigned iterations = 300;
  LayerTarget target;
  WritingOptions writing;
};

/// Adjusts `kept` (unit quaternions; `sensitivities` are of the same splats) so that what is
/// decoded of it looks like `original` in the views that are not held out. Errors of quantisation
/// are those of the real coder, looked up afresh every so many steps. Says in the log what was
/// gained on views that are never learnt from; when nothing is, `kept` stays as it is.
[[nodiscard]] Result<void> tuneSplats(GaussianCloud& kept, const GaussianCloud& original,
                                      const Sensitivities& sensitivities,
                                      const TuningOptions& options, RunContext& context);

}  // namespace volpress::compressors::own
