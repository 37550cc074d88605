// Where a ray samples a field: instant-ngp's steps and its walk over the occupancy bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "renderer/field_ray.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::renderer {

/// Steps along a ray. With a cone (fields of aabbScale > 1) they grow with the distance, and the
/// number of a step n is a smooth function of the distance t whose inverse is `distanceOf`.
class StepSchedule {
public:
  static constexpr float kSmallest = 1.7320508F / 1024;  ///< sqrt(3) / 1024
  static constexpr float kLargest = 1.7320508F;

  explicit StepSchedule(unsigned aabbScale);

  [[nodiscard]] float numberOf(float distance) const noexcept;
  [[nodiscard]] float distanceOf(float number) const noexcept;
  /// Where the step that begins at `distance` ends.
  [[nodiscard]] float next(float distance) const noexcept;

private:
  float m_cone;                    ///< 0 or 1/256
  float m_log = 0;                 ///< ln(1 + cone)
  float m_nearN = 0, m_nearT = 0;  ///< below, steps are the smallest
  float m_farN = 0, m_farT = 0;    ///< above, the largest
};

/// One place where the field is asked.
struct FieldSample {
  float distance = 0;
  float step = 0;
};

/// Walks rays through occupied cells. `field` must outlive it; `occupancy` may be empty: then every
/// place counts as occupied.
class FieldMarcher {
public:
  FieldMarcher(const HashGridField& field, std::span<const std::uint8_t> occupancy);

  /// How far a ray has come.
  struct Walk {
    float at = 0;
    float end = 0;  ///< leaves the field's box; at >= end: over
    unsigned steps = 0;
  };
  /// `jitter` (0..1) is the part of the first step that is skipped; nothing nearer than `nearest`
  /// is sampled. Rays that miss the box are over at once.
  [[nodiscard]] Walk start(const FieldRay& ray, float jitter, float nearest = 0) const noexcept;
  /// The next occupied sample. False when the ray is over.
  [[nodiscard]] bool next(const FieldRay& ray, Walk& walk, FieldSample& sample) const noexcept;

  /// The bit of `HashGridField::occupancy` that decides about a place; kNoCell outside the box.
  [[nodiscard]] std::size_t cellOf(const std::array<float, 3>& place) const noexcept {
    return cellIn(place, cascadeOf(place));
  }
  static constexpr std::size_t kNoCell = ~std::size_t{0};
  [[nodiscard]] bool isOccupied(const std::array<float, 3>& place) const noexcept;
  /// A place of the field's frame as the grid takes it: 0..1 over the box.
  [[nodiscard]] float inBox(float coordinate) const noexcept {
    return (coordinate - m_low) / (1 - 2 * m_low);
  }
  [[nodiscard]] const StepSchedule& steps() const noexcept { return m_steps; }

private:
  [[nodiscard]] static std::size_t cellIn(const std::array<float, 3>& place,
                                          unsigned cascade) noexcept;
  [[nodiscard]] bool isSet(const std::array<float, 3>& place, unsigned cascade) const noexcept;
  [[nodiscard]] unsigned cascadeOf(const std::array<float, 3>& place) const noexcept;
  [[nodiscard]] float exitOf(const FieldRay& ray, float at, unsigned cascade) const noexcept;

  StepSchedule m_steps;
  std::span<const std::uint8_t> m_occupancy;
  unsigned m_cascades;
  float m_low;  ///< the box is [m_low, 1 - m_low]^3
};

/// The ray through a place of the picture, in pixels from the top left.
[[nodiscard]] FieldRay rayThrough(const Camera& camera, float x, float y) noexcept;

}  // namespace volpress::renderer
