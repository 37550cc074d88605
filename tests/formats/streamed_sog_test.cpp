// Streamed SOG: the tree and its ranges, levels, folders and archives, real files.
#include "scene/formats/streamed_sog.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "scene/formats/lod_build.hpp"
#include "scene/formats/sog.hpp"
#include "scene/formats/zip_archive.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/splat_transform.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using testing::encodeOk;
using testing::FormatIo;

constexpr std::string_view kTwoLeaves =
    R"({"lodLevels":3,"filenames":["0_0/meta.json","1_0/meta.json"],"tree":{"bound":)"
    R"({"min":[0,0,0],"max":[2,1,1]},"children":[)"
    R"({"bound":{"min":[0,0,0],"max":[1,1,1]},"lods":{"2":{"file":1,"offset":0,"count":4}}},)"
    R"({"bound":{"min":[1,0,0],"max":[2,1,1]},"lods":{"0":{"file":0,"offset":3,"count":7},)"
    R"("1":{"file":1,"offset":4,"count":5}}}]}})";

TEST(LodMeta, TreesAndRangesAreRead) {
  const auto meta = parseLodMeta(viewBytes(kTwoLeaves));
  ASSERT_TRUE(meta.has_value()) << meta.error().message;
  EXPECT_EQ(meta->levels, 3U);
  ASSERT_EQ(meta->nodes.size(), 3U);
  EXPECT_EQ(meta->nodes[0].box.max[0], 2);
  const LodNode& coarse = meta->nodes[meta->nodes[0].children[0]];
  const LodNode& fine = meta->nodes[meta->nodes[0].children[1]];
  ASSERT_EQ(fine.ranges.size(), 2U);
  EXPECT_EQ(fine.ranges[1].offset, 4U);
  // The level itself, else the nearest finer, else the nearest coarser.
  EXPECT_EQ(rangeAt(fine, 0)->count, 7U);
  EXPECT_EQ(rangeAt(fine, 2)->count, 5U);
  EXPECT_EQ(rangeAt(coarse, 0)->count, 4U);
  EXPECT_EQ(rangeAt(LodNode{}, 0), nullptr);
}

TEST(LodMeta, WhatIsWrittenReadsBack) {
  const auto meta = parseLodMeta(viewBytes(kTwoLeaves));
  const std::string text = formatLodMeta(*meta);
  EXPECT_NE(text.find("\"counts\":[7,5,4]"), std::string::npos) << text;
  const auto back = parseLodMeta(viewBytes(text));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  ASSERT_EQ(back->nodes.size(), 3U);
  EXPECT_EQ(back->nodes[2].ranges.size() + back->nodes[1].ranges.size(), 3U);
  EXPECT_EQ(formatLodMeta(*back), text);
}

TEST(LodMeta, DamageIsRefusedWithTheReason) {
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string text(kTwoLeaves);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto meta = parseLodMeta(viewBytes(text));
    EXPECT_FALSE(meta.has_value());
    return meta ? std::string() : meta.error().message;
  };
  EXPECT_NE(changed("\"lodLevels\":3", "\"lodLevels\":0").find("1 to 64"), std::string::npos);
  EXPECT_NE(changed("\"file\":1", "\"file\":2").find("file is 2"), std::string::npos);
  EXPECT_NE(changed("\"2\":", "\"3\":").find("level \"3\""), std::string::npos);
  EXPECT_NE(changed("\"2\":", "\"-2\":").find("level \"-2\""), std::string::npos);
  EXPECT_NE(changed("0_0/meta.json", "../meta.json").find("../meta.json"), std::string::npos);
  EXPECT_NE(changed("\"offset\":3", "\"offset\":1e99").find("offset"), std::string::npos);
  EXPECT_NE(changed("\"min\":[1,0,0]", "\"min\":[1,0]").find("3 numbers"), std::string::npos);
}

