// Triangles on the screen and the samples they cover.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress::renderer {

inline constexpr std::size_t kMeshSamples = 4;  ///< a pixel
inline constexpr std::size_t kMeshTile = 32;    ///< pixels a side
inline constexpr std::uint32_t kNoTriangle = 0xFFFFFFFFU;

/// Sample places in 1/256 pixel: a rotated grid.
inline constexpr std::array<std::array<std::int32_t, 2>, kMeshSamples> kSamplePlaces{
    {{96, 32}, {224, 96}, {32, 160}, {160, 224}}};

/// A triangle in front of the near plane. Clipped ones keep where their corners lie in the triangle
/// that they come from.
struct ScreenTriangle {
  std::array<std::int64_t, 3> x{};  ///< 1/256 pixel; counter-clockwise on the screen (y down)
  std::array<std::int64_t, 3> y{};
  std::array<float, 3> inverseZ{};
  std::array<std::array<float, 3>, 3> weights{};  ///< of the source's corners, per corner here
  std::uint32_t part = 0;                         ///< into the posed parts
  std::uint32_t triangle = 0;                     ///< of that part
  bool back = false;                              ///< its back is seen
  float meanZ = 0;
};

/// Edge functions of a triangle: all three are >= 0 (with the top-left rule) inside.
class Coverage {
public:
  explicit Coverage(const ScreenTriangle& triangle);
  /// Screen weights (sum 1) at a place in 1/256 pixel; whether it is inside.
  [[nodiscard]] bool at(std::int64_t x, std::int64_t y, std::array<float, 3>& weights) const;
  /// Screen weights anywhere, for derivatives.
  [[nodiscard]] std::array<float, 3> weightsAt(std::int64_t x, std::int64_t y) const;

private:
  std::array<std::int64_t, 3> m_dx{};
  std::array<std::int64_t, 3> m_dy{};
  std::array<std::int64_t, 3> m_x{};
  std::array<std::int64_t, 3> m_y{};
  std::array<std::int64_t, 3> m_bias{};
  float m_inverseArea = 0;
};

/// Weights of the source triangle's corners at screen weights, in perspective.
[[nodiscard]] std::array<float, 3> sourceWeights(const ScreenTriangle& triangle,
                                                 const std::array<float, 3>& screen);
[[nodiscard]] inline float inverseZAt(const ScreenTriangle& triangle,
                                      const std::array<float, 3>& screen) {
  return screen[0] * triangle.inverseZ[0] + screen[1] * triangle.inverseZ[1] +
         screen[2] * triangle.inverseZ[2];
}

/// Projects a part's triangles and appends those that may be seen. `cullsBacks` drops backs.
void projectPart(const PosedPart& posed, std::uint32_t partIndex, const Camera& camera,
                 bool cullsBacks, std::vector<ScreenTriangle>& triangles);

/// For each tile (row-major) the triangles whose bounds touch it, in order.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> binTriangles(
    const std::vector<ScreenTriangle>& triangles, std::size_t width, std::size_t height);

}  // namespace volpress::renderer
