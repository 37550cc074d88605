#include "scene/formats/transforms_json.hpp"

#include <cmath>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "scene/base/files.hpp"
#include "scene/formats/posed_images_reader.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIdentity = "[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]";

Result<TransformsFile> parse(std::string_view text) {
  return parseTransformsJson(viewBytes(text),
                             {[](const std::string& name) { return fs::path("photos") / name; },
                              [](const fs::path&) -> Result<PictureSize> {
                                return PictureSize{800, 600};
                              }});
}

/// One frame with `more` keys at the top and the given matrix.
std::string file(std::string_view more, std::string_view matrix = kIdentity,
                 std::string_view inFrame = "") {
  return fmt::format(R"({{{}"frames":[{{"file_path":"a.jpg",{}"transform_matrix":{}}}]}})", more,
                     inFrame, matrix);
}

Lens lensOf(std::string_view more, std::string_view inFrame = "") {
  const auto read = parse(file(more, kIdentity, inFrame));
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return read ? read->posed.images[0].lens : Lens{};
}

std::string faultOf(std::string_view text) {
  const auto read = parse(text);
  return read ? "" : read.error().message;
}

constexpr std::string_view kSize = R"("w":200,"h":100,"fl_x":150,)";

TEST(TransformsJson, theCameraLooksAlongMinusZWithYUp) {
  const auto read = parse(file(kSize));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const PosedImage& image = read->posed.images[0];
  EXPECT_EQ(image.camera.rotation, (std::array<float, 9>{1, 0, 0, 0, -1, 0, 0, 0, -1}));
  EXPECT_EQ(image.path, fs::path("photos/a.jpg"));
  EXPECT_EQ(image.camera.width, 200U);
  EXPECT_EQ(image.camera.cx, 100);
  EXPECT_EQ(image.camera.fy, 150);
}

TEST(TransformsJson, columnsOfTheMatrixAreAxesInTheWorldAndMayBeScaled) {
  // Camera x -> world y, camera y (up) -> world z, camera z (back) -> world x, at (1, 2, 3).
  const auto read = parse(file(kSize, "[[0,0,2,1],[2,0,0,2],[0,2,0,3]]"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->posed.images[0].camera.rotation,
            (std::array<float, 9>{0, 1, 0, 0, 0, -1, -1, 0, 0}));
  EXPECT_EQ(read->posed.images[0].camera.position, (std::array<float, 3>{1, 2, 3}));
}

TEST(TransformsJson, focalLengthsComeFromPixelsRadiansOrDegrees) {
  EXPECT_EQ(lensOf(R"("w":200,"h":100,"fl_x":150,"fl_y":160,"camera_angle_x":1,)").fy, 160);
  const double right = 2 * std::atan(0.5);  // half the width at distance 1
  EXPECT_NEAR(lensOf(fmt::format(R"("w":200,"h":100,"camera_angle_x":{},)", right)).fx, 200, 1e-9);
  EXPECT_NEAR(lensOf(fmt::format(R"("w":200,"h":100,"camera_angle_x":{},)", right)).fy, 200, 1e-9);
  const Lens degrees = lensOf(R"("w":200,"h":100,"x_fov":90,"y_fov":90,)");
  EXPECT_NEAR(degrees.fx, 100, 1e-9);
  EXPECT_NEAR(degrees.fy, 50, 1e-9);
  // The original NeRF scenes state an angle alone: the size is the photograph's.
  const Lens nerf = lensOf(fmt::format(R"("camera_angle_x":{},)", right));
  EXPECT_NEAR(nerf.fx, 800, 1e-9);
  EXPECT_EQ(nerf.cy, 300);
}

TEST(TransformsJson, aFramesOwnIntrinsicsWin) {
  const Lens lens =
      lensOf(R"("w":200,"h":100,"fl_x":150,"cx":90,"k1":0.1,)", R"("fl_x":70,"k1":0,"cx":null,)");
  EXPECT_EQ(lens.fx, 70);
  EXPECT_EQ(lens.cx, 90);
  EXPECT_EQ(lens.model, LensModel::Pinhole);
}

TEST(TransformsJson, distortionFollowsTheCameraModel) {
  const std::string size(kSize);
  const Lens open = lensOf(size + R"("k1":0.1,"k2":0.2,"p1":0.3,"p2":0.4,)");
  EXPECT_EQ(open.model, LensModel::OpenCv);
  EXPECT_EQ(open.extras, (std::array<double, 12>{0.1, 0.2, 0.3, 0.4}));
  const Lens fish = lensOf(
      size + R"("camera_model":"OPENCV_FISHEYE","k1":0.1,"k2":0.2,"k3":0.3,"k4":0.4,"p1":0,)");
  EXPECT_EQ(fish.model, LensModel::OpenCvFisheye);
  EXPECT_EQ(fish.extras, (std::array<double, 12>{0.1, 0.2, 0.3, 0.4}));
  EXPECT_EQ(lensOf(size + R"("is_fisheye":true,)").model, LensModel::OpenCvFisheye);
  const Lens full = lensOf(size + R"("k1":0.1,"k2":0.2,"k3":0.3,"p1":0.4,"p2":0.5,)");
  EXPECT_EQ(full.model, LensModel::FullOpenCv);
  EXPECT_EQ(full.extras, (std::array<double, 12>{0.1, 0.2, 0.4, 0.5, 0.3}));
  EXPECT_EQ(faultOf(file(size + R"("camera_model":"EQUIRECTANGULAR",)")),
            "frame 0: camera model 'EQUIRECTANGULAR' is not supported");
}

TEST(TransformsJson, nerfstudiosAdditionsAreKept) {
  const auto read = parse(
      R"({"w":200,"h":100,"fl_x":150,"ply_file_path":"sparse_pc.ply",
          "applied_transform":[[1,0,0,5],[0,0,1,6],[0,-1,0,7]],
          "train_filenames":["a"],"test_filenames":["b"],
          "frames":[{"file_path":"a","transform_matrix":[[1,0,0,0],[0,1,0,0],[0,0,1,0]]},
                    {"file_path":"b","transform_matrix":[[1,0,0,0],[0,1,0,0],[0,0,1,0]]}]})");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->pointsName, "sparse_pc.ply");
  EXPECT_EQ(read->posed.appliedTransform,
            (std::array<float, 12>{1, 0, 0, 5, 0, 0, 1, 6, 0, -1, 0, 7}));
  EXPECT_FALSE(read->posed.images[0].heldOut);
  EXPECT_TRUE(read->posed.images[1].heldOut);
}

