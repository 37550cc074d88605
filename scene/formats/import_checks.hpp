// What every splat reader does to a cloud before it hands it out.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Removes and clamps what `validate` refuses (see `sanitise`), says so in the context's warnings,
/// warns of positions beyond 1e7 units and validates. For readers whose numbers come from floats in
/// the file. Does nothing when the import keeps invalid numbers.
[[nodiscard]] Result<void> finishImport(GaussianCloud& cloud, IoContext& context);

/// The warning of a file cut short that is opened all the same.
void noteTruncation(std::uint64_t claimed, std::uint64_t complete, IoContext& context);

/// The warning of far positions alone; `farthest` is the largest absolute coordinate.
void warnOfFarPositions(float farthest, IoContext& context);

}  // namespace volpress::formats
