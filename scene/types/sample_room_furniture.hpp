// The furniture of the sample room.
#pragma once

#include <vector>

#include "scene/types/sample_objects.hpp"

namespace volpress::sample {

/// Sofa, pillows, table, jug, shelf with books, pictures, lamp and plant.
[[nodiscard]] std::vector<SampleObject> furnitureObjects();

/// Signed distance to the furniture that casts shadows.
[[nodiscard]] float furnitureDistance(Vec3 p);

}  // namespace volpress::sample
