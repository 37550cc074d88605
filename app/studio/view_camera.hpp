// The artist's camera: orbit, pan, dolly and fly around a pivot. Qt-free.
#pragma once

#include <array>
#include <optional>

#include "scene/types/camera.hpp"

namespace volpress::studio {

using Vec3 = std::array<float, 3>;

/// An upright camera (no roll) given by a pivot, the distance to it, and two angles.
class ViewCamera {
public:
  /// Takes over a camera; `pivotDistance` (scene units, > 0) says how far ahead the pivot lies.
  void setHome(const Camera& home, float pivotDistance);
  /// Back to what setHome was given.
  void goHome();

  /// Takes the scene's other vertical direction for up, in the home view too.
  void flipUp();

  /// Takes a world direction (unit, along an axis) for down, in the home view too. The eye stays
  /// and goes on looking where it looked.
  void setDown(Vec3 down);
  [[nodiscard]] Vec3 down() const noexcept { return m_down; }

  /// Shows exactly what `camera` shows, rolled as it may be, until the next movement, which goes on
  /// upright from there. Home stays.
  void lookThrough(const Camera& camera, float pivotDistance);

  /// Turns about the pivot; angles in radians, positive yaw moves the scene to the right.
  void orbit(float yaw, float pitch);
  /// Moves the pivot so that the scene follows the pointer; pixels of a picture `height` high.
  void pan(float dx, float dy, float height);
  /// Scales the distance by `factor`, keeping the point under the pointer where it is.
  /// `x`, `y` are the pointer's offset from the picture's centre in pixels.
  void dolly(float factor, float x, float y, float height);
  /// Turns about the eye; radians.
  void look(float yaw, float pitch);
  /// Moves eye and pivot along the camera's right, down and forward axes by scene units.
  void fly(float right, float down, float forward);
  /// Puts the pivot at `point`, keeping direction and distance.
  void focus(Vec3 point);

  [[nodiscard]] Vec3 pivot() const noexcept { return m_pivot; }
  [[nodiscard]] float distance() const noexcept { return m_distance; }
  /// Distance of the home view: the natural unit of speed in this scene.
  [[nodiscard]] float homeDistance() const noexcept { return m_homeDistance; }

  /// The pinhole camera for a picture of this size.
  [[nodiscard]] Camera camera(std::size_t width, std::size_t height) const;

private:
  struct Axes {
    Vec3 right, down, forward;
  };
  [[nodiscard]] Axes axes() const;
  [[nodiscard]] Vec3 eye() const;
  void straighten();
  void setBasis(std::size_t axis, float sign);
  void aim(Vec3 forward, float& yaw, float& pitch) const;
  [[nodiscard]] Vec3 forwardAt(float yaw, float pitch) const;

  // World direction that points down in the picture, and two directions perpendicular to it.
  Vec3 m_down{0, 1, 0};
  Vec3 m_east{1, 0, 0};
  Vec3 m_north{0, 0, 1};
  Vec3 m_pivot{};
  float m_distance = 4;
  float m_yaw = 0;
  float m_pitch = 0;
  float m_verticalFov = 0.8F;
  std::optional<std::array<float, 9>> m_exact;  ///< a rotation that the angles cannot say
  Vec3 m_homePivot{};
  float m_homeDistance = 4;
  float m_homeYaw = 0;
  float m_homePitch = 0;
  float m_homeFov = 0.8F;
};

}  // namespace volpress::studio
