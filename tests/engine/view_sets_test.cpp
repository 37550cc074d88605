#include "app/engine/view_sets.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "app/engine/bookmarks.hpp"
#include "app/engine/camera_path.hpp"
#include "app/engine/scene_shape.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

constexpr std::string_view kCamera =
    R"({"width":1280,"height":960,"fx":1000,"fy":1000,"position":[0,0,-6],)"
    R"("rotation":[[1,0,0],[0,1,0],[0,0,1]]})";

class ViewSets : public ::testing::Test {
protected:
  Result<ViewSet> make(std::string_view spec, const std::filesystem::path& scene = {}) {
    return makeViewSet(spec, m_cloud, scene, *m_rasterizer, m_options);
  }

  SerialRunner m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer = renderer::makeSoftwareRasterizer(m_runner);
  GaussianCloud m_cloud = testing::randomCloud(4000, 0, 5);
  ViewOptions m_options;
};

TEST_F(ViewSets, orbitLooksAtTheSceneAndHoldsSomeOut) {
  const auto set = make("orbit:16");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ(set->origin, "orbit:16");
  ASSERT_EQ(set->views.size(), 16U);
  const SceneShape shape = measureShape(m_cloud);
  std::size_t heldOut = 0;
  for (const View& view : set->views) {
    heldOut += view.heldOut ? 1 : 0;
    // The optical axis (third row) passes through the centre of the scene.
    float along = 0;
    float squared = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const float offset = shape.centre[c] - view.camera.position[c];
      along += offset * view.camera.rotation[6 + c];
      squared += offset * offset;
    }
    EXPECT_NEAR(along, std::sqrt(squared), 1e-3);
    EXPECT_GT(along, 1.5F * shape.outerRadius);
    // Down in the picture has a part of world +y: nothing stands on its head.
    EXPECT_GT(view.camera.rotation[4], 0.3F);
  }
  EXPECT_EQ(heldOut, 2U);
}

TEST_F(ViewSets, isTheSameEveryTime) {
  const auto first = make("auto");
  const auto second = make("auto");
  ASSERT_TRUE(first.has_value() && second.has_value());
  ASSERT_EQ(first->views.size(), second->views.size());
  for (std::size_t i = 0; i < first->views.size(); ++i) {
    EXPECT_EQ(first->views[i].camera.position, second->views[i].camera.position);
  }
}

TEST_F(ViewSets, autoTakesTheCamerasBesideTheSceneAndScalesThem) {
  const auto folder = testing::scratchFolder("views");
  std::string list = "[" + std::string(kCamera);
  for (int i = 0; i < 9; ++i) {
    list += "," + std::string(kCamera);
  }
  list += "]";
  ASSERT_TRUE(writeFileAtomically(folder / "garden_cameras.json", viewBytes(std::string_view(list)))
                  .has_value());
  m_options.maxViews = 5;
  const auto set = make("auto", folder / "garden.compressed.ply");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ(set->origin, "garden_cameras.json");
  ASSERT_EQ(set->views.size(), 5U);
  EXPECT_EQ(set->views[0].camera.width, 640U);
  EXPECT_EQ(set->views[0].camera.height, 480U);
  EXPECT_FLOAT_EQ(set->views[0].camera.fx, 500);
  const Camera home = homeCamera(m_cloud, folder / "garden.ply", 320, 240, *m_rasterizer);
  EXPECT_EQ(home.position, (std::array<float, 3>{0, 0, -6}));
  EXPECT_EQ(home.width, 320U);
}

TEST_F(ViewSets, aHollowSceneIsSeenFromInside) {
  // Push every splat out to a shell.
  for (std::size_t i = 0; i < m_cloud.count; ++i) {
    float* mean = &m_cloud.means[3 * i];
    const float length = std::sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]);
    for (std::size_t c = 0; c < 3; ++c) {
      mean[c] *= 3 / std::max(length, 1e-3F);
      m_cloud.logScales[3 * i + c] = -1.5F;
    }
    m_cloud.opacityLogits[i] = 2;
  }
  EXPECT_TRUE(measureShape(m_cloud).isCapture);
  const auto set = make("auto");
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->origin, "inside:24");
  EXPECT_GE(set->views.size(), 12U);
}

TEST_F(ViewSets, homeIsOnTheSideThatWasPhotographed) {
  // A ball of fine detail with a smear before it.
  const Camera usual = homeCamera(m_cloud, 320, 240, *m_rasterizer);
  EXPECT_GT(usual.position[2], 1) << "both sides are alike";
  for (const float side : {-1.0F, 1.0F}) {
    for (std::size_t i = 0; i < m_cloud.count; ++i) {
      const bool smear = i % 4 == 1;
      for (std::size_t c = 0; c < 3; ++c) {
        m_cloud.logScales[3 * i + c] = smear ? -0.7F : -3.5F;
      }
      if (smear) {
        m_cloud.means[3 * i + 2] = side * 3;
        std::fill_n(&m_cloud.shDc[3 * i], 3, 0.0F);
      }
      m_cloud.opacityLogits[i] = 3;
    }
    const Camera home = homeCamera(m_cloud, 320, 240, *m_rasterizer);
    EXPECT_LT(home.position[2] * side, -1);
  }
}

