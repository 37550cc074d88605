// The reference rasteriser: SIMD and threads, no GPU.
#pragma once

#include <memory>

#include "renderer/rasterizer.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::renderer {

/// `runner` must outlive the rasteriser. Pictures, scores and gradients are the same on any number
/// of threads.
[[nodiscard]] std::unique_ptr<Rasterizer> makeSoftwareRasterizer(TaskRunner& runner);

}  // namespace volpress::renderer
