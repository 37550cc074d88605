// A way to try what happens when the graphics device is lost.
#pragma once

#include <memory>

#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

/// With the environment variable VOLPRESS_LOSE_DEVICE_AFTER=N, a sink that shows N frames and then
/// fails with DeviceLost for good, as a device does whose driver was reset; else `sink` itself.
[[nodiscard]] std::unique_ptr<FrameSink> losingWhenAsked(std::unique_ptr<FrameSink> sink);

}  // namespace volpress::studio
