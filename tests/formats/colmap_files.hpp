// Small COLMAP models for tests, written by hand in both encodings.
#pragma once

#include "scene/base/bytes.hpp"

namespace volpress::testing {

/// Camera 7: OPENCV, 200 x 100, fx 150, fy 160, cx 90, cy 55, k1 .1, k2 .01, p1 .001, p2 .002.
inline Bytes binaryColmapCameras() {
  ByteWriter out;
  out.write(std::uint64_t{1});
  out.write(std::uint32_t{7});
  out.write(std::int32_t{4});
  out.write(std::uint64_t{200});
  out.write(std::uint64_t{100});
  for (const double value : {150.0, 160.0, 90.0, 55.0, 0.1, 0.01, 0.001, 0.002}) {
    out.write(value);
  }
  return std::move(out).take();
}

inline constexpr std::string_view kTextColmapCameras =
    "# Camera list with one line of data per camera:\n"
    "7 OPENCV 200 100 150 160 90 55 0.1 0.01 0.001 0.002\n";

/// Two images of camera 7, out of order by name. "b.jpg" has the quaternion of a quarter turn about
/// z (world x becomes camera y) and translation (1, 2, 3), with one 2-D point; "a.jpg" has none.
inline Bytes binaryColmapImages() {
  ByteWriter out;
  out.write(std::uint64_t{2});
  const auto image = [&out](std::uint32_t id, std::array<double, 4> q, std::array<double, 3> t,
                            std::string_view name, std::uint64_t points) {
    out.write(id);
    out.write(q);
    out.write(t);
    out.write(std::uint32_t{7});
    out.append(name);
    out.write(std::uint8_t{0});
    out.write(points);
    for (std::uint64_t i = 0; i < points; ++i) {
      out.write(10.5);
      out.write(20.5);
      out.write(std::uint64_t{3});
    }
  };
  const double half = 0.70710678118654752;
  image(1, {half, 0, 0, half}, {1, 2, 3}, "b.jpg", 1);
  image(2, {1, 0, 0, 0}, {0, 0, 4}, "a.jpg", 0);
  return std::move(out).take();
}

inline constexpr std::string_view kTextColmapImages =
    "# Image list with two lines of data per image:\n"
    "1 0.70710678118654752 0 0 0.70710678118654752 1 2 3 7 b.jpg\n"
    "10.5 20.5 3\n"
    "2 1 0 0 0 0 0 4 7 a.jpg\n"
    "\n";

/// One point at (1, -2, 3.5), colour (255, 0, 51), seen once.
inline Bytes binaryColmapPoints() {
  ByteWriter out;
  out.write(std::uint64_t{1});
  out.write(std::uint64_t{3});
  out.write(std::array<double, 3>{1, -2, 3.5});
  out.write(std::array<std::uint8_t, 3>{255, 0, 51});
  out.write(0.25);
  out.write(std::uint64_t{1});
  out.write(std::uint32_t{1});
  out.write(std::uint32_t{0});
  return std::move(out).take();
}

inline constexpr std::string_view kTextColmapPoints =
    "# 3D point list\n"
    "3 1 -2 3.5 255 0 51 0.25 1 0\n";

}  // namespace volpress::testing
