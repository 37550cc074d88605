// Files that earlier versions wrote must decode to what they meant then: tests/data/golden holds
// `<codec>_v<version>[_<what>].vpc`, each with the scene it stands for as a float PLY beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "compressors/codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::compressors {
namespace {

/// Codecs that bake colours sum floats, in an order that may differ from machine to machine.
constexpr float kTolerance = 1e-4F;

void expectNear(const FloatArray& actual, const FloatArray& expected, const char* what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], kTolerance) << what << " " << i;
  }
}

TEST(GoldenFiles, DecodeToWhatTheyStandFor) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(::volpress::testing::sourceFile("tests/data/golden"))) {
    if (entry.path().extension() == ".vpc") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  SerialRunner runner;
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename().string());
    const auto file = MappedFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    const Codec* codec = codecForContent(file->bytes());
    ASSERT_NE(codec, nullptr);
    EXPECT_EQ(path.filename().string().rfind(codec->info().id + "_v", 0), 0U);
    Progress progress;
    RunContext context{runner, progress, {}};
    const auto scene = codec->decode(file->bytes(), context);
    ASSERT_TRUE(scene) << scene.error().message;
    auto plain = path;
    plain.replace_extension(".ply");
    formats::IoContext io{runner, progress, {}, {}};
    const auto expected = formats::loadCloud(plain, io);
    ASSERT_TRUE(expected) << expected.error().message;
    const auto& cloud = std::get<GaussianCloud>(*scene);
    ASSERT_EQ(cloud.shDegree, expected->cloud.shDegree);
    expectNear(cloud.means, expected->cloud.means, "mean");
    expectNear(cloud.logScales, expected->cloud.logScales, "log scale");
    expectNear(cloud.rotations, expected->cloud.rotations, "rotation");
    expectNear(cloud.opacityLogits, expected->cloud.opacityLogits, "opacity");
    expectNear(cloud.shDc, expected->cloud.shDc, "SH band 0");
    expectNear(cloud.shRest, expected->cloud.shRest, "SH above");
  }
}

}  // namespace
}  // namespace volpress::compressors
