// Cameras drawn as little pyramids in the scene. Qt-free.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "app/studio/view_camera.hpp"

namespace volpress::studio {

enum class FrustumKind : std::uint8_t { Plain, HeldOut, Path, Crop };

/// A line in world units.
struct WorldLine {
  Vec3 from{};
  Vec3 to{};
  FrustumKind kind = FrustumKind::Plain;
};

/// The edges of what `camera` sees up to `depth` ahead, and a mark at the picture's top.
void addFrustum(std::vector<WorldLine>& lines, const Camera& camera, float depth, FrustumKind kind);

/// A line in pixels of the camera's picture, cut off at the near plane; nothing when all of it lies
/// behind.
[[nodiscard]] std::optional<std::array<float, 4>> projectLine(const Camera& camera,
                                                              const WorldLine& line);

}  // namespace volpress::studio
