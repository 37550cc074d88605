// The doctor: every finding on a scene made ill on purpose, repairs, cut files, real files.
#include "app/engine/diagnose.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "app/engine/scene_files.hpp"
#include "scene/base/files.hpp"
#include "scene/edit/transform.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Diagnosis diagnose(GaussianCloud cloud) {
  SerialRunner runner;
  return diagnoseCloud(std::make_shared<const GaussianCloud>(std::move(cloud)), runner, {});
}

const Finding* find(const Diagnosis& diagnosis, std::string_view id) {
  for (const Finding& finding : diagnosis.findings) {
    if (finding.id == id) {
      return &finding;
    }
  }
  return nullptr;
}

/// A healthy scene: nothing is found.
GaussianCloud healthy() {
  GaussianCloud cloud = testing::randomCloud(2000, 1, 5);
  for (float& logit : cloud.opacityLogits) {
    logit = std::abs(logit);
  }
  return cloud;
}

/// As an import leaves it.
GaussianCloud sane(GaussianCloud cloud) {
  static_cast<void>(sanitise(cloud));
  return cloud;
}

/// What must be found after `change`, and be gone after a repair where that is promised.
template <typename Change>
void expectFound(const char* id, Severity severity, std::size_t splats, bool repairable,
                 const Change& change) {
  SCOPED_TRACE(id);
  GaussianCloud cloud = healthy();
  change(cloud);
  const Diagnosis diagnosis = diagnose(cloud);
  const Finding* finding = find(diagnosis, id);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, severity);
  EXPECT_EQ(finding->splats, splats);
  EXPECT_EQ(finding->repairable, repairable);
  EXPECT_FALSE(finding->what.empty());
  EXPECT_FALSE(finding->advice.empty());
  EXPECT_EQ(diagnosis.hasProblems(), severity != Severity::Note);
  for (const char* shown :
       {"gigantic-splats", "huge-splats", "far-outliers", "near-invisible", "duplicates"}) {
    EXPECT_EQ(splatsOf(sane(cloud), shown).size(), std::string_view(shown) == id ? splats : 0U)
        << shown;
  }
  if (repairable) {
    SerialRunner runner;
    RepairReport report;
    const GaussianCloud repaired = repairCloud(cloud, runner, report);
    EXPECT_TRUE(validate(repaired).has_value());
    EXPECT_EQ(report.removed + report.adjusted, splats);
    EXPECT_EQ(find(diagnose(repaired), id), nullptr);
  }
}

TEST(Doctor, FindsNothingInAHealthyScene) {
  const Diagnosis diagnosis = diagnose(healthy());
  EXPECT_TRUE(diagnosis.findings.empty()) << diagnosis.findings.front().what;
  EXPECT_EQ(diagnosis.splats, 2000U);
  EXPECT_EQ(diagnosis.shDegree, 1U);
  EXPECT_GT(diagnosis.overdraw, 0);
  EXPECT_NEAR(diagnosis.typicalSize, std::exp(-3.4), 0.02);
}

TEST(Doctor, FindsEachIllnessAlone) {
  expectFound("not-a-number", Severity::Error, 3, true, [](GaussianCloud& cloud) {
    cloud.means[4] = kNan;
    cloud.logScales[100] = kInfinity;
    cloud.shRest[5000] = kNan;
  });
  expectFound("zero-rotations", Severity::Warning, 2, true, [](GaussianCloud& cloud) {
    for (const std::size_t i : {std::size_t{7}, std::size_t{70}}) {
      std::fill_n(&cloud.rotations[4 * i], 4, 0.0F);
    }
  });
  expectFound("infinite-values", Severity::Warning, 2, true, [](GaussianCloud& cloud) {
    cloud.opacityLogits[3] = kInfinity;
    cloud.logScales[31] = -kInfinity;
  });
  expectFound("gigantic-splats", Severity::Error, 1, true,
              [](GaussianCloud& cloud) { cloud.logScales[9] = std::log(1e6F); });
  expectFound("huge-splats", Severity::Warning, 1, false,
              [](GaussianCloud& cloud) { cloud.logScales[9] = std::log(100.0F); });
  expectFound("far-outliers", Severity::Warning, 1, true,
              [](GaussianCloud& cloud) { cloud.means[30] = 5000; });
  expectFound("far-from-origin", Severity::Warning, 0, false, [](GaussianCloud& cloud) {
    for (std::size_t i = 0; i < cloud.count; ++i) {
      cloud.means[3 * i] += 400000;
    }
  });
  expectFound("near-invisible", Severity::Note, 1000, false,
              [](GaussianCloud& cloud) { std::fill_n(cloud.opacityLogits.begin(), 1000, -8.0F); });
  expectFound("overdraw", Severity::Warning, 0, false, [](GaussianCloud& cloud) {
    const GaussianCloud source = cloud;
    resizeCloud(cloud, 4000, 0);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        cloud.means[3 * i + c] = source.means[3 * (i % 2000) + c] + (i < 2000 ? 0.0F : 0.01F);
        cloud.logScales[3 * i + c] = 1;
        cloud.shDc[3 * i + c] = 0;
      }
      std::copy_n(&source.rotations[4 * (i % 2000)], 4, &cloud.rotations[4 * i]);
      cloud.opacityLogits[i] = 3;
    }
  });
}

