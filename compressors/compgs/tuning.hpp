// Training anchors and networks on pictures against their error and the rate together (section 3.4
// of the paper).
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/compgs/anchors.hpp"
#include "compressors/compgs/latent_model.hpp"
#include "compressors/compgs/settings.hpp"
#include "compressors/learning/fine_tune.hpp"

namespace volpress::compressors::compgs {

struct TuningTask {
  std::span<const learning::TeacherView> teachers;  ///< at least one
  std::span<const learning::TeacherView> trials;
  const AnchorSet& anchors;
  const LatentOptions& options;
  float unit = 1;
  FilterMode filter = FilterMode::Default;
  unsigned steps = 0;
};

/// The state that is closest on the trials wins. With `context.scratch` a killed run goes on where
/// it was. The same bits on any number of threads.
[[nodiscard]] Result<void> tuneModel(const TuningTask& task, const Settings& settings, Model& model,
                                     RunContext& context);

/// The anchors that may show in a picture.
[[nodiscard]] std::vector<std::uint32_t> anchorsInSight(const AnchorSet& anchors,
                                                        const FloatArray& logScales,
                                                        const Camera& camera);

}  // namespace volpress::compressors::compgs
