#include "scene/formats/sog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "scene/base/files.hpp"
#include "scene/base/morton.hpp"
#include "scene/formats/axes.hpp"
#include "scene/formats/sog_files.hpp"
#include "scene/formats/sog_meta.hpp"
#include "scene/formats/webp_image.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using testing::FormatIo;

ParamSet paramsOf(const ParamSet& given = {}) {
  const auto params = completeParams(sogFormat().info().writeParams, given);
  EXPECT_TRUE(params);
  return params ? *params : ParamSet();
}

Bytes encoded(const GaussianCloud& cloud, const ParamSet& given = {}) {
  FormatIo io;
  return testing::encodeOk(sogFormat(), cloud, io, given);
}

GaussianCloud decoded(ByteView file) {
  FormatIo io;
  return testing::decodeOk(sogFormat(), file, io);
}

double sigmoid(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

// The cloud in the order in which the file holds it.
GaussianCloud inFileOrder(const GaussianCloud& cloud) {
  SerialRunner runner;
  return gatherSplats(cloud, mortonOrder(cloud.means, runner));
}

void expectClose(const GaussianCloud& original, const GaussianCloud& back) {
  const GaussianCloud cloud = inFileOrder(original);
  ASSERT_EQ(back.count, cloud.count);
  const Bounds bounds = meanBounds(cloud);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double extent = sogCompress(static_cast<double>(bounds.max[c])) -
                            sogCompress(static_cast<double>(bounds.min[c]));
      const auto mean = static_cast<double>(cloud.means[3 * i + c]);
      // Half a step of the logarithm, times its slope, and the float's own rounding.
      const double allowed = extent / 65535 / 2 * (1 + std::abs(mean)) * 1.001;
      ASSERT_NEAR(static_cast<double>(back.means[3 * i + c]), mean,
                  allowed + 1e-7 * std::abs(mean));
    }
    ASSERT_NEAR(sigmoid(back.opacityLogits[i]), sigmoid(cloud.opacityLogits[i]), 0.5 / 255 + 2e-6);
    double dot = 0;
    double length2 = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      const auto q = static_cast<double>(cloud.rotations[4 * i + c]);
      dot += q * static_cast<double>(back.rotations[4 * i + c]);
      length2 += q * q;
    }
    const double distance = std::sqrt(std::max(0.0, 2 - 2 * std::abs(dot) / std::sqrt(length2)));
    // Three parts within half of 2/(255 sqrt 2) move the fourth by up to three times as much.
    ASSERT_LT(distance, 0.5 * std::sqrt(2.0) / 255 * std::sqrt(12.0));
  }
}

TEST(Sog, RoundTripsStayWithinHalfAStep) {
  for (unsigned degree = 0; degree <= 3; ++degree) {
    for (const std::size_t count : {1U, 255U, 257U, 1500U}) {
      const GaussianCloud cloud = testing::randomCloud(count, degree, 70 + degree);
      const GaussianCloud back = decoded(encoded(cloud));
      EXPECT_EQ(back.shDegree, degree);
      expectClose(cloud, back);
    }
  }
}

TEST(Sog, ExtremeCloudsRoundTrip) {
  const GaussianCloud cloud = testing::extremeCloud(900, 3, 71);
  expectClose(cloud, decoded(encoded(cloud)));
}

TEST(Sog, FewDistinctValuesComeBackExactly) {
  GaussianCloud cloud = testing::randomCloud(200, 2, 72);
  for (std::size_t i = 0; i < 600; ++i) {
    cloud.logScales[i] = -3.0F - 0.03F * static_cast<float>(i % 50);
    cloud.shDc[i] = 0.01F * static_cast<float>(i % 256);
  }
  for (std::size_t i = 0; i < cloud.shRest.size(); ++i) {
    cloud.shRest[i] = 0.125F * static_cast<float>((i / 24 + i) % 8);
  }
  const GaussianCloud sorted = inFileOrder(cloud);
  const GaussianCloud back = decoded(encoded(cloud));
  for (std::size_t i = 0; i < 600; ++i) {
    ASSERT_NEAR(back.logScales[i], sorted.logScales[i], 1e-6);
    ASSERT_NEAR(back.shDc[i], sorted.shDc[i], 1e-6);
  }
  for (std::size_t i = 0; i < sorted.shRest.size(); ++i) {
    ASSERT_NEAR(back.shRest[i], sorted.shRest[i], 1e-6);
  }
}

