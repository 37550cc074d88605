// The .ksplat reader: fields laid out by hand at every compression level, hostile tables.
#include "scene/formats/ksplat.hpp"

#include "scene/formats/activations.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/formats/ksplat_files.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using testing::decodeError;
using testing::decodeOk;
using testing::FormatIo;
using testing::put;

TEST(Ksplat, FloatsComeBackAsTheyAre) {
  const Bytes file = testing::ksplatFile(
      0, {testing::floatSection(2, 5), testing::floatSection(0, 0), testing::floatSection(1, 1)});
  FormatIo io;
  ASSERT_TRUE(ksplatFormat().recognises(file, "unnamed"));
  const GaussianCloud cloud = decodeOk(ksplatFormat(), file, io);
  ASSERT_EQ(cloud.count, 3U);
  ASSERT_EQ(cloud.shDegree, 2U);
  EXPECT_EQ(FloatArray(cloud.means.begin(), cloud.means.end()),
            (FloatArray{0, 0.25F, 0.5F, 1, 1.25F, 1.5F, 0, 0.25F, 0.5F}));
  EXPECT_NEAR(cloud.logScales[4], -2, 1e-6);
  EXPECT_EQ(cloud.rotations[4], 1);
  EXPECT_FLOAT_EQ(cloud.shDc[0], (0x33 / 255.0F - 0.5F) / kSh0);
  EXPECT_FLOAT_EQ(cloud.shDc[1], 0.5F / kSh0);
  EXPECT_FLOAT_EQ(cloud.opacityLogits[0], logitOf(1));
  // Band 1 holds 0..2 of red, 3..5 of green, 6..8 of blue; band 2 holds 9..13, 14..18, 19..23.
  const FloatArray first{0, 3, 6, 1, 4, 7, 2, 5, 8, 9, 14, 19};
  EXPECT_EQ(FloatArray(cloud.shRest.begin(), cloud.shRest.begin() + 12), first);
  const auto shares = ksplatFormat().breakdown(file);
  ASSERT_TRUE(shares.has_value()) << shares.error().message;
  EXPECT_EQ(testing::totalBytes(*shares), file.size());
  EXPECT_EQ(testing::shareOf(*shares, "shN"), 3U * 24 * 4);
}

TEST(Ksplat, QuantisedCentresLieInTheirBuckets) {
  for (const std::uint16_t level : {std::uint16_t{1}, std::uint16_t{2}}) {
    SCOPED_TRACE(level);
    FormatIo io(2);
    const GaussianCloud cloud = decodeOk(ksplatFormat(), testing::quantisedKsplat(level), io);
    ASSERT_EQ(cloud.count, 3U);
    // Half an edge is 2: the middle, +2, and (24575 - 32767) / 32767 * 2.
    const float below = -8192.0F / 32767 * 2;
    const FloatArray expected{10, 22, 30 + below, 10, 22, 30 + below, -10, -18, -30 + below};
    for (std::size_t j = 0; j < expected.size(); ++j) {
      EXPECT_NEAR(cloud.means[j], expected[j], 1e-5) << j;
    }
    EXPECT_NEAR(cloud.logScales[3], std::log(0.5F), 1e-6);
    EXPECT_EQ(cloud.rotations[0], 0.5F);
    EXPECT_EQ(cloud.rotations[2], -0.5F);
    EXPECT_FLOAT_EQ(cloud.shDc[1], dcOf(128 / 255.0));
    EXPECT_FLOAT_EQ(cloud.opacityLogits[0], logitOf(128 / 255.0));
    if (level == 1) {
      EXPECT_EQ(cloud.shRest[3], 0.125F);  // red of the second coefficient
      EXPECT_EQ(cloud.shRest[1], 0.375F);  // green of the first
    } else {
      EXPECT_FLOAT_EQ(cloud.shRest[0], -1);
      EXPECT_FLOAT_EQ(cloud.shRest[3], -1 + 0.2F * 3);
      EXPECT_FLOAT_EQ(cloud.shRest[8], 2);  // blue of the last
    }
  }
}

