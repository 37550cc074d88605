// JPEGs that say which way up they are.
#pragma once

#include <array>
#include <cstdint>

#include "scene/base/bytes.hpp"

namespace volpress::testing {

/// A JPEG with an EXIF segment, little-endian, whose only entry is the orientation.
inline Bytes withOrientation(Bytes jpeg, std::uint8_t orientation) {
  const std::array<std::uint8_t, 36> segment = {
      0xFF, 0xE1, 0,  34, 'E', 'x', 'i', 'f', 0,           0,        // APP1 and its length
      'I',  'I',  42, 0,  8,   0,   0,   0,                          // TIFF; the directory at 8
      1,    0,                                                       // of one entry:
      0x12, 0x01, 3,  0,  1,   0,   0,   0,   orientation, 0, 0, 0,  // 274, one SHORT
      0,    0,    0,  0};                                            // no directory after it
  const auto* bytes = reinterpret_cast<const std::byte*>(segment.data());
  jpeg.insert(jpeg.begin() + 2, bytes, bytes + segment.size());
  return jpeg;
}

}  // namespace volpress::testing