TEST(Sog, PaletteFollowsTheCountAndTheParameter) {
  EXPECT_EQ(sogPaletteSize(1), 1U);
  EXPECT_EQ(sogPaletteSize(600), 512U);
  EXPECT_EQ(sogPaletteSize(3000), 2048U);
  EXPECT_EQ(sogPaletteSize(150'000), 65536U);
  EXPECT_EQ(sogPaletteSize(5'000'000), 65536U);
  const GaussianCloud cloud = testing::randomCloud(3000, 3, 73);
  const auto error = [&](std::int64_t palette) {
    const GaussianCloud back = decoded(encoded(cloud, {{"palette", palette}}));
    const GaussianCloud sorted = inFileOrder(cloud);
    double sum = 0;
    for (std::size_t i = 0; i < sorted.shRest.size(); ++i) {
      const double difference =
          static_cast<double>(back.shRest[i]) - static_cast<double>(sorted.shRest[i]);
      sum += difference * difference;
    }
    return sum;
  };
  EXPECT_LT(error(1024), 0.9 * error(64));
}

TEST(Sog, Degree4IsCutWithAWarning) {
  const GaussianCloud cloud = testing::randomCloud(300, 4, 74);
  FormatIo io;
  const auto file = sogFormat().encode(cloud, paramsOf(), io.context);
  ASSERT_TRUE(file);
  EXPECT_EQ(io.context.warnings.size(), 1U);
  EXPECT_EQ(decoded(*file).shDegree, 3U);
}

TEST(Sog, KeepsTheFilterTagAndConvertsFrames) {
  GaussianCloud cloud = testing::randomCloud(100, 1, 75);
  cloud.filter = FilterMode::Antialiased;
  const GaussianCloud plain = decoded(encoded(cloud));
  EXPECT_EQ(plain.filter, FilterMode::Antialiased);
  GaussianCloud turned = cloud;
  turnAxes(turned, {1, -1, -1});
  turned.frame = AxisFrame::RightUpBack;
  EXPECT_EQ(decoded(encoded(turned)).means, plain.means);
  EXPECT_EQ(decoded(encoded(cloud)).frame, AxisFrame::RightDownForward);
}

TEST(Sog, BundleIsPlainAndNamesTheUsualFiles) {
  const Bytes file = encoded(testing::randomCloud(500, 1, 76));
  const auto archive = ZipArchive::open(file);
  ASSERT_TRUE(archive);
  std::vector<std::string> names;
  std::uint64_t packed = 0;
  for (const ZipArchive::Entry& entry : archive->entries()) {
    names.push_back(entry.name);
    EXPECT_EQ(entry.packedBytes, entry.bytes);
    packed += entry.bytes;
  }
  const std::vector<std::string> expected{"means_l.webp",    "means_u.webp", "quats.webp",
                                          "scales.webp",     "sh0.webp",     "shN_centroids.webp",
                                          "shN_labels.webp", "meta.json"};
  EXPECT_EQ(names, expected);
  // The end record lies in the last 22 bytes, and no entry has a data descriptor (flag 8).
  EXPECT_EQ(viewText(ByteView(file).last(22)).substr(0, 4), std::string_view("PK\x05\x06", 4));
  EXPECT_EQ(file[6] & std::byte{8}, std::byte{0});
  // Directory and local headers: 46 + 30 bytes and the name twice.
  for (const std::string& name : names) {
    packed += 76 + 2 * name.size();
  }
  EXPECT_EQ(packed + 22, file.size());
}

TEST(Sog, SameBytesOnOneAndTwoThreads) {
  const auto threads = makeThreadRunner(2);
  Progress progress;
  IoContext context{*threads, progress, {}, {}};
  const GaussianCloud cloud = testing::randomCloud(12'000, 2, 77);
  const ParamSet quick{{"iterations", std::int64_t{2}}, {"effort", std::int64_t{1}}};
  const auto many = sogFormat().encode(cloud, paramsOf(quick), context);
  ASSERT_TRUE(many);
  EXPECT_EQ(*many, encoded(cloud, quick));
  const auto back = sogFormat().decode(*many, context);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->shRest, decoded(*many).shRest);
}

TEST(Sog, BreakdownAddsUp) {
  for (const unsigned degree : {0U, 2U}) {
    const Bytes file = encoded(testing::randomCloud(2000, degree, 78));
    const auto shares = sogFormat().breakdown(file);
    ASSERT_TRUE(shares);
    std::uint64_t total = 0;
    for (const ByteShare& share : *shares) {
      total += share.bytes;
      EXPECT_EQ(share.bytes > 500, share.name != "shN" || degree > 0) << share.name;
    }
    EXPECT_EQ(total, file.size());
  }
}

TEST(Sog, LooseFolderHoldsTheSameScene) {
  const std::filesystem::path folder = testing::scratchFolder("loose_sog") / "scene";
  const GaussianCloud cloud = testing::randomCloud(700, 3, 79);
  FormatIo io;
  const auto written = saveLooseSog(folder / "meta.json", cloud, paramsOf(), io.context);
  ASSERT_TRUE(written) << written.error().message;
  for (const std::filesystem::path& path : {folder, folder / "meta.json"}) {
    const auto loose = loadLooseSog(path, io.context);
    ASSERT_TRUE(loose) << loose.error().message;
    EXPECT_EQ(loose->fileBytes, *written);
    EXPECT_EQ(loose->cloud.means, decoded(encoded(cloud)).means);
    EXPECT_EQ(loose->cloud.shRest, decoded(encoded(cloud)).shRest);
  }
  // Written again it is replaced; with a stranger's file inside it is left alone.
  EXPECT_TRUE(saveLooseSog(folder, cloud, paramsOf(), io.context));
  std::ofstream(folder / "notes.txt") << "mine";
  const auto refused = saveLooseSog(folder, cloud, paramsOf(), io.context);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidParameter);
  EXPECT_TRUE(std::filesystem::exists(folder / "notes.txt"));
}

TEST(Sog, PathsToFoldersAreLooseScenes) {
  const std::filesystem::path folder = testing::scratchFolder("sog_paths");
  const GaussianCloud cloud = testing::randomCloud(50, 0, 80);
  FormatIo io;
  for (const std::filesystem::path& path :
       {folder / "a" / "meta.json", folder / "b" / "", folder / "c.sog"}) {
    const auto written = saveCloud(path, cloud, {}, io.context);
    ASSERT_TRUE(written) << written.error().message;
    const auto loaded = loadCloud(path, io.context);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->formatId, "sog");
    EXPECT_EQ(loaded->fileBytes, *written);
    EXPECT_EQ(loaded->cloud.count, 50U);
  }
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "b" / "meta.json"));
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "c.sog"));
}

