// A report over several scenes, against sums done by hand.
#include "app/engine/report_scenes.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace volpress::engine {
namespace {

ReportRow rowOf(const char* codec, std::uint64_t bytes, std::uint64_t reference, double psnr) {
  ReportRow row;
  row.codec = codec;
  row.codecLabel = codec;
  row.preset = "default";
  row.command = std::string("volpress encode with ") + codec;
  Evaluation evaluation;
  evaluation.fileBytes = bytes;
  evaluation.referenceBytes = reference;
  evaluation.splatsIn = 10;
  evaluation.encodeSeconds = 2;
  evaluation.breakdown = {{"positions", bytes / 2}, {"rest", bytes - bytes / 2}};
  evaluation.views = {{"front", false, psnr, 0.9, 0.9, 0.1},
                      {"back", true, psnr - 2, 0.8, 0.8, 0.2}};
  row.evaluation = evaluation;
  return row;
}

Report sceneOf(const char* name, std::uint64_t reference, std::vector<ReportRow> rows) {
  Report report;
  report.scene = name;
  report.splats = 10;
  report.shDegree = 1;
  report.referenceBytes = reference;
  report.viewCount = 2;
  report.seed = 7;
  report.rows = std::move(rows);
  return report;
}

TEST(ReportScenes, bytesAreSumsAndEveryViewCounts) {
  const std::vector<Report> scenes{
      sceneOf("chair", 1000, {rowOf("spz", 100, 1000, 40), rowOf("sog", 80, 1000, 42)}),
      sceneOf("bike", 3000, {rowOf("spz", 500, 3000, 30), rowOf("sog", 400, 3000, 34)})};
  const std::vector<std::string> pages{"01-chair/index.html", "02-bike/index.html"};
  const Report pooled = poolReports(scenes, pages);
  ASSERT_EQ(pooled.rows.size(), 2U);
  const Evaluation& spz = *pooled.rows[0].evaluation;
  EXPECT_EQ(spz.fileBytes, 600U);
  EXPECT_EQ(spz.referenceBytes, 4000U);
  EXPECT_DOUBLE_EQ(spz.ratio(), 4000.0 / 600.0);
  EXPECT_DOUBLE_EQ(spz.meanPsnr(), (40 + 38 + 30 + 28) / 4.0);
  EXPECT_DOUBLE_EQ(spz.worstPsnr(), 28);
  EXPECT_DOUBLE_EQ(spz.encodeSeconds, 4);
  ASSERT_EQ(spz.breakdown.size(), 2U);
  EXPECT_EQ(spz.breakdown[0].bytes, 300U);
  EXPECT_EQ(pooled.splats, 20U);
  EXPECT_EQ(pooled.viewCount, 4U);
  EXPECT_EQ(pooled.scenes[1].results[1]->fileBytes, 400U);
  // The page links to each scene's own.
  const std::string html = reportHtml(pooled);
  EXPECT_NE(html.find("href=\"02-bike/index.html\""), std::string::npos);
}

TEST(ReportScenes, aRowThatASceneLacksIsNotPooled) {
  ReportRow failed = rowOf("sog", 1, 1, 30);
  failed.evaluation.reset();
  failed.state = JobState::Failed;
  const std::vector<Report> scenes{
      sceneOf("chair", 1000, {rowOf("spz", 100, 1000, 40), rowOf("sog", 80, 1000, 42)}),
      sceneOf("bike", 3000, {rowOf("spz", 500, 3000, 30), failed})};
  const std::vector<std::string> pages{"a", "b"};
  const Report pooled = poolReports(scenes, pages);
  EXPECT_TRUE(pooled.rows[0].evaluation);
  EXPECT_FALSE(pooled.rows[1].evaluation);
  EXPECT_EQ(pooled.rows[1].error, "no result for bike");
}

TEST(ReportScenes, meanBdRateIsGeometric) {
  // Half the bytes on one scene and twice on the other cancel out; single points meet at one PSNR.
  const std::vector<Report> scenes{
      sceneOf("chair", 1000, {rowOf("sog", 100, 1000, 40), rowOf("ours", 50, 1000, 40)}),
      sceneOf("bike", 1000, {rowOf("sog", 100, 1000, 30), rowOf("ours", 200, 1000, 30)})};
  const std::vector<std::string> pages{"a", "b"};
  const auto rates = meanBdRates(poolReports(scenes, pages));
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_EQ(rates[0].codec, "ours");
  EXPECT_EQ(rates[0].against, "sog");
  EXPECT_EQ(rates[0].scenes, 2U);
  EXPECT_NEAR(rates[0].percent, 0, 1e-9);
}

TEST(ReportScenes, aReportIsReadBack) {
  const Report scene = sceneOf("chair", 1000, {rowOf("spz", 100, 1000, 40)});
  const Result<Report> read = reportFromJson(reportJson(scene));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->scene, "chair");
  EXPECT_EQ(read->splats, 10U);
  EXPECT_EQ(read->rows[0].command, scene.rows[0].command);
  EXPECT_DOUBLE_EQ(read->rows[0].evaluation->meanPsnr(), 39);
  EXPECT_FALSE(reportFromJson("{\"scene\": 3}"));
  EXPECT_FALSE(reportFromJson("[]"));
}

}  // namespace
}  // namespace volpress::engine
