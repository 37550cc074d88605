// Draws meshes on the CPU: the reference picture of a mesh.
//
// Z-buffered triangles with four samples a pixel and exact coverage (coordinates in 1/256 pixel, so
// that neighbours share each sample once), perspective-correct attributes, trilinear textures, and
// the metallic-roughness model of glTF 2.0 lit by a headlight and an analytic studio environment
// (split sum, Karis 2013; its BRDF term after Lazarov 2013). Tone: Khronos PBR Neutral. The same
// bits on any number of threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "renderer/rasterizer.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress::renderer {

enum class MeshShading : std::uint8_t {
  Textured,   ///< materials as they are
  Flat,       ///< grey, a normal a triangle: geometry errors show
  Wireframe,  ///< flat, with the edges of the triangles
  Normals,    ///< shading normals as colours
};

struct MeshRenderOptions {
  std::array<float, 3> background{0, 0, 0};  ///< display values
  MeshShading shading = MeshShading::Textured;
  std::stop_token stop;
};

/// A mesh posed at one moment with its pictures decoded. Immutable; may be shared by threads.
class PreparedMesh {
public:
  virtual ~PreparedMesh() = default;
  /// World-space bounds of what is drawn.
  [[nodiscard]] virtual const Bounds& bounds() const noexcept = 0;
  [[nodiscard]] virtual const std::vector<PosedPart>& parts() const noexcept = 0;
  /// Pictures that cannot be decoded are left out; a line for each.
  [[nodiscard]] virtual const std::vector<std::string>& warnings() const noexcept = 0;
};

class MeshRenderer {
public:
  /// `runner` must outlive the renderer.
  explicit MeshRenderer(TaskRunner& runner) : m_runner(runner) {}

  /// The mesh must pass `validate`; it is kept alive by the result.
  [[nodiscard]] Result<std::unique_ptr<PreparedMesh>> prepare(std::shared_ptr<const Mesh> mesh,
                                                              const MeshMoment& moment = {}) const;

  /// Draws what `prepare` made. InvalidParameter for pictures without pixels or over 2^28 of them.
  [[nodiscard]] Result<RenderResult> render(const PreparedMesh& mesh, const Camera& camera,
                                            const MeshRenderOptions& options) const;

  [[nodiscard]] std::string name() const;

private:
  TaskRunner& m_runner;
};

}  // namespace volpress::renderer