TEST(Doctor, FindsCopiesThatAgreeInEveryNumber) {
  GaussianCloud cloud = healthy();
  std::vector<std::uint32_t> indices;
  for (std::uint32_t i = 0; i < cloud.count; ++i) {
    indices.push_back(i);
  }
  indices.insert(indices.end(), {5, 5, 9});
  GaussianCloud doubled = gatherSplats(cloud, indices);
  const Diagnosis diagnosis = diagnose(doubled);
  ASSERT_NE(find(diagnosis, "duplicates"), nullptr);
  EXPECT_EQ(find(diagnosis, "duplicates")->splats, 3U);
  SerialRunner runner;
  RepairReport report;
  EXPECT_EQ(repairCloud(doubled, runner, report).means, cloud.means);
  doubled.shRest[doubled.shRest.size() - 1] += 1;  // the copy of 9 is none any more
  EXPECT_EQ(find(diagnose(doubled), "duplicates")->splats, 2U);
}

TEST(Doctor, GuessesThatAFloorFacingZLiesOnItsSide) {
  GaussianCloud floor = testing::randomCloud(3000, 0, 2);
  for (std::size_t i = 0; i < floor.count; ++i) {
    floor.means[3 * i + 1] *= 0.02F;
    floor.logScales[3 * i + 1] = -8;  // thin along y
    floor.logScales[3 * i] = floor.logScales[3 * i + 2] = -3;
    floor.opacityLogits[i] = 3;
    const float tilt = 0.1F * static_cast<float>(i % 5);
    floor.rotations[4 * i] = 1;
    floor.rotations[4 * i + 1] = tilt;
    floor.rotations[4 * i + 2] = floor.rotations[4 * i + 3] = 0;
  }
  EXPECT_EQ(find(diagnose(floor), "axes"), nullptr);
  SerialRunner runner;
  edit::transformCloud(floor, {edit::rotationOfDegrees({90, 0, 0}), {}, 1}, runner);
  const Diagnosis diagnosis = diagnose(floor);
  ASSERT_NE(find(diagnosis, "axes"), nullptr);
  EXPECT_EQ(find(diagnosis, "axes")->severity, Severity::Note);
}

TEST(Doctor, AnEmptySceneIsAnError) {
  GaussianCloud empty;
  EXPECT_NE(find(diagnose(empty), "empty"), nullptr);
  GaussianCloud lost = testing::randomCloud(1, 0, 1);
  lost.means[0] = kNan;
  const Diagnosis diagnosis = diagnose(lost);
  EXPECT_NE(find(diagnosis, "empty"), nullptr);
  EXPECT_NE(find(diagnosis, "not-a-number"), nullptr);
}

class DoctorFiles : public ::testing::Test {
protected:
  Result<Diagnosis> look(const std::filesystem::path& path) {
    Progress progress;
    return diagnoseFile(path, *m_runner, progress, {});
  }
  std::filesystem::path save(const char* name, const GaussianCloud& cloud) {
    Progress progress;
    formats::IoContext context{*m_runner, progress, {}, {}};
    EXPECT_TRUE(formats::saveCloud(m_folder / name, cloud, {}, context).has_value());
    return m_folder / name;
  }

  std::unique_ptr<TaskRunner> m_runner = makeThreadRunner(2);
  std::filesystem::path m_folder = testing::scratchFolder("doctor");
};

