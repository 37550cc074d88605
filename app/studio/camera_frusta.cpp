#include "app/studio/camera_frusta.hpp"

#include <utility>

namespace volpress::studio {
namespace {

/// A point given in camera coordinates.
Vec3 toWorld(const Camera& camera, float x, float y, float z) {
  const auto& r = camera.rotation;
  Vec3 world = camera.position;
  for (std::size_t c = 0; c < 3; ++c) {
    world[c] += r[c] * x + r[3 + c] * y + r[6 + c] * z;
  }
  return world;
}

Vec3 toCamera(const Camera& camera, const Vec3& world) {
  Vec3 local{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      local[row] += camera.rotation[3 * row + axis] * (world[axis] - camera.position[axis]);
    }
  }
  return local;
}

}  // namespace

void addFrustum(std::vector<WorldLine>& lines, const Camera& camera, float depth,
                FrustumKind kind) {
  const float left = -camera.cx / camera.fx * depth;
  const float right = (static_cast<float>(camera.width) - camera.cx) / camera.fx * depth;
  const float top = -camera.cy / camera.fy * depth;
  const float bottom = (static_cast<float>(camera.height) - camera.cy) / camera.fy * depth;
  const std::array<Vec3, 4> corners{
      toWorld(camera, left, top, depth), toWorld(camera, right, top, depth),
      toWorld(camera, right, bottom, depth), toWorld(camera, left, bottom, depth)};
  for (std::size_t i = 0; i < 4; ++i) {
    lines.push_back({camera.position, corners[i], kind});
    lines.push_back({corners[i], corners[(i + 1) % 4], kind});
  }
  // A roof over the top edge says which way is up.
  const float middle = 0.5F * (left + right);
  const Vec3 peak = toWorld(camera, middle, top - 0.25F * (bottom - top), depth);
  lines.push_back({corners[0], peak, kind});
  lines.push_back({peak, corners[1], kind});
}

std::optional<std::array<float, 4>> projectLine(const Camera& camera, const WorldLine& line) {
  Vec3 a = toCamera(camera, line.from);
  Vec3 b = toCamera(camera, line.to);
  const float nearest = camera.nearPlane;
  if (a[2] < nearest && b[2] < nearest) {
    return std::nullopt;
  }
  if (a[2] < nearest) {
    std::swap(a, b);
  }
  if (b[2] < nearest) {
    const float t = (a[2] - nearest) / (a[2] - b[2]);
    for (std::size_t c = 0; c < 3; ++c) {
      b[c] = a[c] + (b[c] - a[c]) * t;
    }
  }
  return std::array{camera.fx * a[0] / a[2] + camera.cx, camera.fy * a[1] / a[2] + camera.cy,
                    camera.fx * b[0] / b[2] + camera.cx, camera.fy * b[1] / b[2] + camera.cy};
}

}  // namespace volpress::studio
