// Shapes that several objects of the sample scene are made of.
#pragma once

#include <array>
#include <vector>

#include "scene/types/sample_light.hpp"

namespace volpress::sample {

/// A solid of revolution about a vertical axis, from a smooth curve through control points.
class Revolved {
public:
  struct Knot {
    float radius, height;
  };
  /// The curve runs from the foot upwards; `base` is the point of the axis at height 0.
  Revolved(Vec3 base, const std::vector<Knot>& knots);

  struct Sample {
    Vec3 position, normal, along, around;
    float height;  ///< above the base
    float turn;    ///< 0..1 around the axis
  };
  /// Spreads (u, v) evenly over the surface.
  [[nodiscard]] Sample sample(float u, float v) const;
  [[nodiscard]] float area() const { return m_area.back(); }
  /// Signed distance, as if the shape were filled up to its rim.
  [[nodiscard]] float distance(Vec3 p) const;
  [[nodiscard]] float radiusAt(float height) const;

private:
  Vec3 m_base;
  std::vector<Knot> m_curve;
  std::vector<float> m_area;  ///< of the surface up to each curve point
};

/// A tube around a closed (2,3) torus knot that stands upright.
class KnotTube {
public:
  KnotTube(Vec3 centre, float ring, float wave, float tube);

  struct Sample {
    Vec3 position, normal, along, around;
    float turn;  ///< 0..1 along the knot
    float side;  ///< 0..1 around the tube
  };
  [[nodiscard]] Sample sample(float u, float v) const;
  [[nodiscard]] float area() const { return 2 * kPi * m_tube * m_lengths.back(); }
  [[nodiscard]] float distance(Vec3 p) const;

private:
  [[nodiscard]] Vec3 curve(float turn) const;
  static constexpr std::size_t kSteps = 96;
  Vec3 m_centre;
  float m_ring, m_wave, m_tube;
  std::array<Vec3, kSteps + 1> m_points;
  std::array<float, kSteps + 1> m_lengths;
};

/// A piece of wire or stalk from a to b, `radius` thick, as one long thin splat.
[[nodiscard]] Surfel strand(Vec3 a, Vec3 b, float radius);

/// The frame of a surfel from its normal and a direction roughly along its surface.
void orient(Surfel& surfel, Vec3 normal, Vec3 along);

/// Sizes a surfel that is one of `count` even ones on `area`, stretched along u by `stretch`.
void cover(Surfel& surfel, float area, std::size_t count, float stretch);

}  // namespace volpress::sample