TEST(Sog, EmptyScenesAreRefused) {
  FormatIo io;
  GaussianCloud cloud;
  resizeCloud(cloud, 0, 0);
  EXPECT_EQ(sogFormat().encode(cloud, paramsOf(), io.context).error().code,
            ErrorCode::InvalidParameter);
}

// ---- hand-made scenes ----

Bytes pixelImage(std::initializer_list<std::array<std::uint8_t, 4>> pixels, std::uint32_t width) {
  RgbaImage image{width, static_cast<std::uint32_t>(pixels.size()) / width, {}};
  for (const auto& pixel : pixels) {
    image.pixels.insert(image.pixels.end(), pixel.begin(), pixel.end());
  }
  return *encodeWebp(image, 3);
}

std::string numberList(int count, double first, double step) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ",", first + step * i);
  }
  return text + "]";
}

std::vector<NamedBytes> handMade(const std::string& meta) {
  const ByteView json = viewBytes(meta);
  std::vector<NamedBytes> files;
  files.push_back({"meta.json", Bytes(json.begin(), json.end())});
  files.push_back({"l", pixelImage({{0xFF, 0, 0, 255}, {0, 0, 0, 255}}, 2)});
  files.push_back({"u", pixelImage({{0xFF, 0, 0, 255}, {0, 0x80, 0, 255}}, 2)});
  files.push_back({"s", pixelImage({{0, 128, 255, 255}, {1, 2, 3, 255}}, 2)});
  // Largest z, the others 0, 0 and 1/sqrt 2; then a mode that does not exist.
  files.push_back({"q", pixelImage({{0, 255, 128, 255}, {9, 9, 9, 0}}, 2)});
  files.push_back({"c", pixelImage({{0, 128, 255, 255}, {10, 20, 30, 0}}, 2)});
  return files;
}

