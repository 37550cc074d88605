// Real PLY and .splat files: what is known of them must come out.
#include <set>

#include "tests/formats/format_io.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using testing::FormatIo;

struct KnownFile {
  const char* path;
  const char* format;
  std::size_t count;
  unsigned shDegree;
};

class KnownFiles : public ::testing::TestWithParam<KnownFile> {};

TEST_P(KnownFiles, HoldWhatTheManifestSays) {
  const KnownFile& known = GetParam();
  const auto path = testing::realData(known.path);
  if (!path) {
    GTEST_SKIP() << known.path << " is not on this machine";
  }
  FormatIo io(2);
  const auto loaded = loadCloud(*path, io.context);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->formatId, known.format);
  EXPECT_EQ(loaded->cloud.count, known.count);
  EXPECT_EQ(loaded->cloud.shDegree, known.shDegree);
  EXPECT_EQ(loaded->fileBytes, std::filesystem::file_size(*path));
  EXPECT_TRUE(loaded->warnings.empty()) << loaded->warnings[0];
  const auto valid = validate(loaded->cloud);
  EXPECT_TRUE(valid.has_value()) << valid.error().message;

  FormatIo serial(1);
  const auto again = loadCloud(*path, serial.context);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->cloud.means, loaded->cloud.means);
  EXPECT_EQ(again->cloud.shRest, loaded->cloud.shRest);
  EXPECT_EQ(again->cloud.rotations, loaded->cloud.rotations);
}

INSTANTIATE_TEST_SUITE_P(
    Files, KnownFiles,
    ::testing::Values(KnownFile{"splats/biker.compressed.ply", "compressed-ply", 152746, 0},
                      KnownFile{"splats/guitar.compressed.ply", "compressed-ply", 90854, 0},
                      KnownFile{"splats/chair_3dgs.splat", "splat", 89945, 0},
                      KnownFile{"splats/chair_radegs.splat", "splat", 37843, 0},
                      KnownFile{"splats/nerf_chair.splat", "splat", 111650, 0},
                      KnownFile{"splats/phone_scan.splat", "splat", 116906, 0},
                      KnownFile{"splats/fox_sh3.ply", "ply", 48673, 3},
                      KnownFile{"splats/train_1000.ply", "ply", 1000, 3},
                      KnownFile{"sequences/gaussian_head_talk/frame_0000.ply", "ply", 20018, 0},
                      KnownFile{"odd/splat/minimal_ascii.ply", "ply", 3, 0},
                      KnownFile{"odd/splat/minimal_binary.ply", "ply", 3, 0},
                      KnownFile{"odd/splat/splatapult_test.ply", "ply", 16, 3},
                      KnownFile{"odd/splat/test-splat.3-points-from-train.ply", "ply", 3, 3},
                      KnownFile{"odd/splat/minimal.splat", "splat", 4, 0},
                      KnownFile{"odd/splat/test-splat.3-points-from-train.splat", "splat", 3, 0}));

struct OddFile {
  const char* path;
  const char* message;
};

class OddFiles : public ::testing::TestWithParam<OddFile> {};

TEST_P(OddFiles, AreRefusedForTheRightReason) {
  const auto path = testing::realData(GetParam().path);
  if (!path) {
    GTEST_SKIP() << GetParam().path << " is not on this machine";
  }
  FormatIo io;
  const auto loaded = loadCloud(*path, io.context);
  ASSERT_FALSE(loaded.has_value());
  const std::string& message = loaded.error().message;
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_NE(message.find(path->string()), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Files, OddFiles,
    ::testing::Values(
        OddFile{"odd/splat/lfs_pointer_point_cloud.ply", "Git LFS pointer"},
        OddFile{"meshes/bun_zipper.ply", "mesh of 35947 vertices and 69451 faces"},
        OddFile{"meshes/sofa.ply", "mesh of 12103"},
        OddFile{"nerf/tiny_transforms/init.ply", "point cloud of 100 points"},
        OddFile{"odd/mesh/assimp_points.ply", "point cloud of 4 points"},
        OddFile{"odd/mesh/assimp_float-color.ply", "mesh of 3"},
        OddFile{"odd/mesh/assimp_cube_binary_header_with_RN_newline.ply", "mesh of 8"},
        OddFile{"odd/mesh/assimp_cube_binary_starts_with_nl.ply", "mesh of 8"},
        OddFile{"odd/mesh/assimp_issue623.ply", "point cloud"},
        OddFile{"odd/mesh/crash-30d6d0f7c529b3b66b4131700b7a4580cd7082df.ply", "end_header"},
        OddFile{"odd/mesh/empty.ply", "0 bytes"},
        OddFile{"odd/mesh/trimesh_empty.ply", "point cloud of 0 points"},
        OddFile{"odd/mesh/trimesh_ply_empty_ascii.ply", "point cloud of 0 points"},
        OddFile{"odd/mesh/trimesh_ply_empty_bin.ply", "point cloud of 0 points"},
        OddFile{"odd/mesh/trimesh_ply_empty_header.ply", "vertex element"},
        OddFile{"odd/mesh/trimesh_ply_points_ascii.ply", "point cloud of 8 points"},
        OddFile{"odd/mesh/trimesh_ply_points_bin.ply", "point cloud of 8 points"},
        OddFile{"odd/mesh/trimesh_points_ascii_with_lists.ply", "point cloud of 5 points"}));

/// The same three splats were published as PLY and as .splat.
TEST(PlyFiles, TheTrainInTwoFormatsIsTheSameTrain) {
  const auto ply = testing::realData("odd/splat/test-splat.3-points-from-train.ply");
  const auto splat = testing::realData("odd/splat/test-splat.3-points-from-train.splat");
  if (!ply || !splat) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  FormatIo io;
  const auto a = loadCloud(*ply, io.context);
  const auto b = loadCloud(*splat, io.context);
  ASSERT_TRUE(a.has_value() && b.has_value());
  const auto positions = [](const GaussianCloud& cloud) {
    return std::multiset<float>(cloud.means.begin(), cloud.means.end());
  };
  EXPECT_EQ(positions(a->cloud), positions(b->cloud));
}

}  // namespace
}  // namespace volpress::formats
