// Files that earlier versions wrote, and the scenes that they stand for.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "scene/formats/format.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::testing {

/// The golden files of an extension, sorted; the test fails where there are none.
inline std::vector<std::filesystem::path> goldenFiles(std::string_view extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(sourceFile("tests/data/golden"))) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty()) << extension;
  return files;
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
