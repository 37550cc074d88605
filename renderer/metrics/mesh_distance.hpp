// How far two surfaces lie apart: sampled points against the nearest point of the other's triangles
// (Cignoni et al., Metro, 1998), both ways.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress::metrics {

/// A tree of boxes over triangles.
class TriangleTree {
public:
  /// The triangles of all parts, in world space.
  explicit TriangleTree(const std::vector<PosedPart>& parts);

  struct Nearest {
    double distance = 0;
    std::uint32_t triangle = 0;
  };
  /// Of a tree that is not empty.
  [[nodiscard]] Nearest nearest(const std::array<float, 3>& point) const;
  /// Every triangle that comes as near as `distance`.
  void visitWithin(const std::array<float, 3>& point, double distance,
                   const std::function<void(std::uint32_t)>& visit) const;

  [[nodiscard]] std::size_t count() const noexcept { return m_corners.size() / 9; }
  /// Nine coordinates of a triangle.
  [[nodiscard]] const float* corners(std::size_t triangle) const noexcept {
    return &m_corners[9 * triangle];
  }
  /// Unit normal; zero for a triangle without area.
  [[nodiscard]] std::array<double, 3> normal(std::size_t triangle) const noexcept;
  [[nodiscard]] double area(std::size_t triangle) const noexcept;

private:
  struct Node {
    std::array<float, 3> min{};
    std::array<float, 3> max{};
    std::uint32_t first = 0;  ///< of triangles in a leaf; the left child otherwise, right beside it
    std::uint32_t count = 0;  ///< 0: not a leaf
  };
  [[nodiscard]] static double boxDistance(const Node& node, const std::array<double, 3>& point);
  void split(std::size_t node, std::vector<std::array<float, 3>>& centres);

  FloatArray m_corners;
  std::vector<std::uint32_t> m_order;
  std::vector<Node> m_nodes;
};

/// Distances are fractions of the diagonal of the reference's bounds; each is the larger of both
/// directions. Angles in degrees, between the triangles' normals.
struct SurfaceError {
  double hausdorff = 0;
  double rms = 0;
  double mean = 0;
  double p99 = 0;
  double normalMean = 0;
  double normalP95 = 0;
};

/// `samples` points a side, evenly over the area (a low-discrepancy sequence), and every vertex.
/// InvalidParameter when a side has no triangles; Cancelled. The same numbers on any number of
/// threads.
[[nodiscard]] Result<SurfaceError> surfaceError(const std::vector<PosedPart>& reference,
                                                const std::vector<PosedPart>& test,
                                                std::size_t samples, TaskRunner& runner,
                                                const std::stop_token& stop);

/// How far six points of every triangle of `test` (its corners, then the middles of the edges that
/// start at them; parts in order) lie from the surface of `reference`, in percent of the diagonal
/// of that one's bounds. InvalidParameter when `reference` has no triangles; Cancelled.
[[nodiscard]] Result<std::vector<float>> paintDistances(const std::vector<PosedPart>& reference,
                                                        const std::vector<PosedPart>& test,
                                                        TaskRunner& runner,
                                                        const std::stop_token& stop);

/// Where a part's picture lies on it.
struct UvSheet {
  const FloatArray* uvs = nullptr;          ///< 2 a vertex; null: it has none
  std::array<float, 2> texels{1024, 1024};  ///< width and height of the picture
};
struct TexturedSurface {
  const std::vector<PosedPart>& parts;
  std::vector<UvSheet> sheets;  ///< one a part
};
/// How far texture coordinates lie apart at corresponding places of two surfaces, in texels.
struct UvError {
  double mean = 0;
  double p99 = 0;
};
/// `samples` points of the reference, evenly over its area, against the nearest of the other
/// surface. Near a seam that is often a point of the other island: where the coordinates lie much
/// farther apart than most do, the triangle around with the nearest ones counts. Nothing where no
/// part of both has coordinates. Cancelled.
[[nodiscard]] Result<std::optional<UvError>> uvError(const TexturedSurface& reference,
                                                     const TexturedSurface& test,
                                                     std::size_t samples, TaskRunner& runner,
                                                     const std::stop_token& stop);

/// 20 points a triangle of the larger mesh, at least 100,000 and at most 400,000.
[[nodiscard]] std::size_t surfaceSamples(std::size_t triangles) noexcept;

}  // namespace volpress::metrics
