// Splats on the surface of a mesh, so that both can be looked at side by side.
#pragma once

#include "renderer/software/mesh_renderer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::renderer {

enum class SplatColors : std::uint8_t {
  Drawn,  ///< as the renderer shows the point from in front of it, and from aside with more SH
  Base,   ///< base colour picture times factor, without light
};

struct MeshSplatSettings {
  std::size_t count = 200000;  ///< spread evenly over the area of all posed triangles
  unsigned shDegree = 2;       ///< 0..3; of SplatColors::Drawn
  SplatColors colors = SplatColors::Drawn;
};

/// One flat Gaussian a sample: 0.85 of the samples' distance wide along the surface, a twentieth of
/// that across it, opaque but for materials that blend; samples that MASK cuts away are left out,
/// so there may be fewer than `count`. In the frame of the mesh (AxisFrame::LeftUpForward). The
/// same bits on any number of threads. `points`, where given, are the places of the splats on the
/// mesh. InvalidParameter without area or samples; Cancelled.
[[nodiscard]] Result<GaussianCloud> splatsOfMesh(const PreparedMesh& mesh,
                                                 const MeshSplatSettings& settings,
                                                 TaskRunner& runner, const std::stop_token& stop,
                                                 std::vector<MeshPoint>* points = nullptr);

}  // namespace volpress::renderer
