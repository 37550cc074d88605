// A mesh as it stands in the world: nodes, skeletons and morph targets applied.
#pragma once

#include <array>
#include <optional>

#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/mesh.hpp"

namespace volpress {

/// When of which animation; without one, the nodes' own frames.
struct MeshMoment {
  std::optional<std::size_t> animation;  ///< into Mesh::animations
  double seconds = 0;                    ///< held at the first and last key outside their range
};

/// Column-major 4x4 matrices of every node, local to world.
[[nodiscard]] std::vector<std::array<float, 16>> worldMatrices(const Mesh& mesh,
                                                               const MeshMoment& moment = {});

/// One part as one node shows it: world-space positions and unit normals and tangents (empty where
/// the part has none); other arrays are read from `part`.
struct PosedPart {
  const MeshPart* part = nullptr;
  FloatArray positions;
  FloatArray normals;
  FloatArray tangents;
  bool mirrored = false;  ///< the node turns triangles inside out
};

/// Everything the nodes show, in node order; parts that no node shows are left out, as in glTF, and
/// those of nodes of scale 0.
/// `mesh` must pass `validate` and outlive the result.
[[nodiscard]] std::vector<PosedPart> poseMesh(const Mesh& mesh, const MeshMoment& moment = {});

/// The first key of an animation, in seconds; 0 of one without keys.
[[nodiscard]] double animationStart(const MeshAnimation& animation);
/// Seconds from the first to the last key of an animation.
[[nodiscard]] double animationSeconds(const MeshAnimation& animation);
/// How many frames show an animation, 1 to a million; the last key ends them.
[[nodiscard]] std::size_t animationFrames(const MeshAnimation& animation, double framesPerSecond);
/// When one of them is shown, in seconds.
[[nodiscard]] double frameSeconds(const MeshAnimation& animation, std::size_t frame,
                                  double framesPerSecond);

/// Bounds of the posed vertices that triangles use; all zero when there is none.
[[nodiscard]] Bounds posedBounds(const std::vector<PosedPart>& parts);

}  // namespace volpress
