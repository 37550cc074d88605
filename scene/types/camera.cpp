#include "scene/types/camera.hpp"

#include <cmath>

namespace volpress {
namespace {

using Vec3 = std::array<float, 3>;

Vec3 cross(Vec3 a, Vec3 b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// False, and `v` unchanged, when the length is too small to divide by.
bool normalise(Vec3& v) {
  const float length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  if (!(length > 1e-12F)) {
    return false;
  }
  v = {v[0] / length, v[1] / length, v[2] / length};
  return true;
}

}  // namespace

Camera lookAt(Vec3 eye, Vec3 target, Vec3 down, float verticalFov, std::size_t width,
              std::size_t height) {
  Vec3 forward{target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]};
  if (!normalise(forward)) {
    forward = {0, 0, 1};
  }
  Vec3 right = cross(down, forward);
  if (!normalise(right)) {
    const Vec3 other = std::abs(forward[0]) < 0.9F ? Vec3{1, 0, 0} : Vec3{0, 1, 0};
    right = cross(other, forward);
    normalise(right);
  }
  const Vec3 cameraDown = cross(forward, right);

  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fy = 0.5F * static_cast<float>(height) / std::tan(0.5F * verticalFov);
  camera.fx = camera.fy;
  camera.cx = 0.5F * static_cast<float>(width);
  camera.cy = 0.5F * static_cast<float>(height);
  camera.rotation = {right[0],      right[1],   right[2],   cameraDown[0], cameraDown[1],
                     cameraDown[2], forward[0], forward[1], forward[2]};
  camera.position = eye;
  return camera;
}

Camera resized(const Camera& camera, std::size_t width, std::size_t height) {
  Camera out = camera;
  const float scale = static_cast<float>(height) / static_cast<float>(camera.height);
  out.width = width;
  out.height = height;
  out.fx *= scale;
  out.fy *= scale;
  out.cx = 0.5F * static_cast<float>(width) +
           (camera.cx - 0.5F * static_cast<float>(camera.width)) * scale;
  out.cy = camera.cy * scale;
  return out;
}

}  // namespace volpress
