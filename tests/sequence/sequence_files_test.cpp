// Moving scenes in one file: .4dgs and .dgs, written and read back.
#include "scene/sequence/sequence_file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "scene/base/files.hpp"
#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/fourdgs_layout.hpp"
#include "scene/sequence/fourdgs_stream.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/sequence/sog4d_sample.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

class SequenceFiles : public ::testing::Test {
protected:
  static std::shared_ptr<GaussianSequence> sample(std::size_t frames, std::size_t splats) {
    ClipOptions options;
    options.frames = frames;
    options.splats = splats;
    SerialRunner runner;
    return std::make_shared<GaussianSequence>(makeSampleClip(options, {}, runner));
  }
  GaussianCloud load(const FrameSource& source, std::size_t frame) {
    return source.load(frame, m_runner, {}).value();
  }

  SerialRunner m_runner;
  Progress m_progress;
  std::filesystem::path m_folder = testing::scratchFolder("sequence-files");
};

TEST_F(SequenceFiles, fourdgsKeepsEveryNumberWithinItsStep) {
  const auto clip = sample(7, 1500);
  const auto path = m_folder / "clip.4dgs";
  fourdgs::WriteOptions options;
  options.framesPerSecond = 25;
  options.keyframeEvery = 3;
  const std::uint64_t bytes =
      fourdgs::writeFourdgs(*clip, path, options, m_runner, m_progress, {}).value();
  EXPECT_EQ(bytes, std::filesystem::file_size(path));
  const OpenedSequenceFile opened = openSequenceFile(path).value();
  EXPECT_EQ(opened.formatId, "4dgs");
  ASSERT_EQ(opened.frames->frameCount(), 7U);
  EXPECT_NEAR(opened.framesPerSecond, 25, 1e-9);
  // Any order: 5 needs the states from 3 on, 1 those from 0.
  for (const std::size_t k : {5U, 1U, 2U, 6U, 0U}) {
    const GaussianCloud got = load(*opened.frames, k);
    const GaussianCloud wanted = clip->frame(k, m_runner).value();
    ASSERT_EQ(got.count, wanted.count);
    ASSERT_EQ(got.shDegree, 1U);
    for (std::size_t i = 0; i < got.count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(got.means[3 * i + c], wanted.means[3 * i + c], 1e-3F) << i;
        ASSERT_NEAR(got.logScales[3 * i + c], wanted.logScales[3 * i + c], 0.0301F);
        ASSERT_NEAR(got.shDc[3 * i + c], wanted.shDc[3 * i + c], 0.5F / 255 / kSh0 + 1e-4F);
      }
      double dot = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        dot += static_cast<double>(got.rotations[4 * i + c]) *
               static_cast<double>(wanted.rotations[4 * i + c]);
      }
      ASSERT_GT(std::abs(dot), std::cos(0.02)) << i;
    }
    // View dependence stands still between key frames.
    const GaussianCloud key = clip->frame(k / 3 * 3, m_runner).value();
    for (std::size_t i = 0; i < got.shRest.size(); ++i) {
      ASSERT_NEAR(got.shRest[i], key.shRest[i], 4.0F / 255 + 1e-5F);
    }
  }
}

