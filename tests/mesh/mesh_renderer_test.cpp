// Drawing meshes: scenes whose pictures are known on paper.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "renderer/software/mesh_renderer.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress {
namespace {

using renderer::MeshRenderer;
using renderer::MeshRenderOptions;
using renderer::RenderResult;

/// Looks along -z from (0, 0, 4): a unit at the origin's depth is 64 pixels of 256.
Camera frontCamera() {
  Camera camera = lookAt({0, 0, 4}, {0, 0, 0}, {0, -1, 0}, 1, 256, 256);
  camera.fx = camera.fy = 256;
  camera.nearPlane = 0.1F;
  return camera;
}

/// A unit square around the origin that faces +z, unlit, of one linear colour.
Mesh square(std::array<float, 4> color, AlphaMode alpha = AlphaMode::Opaque) {
  Mesh mesh;
  MeshPart part;
  part.positions = {-0.5F, -0.5F, 0, 0.5F, -0.5F, 0, 0.5F, 0.5F, 0, -0.5F, 0.5F, 0};
  part.uvs[0] = {0, 1, 1, 1, 1, 0, 0, 0};
  part.indices = {0, 1, 2, 0, 2, 3};
  part.material = 0;
  mesh.parts.push_back(std::move(part));
  MeshMaterial material;
  material.baseColor = color;
  material.unlit = true;
  material.alphaMode = alpha;
  mesh.materials.push_back(material);
  mesh.nodes.push_back({});
  mesh.nodes[0].parts = {0};
  return mesh;
}

RenderResult draw(Mesh mesh, const Camera& camera, const MeshRenderOptions& options = {},
                  std::size_t threads = 1) {
  const auto runner = makeThreadRunner(threads);
  const MeshRenderer renderer(*runner);
  const auto prepared = renderer.prepare(std::make_shared<const Mesh>(std::move(mesh)));
  return renderer.render(**prepared, camera, options).value();
}

float red(const RenderResult& result, std::size_t x, std::size_t y) {
  return result.color.pixels[3 * (y * result.color.width + x)];
}

TEST(MeshRenderer, PutsASquareWhereItIs) {
  const RenderResult result = draw(square({1, 1, 1, 1}), frontCamera());
  // 32 pixels to each side of the middle, on pixel borders: no pixel is half covered.
  for (std::size_t y = 0; y < 256; ++y) {
    for (std::size_t x = 0; x < 256; ++x) {
      const bool inside = x >= 96 && x < 160 && y >= 96 && y < 160;
      ASSERT_EQ(result.alpha.pixels[y * 256 + x], inside ? 1.0F : 0.0F) << x << ' ' << y;
    }
  }
  EXPECT_FLOAT_EQ(red(result, 128, 128), 1);
}

TEST(MeshRenderer, NeighboursShareEachSampleOnce) {
  // Translucent: the diagonal would be darker where both triangles drew, brighter where neither.
  Camera camera = frontCamera();
  camera.cx += 0.37F;
  camera.cy -= 0.21F;
  const RenderResult result = draw(square({1, 1, 1, 0.5F}, AlphaMode::Blend), camera);
  for (std::size_t i = 100; i < 156; ++i) {
    EXPECT_EQ(result.alpha.pixels[i * 256 + i], 0.5F);
    EXPECT_EQ(result.alpha.pixels[(255 - i) * 256 + i], 0.5F);
  }
}

TEST(MeshRenderer, NearHidesFarWhateverTheOrder) {
  for (const bool nearFirst : {false, true}) {
    Mesh mesh = square({1, 0, 0, 1});
    mesh.parts.push_back(mesh.parts[0]);
    mesh.materials.push_back(mesh.materials[0]);
    mesh.materials[1].baseColor = {0, 1, 0, 1};
    mesh.parts[1].material = 1;
    MeshNode second;
    second.parts = {1};
    second.translation = {0, 0, nearFirst ? -1.0F : 1.0F};
    mesh.nodes.push_back(second);
    const RenderResult result = draw(std::move(mesh), frontCamera());
    EXPECT_NEAR(red(result, 128, 128), nearFirst ? 1.0F : 0.0F, 1e-5F);
  }
}

TEST(MeshRenderer, BacksAreDrawnOnlyWhenTheMaterialSaysSo) {
  Mesh mesh = square({1, 1, 1, 1});
  mesh.nodes[0].rotation = {0, 1, 0, 0};  // half a turn about y
  EXPECT_EQ(draw(mesh, frontCamera()).alpha.pixels[128 * 256 + 128], 0);
  mesh.materials[0].doubleSided = true;
  EXPECT_EQ(draw(mesh, frontCamera()).alpha.pixels[128 * 256 + 128], 1);
  mesh.materials[0].doubleSided = false;
  mesh.nodes[0].scale = {1, 1, -1};  // mirrored: the face turns to the eye again
  EXPECT_EQ(draw(mesh, frontCamera()).alpha.pixels[128 * 256 + 128], 1);
}

TEST(MeshRenderer, ColoursRunInPerspective) {
  // A floor from (y -1, z 2) to (y -1, z -6), black near, white far: at a row, depth is known.
  Mesh mesh = square({1, 1, 1, 1});
  MeshPart& part = mesh.parts[0];
  part.positions = {-4, -1, 2, 4, -1, 2, 4, -1, -6, -4, -1, -6};
  part.colors = {0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const RenderResult result = draw(std::move(mesh), frontCamera());
  for (const std::size_t row : {160U, 180U, 200U, 240U}) {
    const float depth = 256.0F / (static_cast<float>(row) + 0.5F - 128);
    const float linear = (depth - 2) / 8;
    const float display =
        linear <= 0.0031308F ? 12.92F * linear : 1.055F * std::pow(linear, 1 / 2.4F) - 0.055F;
    EXPECT_NEAR(red(result, 128, row), display, 2e-3) << row;
  }
}

TEST(MeshRenderer, CutsAtTheNearPlane) {
  Mesh mesh = square({1, 1, 1, 1});
  mesh.parts[0].positions = {-4, -1, 9, 4, -1, 9, 4, -1, -6, -4, -1, -6};  // runs behind the eye
  const RenderResult result = draw(std::move(mesh), frontCamera());
  EXPECT_EQ(result.alpha.pixels[250 * 256 + 128], 1);
  EXPECT_EQ(result.alpha.pixels[100 * 256 + 128], 0);
}

TEST(MeshRenderer, PicturesAreSeen) {
  const Mesh grid = testing::gridMesh(8);
  Mesh mesh = square({1, 1, 1, 1});
  mesh.textures = grid.textures;  // one red pixel
  mesh.materials[0].baseColorTexture.texture = 0;
  const RenderResult result = draw(std::move(mesh), frontCamera());
  const float* pixel = &result.color.pixels[3 * (128 * 256 + 128)];
  EXPECT_GT(pixel[0], 0.95F);
  EXPECT_LT(pixel[1], 0.05F);
}

TEST(MeshRenderer, ThreadsChangeNoBit) {
  for (const auto shading : {renderer::MeshShading::Textured, renderer::MeshShading::Wireframe}) {
    MeshRenderOptions options;
    options.shading = shading;
    const RenderResult one = draw(testing::torusMesh(40, 20), frontCamera(), options, 1);
    const RenderResult three = draw(testing::torusMesh(40, 20), frontCamera(), options, 3);
    EXPECT_EQ(one.color.pixels, three.color.pixels);
    EXPECT_TRUE(std::all_of(one.color.pixels.begin(), one.color.pixels.end(),
                            [](float value) { return value >= 0 && value <= 1; }));
  }
}

TEST(MeshRenderer, PaintRunsEvenlyOverFourPartsOfATriangle) {
  Mesh mesh = square({0, 0, 1, 1});
  // Red at the corner (-0.5, -0.5) alone: half way along an edge it is gone.
  std::vector<float> paint(2 * 3 * renderer::kPaintPoints, 0);
  paint[0] = paint[3 * renderer::kPaintPoints] = 1;
  MeshRenderOptions options;
  options.paint = paint;
  const RenderResult drawn = draw(mesh, frontCamera(), options);
  const auto red = [&](std::size_t x, std::size_t y) {
    return drawn.color.pixels[3 * (256 * y + x)];
  };
  const float corner = red(97, 158);
  EXPECT_GT(corner, 0.4F);
  EXPECT_NEAR(red(112, 158) / corner, 0.5, 0.05);
  EXPECT_LT(red(130, 158), 0.01F);
  EXPECT_EQ(drawn.color.pixels[3 * (256 * 128 + 128) + 2], 0);  // no material is left
  paint.pop_back();
  options.paint = paint;
  const auto runner = makeThreadRunner(1);
  const MeshRenderer renderer(*runner);
  const auto prepared = renderer.prepare(std::make_shared<const Mesh>(std::move(mesh)));
  const auto refused = renderer.render(**prepared, frontCamera(), options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidParameter);
}

TEST(MeshRenderer, APosedMeshIsTheOnePreparedAtThatMoment) {
  const auto runner = makeThreadRunner(1);
  const MeshRenderer renderer(*runner);
  const auto mesh = std::make_shared<const Mesh>(testing::richMesh());
  const auto rest = renderer.prepare(mesh);
  const auto prepared = renderer.prepare(mesh, {0, 0.7});
  const auto posed = renderer.pose(**rest, {0, 0.7});
  const auto picture = [&](const renderer::PreparedMesh& one) {
    return renderer.render(one, frontCamera(), {}).value().color.pixels;
  };
  EXPECT_EQ(picture(*posed), picture(**prepared));
  EXPECT_NE(picture(*posed), picture(**rest));
}

}  // namespace
}  // namespace volpress
