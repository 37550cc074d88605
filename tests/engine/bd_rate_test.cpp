#include "app/engine/bd_rate.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace volpress::engine {
namespace {

using Points = std::vector<RatePoint>;

TEST(BdRate, OfTwiceTheBytesAtEveryQualityIsAHundredPercent) {
  const Points others{{1000, 30}, {2000, 35}, {4000, 40}, {9000, 45}};
  Points points = others;
  for (RatePoint& point : points) {
    point.bytes *= 2;
  }
  EXPECT_NEAR(bdRate(points, others)->percent, 100, 1e-9);
  EXPECT_NEAR(bdRate(others, points)->percent, -50, 1e-9);
  EXPECT_NEAR(bdRate(others, others)->percent, 0, 1e-9);
}

/// Two straight lines in log bytes over PSNR, by hand: one from 1,000 at 30 dB to 4,000 at 40 dB,
/// the other from 2,000 at 32 dB to 8,000 at 42 dB. Both double every 5 dB; at 32 dB the first is
/// at 1,000 * 2^0.4, so the other takes 2^0.6 times as much everywhere from 32 to 40 dB.
TEST(BdRate, IsTakenOverTheQualitiesThatBothReach) {
  const auto rate = bdRate(Points{{2000, 32}, {8000, 42}}, Points{{1000, 30}, {4000, 40}});
  ASSERT_TRUE(rate);
  EXPECT_NEAR(rate->percent, 100 * (std::exp2(0.6) - 1), 1e-9);
  EXPECT_EQ(rate->fromPsnr, 32);
  EXPECT_EQ(rate->toPsnr, 40);
}

/// Lines that cross, by hand: over 30 to 40 dB the first goes from e^1 to e^3, the other from e^2
/// to e^1: the mean difference of the logarithms is 2 - 1.5.
TEST(BdRate, IsTheMeanDifferenceOfLogarithms) {
  const Points rising{{std::exp(1.0), 30}, {std::exp(3.0), 40}};
  const Points other{{std::exp(1.0), 30}, {std::exp(2.0), 40}};
  EXPECT_NEAR(bdRate(rising, other)->percent, 100 * std::expm1(0.5), 1e-9);
}

TEST(BdRate, OfCurvesKeepsBetweenTheirPoints) {
  // The curve rises wherever its points do: against a flat level it can be no further off than
  // they.
  const Points steps{{100, 30}, {101, 31}, {900, 32}, {910, 33}};
  const Points low{{100, 30}, {100.0001, 33}};
  const double percent = bdRate(steps, low)->percent;
  EXPECT_GT(percent, 0);
  EXPECT_LT(percent, 810);
}

TEST(BdRate, AgainstASinglePointIsTakenThere) {
  // 1,000 bytes at 30 dB to 4,000 at 40 dB: 2,000 at 35 dB, where the other takes 2,500.
  const auto rate = bdRate(Points{{1000, 30}, {4000, 40}}, Points{{2500, 35}});
  ASSERT_TRUE(rate);
  EXPECT_NEAR(rate->percent, -20, 1e-9);
  EXPECT_EQ(rate->fromPsnr, rate->toPsnr);
}

TEST(BdRate, IsNothingWhereQualitiesDoNotMeet) {
  EXPECT_FALSE(bdRate(Points{{1000, 30}, {2000, 34}}, Points{{4000, 35}, {8000, 40}}));
  EXPECT_FALSE(bdRate(Points{}, Points{{4000, 35}}));
  EXPECT_FALSE(bdRate(Points{{4000, 34}}, Points{{4000, 35}}));
}

TEST(BdRate, LeavesOutWhatABetterFileMakesPointless) {
  const Points others{{1000, 30}, {4000, 40}};
  const Points points{{1000, 30}, {1500, 29}, {4000, 40}, {5000, 40}};
  EXPECT_NEAR(bdRate(points, others)->percent, 0, 1e-9);
}

TEST(BdRate, OfAReportTakesAllRowsOfACodecTogether) {
  Report report;
  const auto add = [&](const char* codec, std::uint64_t bytes, double psnr) {
    ReportRow row;
    row.codec = codec;
    row.codecLabel = codec;
    row.evaluation.emplace();
    row.evaluation->fileBytes = bytes;
    row.evaluation->views.emplace_back();
    row.evaluation->views.back().psnr = psnr;
    report.rows.push_back(row);
  };
  add("spz", 2500, 35);
  add("ours", 1000, 30);
  add("ours", 4000, 40);
  ReportRow failed;
  failed.codec = "sog";
  report.rows.push_back(failed);
  const std::vector<ReportBdRate> rates = reportBdRates(report);
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_EQ(rates[0].codec, "ours");
  EXPECT_EQ(rates[0].against, "spz");
  EXPECT_NEAR(rates[0].rate.percent, -20, 1e-9);
}

}  // namespace
}  // namespace volpress::engine
