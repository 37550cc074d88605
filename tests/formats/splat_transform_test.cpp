// Our readers and writers against PlayCanvas' splat-transform.
#include <algorithm>
#include <cmath>

#include "scene/formats/activations.hpp"
#include "tests/formats/format_io.hpp"
#include "tests/support/splat_transform.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::formats {
namespace {

using testing::FormatIo;

class SplatTransform : public ::testing::Test {
protected:
  void SetUp() override {
    if (!testing::hasSplatTransform()) {
      GTEST_SKIP() << "VOLPRESS_SPLAT_TRANSFORM does not name the converter";
    }
  }

  GaussianCloud load(const std::filesystem::path& path) {
    auto loaded = loadCloud(path, m_io.context);
    EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
    return loaded ? std::move(loaded->cloud) : GaussianCloud();
  }
  void save(const std::filesystem::path& path, const GaussianCloud& cloud) {
    const auto saved = saveCloud(path, cloud, {}, m_io.context);
    ASSERT_TRUE(saved.has_value()) << saved.error().message;
  }
  /// Reads a file through their converter (to a float PLY) and through ours; both must agree.
  void expectSameReading(const std::filesystem::path& path) {
    // They read .splat rotations as b / 255 * 2 - 1, not as (b - 128) / 128.
    const float turn = path.extension() == ".splat" ? 5e-5F : 1e-5F;
    SCOPED_TRACE(path.string());
    const std::filesystem::path theirs = m_folder / "theirs.ply";
    const auto converted = testing::runSplatTransform(path, theirs);
    ASSERT_TRUE(converted.has_value()) << converted.error().message;
    compare(load(path), load(theirs), turn);
  }
  static void compare(const GaussianCloud& a, const GaussianCloud& b, float turn) {
    ASSERT_EQ(a.count, b.count);
    ASSERT_EQ(a.shDegree, b.shDegree);
    const auto near = [](const FloatArray& left, const FloatArray& right, float tolerance,
                         const char* name) {
      float worst = 0;
      for (std::size_t i = 0; i < left.size(); ++i) {
        worst = std::max(worst, std::abs(left[i] - right[i]) / (1 + std::abs(left[i])));
      }
      EXPECT_LE(worst, tolerance) << name;
    };
    near(a.means, b.means, 1e-6F, "means");
    near(a.logScales, b.logScales, 1e-5F, "log scales");
    near(a.shDc, b.shDc, 1e-5F, "SH band 0");
    near(a.shRest, b.shRest, 1e-5F, "SH rest");
    float worstOpacity = 0;
    float worstTurn = 0;
    for (std::size_t i = 0; i < a.count; ++i) {
      worstOpacity = std::max(
          worstOpacity, std::abs(opacityOf(a.opacityLogits[i]) - opacityOf(b.opacityLogits[i])));
      float ab = 0;
      float aa = 0;
      float bb = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        ab += a.rotations[4 * i + c] * b.rotations[4 * i + c];
        aa += a.rotations[4 * i + c] * a.rotations[4 * i + c];
        bb += b.rotations[4 * i + c] * b.rotations[4 * i + c];
      }
      worstTurn = std::max(worstTurn, 1 - std::abs(ab) / std::sqrt(aa * bb));
    }
    EXPECT_LE(worstOpacity, 1e-5F);
    EXPECT_LE(worstTurn, turn);
  }

  FormatIo m_io{2};
  std::filesystem::path m_folder = testing::scratchFolder("splat-transform");
};

TEST_F(SplatTransform, ReadsOurFilesAsWeDo) {
  for (unsigned degree = 0; degree <= 3; ++degree) {
    const GaussianCloud cloud = testing::randomCloud(700, degree, degree);
    for (const char* name : {"a.ply", "a.compressed.ply", "a.splat", "a.spz", "a.sog"}) {
      save(m_folder / name, cloud);
      expectSameReading(m_folder / name);
    }
  }
}

TEST_F(SplatTransform, ItsCompressedPlyHoldsTheSameNumbersAsOurs) {
  const GaussianCloud cloud = testing::randomCloud(5000, 3, 11);
  save(m_folder / "source.ply", cloud);
  const auto converted =
      testing::runSplatTransform(m_folder / "source.ply", m_folder / "theirs.compressed.ply");
  ASSERT_TRUE(converted.has_value()) << converted.error().message;
  save(m_folder / "ours.compressed.ply", cloud);
  expectSameReading(m_folder / "theirs.compressed.ply");
  // The orders, and so the chunks, may differ: what SH and opacity become may not.
  const GaussianCloud ours = load(m_folder / "ours.compressed.ply");
  const GaussianCloud theirs = load(m_folder / "theirs.compressed.ply");
  const auto sorted = [](FloatArray values) {
    std::sort(values.begin(), values.end());
    return values;
  };
  EXPECT_EQ(sorted(ours.shRest), sorted(theirs.shRest));
  EXPECT_EQ(sorted(ours.opacityLogits), sorted(theirs.opacityLogits));
}

TEST_F(SplatTransform, ItsSpzAndSogHoldTheSceneInTheSamePose) {
  const GaussianCloud cloud = testing::randomCloud(3000, 3, 12);
  save(m_folder / "source.ply", cloud);
  for (const char* name : {"theirs.spz", "theirs.sog"}) {
    const auto converted =
        testing::runSplatTransform(m_folder / "source.ply", m_folder / name, "-g cpu");
    ASSERT_TRUE(converted.has_value()) << converted.error().message;
    expectSameReading(m_folder / name);
  }
  // Ours keeps the order, theirs may not: sorted coordinates are within a step of 1/4096.
  save(m_folder / "ours.spz", cloud);
  FloatArray ours = load(m_folder / "ours.spz").means;
  FloatArray theirs = load(m_folder / "theirs.spz").means;
  ASSERT_EQ(ours.size(), theirs.size());
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_NEAR(ours[i], theirs[i], 1.001 / 4096);
  }
}

TEST_F(SplatTransform, ReadsOurOlderSpzAsWeDo) {
  const GaussianCloud cloud = testing::randomCloud(500, 2, 13);
  const auto saved =
      saveCloud(m_folder / "old.spz", cloud, {{"version", std::string("3")}}, m_io.context);
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  expectSameReading(m_folder / "old.spz");
}

TEST_F(SplatTransform, ReadsRealFilesAsWeDo) {
  for (const char* name : {"splats/biker.compressed.ply", "splats/guitar.compressed.ply",
                           "splats/nerf_chair.splat", "splats/train_1000.ply", "splats/biker.spz",
                           "splats/statues/angel.sog", "odd/splat/minimal.ksplat"}) {
    const auto path = testing::realData(name);
    if (!path) {
      GTEST_SKIP() << "the real test data is not on this machine";
    }
    expectSameReading(*path);
  }
}

}  // namespace
}  // namespace volpress::formats
