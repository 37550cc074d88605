// The sample room, splat by splat.
#pragma once

#include <vector>

#include "scene/types/sample_objects.hpp"

namespace volpress::sample {

/// Floor, rug, walls, window, curtains, sofa, table, shelf with books, pictures, lamp and plant;
/// besides, specks in the air.
[[nodiscard]] std::vector<SampleObject> roomObjects();

/// Signed distance to walls and furniture, for shadows; open at the window.
[[nodiscard]] float roomDistance(Vec3 p);

}  // namespace volpress::sample
