// Meshes of one moment each as one mesh that moves.
#pragma once

#include <cstddef>
#include <vector>

#include "scene/types/mesh.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress {

/// Joins frames to a mesh with one animation. Frames that follow each other with the same triangles
/// become a run: the first one's parts, with a morph target for each later one. A run has a node of
/// its own, which shows nothing (scale 0) before and after; a mesh that changes its triangles every
/// frame is runs of one. Runs are cut after kMostFrames, so that a moment rests on few others.
class MeshFrames {
public:
  static constexpr std::size_t kMostFrames = 64;

  explicit MeshFrames(double framesPerSecond) : m_rate(framesPerSecond) {}

  /// Takes the frame as it stands: nodes, skeletons and morph targets at rest. `frame` passes
  /// `validate`.
  void add(const Mesh& frame);

  /// How many pieces of unchanging triangles there are so far.
  [[nodiscard]] std::size_t runCount() const noexcept { return m_runs.size(); }

  /// At rest it is the first frame.
  [[nodiscard]] Mesh finish() &&;

private:
  struct Run {
    std::size_t firstFrame = 0;
    std::size_t frames = 0;
    std::size_t firstPart = 0;
  };
  /// Where the frame's materials lie among those of the result: added unless the last ones match.
  [[nodiscard]] std::uint32_t takeMaterials(const Mesh& frame);
  [[nodiscard]] bool continuesRun(const std::vector<MeshPart>& parts) const;
  void addTargets(std::vector<MeshPart> parts);
  [[nodiscard]] float secondsOf(std::size_t frame) const;
  [[nodiscard]] AnimationChannel targetsOf(const Run& run, std::uint32_t node) const;
  [[nodiscard]] AnimationChannel shownOf(const Run& run, std::uint32_t node) const;

  double m_rate;
  std::size_t m_frames = 0;
  std::vector<Run> m_runs;
  std::size_t m_firstMaterial = 0, m_firstTexture = 0;  ///< of what was added last
  Mesh m_mesh;
};

/// How many frames a mesh was joined of, by the animation that MeshFrames made; 0 of others.
[[nodiscard]] std::size_t joinedFrames(const Mesh& mesh, double framesPerSecond);

/// A mesh as it stands at a moment, as one that does not move: one node with every part that is
/// shown, in world space; all materials and pictures. `mesh` passes `validate`.
[[nodiscard]] Mesh standingMesh(const Mesh& mesh, const MeshMoment& moment);

}  // namespace volpress
