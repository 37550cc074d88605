// Pinhole cameras and the sets of views on which quality is measured.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace volpress {

/// A pinhole camera in the COLMAP convention: camera space is x right, y down, z forward, and
/// pixel centres lie at half integers.
struct Camera {
  std::size_t width = 640;   ///< pixels
  std::size_t height = 480;  ///< pixels
  float fx = 554.256F;       ///< focal lengths in pixels
  float fy = 554.256F;
  float cx = 320;  ///< principal point in pixels, from the left edge
  float cy = 240;
  std::array<float, 9> rotation{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< world to camera, row-major
  std::array<float, 3> position{};                           ///< camera centre in world units
  float nearPlane = 0.2F;  ///< world units; splats with camera z below it are not drawn
};

/// A camera at `eye` looking at `target`; `down` is the world direction that points down in the
/// picture ((0,1,0) in INRIA frames). `verticalFov` in radians. Degenerate input (eye == target, or
/// down parallel to the view) falls back to some orthonormal frame.
[[nodiscard]] Camera lookAt(std::array<float, 3> eye, std::array<float, 3> target,
                            std::array<float, 3> down, float verticalFov, std::size_t width,
                            std::size_t height);

/// The same view at another picture size; the vertical field of view stays.
[[nodiscard]] Camera resized(const Camera& camera, std::size_t width, std::size_t height);

struct View {
  std::string name;
  Camera camera;
  bool heldOut = false;  ///< reported on, never optimised on
};

/// `origin` says where the views come from, for people: "cameras.json", "orbit:24".
struct ViewSet {
  std::string origin;
  std::vector<View> views;
};

}  // namespace volpress
