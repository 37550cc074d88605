#include "app/studio/view_camera.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::studio {
namespace {

constexpr float kPitchLimit = 1.55F;  // just short of straight up and down, where yaw would spin

constexpr float kPi = 3.14159265F;

Vec3 cross(Vec3 a, Vec3 b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

float dot(Vec3 a, Vec3 b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vec3 addScaled(Vec3 a, Vec3 b, float scale) {
  return {a[0] + b[0] * scale, a[1] + b[1] * scale, a[2] + b[2] * scale};
}

}  // namespace

void ViewCamera::setBasis(std::size_t axis, float sign) {
  m_down = {0, 0, 0};
  m_down[axis] = sign;
  m_east = {0, 0, 0};
  m_east[(axis + 2) % 3] = 1;
  m_north = cross(m_east, m_down);
}

/// The angles that look along `forward` (unit), as far as the pitch allows.
void ViewCamera::aim(Vec3 forward, float& yaw, float& pitch) const {
  pitch = std::asin(std::clamp(dot(forward, m_down), -1.0F, 1.0F));
  pitch = std::clamp(pitch, -kPitchLimit, kPitchLimit);
  yaw = std::atan2(dot(forward, m_east), dot(forward, m_north));
}

void ViewCamera::setHome(const Camera& home, float pivotDistance) {
  const auto& r = home.rotation;
  const Vec3 cameraDown{r[3], r[4], r[5]};
  const Vec3 forward{r[6], r[7], r[8]};
  // The scene's vertical is the axis nearest to the picture's: captures stand on an axis.
  std::size_t axis = 0;
  for (std::size_t i = 1; i < 3; ++i) {
    if (std::abs(cameraDown[i]) > std::abs(cameraDown[axis])) {
      axis = i;
    }
  }
  setBasis(axis, cameraDown[axis] < 0 ? -1.0F : 1.0F);
  m_homeDistance = std::max(pivotDistance, 1e-4F);
  m_homePivot = addScaled(home.position, forward, m_homeDistance);
  aim(forward, m_homeYaw, m_homePitch);
  m_homeFov = 2.0F * std::atan(0.5F * static_cast<float>(home.height) / home.fy);
  goHome();
}

void ViewCamera::setDown(Vec3 down) {
  const Vec3 forward = axes().forward;
  const Vec3 homeForward = forwardAt(m_homeYaw, m_homePitch);
  const Vec3 fixed = eye();
  std::size_t axis = 0;
  for (std::size_t i = 1; i < 3; ++i) {
    axis = std::abs(down[i]) > std::abs(down[axis]) ? i : axis;
  }
  setBasis(axis, down[axis] < 0 ? -1.0F : 1.0F);
  m_exact.reset();
  aim(forward, m_yaw, m_pitch);
  aim(homeForward, m_homeYaw, m_homePitch);
  m_pivot = addScaled(fixed, axes().forward, m_distance);
}

void ViewCamera::lookThrough(const Camera& camera, float pivotDistance) {
  const auto& r = camera.rotation;
  const Vec3 forward{r[6], r[7], r[8]};
  m_distance = std::max(pivotDistance, 1e-4F);
  m_pivot = addScaled(camera.position, forward, m_distance);
  aim(forward, m_yaw, m_pitch);
  m_verticalFov = 2.0F * std::atan(0.5F * static_cast<float>(camera.height) / camera.fy);
  m_exact = camera.rotation;
}

void ViewCamera::focus(Vec3 point) {
  m_exact.reset();
  m_pivot = point;
}

void ViewCamera::flipUp() {
  m_exact.reset();
  // North turns with down; mirrored yaws keep looking at the same side of the scene.
  m_down = {-m_down[0], -m_down[1], -m_down[2]};
  m_north = {-m_north[0], -m_north[1], -m_north[2]};
  m_yaw = kPi - m_yaw;
  m_homeYaw = kPi - m_homeYaw;
}

void ViewCamera::goHome() {
  m_exact.reset();
  m_verticalFov = m_homeFov;
  m_pivot = m_homePivot;
  m_distance = m_homeDistance;
  m_yaw = m_homeYaw;
  m_pitch = m_homePitch;
}

Vec3 ViewCamera::forwardAt(float yaw, float pitch) const {
  Vec3 forward{};
  forward = addScaled(forward, m_north, std::cos(pitch) * std::cos(yaw));
  forward = addScaled(forward, m_east, std::cos(pitch) * std::sin(yaw));
  return addScaled(forward, m_down, std::sin(pitch));
}

ViewCamera::Axes ViewCamera::axes() const {
  if (m_exact) {
    const auto& r = *m_exact;
    return {{r[0], r[1], r[2]}, {r[3], r[4], r[5]}, {r[6], r[7], r[8]}};
  }
  const Vec3 forward = forwardAt(m_yaw, m_pitch);
  Vec3 right{};
  right = addScaled(right, m_north, -std::sin(m_yaw));
  right = addScaled(right, m_east, std::cos(m_yaw));
  return {right, cross(forward, right), forward};
}

Vec3 ViewCamera::eye() const { return addScaled(m_pivot, axes().forward, -m_distance); }

/// Upright again, about the same eye.
void ViewCamera::straighten() {
  if (m_exact) {
    const Vec3 fixed = eye();
    m_exact.reset();
    m_pivot = addScaled(fixed, axes().forward, m_distance);
  }
}

void ViewCamera::orbit(float yaw, float pitch) {
  straighten();
  m_yaw += yaw;
  m_pitch = std::clamp(m_pitch + pitch, -kPitchLimit, kPitchLimit);
}

void ViewCamera::pan(float dx, float dy, float height) {
  const float unitsPerPixel = 2.0F * m_distance * std::tan(0.5F * m_verticalFov) / height;
  const Axes frame = axes();
  m_pivot = addScaled(m_pivot, frame.right, -dx * unitsPerPixel);
  m_pivot = addScaled(m_pivot, frame.down, -dy * unitsPerPixel);
}

void ViewCamera::dolly(float factor, float x, float y, float height) {
  const float smallest = m_homeDistance * 1e-3F;
  const float largest = m_homeDistance * 1e3F;
  const float distance = std::clamp(m_distance * factor, smallest, largest);
  const float applied = distance / m_distance;
  const float unitsPerPixel = 2.0F * m_distance * std::tan(0.5F * m_verticalFov) / height;
  const Axes frame = axes();
  m_pivot = addScaled(m_pivot, frame.right, x * unitsPerPixel * (1 - applied));
  m_pivot = addScaled(m_pivot, frame.down, y * unitsPerPixel * (1 - applied));
  m_distance = distance;
}

void ViewCamera::look(float yaw, float pitch) {
  straighten();
  const Vec3 fixed = eye();
  m_yaw += yaw;
  m_pitch = std::clamp(m_pitch + pitch, -kPitchLimit, kPitchLimit);
  m_pivot = addScaled(fixed, axes().forward, m_distance);
}

void ViewCamera::fly(float right, float down, float forward) {
  const Axes frame = axes();
  m_pivot = addScaled(m_pivot, frame.right, right);
  m_pivot = addScaled(m_pivot, frame.down, down);
  m_pivot = addScaled(m_pivot, frame.forward, forward);
}

Camera ViewCamera::camera(std::size_t width, std::size_t height) const {
  Camera camera = lookAt(eye(), m_pivot, m_down, m_verticalFov, width, height);
  if (m_exact) {
    camera.rotation = *m_exact;
  }
  // Close looks at small things must not lose splats to the near plane of a room-sized scene.
  camera.nearPlane = std::min(camera.nearPlane, 0.05F * m_homeDistance);
  return camera;
}

}  // namespace volpress::studio