std::string metaV2(const std::string& firstScale = "-10") {
  std::string scales = numberList(256, -10, 0.0625);
  scales.replace(1, 3, firstScale);
  return fmt::format(R"({{"version":2,"count":2,"model":"antialiased","future":[1],)"
                     R"("means":{{"mins":[-1,-2,3],"maxs":[1.5,2,3],"files":["l","u"]}},)"
                     R"("scales":{{"codebook":{},"files":["s"]}},"quats":{{"files":["q"]}},)"
                     R"("sh0":{{"codebook":{},"files":["c"]}}}})",
                     scales, numberList(256, -2, 0.015625));
}

Result<GaussianCloud> decodeFiles(const std::vector<NamedBytes>& files) {
  FormatIo io;
  return sogFormat().decode(*writeStoredZip(files), io.context);
}

TEST(Sog, ReadsHandMadeVersion2) {
  const auto cloud = decodeFiles(handMade(metaV2()));
  ASSERT_TRUE(cloud) << cloud.error().message;
  EXPECT_EQ(cloud->filter, FilterMode::Antialiased);
  EXPECT_NEAR(cloud->means[0], std::exp(1.5) - 1, 1e-6);
  EXPECT_NEAR(cloud->means[1], 1 - std::exp(2), 1e-6);
  EXPECT_NEAR(cloud->means[2], std::exp(3) - 1, 1e-5);
  EXPECT_NEAR(cloud->means[3], 1 - std::exp(1), 1e-6);
  EXPECT_NEAR(cloud->means[4], std::expm1(-2 + 4.0 * 0x8000 / 65535), 1e-6);
  EXPECT_EQ(cloud->logScales[0], -10.0F);
  EXPECT_EQ(cloud->logScales[1], -2.0F);
  EXPECT_EQ(cloud->logScales[5], -9.8125F);
  EXPECT_EQ(cloud->shDc[1], 0.0F);
  EXPECT_NEAR(sigmoid(cloud->opacityLogits[0]), 1 - 1e-6, 1e-8);
  EXPECT_NEAR(sigmoid(cloud->opacityLogits[1]), 1e-6, 1e-8);
  const double half = std::sqrt(0.5);
  EXPECT_NEAR(cloud->rotations[0], -half, 1e-6);  // w
  EXPECT_NEAR(cloud->rotations[1], half, 1e-6);   // x
  EXPECT_NEAR(cloud->rotations[2], half / 255, 1e-6);
  EXPECT_NEAR(cloud->rotations[3], 0, 1e-6);  // 1 - 1/2 - 1/2 - a little
  EXPECT_EQ(cloud->rotations[4], 1.0F);
  EXPECT_EQ(cloud->rotations[5], 0.0F);
}

TEST(Sog, MissingFirstCodebookEntryIsReplaced) {
  const auto cloud = decodeFiles(handMade(metaV2("null")));
  ASSERT_TRUE(cloud) << cloud.error().message;
  // c[1] = -9.9375, c[255] = 5.9375: one 255th of their distance below c[1].
  EXPECT_NEAR(cloud->logScales[0], -9.9375 - 15.875 / 255, 1e-6);
}

