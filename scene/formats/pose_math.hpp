// From the poses that files hold to `Camera`: in double, checked, then rounded once.
#pragma once

#include <array>
#include <string_view>

#include "scene/base/result.hpp"
#include "scene/types/posed_images.hpp"

namespace volpress::formats {

/// The limits within which calibrated cameras are believed.
inline constexpr std::size_t kMaxPictureSide = 65535;
inline constexpr double kMaxWorldPosition = 1e9;

/// Sets rotation and position of `camera`. `rotation` is world to camera, row-major; `centre` in
/// world units. Fails, beginning with `what`, if it is not a rotation within 1 % or a value is out
/// of range.
[[nodiscard]] Result<void> setPose(Camera& camera, const std::array<double, 9>& rotation,
                                   const std::array<double, 3>& centre, std::string_view what);

/// Sets the pinhole part of `image.camera` from `lens` and the size, after checking both; errors
/// begin with `what`.
[[nodiscard]] Result<void> setLens(PosedImage& image, const Lens& lens, double width, double height,
                                   std::string_view what);

}  // namespace volpress::formats