TEST(LodBuild, EverySplatOfEveryLevelIsInOneLeaf) {
  std::vector<GaussianCloud> levels{testing::randomCloud(5000, 0, 1),
                                    testing::randomCloud(900, 0, 2)};
  SerialRunner runner;
  const LodPlan plan = planLod(levels, 600, runner);
  std::array<std::vector<std::uint32_t>, 2> seen;
  for (const LodUnit& unit : plan.units) {
    seen[unit.level].insert(seen[unit.level].end(), unit.splats.begin(), unit.splats.end());
    EXPECT_LE(unit.splats.size(), 1200U);
  }
  for (std::size_t level = 0; level < 2; ++level) {
    std::sort(seen[level].begin(), seen[level].end());
    ASSERT_EQ(seen[level].size(), levels[level].count);
    for (std::uint32_t i = 0; i < seen[level].size(); ++i) {
      ASSERT_EQ(seen[level][i], i);
    }
  }
  // A leaf's splats lie in its box, and its parts in that of the whole.
  for (const LodNode& node : plan.meta.nodes) {
    for (const LodRange& range : node.ranges) {
      for (std::uint64_t row = range.offset; row < range.offset + range.count; ++row) {
        const std::size_t i = plan.units[range.file].splats[static_cast<std::size_t>(row)];
        for (std::size_t c = 0; c < 3; ++c) {
          const float mean = levels[range.level].means[3 * i + c];
          ASSERT_TRUE(mean >= node.box.min[c] && mean <= node.box.max[c]);
        }
      }
    }
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_GE(node.box.min[c], plan.meta.nodes[0].box.min[c]);
    }
  }
}

TEST(LodBuild, SplatsAtOnePlaceDoNotSplitForever) {
  GaussianCloud cloud = testing::randomCloud(3000, 0, 1);
  std::fill(cloud.means.begin(), cloud.means.end(), 1.0F);
  SerialRunner runner;
  const LodPlan plan = planLod(std::span(&cloud, 1), 256, runner);
  EXPECT_EQ(plan.meta.nodes.size(), 1U);
}

/// Sums of positions, to compare sets of splats whatever their order.
double meanX(const GaussianCloud& cloud) {
  double sum = 0;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    sum += static_cast<double>(cloud.means[3 * i]);
  }
  return sum / static_cast<double>(cloud.count);
}

TEST(StreamedSog, LevelsComeBackFromFolderAndArchive) {
  const GaussianCloud cloud = testing::randomCloud(4000, 1, 3);
  const ParamSet params{{"levels", std::int64_t{3}},
                        {"unit_splats", std::int64_t{1000}},
                        {"palette", std::int64_t{1024}}};
  const std::filesystem::path folder = testing::scratchFolder("streamed");
  FormatIo io(2);
  const auto saved = saveCloud(folder / "scene" / "lod-meta.json", cloud, params, io.context);
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  const auto zipped = saveCloud(folder / "scene.ssog", cloud, params, io.context);
  ASSERT_TRUE(zipped.has_value()) << zipped.error().message;
  for (const auto& path :
       {folder / "scene", folder / "scene" / "lod-meta.json", folder / "scene.ssog"}) {
    SCOPED_TRACE(path.string());
    std::size_t expected = 4000;
    for (unsigned level = 0; level < 3; ++level, expected /= 2) {
      FormatIo reading(1);
      reading.context.options.level = level;
      const auto loaded = loadCloud(path, reading.context);
      ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
      EXPECT_EQ(loaded->formatId, "streamed-sog");
      EXPECT_EQ(loaded->levels, 3U);
      EXPECT_EQ(loaded->cloud.count, expected);
      EXPECT_EQ(loaded->cloud.shDegree, 1U);
      EXPECT_NEAR(meanX(loaded->cloud), meanX(cloud), 0.05);
    }
    FormatIo reading(1);
    reading.context.options.level = 3;
    const auto refused = loadCloud(path, reading.context);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("levels 0 (finest) to 2"), std::string::npos);
  }
  // The finest level is the scene, as closely as SOG keeps it.
  FormatIo reading(1);
  FloatArray own = cloud.opacityLogits;
  FloatArray read = loadCloud(folder / "scene.ssog", reading.context)->cloud.opacityLogits;
  std::sort(own.begin(), own.end());
  std::sort(read.begin(), read.end());
  for (std::size_t i = 0; i < own.size(); ++i) {
    ASSERT_NEAR(1 / (1 + std::exp(-own[i])), 1 / (1 + std::exp(-read[i])), 0.51 / 255);
  }
}