TEST(Sog, ReadsHandMadeVersion1) {
  const auto cloud = decodeFiles(handMade(
      R"({"means":{"shape":[2,3],"mins":[0,0,0],"maxs":[1,1,1],"files":["l","u"]},
          "scales":{"mins":[-10,-8,-6],"maxs":[0,0,0],"files":["s"]},"quats":{"files":["q"]},
          "sh0":{"mins":[-1,-1,-1,-4],"maxs":[1,1,1,6],"files":["c"]}})"));
  ASSERT_TRUE(cloud) << cloud.error().message;
  EXPECT_NEAR(cloud->means[0], std::exp(1) - 1, 1e-6);
  EXPECT_NEAR(cloud->logScales[0], -10, 1e-6);
  EXPECT_NEAR(cloud->logScales[1], -8 + 8 * 128 / 255.0, 1e-6);
  EXPECT_NEAR(cloud->logScales[2], 0, 1e-6);
  EXPECT_NEAR(cloud->shDc[3], -1 + 2 * 10 / 255.0, 1e-6);
  EXPECT_NEAR(cloud->opacityLogits[0], 6, 1e-6);
  EXPECT_NEAR(cloud->opacityLogits[1], -4, 1e-6);
}

TEST(Sog, LabelsBeyondThePaletteMeanNoShine) {
  std::string meta = metaV2();
  meta.pop_back();
  meta += fmt::format(R"(,"shN":{{"count":65,"bands":1,"codebook":{},"files":["p","n"]}}}})",
                      numberList(256, -1, 0.0078125));
  std::vector<NamedBytes> files = handMade(meta);
  RgbaImage centroids{192, 2, std::vector<std::uint8_t>(std::size_t{4} * 192 * 2, 255)};
  for (std::size_t i = 0; i < 9; ++i) {
    // Entry 64 opens the second row.
    centroids.pixels[4 * 192 + i / 3 * 4 + i % 3] = static_cast<std::uint8_t>(10 * i);
  }
  files.push_back({"p", *encodeWebp(centroids, 3)});
  files.push_back({"n", pixelImage({{64, 0, 0, 255}, {65, 0, 0, 255}}, 2)});
  const auto cloud = decodeFiles(files);
  ASSERT_TRUE(cloud) << cloud.error().message;
  ASSERT_EQ(cloud->shDegree, 1U);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(cloud->shRest[i], -1 + 0.078125F * static_cast<float>(i));
    EXPECT_EQ(cloud->shRest[9 + i], 0.0F);
  }
}

