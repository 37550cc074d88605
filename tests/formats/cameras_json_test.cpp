#include <gtest/gtest.h>

#include "scene/base/files.hpp"
#include "scene/formats/cameras_json.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

Result<std::vector<View>> parse(std::string_view text) { return parseCamerasJson(viewBytes(text)); }

std::string camera(std::string_view rotation, std::string_view more = "") {
  return fmt::format(
      R"([{{"id":0,"img_name":"a.jpg","width":200,"height":100,"fx":150,"fy":160,
          "position":[1,2,3],"rotation":{}{}}}])",
      rotation, more);
}

TEST(CamerasJson, rowsOfTheRotationAreCameraAxesInTheWorldByColumn) {
  // Camera to world: camera x -> world y, camera y -> world z, camera z -> world x.
  const auto views = parse(camera("[[0,0,1],[1,0,0],[0,1,0]]"));
  ASSERT_TRUE(views.has_value()) << views.error().message;
  const Camera& read = views->front().camera;
  EXPECT_EQ(views->front().name, "a.jpg");
  EXPECT_EQ(read.rotation, (std::array<float, 9>{0, 1, 0, 0, 0, 1, 1, 0, 0}));
  EXPECT_EQ(read.position, (std::array<float, 3>{1, 2, 3}));
  EXPECT_EQ(read.fx, 150);
  EXPECT_EQ(read.fy, 160);
  EXPECT_EQ(read.cx, 100);
  EXPECT_EQ(read.cy, 50);
}

TEST(CamerasJson, aPrincipalPointIsTakenWhereItIsGiven) {
  const auto views = parse(camera("[[1,0,0],[0,1,0],[0,0,1]]", R"(,"cx":90,"cy":55.5)"));
  ASSERT_TRUE(views.has_value());
  EXPECT_EQ(views->front().camera.cx, 90);
  EXPECT_EQ(views->front().camera.cy, 55.5F);
}

TEST(CamerasJson, faultsAreNamed) {
  EXPECT_FALSE(parse("{}").has_value());
  EXPECT_FALSE(parse("[]").has_value());
  EXPECT_FALSE(parse("[1]").has_value());
  EXPECT_FALSE(parse("[{").has_value());
  const auto skewed = parse(camera("[[1,0,0],[0,1,0],[0,1,0]]"));
  ASSERT_FALSE(skewed.has_value());
  EXPECT_EQ(skewed.error().message, "camera 0: 'rotation' is not a rotation matrix");
  const auto wide = parse(R"([{"width":1e9,"height":1,"fx":1,"fy":1,"position":[0,0,0],
                              "rotation":[[1,0,0],[0,1,0],[0,0,1]]}])");
  ASSERT_FALSE(wide.has_value());
  EXPECT_NE(wide.error().message.find("'width' is 1000000000"), std::string::npos);
}

TEST(CamerasJson, readsTheCamerasThatTrainersWrite) {
  for (const char* name : {"fox_sh3_cameras.json", "phone_scan_cameras.json"}) {
    const auto path = testing::realData(std::string("cameras/") + name);
    if (!path) {
      GTEST_SKIP() << "no test data on this machine";
    }
    const auto file = MappedFile::open(*path);
    ASSERT_TRUE(file.has_value());
    const auto views = parseCamerasJson(file->bytes());
    ASSERT_TRUE(views.has_value()) << views.error().message;
    EXPECT_GE(views->size(), 40U);
  }
}

}  // namespace
}  // namespace volpress::formats