TEST(StreamedSog, TheSameBytesOnAnyNumberOfThreads) {
  const GaussianCloud cloud = testing::randomCloud(2000, 1, 5);
  const ParamSet params{{"levels", std::int64_t{2}}, {"palette", std::int64_t{1024}}};
  FormatIo one(1);
  FormatIo two(2);
  const Bytes bytes = encodeOk(streamedSogFormat(), cloud, one, params);
  EXPECT_EQ(bytes, encodeOk(streamedSogFormat(), cloud, two, params));
  EXPECT_EQ(formatForContent(bytes, "unnamed"), &streamedSogFormat());
  const auto shares = streamedSogFormat().breakdown(bytes);
  ASSERT_TRUE(shares.has_value()) << shares.error().message;
  EXPECT_EQ(testing::totalBytes(*shares), bytes.size());
  EXPECT_GT(testing::shareOf(*shares, "positions"), 2000U);
}

TEST(StreamedSog, AFolderWithOtherThingsIsLeftAlone) {
  const std::filesystem::path folder = testing::scratchFolder("precious");
  std::ofstream(folder / "letter.txt") << "dear";
  FormatIo io;
  const auto saved =
      saveCloud(folder / "lod-meta.json", testing::randomCloud(50, 0, 1), {}, io.context);
  ASSERT_FALSE(saved.has_value());
  EXPECT_NE(saved.error().message.find("letter.txt"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder / "letter.txt"));
}

TEST(StreamedSog, RangesBeyondTheirUnitAreRefused) {
  FormatIo io;
  const Bytes whole = encodeOk(streamedSogFormat(), testing::randomCloud(50, 0, 1), io,
                               {{"levels", std::int64_t{1}}});
  const auto zip = ZipArchive::open(whole);
  ASSERT_TRUE(zip.has_value());
  const Bytes json = *zip->read("lod-meta.json");
  std::string text(viewText(json));
  const std::size_t at = text.find("\"count\":50", text.find("\"lods\""));
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 10, "\"count\":51");
  const auto cloud = streamedSogFormat().decodeBeside(
      viewBytes(text), [&](const std::string& name) { return zip->read(name); }, io.context);
  ASSERT_FALSE(cloud.has_value());
  EXPECT_NE(cloud.error().message.find("0_0/meta.json has 50 splats"), std::string::npos)
      << cloud.error().message;
}

TEST(StreamedSog, ReadsEveryLevelOfARealScene) {
  const auto path = testing::realData("splats/playbot_lod");
  if (!path) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  constexpr std::array<std::size_t, 7> kCounts{500000, 250000, 125000, 31000, 8406, 3000, 1873};
  for (const unsigned level : {0U, 3U, 6U}) {
    FormatIo io(2);
    io.context.options.level = level;
    const auto loaded = loadCloud(*path, io.context);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ(loaded->cloud.count, kCounts[level]);
    EXPECT_EQ(loaded->cloud.shDegree, 2U);
    EXPECT_EQ(loaded->levels, 7U);
  }
}

TEST(StreamedSog, SplatTransformReadsOurUnitsAndWeReadItsScenes) {
  if (!testing::hasSplatTransform()) {
    GTEST_SKIP() << "VOLPRESS_SPLAT_TRANSFORM does not name the converter";
  }
  const std::filesystem::path folder = testing::scratchFolder("streamed-theirs");
  const GaussianCloud cloud = testing::randomCloud(3000, 0, 8);
  FormatIo io;
  ASSERT_TRUE(saveCloud(folder / "a.ply", cloud, {}, io.context).has_value());
  const auto written = testing::runSplatTransform(
      folder / "a.ply", folder / "theirs" / "lod-meta.json", "-g cpu", "-l 0");
  ASSERT_TRUE(written.has_value()) << written.error().message;
  const auto theirs = loadCloud(folder / "theirs", io.context);
  ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
  EXPECT_EQ(theirs->cloud.count, 3000U);
  EXPECT_NEAR(meanX(theirs->cloud), meanX(cloud), 1e-3);

  ASSERT_TRUE(saveCloud(folder / "ours" / "lod-meta.json", cloud, {}, io.context).has_value());
  const auto unit =
      testing::runSplatTransform(folder / "ours" / "1_0" / "meta.json", folder / "unit.ply");
  ASSERT_TRUE(unit.has_value()) << unit.error().message;
  const auto read = loadCloud(folder / "unit.ply", io.context);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->cloud.count, 1500U);
}

}  // namespace
}  // namespace volpress::formats
