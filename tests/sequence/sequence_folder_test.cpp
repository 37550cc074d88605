// Which files of a folder are the frames of a sequence.
#include "scene/sequence/sequence_folder.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "scene/formats/format.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

std::vector<std::string> namesOf(const SequenceFiles& files) {
  std::vector<std::string> names;
  for (const fs::path& path : files.frames) {
    names.push_back(path.filename().string());
  }
  return names;
}

TEST(SequenceFolder, ordersByNumberNotByName) {
  const fs::path folder = testing::scratchFolder("numbers");
  for (const char* name : {"f_9.ply", "f_10.ply", "f_008.ply", "notes.txt", "f_x.ply"}) {
    touch(folder / name);
  }
  EXPECT_TRUE(looksLikeSequence(folder));
  const SequenceFiles files = findSequence(folder).value();
  EXPECT_EQ(namesOf(files), (std::vector<std::string>{"f_008.ply", "f_9.ply", "f_10.ply"}));
  EXPECT_EQ(files.numbers, (std::vector<std::uint64_t>{8, 9, 10}));
  EXPECT_EQ(files.formatId, "ply");
  EXPECT_TRUE(files.warnings.empty());
}

TEST(SequenceFolder, takesTheLargestSetAndSaysWhatIsLeftOut) {
  const fs::path folder = testing::scratchFolder("sets");
  for (const char* name : {"a1.spz", "a2.spz", "a5.spz", "b1.ply", "b2.ply"}) {
    touch(folder / name);
  }
  const SequenceFiles files = findSequence(folder).value();
  EXPECT_EQ(namesOf(files), (std::vector<std::string>{"a1.spz", "a2.spz", "a5.spz"}));
  ASSERT_EQ(files.warnings.size(), 2U);
  EXPECT_EQ(
      files.warnings[0],
      "2 numbers are missing, the first after 2; the frames that are there follow each other");
  EXPECT_EQ(files.warnings[1], "2 other numbered files are not of the sequence");
}

TEST(SequenceFolder, refusesWhatIsNotClear) {
  const fs::path twice = testing::scratchFolder("twice");
  touch(twice / "f_1.ply");
  touch(twice / "f_01.ply");
  EXPECT_EQ(findSequence(twice).error().code, ErrorCode::CorruptData);
  const fs::path tie = testing::scratchFolder("tie");
  for (const char* name : {"a1.ply", "a2.ply", "b1.ply", "b2.ply"}) {
    touch(tie / name);
  }
  EXPECT_EQ(findSequence(tie).error().code, ErrorCode::CorruptData);
  const fs::path one = testing::scratchFolder("one");
  touch(one / "f_1.ply");
  EXPECT_FALSE(looksLikeSequence(one));
  EXPECT_EQ(findSequence(one).error().code, ErrorCode::NotThisFormat);
  EXPECT_EQ(findSequence(one / "f_1.ply").error().code, ErrorCode::NotThisFormat);
  EXPECT_FALSE(looksLikeSequence(one / "missing"));
  touch(tie / "meta.json");  // a loose SOG is one scene
  EXPECT_FALSE(looksLikeSequence(tie));
}

TEST(SequenceFolder, knowsTheRunFoldersOfOtherPrograms) {
  const fs::path run = testing::scratchFolder("run");
  for (const char* name : {"cfg_args", "input.ply", "ckt/point_cloud_2.ply",
                           "ckt/point_cloud_10.ply", "track/ckt/point_cloud_2.ply",
                           "track/ckt/point_cloud_10.ply", "joint_opt/joint_RT_10.npz"}) {
    touch(run / name);
  }
  const SequenceFiles dual = findSequence(run).value();
  EXPECT_EQ(dual.layout, SequenceLayout::DualGs);
  EXPECT_EQ(namesOf(dual), (std::vector<std::string>{"point_cloud_2.ply", "point_cloud_10.ply"}));
  EXPECT_EQ(dual.joints.size(), 2U);
  EXPECT_EQ(dual.jointMatrices.size(), 1U);
  EXPECT_EQ(dual.frames[0].parent_path().filename(), "ckt");
  const fs::path exported = testing::scratchFolder("exported");
  touch(exported / "gaussian_pertimestamp/time_00000.ply");
  touch(exported / "gaussian_pertimestamp/time_00001.ply");
  EXPECT_EQ(findSequence(exported).value().layout, SequenceLayout::Gaussians4d);
}

TEST(SequenceFolder, framesAreReadThroughTheFormats) {
  const fs::path folder = testing::scratchFolder("read");
  SerialRunner runner;
  for (std::size_t frame = 0; frame < 3; ++frame) {
    Progress progress;
    formats::IoContext context{runner, progress};
    const GaussianCloud cloud = testing::randomCloud(50 + frame, 0, frame);
    ASSERT_TRUE(formats::saveCloud(folder / frameName(frame, ".ply"), cloud, {}, context));
  }
  const auto source = makeFileSource(findSequence(folder).value().frames);
  ASSERT_EQ(source->frameCount(), 3U);
  EXPECT_EQ(source->load(2, runner, {}).value().means, testing::randomCloud(52, 0, 2).means);
  touch(folder / frameName(1, ".ply"));
  const auto broken = source->load(1, runner, {});
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("frame_00001.ply"), std::string::npos);
}

}  // namespace
}  // namespace volpress