TEST(Sog, AcceptsOneEnclosingFolder) {
  std::vector<NamedBytes> files = handMade(metaV2());
  for (NamedBytes& file : files) {
    file.name = "scene/" + file.name;
  }
  EXPECT_TRUE(decodeFiles(files));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(SogHostile, MetaIsChecked) {
  const std::string meta = metaV2();
  const std::vector<std::pair<std::string, std::string>> faults{
      {"\"count\":2", "\"count\":0"},
      {"\"count\":2", "\"count\":3"},  // more than pixels
      {"\"count\":2", "\"count\":-1"},
      {"\"count\":2", "\"count\":1.5"},
      {"\"count\":2", "\"count\":1e300"},
      {"\"count\":2", "\"count\":\"2\""},
      {"\"count\":2", "\"count\":268435456"},
      {"\"mins\":[-1,-2,3]", "\"mins\":[-1,-2]"},
      {"\"mins\":[-1,-2,3]", "\"mins\":[-1,-2,null]"},
      {"\"mins\":[-1,-2,3]", "\"mins\":[-1,-2,1e999]"},
      {"[\"l\",\"u\"]", "[\"l\"]"},
      {"[\"l\",\"u\"]", "[\"../l\",\"u\"]"},
      {"[\"l\",\"u\"]", "[\"/l\",\"u\"]"},
      {"[\"l\",\"u\"]", "[\"http://l\",\"u\"]"},
      {"[\"l\",\"u\"]", "[\"l\",\"meta.json\"]"},
      {"[\"l\",\"u\"]", "[\"l\",\"absent\"]"},
      {"\"codebook\":[-10,", "\"codebook\":["},
      {"\"codebook\":[-10,", "\"codebook\":[\"a\","},
      {"\"quats\":{", "\"other\":{"},
      {"\"quats\":{\"files\":[\"q\"]}", "\"quats\":7"},
      {"}}", ""},
  };
  for (const auto& [from, to] : faults) {
    const auto cloud = decodeFiles(handMade(replaced(meta, from, to)));
    ASSERT_FALSE(cloud) << to;
    EXPECT_EQ(cloud.error().code, ErrorCode::CorruptData) << to;
  }
  EXPECT_EQ(decodeFiles(handMade(replaced(meta, "\"version\":2", "\"version\":3"))).error().code,
            ErrorCode::UnsupportedVersion);
  EXPECT_FALSE(parseSogMeta(viewBytes(std::string_view(std::string(100'000, '[')))));
}

TEST(SogHostile, TinyImagesJustifyNoHugeScene) {
  // One colour over 4,000 x 4,000 pixels packs into a few bytes.
  const RgbaImage plain{4000, 4000, std::vector<std::uint8_t>(std::size_t{4} * 4000 * 4000, 255)};
  const Bytes packed = *encodeWebp(plain, 0);
  ASSERT_LT(packed.size(), 10'000U);
  std::vector<NamedBytes> files = handMade(replaced(metaV2(), "\"count\":2", "\"count\":16000000"));
  for (std::size_t i = 1; i < files.size(); ++i) {
    files[i].bytes = packed;
  }
  const auto cloud = decodeFiles(files);
  ASSERT_FALSE(cloud);
  EXPECT_EQ(cloud.error().code, ErrorCode::CorruptData);
}

struct RealScene {
  const char* path;
  std::size_t count;
  unsigned degree;
};

class SogReal : public ::testing::TestWithParam<RealScene> {};

TEST_P(SogReal, Loads) {
  const auto path = testing::realData(GetParam().path);
  if (!path) {
    GTEST_SKIP() << GetParam().path << " is not on this machine";
  }
  const auto runner = makeThreadRunner(2);
  Progress progress;
  IoContext context{*runner, progress, {}, {}};
  GaussianCloud cloud;
  if (path->extension() == ".sog") {
    const auto file = MappedFile::open(*path);
    ASSERT_TRUE(file);
    EXPECT_TRUE(sogFormat().recognises(
        file->bytes().first(std::min<std::size_t>(file->bytes().size(), 65536)), "x"));
    cloud = decoded(file->bytes());
    const auto shares = sogFormat().breakdown(file->bytes());
    ASSERT_TRUE(shares);
    EXPECT_EQ(testing::totalBytes(*shares), file->bytes().size());
  } else {
    const auto meta = MappedFile::open(*path / "meta.json");
    ASSERT_TRUE(meta);
    EXPECT_TRUE(isSogMeta(meta->bytes()));
    auto loose = loadLooseSog(*path, context);
    ASSERT_TRUE(loose) << loose.error().message;
    cloud = std::move(loose->cloud);
  }
  EXPECT_EQ(cloud.count, GetParam().count);
  EXPECT_EQ(cloud.shDegree, GetParam().degree);
  EXPECT_TRUE(validate(cloud));
  EXPECT_TRUE(context.warnings.empty());
}

INSTANTIATE_TEST_SUITE_P(Files, SogReal,
                         ::testing::Values(RealScene{"splats/statues/angel.sog", 71359, 0},
                                           RealScene{"splats/statues/massa.sog", 58649, 0},
                                           RealScene{"splats/statues/narcissus.sog", 101275, 0},
                                           RealScene{"splats/statues/st-peter.sog", 133618, 0},
                                           RealScene{"splats/city_park_lod/2_0", 536027, 0},
                                           RealScene{"splats/city_park_lod/2_1", 528172, 0},
                                           RealScene{"splats/city_park_lod/2_2", 526708, 0},
                                           RealScene{"splats/city_park_lod/2_3", 108807, 0},
                                           RealScene{"splats/city_park_lod/4_0", 212464, 0},
                                           RealScene{"splats/playbot_lod/0_0", 500000, 2},
                                           RealScene{"splats/playbot_lod/1_0", 250000, 2},
                                           RealScene{"splats/playbot_lod/2_0", 125000, 2},
                                           RealScene{"splats/playbot_lod/3_0", 31000, 2},
                                           RealScene{"splats/playbot_lod/4_0", 8406, 2},
                                           RealScene{"splats/playbot_lod/5_0", 3000, 2},
                                           RealScene{"splats/playbot_lod/6_0", 1873, 2},
                                           RealScene{"splats/playcanvas_logo_sogv1", 307128, 0}));

}  // namespace
}  // namespace volpress::formats
