// Pictures of the renderers as pictures of the window.
#pragma once

#include <algorithm>
#include <cmath>

#include <QImage>

#include "scene/types/image.hpp"

namespace volpress::studio {

/// A copy of an image of three channels, rounded to 8 bits.
[[nodiscard]] inline QImage pictureOf(const Image& image) {
  QImage out(static_cast<int>(image.width), static_cast<int>(image.height), QImage::Format_RGB888);
  for (std::size_t y = 0; y < image.height; ++y) {
    uchar* row = out.scanLine(static_cast<int>(y));
    for (std::size_t i = 0; i < 3 * image.width; ++i) {
      const float value = image.pixels[3 * image.width * y + i];
      row[i] = static_cast<uchar>(std::lround(255 * std::clamp(value, 0.0F, 1.0F)));
    }
  }
  return out;
}

}  // namespace volpress::studio
