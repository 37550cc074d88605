// Splats coloured by the field for each view.
#pragma once

#include <memory>

#include "compressors/compact3dgs/stored_scene.hpp"

namespace volpress::compressors::compact3dgs {

/// Null for a scene without a field: its colours are the same from everywhere.
[[nodiscard]] Result<std::unique_ptr<ViewDependentScene>> openNativeView(const SceneHeader& header,
                                                                         StoredScene scene,
                                                                         TaskRunner& runner);

}  // namespace volpress::compressors::compact3dgs
