// The mesh type itself: validation, repair, poses, topology.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "scene/types/mesh_frames.hpp"
#include "scene/types/mesh_pose.hpp"
#include "scene/types/mesh_topology.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress {
namespace {

TEST(MeshType, ValidatesWhatIsWhole) {
  EXPECT_TRUE(validate(testing::cubeMesh()));
  EXPECT_TRUE(validate(testing::richMesh()));
}

TEST(MeshType, RefusesEveryBrokenReference) {
  const auto broken = [](auto&& change) {
    Mesh mesh = testing::richMesh();
    change(mesh);
    const auto checked = validate(mesh);
    return !checked && checked.error().code == ErrorCode::CorruptData;
  };
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].indices[4] = 36; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].positions[7] = NAN; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].normals.pop_back(); }));
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].weights.clear(); }));
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].joints[1] = 2; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].material = 1; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.parts[0].morphs[0].positions.pop_back(); }));
  EXPECT_TRUE(broken([](Mesh& m) { m.materials[0].baseColorTexture.texture = 1; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.nodes[1].parent = 1; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.nodes[0].parts = {2}; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.skins[0].joints[0] = 4; }));
  EXPECT_TRUE(broken([](Mesh& m) { m.animations[0].channels[0].values.pop_back(); }));
}

TEST(MeshType, RepairKeepsWhatCanBeDrawn) {
  MeshPart part = testing::cubeMesh().parts[0];
  part.positions[0] = std::numeric_limits<float>::infinity();  // corner 0 is in three triangles
  part.indices.insert(part.indices.end(), {1, 2, 99});
  part.normals.assign(5, 0.0F);
  MeshRepair repair;
  repairPart(part, repair);
  EXPECT_EQ(repair.badTriangles, 4U);
  EXPECT_EQ(part.triangleCount(), 9U);
  EXPECT_TRUE(part.normals.empty());
  Mesh mesh;
  mesh.parts.push_back(std::move(part));
  EXPECT_TRUE(validate(mesh));
}

TEST(MeshFrames, JoinFramesOfTheSameTrianglesToTargets) {
  const std::vector<Mesh> frames = testing::bendingTorus(5);
  MeshFrames joined(30);
  for (const Mesh& frame : frames) {
    joined.add(frame);
  }
  EXPECT_EQ(joined.runCount(), 1U);
  const Mesh mesh = std::move(joined).finish();
  ASSERT_TRUE(validate(mesh)) << validate(mesh).error().message;
  ASSERT_EQ(mesh.parts.size(), 1U);
  EXPECT_EQ(mesh.parts[0].morphs.size(), 4U);
  EXPECT_NEAR(animationSeconds(mesh.animations.at(0)), 5.0 / 30, 1e-6);
  for (std::size_t frame = 0; frame < frames.size(); ++frame) {
    const auto posed = poseMesh(mesh, {0, static_cast<double>(frame) / 30});
    const FloatArray& wanted = frames[frame].parts[0].positions;
    ASSERT_EQ(posed.size(), 1U);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_NEAR(posed[0].positions[i], wanted[i], 1e-5) << frame;
    }
  }
}

TEST(MeshFrames, ShowOtherTrianglesInTheirTurn) {
  MeshFrames joined(30);
  for (const Mesh& frame : {testing::torusMesh(6, 5), testing::cubeMesh(), testing::gridMesh(4)}) {
    joined.add(frame);
  }
  const Mesh mesh = std::move(joined).finish();
  ASSERT_TRUE(validate(mesh)) << validate(mesh).error().message;
  for (const auto& [frame, triangles] : {std::pair{0, 60}, {1, 12}, {2, 18}}) {
    const Mesh standing = standingMesh(mesh, {0, frame / 30.0});
    ASSERT_TRUE(validate(standing));
    EXPECT_EQ(triangleCount(standing), static_cast<std::size_t>(triangles)) << frame;
  }
  EXPECT_EQ(triangleCount(standingMesh(mesh, {})), 60U) << "at rest it is the first frame";
}

