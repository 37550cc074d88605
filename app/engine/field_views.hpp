// Views of hash-grid fields, in the field's frame.
#pragma once

#include <string_view>

#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::engine {

/// "auto": the training cameras if the field knows them (16 of them at most), else "orbit:16";
/// "orbit:N"; or a file or folder with cameras in the frame of the data set. Pictures are made
/// smaller until no side is longer than `longestSide`; 0 leaves them as they are.
[[nodiscard]] Result<ViewSet> makeFieldViews(std::string_view spec, const HashGridField& field,
                                             std::size_t longestSide);

/// The snapshot's own view, or its first training camera, or a view of all that is occupied.
[[nodiscard]] Camera fieldHomeCamera(const HashGridField& field, std::size_t width,
                                     std::size_t height);

/// For measuring, whose cost is that of the samples: the longest side of a picture.
inline constexpr std::size_t kFieldMeasureSide = 160;

}  // namespace volpress::engine
