// The colour of a point on a mesh.
#pragma once

#include <array>
#include <vector>

#include "renderer/software/mesh_renderer.hpp"
#include "renderer/software/mesh_texture.hpp"

namespace volpress::renderer {

/// A material with the levels of its pictures; null where there is none.
struct ShadedMaterial {
  MeshMaterial material;
  const MeshTextureLevels* baseColor = nullptr;
  const MeshTextureLevels* metallicRoughness = nullptr;
  const MeshTextureLevels* normal = nullptr;
  const MeshTextureLevels* occlusion = nullptr;
  const MeshTextureLevels* emissive = nullptr;
};

/// What is known of the point. Directions are unit vectors in world space.
struct SurfacePoint {
  const PosedPart* part = nullptr;
  std::uint32_t triangle = 0;
  std::array<float, 3> weights{};       ///< of the triangle's corners
  std::array<float, 3> weightsRight{};  ///< the same a pixel to the right, and a pixel below
  std::array<float, 3> weightsBelow{};
  std::array<float, 3> toEye{};
  std::array<float, 3> light{};  ///< towards the headlight
  bool back = false;
};

struct ShadedColor {
  std::array<float, 3> display{};  ///< tone-mapped, display values
  float alpha = 1;
};

[[nodiscard]] ShadedColor shade(const SurfacePoint& point, const ShadedMaterial& material,
                                MeshShading shading);

/// The alpha that MASK materials are cut by.
[[nodiscard]] float surfaceAlpha(const SurfacePoint& point, const ShadedMaterial& material);

}  // namespace volpress::renderer