TEST(MeshPose, NodesMultiplyFromTheRoot) {
  Mesh mesh = testing::cubeMesh();
  mesh.nodes[0].scale = {2, 2, 2};
  mesh.nodes[0].parts.clear();
  MeshNode child;
  child.parent = 0;
  child.translation = {1, 0, 0};
  child.rotation = {0, 0, std::sqrt(0.5F), std::sqrt(0.5F)};  // a quarter turn about z
  child.parts = {0};
  mesh.nodes.push_back(child);
  const auto posed = poseMesh(mesh);
  ASSERT_EQ(posed.size(), 1U);
  // Corner 1 is (1, -1, -1): turned (1, 1, -1), moved (2, 1, -1), doubled.
  EXPECT_NEAR(posed[0].positions[3], 4, 1e-5);
  EXPECT_NEAR(posed[0].positions[4], 2, 1e-5);
  EXPECT_NEAR(posed[0].positions[5], -2, 1e-5);
}

TEST(MeshPose, MirrorsAreSeen) {
  Mesh mesh = testing::cubeMesh();
  mesh.nodes[0].scale = {-1, 1, 1};
  EXPECT_TRUE(poseMesh(mesh)[0].mirrored);
}

TEST(MeshPose, SkinsAndMorphsFollowTheAnimation) {
  const Mesh mesh = testing::richMesh();
  // At its own frames the skin leaves everything in place; half the morph target is on.
  const auto still = poseMesh(mesh);
  EXPECT_NEAR(still[0].positions[0], 0.0625F, 1e-6);
  // At 1 s joint 1, at (0.5, 0, 0), has turned a quarter about z; the morph target is on. The last
  // vertex of the first row follows it alone: (1.125, y, 0.125) is 0.625 and y from the joint.
  const auto moved = poseMesh(mesh, {0, 1.0});
  const std::size_t corner = 5;
  const float y = mesh.parts[0].positions[3 * corner + 1] + 0.125F;
  EXPECT_NEAR(moved[0].positions[3 * corner], 0.5F - y, 1e-5);
  EXPECT_NEAR(moved[0].positions[3 * corner + 1], 0.625F, 1e-5);
  EXPECT_NEAR(moved[0].positions[3 * corner + 2], 0.125F, 1e-5);
}

TEST(MeshPose, AnimationsBeginAtTheirFirstKey) {
  MeshAnimation animation;
  EXPECT_EQ(animationStart(animation), 0);
  animation.channels.resize(2);
  animation.channels[0].times = {1, 2};
  animation.channels[1].times = {0.5F, 1.5F};
  EXPECT_EQ(animationStart(animation), 0.5);
  EXPECT_EQ(animationSeconds(animation), 1.5);
}

TEST(MeshTopology, KnowsTheEulerCharacteristic) {
  const MeshTopology cube = measureTopology(testing::cubeMesh());
  EXPECT_EQ(cube.triangles, 12U);
  EXPECT_EQ(cube.vertices, 8U);
  EXPECT_EQ(cube.edges, 18U);
  EXPECT_EQ(cube.boundaryEdges, 0U);
  EXPECT_EQ(cube.components, 1U);
  EXPECT_EQ(cube.genus, 0U);
  EXPECT_EQ(measureTopology(testing::torusMesh(12, 8)).genus, 1U);
  const MeshTopology grid = measureTopology(testing::gridMesh(5));
  EXPECT_EQ(grid.boundaryEdges, 16U);
  EXPECT_EQ(grid.components, 1U);
}

TEST(MeshTopology, CountsFaults) {
  Mesh mesh = testing::cubeMesh();
  std::vector<std::uint32_t>& indices = mesh.parts[0].indices;
  indices.insert(indices.end(), {0, 2, 1});  // once more
  indices.insert(indices.end(), {3, 3, 1});  // no area
  mesh.parts[0].positions.insert(mesh.parts[0].positions.end(), {9, 9, 9});
  const MeshTopology topology = measureTopology(mesh);
  EXPECT_EQ(topology.duplicateTriangles, 1U);
  EXPECT_EQ(topology.degenerateTriangles, 1U);
  EXPECT_EQ(topology.unusedVertices, 1U);
  EXPECT_EQ(topology.nonManifoldEdges, 3U);
}

}  // namespace
}  // namespace volpress
