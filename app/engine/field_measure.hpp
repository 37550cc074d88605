// Measuring a decoded field against its original.
#pragma once

#include <memory>

#include "app/engine/evaluate.hpp"
#include "renderer/software/field_renderer.hpp"

namespace volpress::engine {

/// Both fields drawn over their own backgrounds and laid over each other. `visitor` may be empty;
/// `only` as for `measureViews`.
[[nodiscard]] Result<std::vector<ViewQuality>> measureField(
    const std::shared_ptr<const HashGridField>& reference,
    const std::shared_ptr<const HashGridField>& test, const ViewSet& views, MeasureContext& context,
    const ViewVisitor& visitor = {}, const std::vector<std::size_t>& only = {});

}  // namespace volpress::engine
