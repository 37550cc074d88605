// A float picture.
#pragma once

#include <cstddef>
#include <vector>

namespace volpress {

/// Row-major from the top left, channels interleaved. Colour images have 3 channels and hold
/// display-referred values (the space the scene was trained in), nominally 0..1, unclamped.
struct Image {
  std::size_t width = 0;
  std::size_t height = 0;
  std::size_t channels = 3;
  std::vector<float> pixels;  ///< width * height * channels
};

[[nodiscard]] inline Image makeImage(std::size_t width, std::size_t height,
                                     std::size_t channels = 3, float value = 0) {
  return {width, height, channels, std::vector<float>(width * height * channels, value)};
}

}  // namespace volpress