TEST(TransformsJson, faultsAreNamed) {
  EXPECT_EQ(parse("[]").error().code, ErrorCode::NotThisFormat);
  EXPECT_EQ(parse("{").error().code, ErrorCode::NotThisFormat);
  EXPECT_EQ(faultOf(R"({"frames":[]})"), "it holds 0 frames, but 1 .. 100000 are allowed");
  EXPECT_EQ(faultOf(R"({"frames":[1]})"), "frame 0: 'transform_matrix' is missing");
  EXPECT_EQ(faultOf(file(kSize, "[[1,0,0],[0,1,0],[0,0,1]]")),
            "frame 0: 'transform_matrix' must hold 3 or 4 rows of 4 numbers");
  EXPECT_EQ(faultOf(file(kSize, "[[1,0,0,0],[0,1,0,0],[0,0,0,0]]")),
            "frame 0: 'transform_matrix' scales axis 2 by 0");
  EXPECT_EQ(faultOf(file(kSize, "[[1,0,0,0],[0,1,0,0],[0,0,-1,0]]")),
            "frame 0: its rotation mirrors the world");
  EXPECT_EQ(faultOf(file(kSize, "[[1,1,0,0],[0,1,0,0],[0,0,1,0]]")),
            "frame 0: its rotation is not a rotation matrix");
  EXPECT_EQ(faultOf(file(kSize, "[[1,0,0,1e30],[0,1,0,0],[0,0,1,0]]")),
            "frame 0: its position holds 1e+30, but +-1000000000 is allowed");
  EXPECT_EQ(faultOf(file(R"("w":200,"h":100,)")),
            "frame 0: no focal length is there ('fl_x', 'camera_angle_x' or 'x_fov')");
  EXPECT_EQ(faultOf(file(R"("w":"wide","h":100,)")), "frame 0: 'w' must be a number");
  EXPECT_EQ(faultOf(file(R"("w":200,"h":100,"camera_angle_x":4,)")),
            "frame 0: its horizontal angle of view is 4 radians, but one between 0 and pi is "
            "allowed");
}

