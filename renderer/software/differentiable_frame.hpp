// Pictures of the software rasteriser that can be differentiated.
#pragma once

#include "renderer/software/frame_scratch.hpp"

namespace volpress::renderer {

/// Draws `cloud` and keeps what the way back needs. The cloud, the runner and the pools must
/// outlive the frame; the camera is valid. Throws std::bad_alloc.
[[nodiscard]] Result<std::unique_ptr<DifferentiableFrame>> drawDifferentiable(
    const SoftwareCloud& cloud, const Camera& camera, const RenderOptions& options,
    TaskRunner& runner, ScratchPool<FrameScratch>& frames, ScratchPool<GradientScratch>& gradients);

/// Whether it is a picture of the camera's size with 3 channels; InvalidParameter if not.
[[nodiscard]] Result<void> checkLossGradient(const Image& lossGradient, const Camera& camera);

}  // namespace volpress::renderer
