// Draws meshes on the CPU: the reference picture of a mesh.
//
// Z-buffered triangles with four samples a pixel and exact coverage (coordinates in 1/256 pixel, so
// that neighbours share each sample once), perspective-correct attributes, trilinear textures, and
// the metallic-roughness model of glTF 2.0 lit by a headlight and an analytic studio environment
// (split sum, Karis 2013; its BRDF term after Lazarov 2013). Tone: Khronos PBR Neutral. The same
// bits on any number of threads.
#pragma once

#include <memory>
#include <span>
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

/// Where a triangle is painted: its corners, then the middles of the edges that start at them.
/// Between them colours run evenly over four smaller triangles.
inline constexpr std::size_t kPaintPoints = 6;

struct MeshRenderOptions {
  std::array<float, 3> background{0, 0, 0};  ///< display values
  MeshShading shading = MeshShading::Textured;
  /// Display RGB in place of materials and shading, three for each of `kPaintPoints` points of
  /// every triangle of PreparedMesh::parts, lightly shaded; empty: none.
  std::span<const float> paint;
  std::stop_token stop;
};

/// A point on a posed mesh, and from where it is looked at.
struct MeshPoint {
  std::uint32_t part = 0;  ///< of PreparedMesh::parts
  std::uint32_t triangle = 0;
  std::array<float, 3> weights{};  ///< of the triangle's corners
  float reach = 0;                 ///< world units over which pictures are averaged
  std::array<float, 3> toEye{};    ///< unit vector
};

/// A mesh posed at one moment with its pictures decoded. Immutable; may be shared by threads.
class PreparedMesh {
public:
  virtual ~PreparedMesh() = default;
  /// World-space bounds of what is drawn.
  [[nodiscard]] virtual const Bounds& bounds() const noexcept = 0;
  [[nodiscard]] virtual const std::vector<PosedPart>& parts() const noexcept = 0;
  /// Display RGB and alpha of a point as `render` draws it, textured, with the headlight where it
  /// stands for an eye in that direction; alpha is 0 where a MASK material is cut away.
  [[nodiscard]] virtual std::array<float, 4> colorAt(const MeshPoint& point) const = 0;
  /// The same without light: base colour picture times factor (and vertex colour).
  [[nodiscard]] virtual std::array<float, 4> baseColorAt(const MeshPoint& point) const = 0;
  /// Whether a part's triangles are seen from behind too.
  [[nodiscard]] virtual bool isDoubleSided(std::uint32_t part) const = 0;
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

  /// The same mesh at another moment; shares its pictures, so only vertices are made anew.
  [[nodiscard]] std::unique_ptr<PreparedMesh> pose(const PreparedMesh& prepared,
                                                   const MeshMoment& moment) const;

  /// Draws what `prepare` made. InvalidParameter for pictures without pixels or over 2^28 of them,
  /// and for paint of another number of triangles.
  [[nodiscard]] Result<RenderResult> render(const PreparedMesh& mesh, const Camera& camera,
                                            const MeshRenderOptions& options) const;

  [[nodiscard]] std::string name() const;

private:
  TaskRunner& m_runner;
};

}  // namespace volpress::renderer
