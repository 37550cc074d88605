#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_measure.hpp"
#include "app/engine/mesh_views.hpp"
#include "app/engine/scene_model.hpp"
#include "renderer/metrics/mesh_distance.hpp"
#include "renderer/software/field_march.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/obj_mesh_writer.hpp"

namespace volpress::engine {
namespace {

using Vec = std::array<float, 3>;

/// From the frame of splats to that of meshes, or back: both turn the same axes round.
Camera turned(const Camera& camera) {
  const formats::AxisSigns signs =
      formats::axisSignsBetween(AxisFrame::RightDownForward, AxisFrame::LeftUpForward);
  Camera out = camera;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    out.position[axis] *= signs[axis];
    for (std::size_t row = 0; row < 3; ++row) {
      out.rotation[3 * row + axis] *= signs[axis];
    }
  }
  return out;
}

Vec minus(const Vec& a, const Vec& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Vec cross(const Vec& a, const Vec& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
float dot(const Vec& a, const Vec& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// How far along a ray a triangle is met, from either side; infinity where it is not (Möller and
/// Trumbore, 1997).
float distanceTo(const std::array<Vec, 3>& corners, const renderer::FieldRay& ray) {
  constexpr float kNever = std::numeric_limits<float>::infinity();
  const Vec first = minus(corners[1], corners[0]);
  const Vec second = minus(corners[2], corners[0]);
  const Vec across = cross(ray.direction, second);
  const float volume = dot(first, across);
  if (volume == 0) {
    return kNever;
  }
  const Vec from = minus(ray.origin, corners[0]);
  const float u = dot(from, across) / volume;
  const Vec other = cross(from, first);
  const float v = dot(ray.direction, other) / volume;
  const float distance = dot(second, other) / volume;
  return u >= 0 && v >= 0 && u + v <= 1 && distance > 0 ? distance : kNever;
}

/// Each part once, however many nodes show it.
std::uint64_t shownTriangles(const renderer::PreparedMesh& prepared) {
  std::set<const MeshPart*> parts;
  std::uint64_t triangles = 0;
  for (const PosedPart& posed : prepared.parts()) {
    triangles += parts.insert(posed.part).second ? posed.part->indices.size() / 3 : 0;
  }
  return triangles;
}

class MeshModel final : public SceneModel {
public:
  /// `isFrame`: its mesh and pictures are held by another model too.
  MeshModel(std::shared_ptr<const Mesh> mesh, std::unique_ptr<renderer::PreparedMesh> prepared,
            bool isFrame = false)
      : m_mesh(std::move(mesh)),
        m_prepared(std::move(prepared)),
        m_count(shownTriangles(*m_prepared)),
        m_isFrame(isFrame) {}

  [[nodiscard]] SceneKind kind() const noexcept override { return SceneKind::Mesh; }
  /// Of parts that are shown now: frames of a folder lie in one mesh.
  [[nodiscard]] std::uint64_t count() const noexcept override { return m_count; }
  [[nodiscard]] std::string unit() const override { return "triangles"; }
  [[nodiscard]] std::uint64_t plainBytes() const noexcept override {
    return rawGeometryBytes(*m_mesh) + textureBytes(*m_mesh);
  }
  [[nodiscard]] bool drawsSlowly() const noexcept override { return false; }

  [[nodiscard]] Camera home(std::size_t width, std::size_t height) const override {
    return turned(meshHomeCamera(m_prepared->bounds(), width, height));
  }
  [[nodiscard]] float homeDistance() const override {
    const Bounds& bounds = m_prepared->bounds();
    const Camera camera = meshHomeCamera(bounds, 16, 9);
    Vec away{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      away[axis] = (bounds.min[axis] + bounds.max[axis]) / 2 - camera.position[axis];
    }
    return std::sqrt(dot(away, away));
  }

  [[nodiscard]] Result<renderer::RenderResult> draw(const Camera& camera, TaskRunner& runner,
                                                    const std::stop_token& stop) const override {
    return drawPainted(camera, {}, runner, stop);
  }

  [[nodiscard]] const Mesh* mesh() const noexcept override { return m_mesh.get(); }
  [[nodiscard]] Result<std::shared_ptr<const SceneModel>> posed(const MeshMoment& moment,
                                                                TaskRunner& runner) const override {
    return std::make_shared<const MeshModel>(
        m_mesh, renderer::MeshRenderer(runner).pose(*m_prepared, moment), true);
  }
  [[nodiscard]] std::uint64_t frameBytes() const noexcept override {
    std::uint64_t floats = 0;
    for (const PosedPart& part : m_prepared->parts()) {
      floats += part.positions.size() + part.normals.size() + part.tangents.size();
    }
    return floats * sizeof(float) + (m_isFrame ? 0 : plainBytes());
  }

  [[nodiscard]] Result<std::vector<float>> distancesTo(const SceneModel& original,
                                                       TaskRunner& runner,
                                                       const std::stop_token& stop) const override {
    const auto* reference = dynamic_cast<const MeshModel*>(&original);
    if (reference == nullptr) {
      return fail(ErrorCode::InvalidParameter, "the distance of a mesh to {} is not known",
                  kindName(original.kind()));
    }
    return metrics::paintDistances(reference->m_prepared->parts(), m_prepared->parts(), runner,
                                   stop);
  }

  [[nodiscard]] Result<renderer::RenderResult> drawPainted(
      const Camera& camera, std::span<const float> colors, TaskRunner& runner,
      const std::stop_token& stop) const override {
    Camera own = turned(camera);
    setMeshNearPlane(own, m_prepared->bounds());
    renderer::MeshRenderOptions options;
    options.paint = colors;
    options.stop = stop;
    return renderer::MeshRenderer(runner).render(*m_prepared, own, options);
  }

  [[nodiscard]] std::optional<Vec> surfaceUnder(const Camera& camera, float x,
                                                float y) const override {
    const renderer::FieldRay ray = renderer::rayThrough(turned(camera), x, y);
    float nearest = std::numeric_limits<float>::infinity();
    for (const PosedPart& posed : m_prepared->parts()) {
      const std::vector<std::uint32_t>& indices = posed.part->indices;
      for (std::size_t i = 0; i + 2 < indices.size(); i += 3) {
        std::array<Vec, 3> corners{};
        for (std::size_t corner = 0; corner < 3; ++corner) {
          const float* at = &posed.positions[std::size_t{3} * indices[i + corner]];
          corners[corner] = {at[0], at[1], at[2]};
        }
        nearest = std::min(nearest, distanceTo(corners, ray));
      }
    }
    if (std::isinf(nearest)) {
      return std::nullopt;
    }
    const renderer::FieldRay seen = renderer::rayThrough(camera, x, y);
    Vec point = seen.origin;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      point[axis] += nearest * seen.direction[axis];
    }
    return point;
  }

  [[nodiscard]] Result<void> measureAgainst(const SceneModel& original, std::string_view views,
                                            MeasureContext& context,
                                            Evaluation& evaluation) const override {
    const auto* reference = dynamic_cast<const MeshModel*>(&original);
    if (reference == nullptr) {
      return fail(ErrorCode::InvalidParameter, "a mesh is measured against a mesh, not {}",
                  kindName(original.kind()));
    }
    VOLPRESS_TRY(const MeshViewSet set, makeMeasuredViews(views, *reference->m_mesh));
    VOLPRESS_TRY(MeasuredMesh measured, measureMesh(reference->m_mesh, m_mesh, set, context));
    evaluation.views = std::move(measured.views);
    evaluation.mesh = measured.quality;
    return {};
  }

  [[nodiscard]] Result<std::uint64_t> write(const std::filesystem::path& path, TaskRunner& runner,
                                            const std::stop_token& stop) const override {
    const std::string extension = modelExtension(kind(), path);
    if (extension == ".obj") {
      return writeObj(path);
    }
    if (!extension.ends_with(".glb")) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: meshes are written as .glb, .draco.glb, .meshopt.glb or .obj",
                  path.string());
    }
    const formats::GltfGeometry geometry = extension == ".draco.glb" ? formats::GltfGeometry::Draco
                                           : extension == ".meshopt.glb"
                                               ? formats::GltfGeometry::Meshopt
                                               : formats::GltfGeometry::Plain;
    return saveMeshScene(path, *m_mesh, geometry, kFinePositionBits, runner, stop);
  }

private:
  [[nodiscard]] Result<std::uint64_t> writeObj(const std::filesystem::path& path) const {
    VOLPRESS_TRY(const std::vector<formats::NamedFile> files,
                 formats::writeObjMesh(*m_mesh, path.stem().string()));
    std::error_code ignored;
    const bool replaces = std::filesystem::exists(path, ignored);
    std::uint64_t bytes = 0;
    const auto placeOf = [&](const formats::NamedFile& file) {
      return &file == &files.back() ? path : path.parent_path() / file.name;
    };
    for (const formats::NamedFile& file : files) {
      const std::filesystem::path place = placeOf(file);
      if (!replaces && std::filesystem::exists(place, ignored)) {
        return fail(ErrorCode::InvalidParameter,
                    "{} would be written too, but exists already; choose another name",
                    place.string());
      }
    }
    for (const formats::NamedFile& file : files) {  // the .obj, which names the others, last
      VOLPRESS_CHECK(writeFileAtomically(placeOf(file), file.bytes));
      bytes += file.bytes.size();
    }
    return bytes;
  }

  std::shared_ptr<const Mesh> m_mesh;
  std::unique_ptr<renderer::PreparedMesh> m_prepared;
  std::uint64_t m_count;
  bool m_isFrame;
};

}  // namespace

Result<std::shared_ptr<const SceneModel>> makeMeshModel(std::shared_ptr<const Mesh> mesh,
                                                        TaskRunner& runner,
                                                        std::vector<std::string>& warnings) {
  VOLPRESS_TRY(auto prepared, renderer::MeshRenderer(runner).prepare(mesh));
  warnings.insert(warnings.end(), prepared->warnings().begin(), prepared->warnings().end());
  return std::make_shared<const MeshModel>(std::move(mesh), std::move(prepared));
}

}  // namespace volpress::engine
