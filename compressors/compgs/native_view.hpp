// Anchors as each view shows them: opacity and colour straight from their networks.
#pragma once

#include <memory>

#include "compressors/codec.hpp"
#include "compressors/compgs/baking.hpp"

namespace volpress::compressors::compgs {

/// `scene` as a file holds it.
[[nodiscard]] Result<std::unique_ptr<ViewDependentScene>> openNativeView(AnchorScene scene,
                                                                         AxisFrame frame,
                                                                         FilterMode filter,
                                                                         TaskRunner& runner);

}  // namespace volpress::compressors::compgs