TEST_F(DoctorFiles, SeesTheNumbersThatReadersWouldMend) {
  // One number of a sound PLY is overwritten: the reader would leave the splat out.
  const std::filesystem::path path = save("a.ply", healthy());
  const auto size = std::filesystem::file_size(path);
  const std::size_t row = 4 * (17 + 9);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size - 5 * row));
  file.write(reinterpret_cast<const char*>(&kNan), sizeof(kNan));
  file.close();
  const auto diagnosis = look(path);
  ASSERT_TRUE(diagnosis.has_value()) << diagnosis.error().message;
  EXPECT_EQ(diagnosis->splats, 2000U);
  ASSERT_NE(find(*diagnosis, "not-a-number"), nullptr);
  EXPECT_EQ(find(*diagnosis, "not-a-number")->splats, 1U);
  EXPECT_EQ(diagnosis->formatId, "ply");
  EXPECT_EQ(diagnosis->fileBytes, size);
}

TEST_F(DoctorFiles, SaysHowMuchOfACutFileIsThere) {
  for (const char* name : {"a.ply", "a.splat"}) {
    SCOPED_TRACE(name);
    const std::filesystem::path path = save(name, healthy());
    const bool ply = path.extension() == ".ply";
    const std::uintmax_t row = ply ? 4 * (17 + 9) : 32;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 700 * row - 3);
    Progress progress;
    EXPECT_FALSE(loadScene(path, *m_runner, progress, {}).has_value());
    const auto diagnosis = look(path);
    ASSERT_TRUE(diagnosis.has_value()) << diagnosis.error().message;
    EXPECT_EQ(diagnosis->splats, 1299U);
    const Finding* finding = find(*diagnosis, "truncated");
    ASSERT_NE(finding, nullptr);
    EXPECT_NE(finding->what.find("1,299 complete"), std::string::npos) << finding->what;
    // What the reader says of it is there too: of how many.
    const Finding* reader = find(*diagnosis, "reader");
    ASSERT_NE(reader, nullptr);
    EXPECT_NE(reader->what.find(ply ? "of 2000 splats" : "of 1300 splats"), std::string::npos)
        << reader->what;
    EXPECT_EQ(&diagnosis->findings.front(), finding) << "the worst comes first";
  }
}

TEST_F(DoctorFiles, AsciiFilesCutShortOpenToo) {
  const auto path = testing::realData("odd/splat/minimal_ascii.ply");
  if (!path) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  EXPECT_TRUE(look(*path).has_value());
  std::filesystem::copy_file(*path, m_folder / "cut.ply");
  std::filesystem::resize_file(m_folder / "cut.ply", std::filesystem::file_size(*path) - 20);
  const auto diagnosis = look(m_folder / "cut.ply");
  ASSERT_TRUE(diagnosis.has_value()) << diagnosis.error().message;
  EXPECT_EQ(diagnosis->splats, 2U);
  EXPECT_NE(find(*diagnosis, "truncated"), nullptr);
}

TEST_F(DoctorFiles, WhatIsNoSceneIsAnErrorWithAReason) {
  const auto pointer = testing::realData("odd/splat/lfs_pointer_point_cloud.ply");
  if (!pointer) {
    GTEST_SKIP() << "the real test data is not on this machine";
  }
  const auto diagnosis = look(*pointer);
  ASSERT_FALSE(diagnosis.has_value());
  EXPECT_NE(diagnosis.error().message.find("Git LFS"), std::string::npos);
}

TEST_F(DoctorFiles, RealScenesHaveNoFalseAlarms) {
  for (const char* name : {"splats/biker.compressed.ply", "splats/guitar.compressed.ply",
                           "splats/nerf_chair.splat", "splats/fox_sh3.ply"}) {
    SCOPED_TRACE(name);
    const auto path = testing::realData(name);
    if (!path) {
      GTEST_SKIP() << "the real test data is not on this machine";
    }
    const auto diagnosis = look(*path);
    ASSERT_TRUE(diagnosis.has_value()) << diagnosis.error().message;
    for (const Finding& finding : diagnosis->findings) {
      EXPECT_NE(finding.severity, Severity::Error) << finding.what;
    }
  }
}

}  // namespace
}  // namespace volpress::engine
