#include "scene/formats/colmap_model.hpp"

#include <gtest/gtest.h>

#include "scene/base/files.hpp"
#include "tests/formats/colmap_files.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

namespace fs = std::filesystem;
using testing::binaryColmapCameras;
using testing::binaryColmapImages;
using testing::binaryColmapPoints;
using testing::kTextColmapCameras;
using testing::kTextColmapImages;
using testing::kTextColmapPoints;

/// Both encodings of each file, for tests that ask the same of both.
struct Files {
  ColmapEncoding encoding;
  Bytes cameras;
  Bytes images;
  Bytes points;
};

Bytes bytesOf(std::string_view text) {
  const ByteView view = viewBytes(text);
  return {view.begin(), view.end()};
}

std::vector<Files> bothEncodings() {
  return {
      {ColmapEncoding::Binary, binaryColmapCameras(), binaryColmapImages(), binaryColmapPoints()},
      {ColmapEncoding::Text, bytesOf(kTextColmapCameras), bytesOf(kTextColmapImages),
       bytesOf(kTextColmapPoints)}};
}

TEST(ColmapModel, camerasKeepEveryParameter) {
  for (const Files& files : bothEncodings()) {
    const auto cameras = parseColmapCameras(files.cameras, files.encoding);
    ASSERT_TRUE(cameras.has_value()) << cameras.error().message;
    ASSERT_EQ(cameras->size(), 1U);
    const ColmapCamera& camera = cameras->at(7);
    EXPECT_EQ(camera.width, 200U);
    EXPECT_EQ(camera.height, 100U);
    EXPECT_EQ(camera.lens.model, LensModel::OpenCv);
    EXPECT_EQ(camera.lens.fx, 150);
    EXPECT_EQ(camera.lens.fy, 160);
    EXPECT_EQ(camera.lens.cx, 90);
    EXPECT_EQ(camera.lens.cy, 55);
    EXPECT_EQ(camera.lens.extras, (std::array<double, 12>{0.1, 0.01, 0.001, 0.002}));
  }
}

TEST(ColmapModel, imagesArePosedFromWorldToCameraAndSortedByName) {
  for (const Files& files : bothEncodings()) {
    const auto cameras = parseColmapCameras(files.cameras, files.encoding);
    const auto images = parseColmapImages(files.images, files.encoding, *cameras);
    ASSERT_TRUE(images.has_value()) << images.error().message;
    ASSERT_EQ(images->size(), 2U);
    EXPECT_EQ(images->at(0).name, "a.jpg");
    EXPECT_EQ(images->at(0).camera.position, (std::array<float, 3>{0, 0, -4}));
    const Camera& turned = images->at(1).camera;
    EXPECT_EQ(images->at(1).name, "b.jpg");
    // A quarter turn about z: x' = -y, y' = x. The centre is -R^T t = -(2, -1, 3).
    const std::array<float, 9> rotation{0, -1, 0, 1, 0, 0, 0, 0, 1};
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_NEAR(turned.rotation[i], rotation[i], 1e-6) << i;
    }
    const std::array<float, 3> centre{-2, 1, -3};
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(turned.position[c], centre[c], 1e-6);
    }
    EXPECT_EQ(turned.fx, 150);
    EXPECT_EQ(turned.cy, 55);
    EXPECT_EQ(images->at(1).lens.model, LensModel::OpenCv);
  }
}

TEST(ColmapModel, pointsHaveColours) {
  for (const Files& files : bothEncodings()) {
    PosedImages into;
    const auto read = parseColmapPoints(files.points, files.encoding, into);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(into.points, (FloatArray{1, -2, 3.5F}));
    EXPECT_EQ(into.pointColors, (FloatArray{1, 0, 0.2F}));
  }
}

TEST(ColmapModel, everyLensModelIsReadByIdAndByName) {
  ASSERT_EQ(lensModels().size(), 17U);
  for (const LensModelInfo& info : lensModels()) {
    ByteWriter binary;
    std::string text = fmt::format("1 {} 64 48", info.name);
    binary.write(std::uint64_t{1});
    binary.write(std::uint32_t{1});
    binary.write(static_cast<std::int32_t>(info.model));
    binary.write(std::uint64_t{64});
    binary.write(std::uint64_t{48});
    for (std::size_t p = 0; p < info.parameterCount(); ++p) {
      const double value = p < info.focals ? 50 : 0.5 + static_cast<double>(p);
      binary.write(value);
      text += fmt::format(" {}", value);
    }
    const auto fromBinary = parseColmapCameras(binary.bytes(), ColmapEncoding::Binary);
    const auto fromText = parseColmapCameras(viewBytes(text), ColmapEncoding::Text);
    ASSERT_TRUE(fromBinary.has_value()) << info.name << ": " << fromBinary.error().message;
    ASSERT_TRUE(fromText.has_value()) << info.name << ": " << fromText.error().message;
    for (const auto& cameras : {*fromBinary, *fromText}) {
      const Lens& lens = cameras.at(1).lens;
      EXPECT_EQ(lens.model, info.model);
      EXPECT_EQ(lens.fx, 50);
      EXPECT_EQ(lens.fy, 50);
      EXPECT_EQ(lens.cx, 0.5 + static_cast<double>(info.focals));
      for (std::size_t e = 0; e < kMaxLensExtras; ++e) {
        const double expected =
            e < info.extras ? 0.5 + static_cast<double>(info.focals + 2 + e) : 0;
        EXPECT_EQ(lens.extras[e], expected) << info.name << " " << e;
      }
    }
  }
}

