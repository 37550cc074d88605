// Splats on the surface of a mesh.
#include <gtest/gtest.h>

#include <cmath>

#include "renderer/software/mesh_splats.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::renderer {
namespace {

GaussianCloud splatsOf(const Mesh& mesh, const MeshSplatSettings& settings,
                       std::size_t threads = 1) {
  const auto runner = makeThreadRunner(threads);
  const auto prepared = MeshRenderer(*runner).prepare(std::make_shared<const Mesh>(mesh)).value();
  return splatsOfMesh(*prepared, settings, *runner, {}).value();
}

TEST(MeshSplats, LieFlatOnTheSurface) {
  const GaussianCloud cloud = splatsOf(testing::cubeMesh(), {6000, 0, SplatColors::Base});
  ASSERT_EQ(cloud.count, 6000U);
  std::array<std::size_t, 3> faces{};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float* mean = &cloud.means[3 * i];
    const float* turn = &cloud.rotations[4 * i];  // w, x, y, z
    const std::array<float, 3> across{2 * (turn[1] * turn[3] + turn[0] * turn[2]),
                                      2 * (turn[2] * turn[3] - turn[0] * turn[1]),
                                      1 - 2 * (turn[1] * turn[1] + turn[2] * turn[2])};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (std::abs(across.at(axis)) > 0.99F) {
        EXPECT_NEAR(mean[axis], std::copysign(1.0F, across.at(axis)), 1e-5F) << i;
        ++faces.at(axis);
      }
    }
    EXPECT_LT(cloud.logScales[3 * i + 2], cloud.logScales[3 * i] - 2);
  }
  for (const std::size_t count : faces) {
    EXPECT_NEAR(static_cast<double>(count), 2000, 2) << "by area";
  }
}

TEST(MeshSplats, AreTheSameOnAnyNumberOfThreads) {
  const MeshSplatSettings settings{3000, 2, SplatColors::Drawn};
  const GaussianCloud one = splatsOf(testing::gridMesh(8), settings, 1);
  const GaussianCloud three = splatsOf(testing::gridMesh(8), settings, 3);
  EXPECT_EQ(one.shRest, three.shRest);
  EXPECT_EQ(one.means, three.means);
}

TEST(MeshSplats, LeaveOutWhatAMaskCutsAway) {
  Mesh mesh = testing::gridMesh(8);
  mesh.materials[0].alphaMode = AlphaMode::Mask;
  mesh.materials[0].baseColor[3] = 0.2F;
  EXPECT_EQ(splatsOf(mesh, {500, 0, SplatColors::Drawn}).count, 0U);
  mesh.materials[0].baseColor[3] = 0.9F;
  EXPECT_EQ(splatsOf(mesh, {500, 0, SplatColors::Drawn}).count, 500U);
}

TEST(MeshSplats, LookLikeTheMesh) {
  const auto mesh = std::make_shared<const Mesh>(testing::torusMesh(60, 30));
  const auto runner = makeThreadRunner();
  const MeshRenderer meshes(*runner);
  const auto prepared = meshes.prepare(mesh).value();
  const auto rasterizer = makeSoftwareRasterizer(*runner);
  const Camera camera = lookAt({0, 2.6F, 3.2F}, {0, 0, 0}, {0, -1, 0}, 0.8F, 256, 256);
  const RenderResult drawn = meshes.render(*prepared, camera, {}).value();
  double before = 1;
  for (const std::size_t count : {std::size_t{500}, std::size_t{20000}}) {
    auto cloud = std::make_shared<const GaussianCloud>(
        splatsOfMesh(*prepared, {count, 2, SplatColors::Drawn}, *runner, {}).value());
    const auto ready = rasterizer->prepare(cloud).value();
    const RenderResult splats = rasterizer->render(*ready, camera, {}).value();
    double sum = 0;
    for (std::size_t i = 0; i < drawn.color.pixels.size(); ++i) {
      const double d = static_cast<double>(drawn.color.pixels[i] - splats.color.pixels[i]);
      sum += d * d;
    }
    const double error = sum / static_cast<double>(drawn.color.pixels.size());
    EXPECT_LT(error, 0.8 * before);
    before = error;
  }
  EXPECT_LT(before, 0.006) << "what is left lies along the silhouette";
}

TEST(MeshSplats, NeedASurface) {
  Mesh mesh = testing::cubeMesh();
  mesh.parts[0].positions.assign(mesh.parts[0].positions.size(), 0.0F);
  SerialRunner runner;
  const auto prepared = MeshRenderer(runner).prepare(std::make_shared<const Mesh>(mesh)).value();
  const auto cloud = splatsOfMesh(*prepared, {}, runner, {});
  ASSERT_FALSE(cloud);
  EXPECT_EQ(cloud.error().code, ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace volpress::renderer