TEST(TransformsJson, photographsAreFoundWithoutTheirExtension) {
  const fs::path folder = testing::scratchFolder("transforms");
  fs::create_directories(folder / "train");
  // The head of a PNG is all that its size needs: 7 x 5 pixels.
  constexpr std::string_view kPng("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\7\0\0\0\5", 24);
  ASSERT_TRUE(writeFileAtomically(folder / "train/r_0.png", viewBytes(kPng)).has_value());
  const auto write = [&folder](const char* name, const char* photograph) {
    const std::string text = fmt::format(
        R"({{"camera_angle_x":0.7,"frames":[{{"file_path":"{}","transform_matrix":{}}}]}})",
        photograph, kIdentity);
    ASSERT_TRUE(writeFileAtomically(folder / name, viewBytes(text)).has_value());
  };
  write("transforms_train.json", "./train/r_0");
  write("transforms_test.json", "train\\\\r_0.png");
  const auto read = readPosedImages(folder);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->images.size(), 2U);
  EXPECT_EQ(read->images[0].path, folder / "train/r_0.png");
  EXPECT_EQ(read->images[0].camera.width, 7U);
  EXPECT_EQ(read->images[1].camera.height, 5U);
  EXPECT_FALSE(read->images[0].heldOut);
  EXPECT_TRUE(read->images[1].heldOut);

  write("transforms_lost.json", "train/gone");
  const auto lost = readPosedImages(folder / "transforms_lost.json");
  ASSERT_FALSE(lost.has_value());
  EXPECT_NE(lost.error().message.find("does not state the picture's size"), std::string::npos);
  EXPECT_NE(lost.error().message.find("train/gone"), std::string::npos);
}

TEST(TransformsJson, sparsePointsAreReadWhereTheyAreNamed) {
  const fs::path folder = testing::scratchFolder("transforms_points");
  const std::string cloud =
      "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\n"
      "property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n"
      "end_header\n1 2 3 255 0 51\n4 5 6 0 255 0\n";
  ASSERT_TRUE(writeFileAtomically(folder / "points.ply", viewBytes(cloud)).has_value());
  const std::string text = file(fmt::format("{}{}", kSize, R"("ply_file_path":"points.ply",)"));
  ASSERT_TRUE(writeFileAtomically(folder / "transforms.json", viewBytes(text)).has_value());
  const auto read = readPosedImages(folder);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->points, (FloatArray{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read->pointColors, (FloatArray{1, 0, 0.2F, 0, 1, 0}));
}

TEST(TransformsJson, readsTheDataSetsThatPeopleHave) {
  const auto fox = testing::realData("nerf/fox/transforms.json");
  const auto tiny = testing::realData("nerf/tiny_transforms");
  if (!fox || !tiny) {
    GTEST_SKIP() << "no test data on this machine";
  }
  const auto read = readPosedImages(*fox);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->images.size(), 67U);
  EXPECT_EQ(read->images[0].lens.model, LensModel::OpenCv);
  EXPECT_NEAR(read->images[0].lens.extras[1], -0.0805099, 1e-12);
  std::size_t present = 0;
  for (const PosedImage& image : read->images) {
    if (fs::exists(image.path)) {
      ++present;
      const auto size = readPictureSize(image.path);
      ASSERT_TRUE(size.has_value()) << size.error().message;
      EXPECT_EQ(size->width, image.camera.width);
      EXPECT_EQ(size->height, image.camera.height);
    }
  }
  EXPECT_EQ(present, 50U);
  const auto one = readPosedImages(*tiny);
  ASSERT_TRUE(one.has_value()) << one.error().message;
  EXPECT_EQ(one->images.size(), 1U);
  EXPECT_EQ(one->images[0].camera.fx, 50);
}

TEST(PictureSize, headersThatBreakOffAreFaults) {
  constexpr std::string_view kPng("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\7\0\0\0", 23);
  EXPECT_EQ(parsePictureSize(viewBytes(kPng)).error().code, ErrorCode::CorruptData);
  constexpr std::string_view kJpeg("\xFF\xD8\xFF\xE0\0\4JF\xFF\xC0\0\x11\x08\0\x10\0", 16);
  EXPECT_EQ(parsePictureSize(viewBytes(kJpeg)).error().code, ErrorCode::CorruptData);
  constexpr std::string_view kWhole("\xFF\xD8\xFF\xE0\0\4JF\xFF\xC0\0\x11\x08\0\x10\1\2", 17);
  const auto size = parsePictureSize(viewBytes(kWhole));
  ASSERT_TRUE(size.has_value()) << size.error().message;
  EXPECT_EQ(size->width, 258U);
  EXPECT_EQ(size->height, 16U);
  EXPECT_EQ(parsePictureSize(viewBytes("GIF89a")).error().code, ErrorCode::NotThisFormat);
}

}  // namespace
}  // namespace volpress::formats