std::string cameraFault(std::string_view text) {
  const auto cameras = parseColmapCameras(viewBytes(text), ColmapEncoding::Text);
  return cameras ? "" : cameras.error().message;
}

TEST(ColmapModel, faultsAreNamed) {
  EXPECT_EQ(cameraFault("1 FISHBOWL 2 2 1 1 1\n"), "line 1: camera model 'FISHBOWL' is not known");
  EXPECT_EQ(cameraFault("# a\n1 PINHOLE 2 2 1 1 1\n"), "line 2: a camera parameter is missing");
  EXPECT_EQ(cameraFault("1 PINHOLE 2 2 1 1 1 1 9\n"),
            "line 1: PINHOLE has 4 parameters, but more follow");
  EXPECT_EQ(cameraFault("1 PINHOLE 2 2 -1 1 1 1\n"),
            "camera 1: its focal length is -1, but 0.001 .. 10000000 is allowed");
  EXPECT_EQ(cameraFault("1 PINHOLE 2 2 x 1 1 1\n"),
            "line 1: a camera parameter is 'x', but a number is expected");
  EXPECT_EQ(cameraFault("1 PINHOLE 2 2 nan 1 1 1\n"),
            "camera 1: its focal length is nan, but 0.001 .. 10000000 is allowed");
  EXPECT_EQ(cameraFault("1 PINHOLE 99999 2 1 1 1 1\n"),
            "camera 1: its width is 99999, but 1 .. 65535 is allowed");
  EXPECT_EQ(cameraFault("1 PINHOLE 2 2 1 1 1 1\n1 PINHOLE 2 2 1 1 1 1\n"),
            "camera 1 is there twice");
}

TEST(ColmapModel, countsAreCheckedAgainstTheBytesPresent) {
  Bytes cameras = binaryColmapCameras();
  cameras[7] = std::byte{0x10};  // 2^60 cameras
  const auto many = parseColmapCameras(cameras, ColmapEncoding::Binary);
  ASSERT_FALSE(many.has_value());
  EXPECT_EQ(many.error().code, ErrorCode::CorruptData);
  Bytes points = binaryColmapPoints();
  points[8 + 8 + 24 + 3 + 8 + 7] = std::byte{0x80};  // a track of 2^63 sightings
  PosedImages into;
  EXPECT_FALSE(parseColmapPoints(points, ColmapEncoding::Binary, into).has_value());
  Bytes more = binaryColmapPoints();
  more.push_back(std::byte{0});
  EXPECT_FALSE(parseColmapPoints(more, ColmapEncoding::Binary, into).has_value());
}

TEST(ColmapModel, anImageOfAnUnknownCameraIsRefused) {
  const auto images = parseColmapImages(viewBytes(kTextColmapImages), ColmapEncoding::Text, {});
  ASSERT_FALSE(images.has_value());
  EXPECT_EQ(images.error().message, "image 1: its camera 7 is not in the list of cameras");
}

TEST(ColmapModel, aFolderIsReadWithItsPhotographs) {
  const fs::path root = testing::scratchFolder("colmap_model");
  fs::create_directories(root / "sparse/0");
  fs::create_directories(root / "images");
  const auto write = [&root](const char* name, ByteView bytes) {
    ASSERT_TRUE(writeFileAtomically(root / "sparse/0" / name, bytes).has_value());
  };
  write("cameras.bin", binaryColmapCameras());
  write("images.txt", viewBytes(kTextColmapImages));
  write("points3D.txt", viewBytes(kTextColmapPoints));
  const auto read = readColmapModel(root);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->images.size(), 2U);
  EXPECT_EQ(read->images[0].path, root / "images/a.jpg");
  EXPECT_EQ(read->points.size(), 3U);
  const auto none = readColmapModel(root / "images");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::NotThisFormat);
}

TEST(ColmapModel, namesThatLeaveTheFolderHaveNoPath) {
  const fs::path root = testing::scratchFolder("colmap_escape");
  fs::create_directories(root / "images");
  const auto write = [&root](const char* name, std::string_view text) {
    ASSERT_TRUE(writeFileAtomically(root / name, viewBytes(text)).has_value());
  };
  write("cameras.txt", kTextColmapCameras);
  write("images.txt", "1 1 0 0 0 0 0 4 7 ../../etc/passwd\n\n2 1 0 0 0 0 0 4 7 /etc/passwd\n\n");
  const auto read = readColmapModel(root);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(read->images[0].path.empty());
  EXPECT_TRUE(read->images[1].path.empty());
}

TEST(ColmapModel, readsTheFox) {
  const auto folder = testing::realData("nerf/fox_colmap");
  if (!folder) {
    GTEST_SKIP() << "no test data on this machine";
  }
  const auto read = readColmapModel(*folder);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->images.size(), 50U);
  EXPECT_GT(read->points.size(), 3 * 1000U);
  EXPECT_EQ(read->points.size(), read->pointColors.size());
  // Every camera sees most of the sparse points in front of it.
  for (const PosedImage& image : read->images) {
    std::size_t inFront = 0;
    for (std::size_t p = 0; p < read->points.size(); p += 3) {
      float z = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        z += image.camera.rotation[6 + c] * (read->points[p + c] - image.camera.position[c]);
      }
      inFront += z > 0 ? 1 : 0;
    }
    EXPECT_GT(inFront * 3, read->points.size() / 2) << image.name;
  }
}

}  // namespace
}  // namespace volpress::formats
