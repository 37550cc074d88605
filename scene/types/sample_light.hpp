// Light and shading of the sample scene: baked shadows, and view-dependent colour fitted as SH.
#pragma once

#include <array>
#include <vector>

#include "scene/base/task_runner.hpp"
#include "scene/types/sample_math.hpp"

namespace volpress::sample {

enum class Look : std::uint8_t {
  Surface,   ///< lit on the side of its normal
  TwoSided,  ///< thin: lit from both sides, light shines through
  Volume,    ///< smoke: scatters forward
  Plain,     ///< shows its colour as it is
};

/// One splat before shading: a flat ellipse with its material.
struct Surfel {
  Vec3 position;
  Vec3 u, v, normal;     ///< right-handed orthonormal frame
  float sigmaU = 0.01F;  ///< standard deviations along u, v and the normal
  float sigmaV = 0.01F;
  float sigmaN = 0.001F;
  float opacity = 0.95F;
  Vec3 albedo{0.5F, 0.5F, 0.5F};  ///< linear light
  float specular = 0;             ///< reflectance when looked at straight; 0: matt
  float roughness = 0.3F;         ///< 0..1, how far reflections blur
  bool metal = false;             ///< reflections take the albedo; no diffuse light
  Look look = Look::Surface;
  float occlusion = -1;  ///< 0 dark .. 1 open; below 0: found from the solids around
};

/// Signed distance to the scene's solids, sampled on a grid.
class DistanceField {
public:
  /// `distance` is the exact signed distance in world space; the grid begins at `origin`.
  template <typename Distance>
  DistanceField(const Distance& distance, Vec3 origin, float cell, TaskRunner& runner)
      : m_origin(origin), m_cell(cell), m_cells(kX * kY * kZ) {
    runner.parallelFor(kZ, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t z = begin; z < end; ++z) {
        for (std::size_t y = 0; y < kY; ++y) {
          for (std::size_t x = 0; x < kX; ++x) {
            m_cells[(z * kY + y) * kX + x] = distance(cornerOf(x, y, z));
          }
        }
      }
    });
  }

  /// Interpolated; far away outside the grid.
  [[nodiscard]] float at(Vec3 p) const;

private:
  static constexpr std::size_t kX = 112, kY = 62, kZ = 112;
  [[nodiscard]] Vec3 cornerOf(std::size_t x, std::size_t y, std::size_t z) const {
    return m_origin +
           Vec3{static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)} * m_cell;
  }
  Vec3 m_origin;
  float m_cell;
  std::vector<float> m_cells;
};

/// Band 0 and bands 1..3 of the colour, as a cloud holds them: [coefficient][RGB].
using ShColour = std::array<std::array<float, 3>, 16>;

/// Shades surfels in the light of a studio: a warm window, a cool strip behind, soft surroundings.
class Studio {
public:
  /// `shadowReach`: how far away things still cast shadows, in metres.
  explicit Studio(const DistanceField& field, float shadowReach = 1.7F);
  [[nodiscard]] ShColour shade(const Surfel& surfel) const;

private:
  static constexpr std::size_t kFront = 60;  ///< directions on the visible side
  static constexpr std::size_t kBack = 20;
  static constexpr std::size_t kWorld = 48;  ///< directions through which a fit is turned
  static constexpr std::size_t kBasis = 16;

  [[nodiscard]] float shadowAt(Vec3 p) const;
  [[nodiscard]] float opennessAt(Vec3 p, Vec3 normal) const;
  [[nodiscard]] Vec3 radiance(const Surfel& surfel, Vec3 toViewer, Vec3 diffuse,
                              float openness) const;

  const DistanceField& m_field;
  float m_shadowReach;
  std::array<Vec3, kFront + kBack> m_local;  ///< directions to the viewer, normal along +z
  std::array<std::array<float, kFront + kBack>, kBasis> m_localFit;
  std::array<Vec3, kWorld> m_world;
  std::array<std::array<float, kWorld>, kBasis> m_worldFit;
};

}  // namespace volpress::sample