TEST_F(ViewSets, badSpecsSayWhatIsExpected) {
  for (const char* spec : {"orbit:0", "orbit:", "orbit:3x", "inside:99999", "orbit:-1"}) {
    const auto set = make(spec);
    ASSERT_FALSE(set.has_value()) << spec;
    EXPECT_EQ(set.error().code, ErrorCode::InvalidParameter) << spec;
  }
  const auto missing = make("/nonexistent/cameras.json");
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().message.find("/nonexistent/cameras.json"), std::string::npos);
}

TEST_F(ViewSets, takesTransformsAndColmapModels) {
  const auto folder = testing::scratchFolder("posed_views");
  constexpr std::string_view kTransforms =
      R"({"w":1280,"h":960,"fl_x":1000,"test_filenames":["b"],"frames":[)"
      R"({"file_path":"a","transform_matrix":[[1,0,0,0],[0,-1,0,0],[0,0,-1,-6]]},)"
      R"({"file_path":"b","transform_matrix":[[1,0,0,0],[0,-1,0,0],[0,0,-1,-7]]}]})";
  ASSERT_TRUE(writeFileAtomically(folder / "transforms.json", viewBytes(kTransforms)).has_value());
  std::filesystem::create_directories(folder / "colmap/sparse/0");
  const auto model = folder / "colmap/sparse/0";
  ASSERT_TRUE(writeFileAtomically(model / "cameras.txt",
                                  viewBytes("1 PINHOLE 1280 960 1000 1000 640 480\n"))
                  .has_value());
  ASSERT_TRUE(
      writeFileAtomically(model / "images.txt", viewBytes("1 1 0 0 0 0 0 6 1 a\n\n")).has_value());

  const auto fromFile = make((folder / "transforms.json").string());
  ASSERT_TRUE(fromFile.has_value()) << fromFile.error().message;
  ASSERT_EQ(fromFile->views.size(), 2U);
  EXPECT_EQ(fromFile->origin, "transforms.json");
  EXPECT_EQ(fromFile->views[0].camera.position[2], -6);
  EXPECT_EQ(fromFile->views[0].camera.width, 640U);
  EXPECT_FALSE(fromFile->views[0].heldOut);
  EXPECT_TRUE(fromFile->views[1].heldOut);
  for (const auto& path : {folder / "colmap", model, model / "images.txt"}) {
    const auto set = make(path.string());
    ASSERT_TRUE(set.has_value()) << set.error().message;
    EXPECT_EQ(set->origin, "COLMAP model");
    EXPECT_EQ(set->views[0].camera.rotation, fromFile->views[0].camera.rotation);
    EXPECT_EQ(set->views[0].camera.position, fromFile->views[0].camera.position);
    EXPECT_EQ(set->views[0].camera.fx, fromFile->views[0].camera.fx);
  }
}

TEST_F(ViewSets, takesBookmarksAndCameraPaths) {
  const auto folder = testing::scratchFolder("own_views");
  Viewpoint view;
  view.position = {0, 0, -6};
  Bookmarks bookmarks;
  ASSERT_TRUE(bookmarks.add(view, "front").has_value());
  ASSERT_TRUE(bookmarks.add(view, "kept aside").has_value());
  ASSERT_TRUE(bookmarks.setHeldOut(1, true).has_value());
  ASSERT_TRUE(writeFileAtomically(folder / "kept.json",
                                  viewBytes(std::string_view(bookmarksToJson(bookmarks))))
                  .has_value());
  const auto kept = make((folder / "kept.json").string());
  ASSERT_TRUE(kept.has_value()) << kept.error().message;
  ASSERT_EQ(kept->views.size(), 2U);
  EXPECT_EQ(kept->views[0].name, "front");
  EXPECT_EQ(kept->views[0].camera.position, (std::array<float, 3>{0, 0, -6}));
  EXPECT_EQ(kept->views[0].camera.width, m_options.maxWidth);
  EXPECT_FALSE(kept->views[0].heldOut);
  EXPECT_TRUE(kept->views[1].heldOut);

  const CameraPath path = turntablePath(view, {0, 1, 0}, 4);
  ASSERT_TRUE(
      writeFileAtomically(folder / "way.json", viewBytes(std::string_view(cameraPathToJson(path))))
          .has_value());
  const auto way = make((folder / "way.json").string());
  ASSERT_TRUE(way.has_value()) << way.error().message;
  EXPECT_EQ(way->views.size(), 24U);
  EXPECT_EQ(way->views[1].name, "frame 5");

  ASSERT_TRUE(
      writeFileAtomically(folder / "none.json", viewBytes(std::string_view(bookmarksToJson({}))))
          .has_value());
  const auto none = make((folder / "none.json").string());
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().message.find("holds no bookmark"), std::string::npos);
}

}  // namespace
}  // namespace volpress::engine
