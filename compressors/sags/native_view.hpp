// Points as their heads answer each view.
#pragma once

#include <memory>

#include "compressors/codec.hpp"
#include "compressors/sags/stored_scene.hpp"

namespace volpress::compressors::sags {

/// `scene` as a file holds it.
[[nodiscard]] Result<std::unique_ptr<ViewDependentScene>> openNativeView(
    StoredScene scene, AxisFrame frame, FilterMode filter, const std::stop_token& stop,
    TaskRunner& runner);

}  // namespace volpress::compressors::sags