TEST(Ksplat, ASmallerDegreeIsFilledUpWithZeros) {
  testing::KsplatSection plain;
  plain.splats = plain.room = 1;
  plain.records.resize(44);
  put(plain.records, 24, 1.0F);
  FormatIo io;
  const GaussianCloud cloud =
      decodeOk(ksplatFormat(), testing::ksplatFile(0, {plain, testing::floatSection(1, 1)}), io);
  ASSERT_EQ(cloud.shDegree, 2U);
  EXPECT_EQ(FloatArray(cloud.shRest.begin(), cloud.shRest.begin() + 24), FloatArray(24, 0.0F));
  EXPECT_EQ(cloud.shRest[25], 3);
}

TEST(Ksplat, OpensWhatIsThereOfACutFileWhenAsked) {
  Bytes file = testing::ksplatFile(0, {testing::floatSection(9, 9)});
  file.resize(file.size() - 2 * 140 - 1);
  EXPECT_NE(decodeError(ksplatFormat(), file).find("6 complete"), std::string::npos);
  FormatIo io;
  io.context.options.openTruncated = true;
  EXPECT_EQ(decodeOk(ksplatFormat(), file, io).count, 6U);
  ASSERT_EQ(io.context.warnings.size(), 1U);
  EXPECT_NE(io.context.warnings[0].find("of 9 splats the 6"), std::string::npos);
}

TEST(Ksplat, TablesThatDoNotFitAreRefused) {
  const Bytes good = testing::quantisedKsplat(1);
  const auto changed = [&](std::size_t at, auto value) {
    Bytes bytes = good;
    put(bytes, at, value);
    return decodeError(ksplatFormat(), bytes);
  };
  EXPECT_NE(changed(0, std::uint8_t{1}).find("version 1.1"), std::string::npos);
  EXPECT_NE(changed(20, std::uint16_t{3}).find("level 3"), std::string::npos);
  EXPECT_NE(changed(4, std::uint32_t{0xFFFFFFFF}).find("4294967295 sections"), std::string::npos);
  EXPECT_NE(changed(4, std::uint32_t{900}).find("section table needs"), std::string::npos);
  EXPECT_NE(changed(16, std::uint32_t{4}).find("says 4 splats"), std::string::npos);
  EXPECT_NE(changed(4096, std::uint32_t{5}).find("5 splats of SH degree 1"), std::string::npos);
  EXPECT_NE(changed(4096 + 40, std::uint16_t{4}).find("degree 4"), std::string::npos);
  EXPECT_NE(changed(4096 + 8, std::uint32_t{0}).find("do not fit"), std::string::npos);
  EXPECT_NE(changed(4096 + 12, std::uint32_t{0xFFFFFFFF}).find("centres needs"), std::string::npos);
  EXPECT_NE(changed(4096 + 36, std::uint32_t{0xFFFFFFFF}).find("lengths needs"), std::string::npos);
  EXPECT_NE(changed(4096 + 20, std::uint16_t{8}).find("8 bytes each"), std::string::npos);
  EXPECT_NE(changed(5120, std::uint32_t{0}).find("buckets hold 2"), std::string::npos);
}

TEST(Ksplat, ReadsAFileOfAnotherProgram) {
  const auto path = testing::realData("odd/splat/minimal.ksplat");
  if (!path) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  FormatIo io;
  const auto loaded = loadCloud(*path, io.context);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->formatId, "ksplat");
  ASSERT_EQ(loaded->cloud.count, 4U);
  EXPECT_EQ(loaded->cloud.means[1], 0);
  EXPECT_EQ(loaded->cloud.means[2], -1);
  EXPECT_NEAR(loaded->cloud.logScales[0], std::log(0.1F), 1e-6);
}

}  // namespace
}  // namespace volpress::formats
