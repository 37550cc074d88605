#include "scene/formats/pose_math.hpp"

#include <cmath>

namespace volpress::formats {

Result<void> setPose(Camera& camera, const std::array<double, 9>& rotation,
                     const std::array<double, 3>& centre, std::string_view what) {
  const auto row = [&rotation](std::size_t r, std::size_t c) { return rotation[3 * r + c]; };
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = a; b < 3; ++b) {
      double dot = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        dot += row(a, c) * row(b, c);
      }
      if (!(std::abs(dot - (a == b ? 1 : 0)) <= 1e-2)) {
        return fail(ErrorCode::CorruptData, "{}: its rotation is not a rotation matrix", what);
      }
    }
  }
  const double determinant = row(0, 0) * (row(1, 1) * row(2, 2) - row(1, 2) * row(2, 1)) -
                             row(0, 1) * (row(1, 0) * row(2, 2) - row(1, 2) * row(2, 0)) +
                             row(0, 2) * (row(1, 0) * row(2, 1) - row(1, 1) * row(2, 0));
  if (determinant < 0) {
    return fail(ErrorCode::CorruptData, "{}: its rotation mirrors the world", what);
  }
  for (std::size_t i = 0; i < 9; ++i) {
    camera.rotation[i] = static_cast<float>(rotation[i]);
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (!(std::abs(centre[c]) <= kMaxWorldPosition)) {
      return fail(ErrorCode::CorruptData, "{}: its position holds {}, but +-{} is allowed", what,
                  centre[c], kMaxWorldPosition);
    }
    camera.position[c] = static_cast<float>(centre[c]);
  }
  return {};
}

Result<void> setLens(PosedImage& image, const Lens& lens, double width, double height,
                     std::string_view what) {
  const auto check = [what](const char* field, double value, double low,
                            double high) -> Result<void> {
    if (!(value >= low && value <= high)) {
      return fail(ErrorCode::CorruptData, "{}: its {} is {}, but {} .. {} is allowed", what, field,
                  value, low, high);
    }
    return {};
  };
  VOLPRESS_CHECK(check("width", width, 1, kMaxPictureSide));
  VOLPRESS_CHECK(check("height", height, 1, kMaxPictureSide));
  VOLPRESS_CHECK(check("focal length", lens.fx, 1e-3, 1e7));
  VOLPRESS_CHECK(check("focal length", lens.fy, 1e-3, 1e7));
  VOLPRESS_CHECK(check("principal point", lens.cx, -1e6, 1e6));
  VOLPRESS_CHECK(check("principal point", lens.cy, -1e6, 1e6));
  for (const double extra : lens.extras) {
    VOLPRESS_CHECK(check("distortion coefficient", extra, -1e6, 1e6));
  }
  image.lens = lens;
  image.camera.width = static_cast<std::size_t>(width);
  image.camera.height = static_cast<std::size_t>(height);
  image.camera.fx = static_cast<float>(lens.fx);
  image.camera.fy = static_cast<float>(lens.fy);
  image.camera.cx = static_cast<float>(lens.cx);
  image.camera.cy = static_cast<float>(lens.cy);
  return {};
}

}  // namespace volpress::formats
