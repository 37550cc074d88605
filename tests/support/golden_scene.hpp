// Files that earlier versions wrote, and the scenes that they stand for.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "compressors/codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::testing {

/// The golden files of an extension in a folder below tests/data/golden (empty: that one itself),
/// sorted; the test fails where there are none.
inline std::vector<std::filesystem::path> goldenFiles(std::string_view extension,
                                                      const std::string& folder = {}) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(sourceFile("tests/data/golden/" + folder))) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty()) << extension;
  return files;
}

/// Decodes the containers there by the codec that `find` has for their bytes, whose name they begin
/// with, and hands what comes out to `expectSame` with the path of the plain file that it stands
/// for.
template <typename Find, typename ExpectSame>
void expectGoldenFilesDecode(const std::string& folder, const char* plain, Find find,
                             ExpectSame expectSame) {
  SerialRunner runner;
  for (std::filesystem::path path : goldenFiles(".vpc", folder)) {
    SCOPED_TRACE(path.filename().string());
    const auto file = MappedFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    const auto* codec = find(file->bytes());
    ASSERT_NE(codec, nullptr);
    EXPECT_EQ(path.filename().string().rfind(codec->info().id + "_v", 0), 0U);
    Progress progress;
    compressors::RunContext context{runner, progress, {}};
    const auto scene = codec->decode(file->bytes(), context);
    ASSERT_TRUE(scene) << scene.error().message;
    expectSame(*scene, path.replace_extension(plain));
  }
}

/// Sums of floats, exponentials and square roots may differ a little from machine to machine.
inline void expectNear(const FloatArray& actual, const FloatArray& expected, const char* what) {
  constexpr float kTolerance = 1e-4F;
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], kTolerance) << what << " " << i;
  }
}

/// `cloud` is what the float PLY `plain` holds.
inline void expectStandsFor(const GaussianCloud& cloud, const std::filesystem::path& plain) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  const auto expected = formats::loadCloud(plain, io);
  ASSERT_TRUE(expected) << expected.error().message;
  ASSERT_EQ(cloud.shDegree, expected->cloud.shDegree);
  expectNear(cloud.means, expected->cloud.means, "mean");
  expectNear(cloud.logScales, expected->cloud.logScales, "log scale");
  expectNear(cloud.rotations, expected->cloud.rotations, "rotation");
  expectNear(cloud.opacityLogits, expected->cloud.opacityLogits, "opacity");
  expectNear(cloud.shDc, expected->cloud.shDc, "SH band 0");
  expectNear(cloud.shRest, expected->cloud.shRest, "SH above");
}

}  // namespace volpress::testing