TEST_F(SequenceFiles, fourdgsReadsGaussiansThatAreBornAndFade) {
  // One Gaussian that fades and moves, of an object that turns as a whole, by hand.
  using namespace fourdgs;
  ByteWriter out;
  out.append(viewBytes(std::span<const std::uint8_t>(kMagic)));
  ByteWriter header;
  writeText(header, "");
  writeText(header, "by hand");
  header.write(2.0);
  header.write(std::uint64_t{1});
  header.write(0.05);
  writeText(header, "gaussian-birth");
  header.write(std::array<double, 6>{});
  header.write(std::uint8_t{0});
  header.write(std::uint8_t{0});
  header.write(std::uint32_t{0});
  writeRecord(out, kHeader, header.bytes());
  ByteWriter steps;
  writeText(steps, "uniform-v1");
  steps.write(std::array<double, 3>{1, 2, 3});
  for (const double step : {0.5, 0.1, 0.01, 0.01, 0.01, 0.25, 0.001, 0.1}) {
    steps.write(step);
  }
  steps.write(std::uint8_t{1});
  steps.write(std::uint32_t{0});
  writeRecord(out, kQuantization, steps.bytes());
  ByteWriter windows;
  windows.write(std::uint32_t{1});
  windows.write(0.5);
  windows.write(1.5);
  writeRecord(out, kWindows, windows.bytes());
  writeRecord(out, 0x7E, windows.bytes());  // nobody knows it: passed over
  ByteWriter track;
  track.write(std::uint32_t{0xFFFFFFFF});
  track.write(std::uint8_t{0});
  track.write(std::uint32_t{2});
  track.write(std::array<double, 8>{0, 0, 0, 0, 2, 0, 0, 0});      // at rest, of length 2
  track.write(std::array<double, 8>{2.4, 0, -1, 0, 0, 10, 0, 0});  // half a turn about y
  writeRecord(out, kObjectTrack, track.bytes());
  ByteWriter streams;
  const auto add = [&](Attribute id, std::vector<std::int32_t> values) {
    writeStream(streams, id, kChannels[id], values);
  };
  add(kPosition, {2, 4, -6});
  add(kScale, {-10, -20, -30});
  add(kRotationIndex, {3});
  add(kRotation, {0, 0, 0});
  add(kColor, {50, 10, -10});
  add(kOpacity, {80});
  add(kMotion, {4, 0, 0});
  add(kTime, {1000});
  add(kSigma, {-10});  // exp(-1) s
  add(kFlags, {0});
  add(kWindow, {0});
  writeStream(streams, kObject, 1, std::array{std::int32_t{-1}});
  ByteWriter chunk;
  chunk.write(0.0);
  chunk.write(2.0);
  chunk.write(std::uint32_t{0});
  chunk.write(std::uint32_t{1});
  writeText(chunk, "");
  chunk.write(static_cast<std::uint64_t>(streams.size()));
  chunk.write(static_cast<std::uint64_t>(streams.size()));
  chunk.append(streams.bytes());
  writeRecord(out, kChunk, chunk.bytes());
  const auto path = m_folder / "birth.4dgs";
  ASSERT_TRUE(writeFileAtomically(path, out.bytes()));
  const OpenedFile opened = openFourdgs(path).value();
  ASSERT_EQ(opened.frames->frameCount(), 60U);
  EXPECT_EQ(load(*opened.frames, 10).count, 0U);         // before its window
  EXPECT_EQ(load(*opened.frames, 50).count, 0U);         // behind it
  const GaussianCloud cloud = load(*opened.frames, 36);  // 1.2 s
  ASSERT_EQ(cloud.count, 1U);
  // K exp(-1) = 0.9 s of life: class 1, so that a velocity bin is 0.125 a second.
  // Its own place is that x, 4, 0; the object stands half-way, a quarter turn about -y.
  EXPECT_NEAR(cloud.means[2], 1 + 2 * 0.5 + 4 * 0.125 * 0.2, 1e-5);
  EXPECT_NEAR(cloud.means[1], 4, 1e-6);
  EXPECT_NEAR(cloud.means[0], 5, 1e-6);
  EXPECT_NEAR(cloud.logScales[1], -2, 1e-6);
  EXPECT_NEAR(cloud.rotations[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(cloud.rotations[2], -std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(0.5F + kSh0 * cloud.shDc[0], 0.6, 1e-5);
  EXPECT_NEAR(0.5F + kSh0 * cloud.shDc[2], 0.4, 1e-5);
  const double marginal = std::exp(-0.5 * std::pow(0.2 / std::exp(-1.0), 2));
  EXPECT_NEAR(1 / (1 + std::exp(-cloud.opacityLogits[0])), 0.8 * marginal, 1e-5);
}

TEST_F(SequenceFiles, fourdgsRefusesWhatDoesNotFit) {
  const auto clip = sample(3, 200);
  const auto path = m_folder / "clip.4dgs";
  ASSERT_TRUE(fourdgs::writeFourdgs(*clip, path, {}, m_runner, m_progress, {}));
  const MappedFile file = MappedFile::open(path).value();
  Bytes bytes(file.bytes().begin(), file.bytes().end());
  const auto other = m_folder / "other.4dgs";
  bytes[5] = std::byte{'2'};
  ASSERT_TRUE(writeFileAtomically(other, bytes));
  EXPECT_FALSE(openSequenceFile(other));
  EXPECT_FALSE(openSequenceFile(m_folder / "none.4dgs"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(
      fourdgs::writeFourdgs(*clip, other, {}, m_runner, m_progress, stop.get_token()).error().code,
      ErrorCode::Cancelled);
}

TEST_F(SequenceFiles, dgsKeepsGeometryAndFollowsColours) {
  const auto clip = sample(5, 800);
  DgsOptions options;
  options.blockFrames = 3;
  const std::uint64_t bytes = writeDgs(*clip, m_folder, options, m_runner, m_progress, {}).value();
  EXPECT_GT(bytes, 5U * 800 * 11);
  EXPECT_TRUE(std::filesystem::exists(m_folder / "Data" / "Block1.dgsblk"));
  const OpenedSequenceFile opened = openSequenceFile(m_folder / "clip.dgs").value();
  ASSERT_EQ(opened.frames->frameCount(), 5U);
  for (const std::size_t k : {2U, 0U, 4U, 1U}) {
    const GaussianCloud got = load(*opened.frames, k);
    const GaussianCloud wanted = clip->frame(k, m_runner).value();
    ASSERT_EQ(got.count, 800U);
    ASSERT_EQ(got.shDegree, 3U);
    double color = 0;
    for (std::size_t i = 0; i < got.count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_EQ(got.means[3 * i + c], wanted.means[3 * i + c]);
        ASSERT_NEAR(got.logScales[3 * i + c], wanted.logScales[3 * i + c], 1e-4F);
        color += std::abs(static_cast<double>(got.shDc[3 * i + c] - wanted.shDc[3 * i + c]));
      }
      ASSERT_NEAR(got.opacityLogits[i], wanted.opacityLogits[i], 2e-3F);
    }
    EXPECT_LT(color / 2400, 0.2);
  }
}

TEST_F(SequenceFiles, sog4dPicturesAndLabelsAreRead) {
  const auto path = m_folder / "sample.sog4d";
  ASSERT_TRUE(writeFileAtomically(path, testing::sog4dSample()));
  const OpenedSequenceFile opened = openSequenceFile(path).value();
  ASSERT_EQ(opened.frames->frameCount(), 3U);
  const GaussianCloud cloud = load(*opened.frames, 2);
  ASSERT_EQ(cloud.count, 5U);
  EXPECT_EQ(cloud.shDegree, 1U);
  // Splat 3, y of frame 2: 123 * 256 + 22 of 65535, between 0 and 2.
  EXPECT_NEAR(cloud.means[10], 2 * (123 * 256 + 22) / 65535.0, 1e-6);
  EXPECT_NEAR(cloud.logScales[0], std::log(0.1), 1e-6);
  EXPECT_NEAR(cloud.logScales[3], 0, 1e-6);
  EXPECT_GT(cloud.rotations[0], 0.9F);
  EXPECT_NEAR(cloud.shDc[3], 0.5, 1e-6);
  EXPECT_NEAR(1 / (1 + std::exp(-cloud.opacityLogits[0])), 0.8, 1e-6);
  // Labels 0 1 1 1 0: splat 2 changes in frame 1 and stays so.
  for (const auto& [splat, label] : {std::pair{0U, 0U}, {1U, 1U}, {2U, 1U}, {4U, 0U}}) {
    EXPECT_EQ(cloud.shRest[9 * splat], 0.125F * 9 * static_cast<float>(label));
  }
  EXPECT_EQ(load(*opened.frames, 0).shRest[18], 0);
}

TEST_F(SequenceFiles, dgsRefusesFoldersElsewhereAndBadEntries) {
  const auto path = m_folder / "bad.dgs";
  ASSERT_TRUE(writeFileAtomically(
      path, viewBytes(std::string_view(R"({"frame_count":3,"block_size":3,"data_path":"../x"})"))));
  EXPECT_EQ(openDgs(path).error().code, ErrorCode::CorruptData);
  ASSERT_TRUE(writeFileAtomically(
      path, viewBytes(std::string_view(R"({"frame_count":3,"block_size":300})"))));
  EXPECT_NE(openDgs(path).error().message.find("block_size"), std::string::npos);
}

}  // namespace
}  // namespace volpress
