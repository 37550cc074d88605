#include "app/engine/sample_mesh_clip.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/engine/mesh_files.hpp"
#include "renderer/software/mesh_splats.hpp"
#include "scene/base/rotations.hpp"
#include "scene/formats/axes.hpp"

namespace volpress::engine {
namespace {

using renderer::MeshPoint;

/// From meshes, which stand upright, to splats: two axes turn, so that turns stay turns.
formats::AxisSigns splatSigns() {
  return formats::axisSignsBetween(AxisFrame::LeftUpForward, AxisFrame::RightDownForward);
}

/// A triangle's corners in the frame of splats.
using Corners = std::array<Vector3, 3>;

Corners cornersOf(const PosedPart& part, std::uint32_t triangle, const formats::AxisSigns& signs) {
  Corners corners{};
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t vertex = part.part->indices[3 * std::size_t{triangle} + k];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      corners[k][axis] = static_cast<double>(part.positions[3 * vertex + axis] * signs[axis]);
    }
  }
  return corners;
}

Vector3 minus(const Vector3& a, const Vector3& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
Vector3 unit(const Vector3& a) {
  const double length = std::max(1e-300, std::hypot(a[0], a[1], a[2]));
  return {a[0] / length, a[1] / length, a[2] / length};
}

/// How a triangle is turned: its first edge is x, its normal z. A triangle without area is not.
Quaternion turnOf(const Corners& corners) {
  const Vector3 edge = minus(corners[1], corners[0]);
  const Vector3 area = cross(edge, minus(corners[2], corners[0]));
  if (!(std::hypot(area[0], area[1], area[2]) > 1e-30)) {
    return {1, 0, 0, 0};
  }
  const Vector3 x = unit(edge), z = unit(area), y = cross(z, x);
  return quaternionOf({x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]});
}

/// Carries splats with the triangles that they lie on.
class MeshMotion {
public:
  MeshMotion(std::shared_ptr<const Mesh> mesh, std::vector<MeshPoint> points,
             const std::vector<PosedPart>& rest)
      : m_mesh(std::move(mesh)), m_points(std::move(points)), m_parts(rest.size()) {
    const formats::AxisSigns signs = splatSigns();
    for (const MeshPoint& point : m_points) {
      m_rest.push_back(conjugate(turnOf(cornersOf(rest[point.part], point.triangle, signs))));
    }
  }

  void operator()(GaussianCloud& cloud, double seconds, TaskRunner& runner) const {
    const MeshAnimation& animation = m_mesh->animations.front();
    const double length = animationSeconds(animation);
    const double at = length > 0 ? std::fmod(seconds, length) : 0;
    const std::vector<PosedPart> posed =
        poseMesh(*m_mesh, {std::size_t{0}, animationStart(animation) + at});
    if (posed.size() != m_parts) {
      return;  // a part is scaled to nothing: what lies on it stays where it was
    }
    const formats::AxisSigns signs = splatSigns();
    constexpr std::size_t kGrain = 1024;
    runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const MeshPoint& point = m_points[i];
        const Corners corners = cornersOf(posed[point.part], point.triangle, signs);
        for (std::size_t axis = 0; axis < 3; ++axis) {
          double mean = 0;
          for (std::size_t k = 0; k < 3; ++k) {
            mean += static_cast<double>(point.weights[k]) * corners[k][axis];
          }
          cloud.means[3 * i + axis] = static_cast<float>(mean);
        }
        float* own = &cloud.rotations[4 * i];
        const Quaternion turned =
            normalised(multiply(multiply(turnOf(corners), m_rest[i]),
                                {static_cast<double>(own[0]), static_cast<double>(own[1]),
                                 static_cast<double>(own[2]), static_cast<double>(own[3])}));
        std::transform(turned.begin(), turned.end(), own,
                       [](double part) { return static_cast<float>(part); });
      }
    });
  }

private:
  std::shared_ptr<const Mesh> m_mesh;
  std::vector<MeshPoint> m_points;  ///< of each splat
  std::vector<Quaternion> m_rest;   ///< what takes each splat's triangle back to no turn
  std::size_t m_parts;
};

}  // namespace

Result<std::shared_ptr<const FrameSource>> makeMeshSampleClip(const std::filesystem::path& path,
                                                              const ClipOptions& options,
                                                              TaskRunner& runner,
                                                              const std::stop_token& stop) {
  Progress unseen;
  VOLPRESS_TRY(const LoadedMeshScene loaded, loadMeshScene(path, runner, unseen, stop));
  const std::shared_ptr<const Mesh>& mesh = loaded.mesh;
  MeshMoment start;
  if (!mesh->animations.empty()) {
    start = {std::size_t{0}, animationStart(mesh->animations.front())};
  }
  VOLPRESS_TRY(const auto prepared, renderer::MeshRenderer(runner).prepare(mesh, start));
  renderer::MeshSplatSettings making;
  making.count = options.splats;
  making.shDegree = options.shDegree;
  std::vector<MeshPoint> points;
  auto cloud = renderer::splatsOfMesh(*prepared, making, runner, stop, &points);
  if (!cloud) {
    return withContext(std::move(cloud).error(), path.string());
  }
  formats::turnAxes(*cloud, splatSigns());
  cloud->frame = AxisFrame::RightDownForward;
  SplatMotion motion;
  if (start.animation) {
    motion = MeshMotion(mesh, std::move(points), prepared->parts());
  }
  return makeSampleClip(options, *std::move(cloud), runner, std::move(motion));
}

}  // namespace volpress::engine
