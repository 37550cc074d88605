#include "app/engine/job.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "app/engine/time_left.hpp"
#include "app/engine/worker_messages.hpp"

namespace volpress::engine {
namespace {

JobSpec fullSpec() {
  JobSpec spec;
  spec.input = "/tmp/a scene's.ply";
  spec.output = "out \"q\".vpc";
  spec.codec = "lightgaussian";
  spec.preset = "faithful";
  spec.overrides = {{"prune", 0.66},
                    {"whole", 2.0},
                    {"bits", std::int64_t{-3}},
                    {"fast", true},
                    {"mode", std::string("octree")}};
  spec.views = "orbit:12";
  spec.seed = 0xFFFFFFFFFFFFFFFFULL;
  spec.threads = 2;
  return spec;
}

void expectSame(const JobSpec& a, const JobSpec& b) {
  EXPECT_EQ(a.input, b.input);
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.codec, b.codec);
  EXPECT_EQ(a.preset, b.preset);
  EXPECT_EQ(a.overrides, b.overrides);
  EXPECT_EQ(a.views, b.views);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.threads, b.threads);
}

Evaluation someEvaluation() {
  Evaluation evaluation;
  evaluation.fileBytes = 1000;
  evaluation.referenceBytes = 24800;
  evaluation.splatsIn = 100;
  evaluation.splatsOut = 34;
  evaluation.encodeSeconds = 1.25;
  evaluation.decodeSeconds = 0.5;
  evaluation.peakMemoryBytes = 123456789;
  evaluation.breakdown = {{"positions", 600}, {"header", 400}};
  evaluation.views = {
      {"v0", false, 30, 0.9, 0.95, 0.1},
      {"v1", true, std::numeric_limits<double>::infinity(), 1, 1, 0},
  };
  return evaluation;
}

TEST(Job, survivesJson) {
  const auto back = jobFromJson(jobToJson(fullSpec()));
  ASSERT_TRUE(back) << back.error().message;
  expectSame(fullSpec(), *back);
  EXPECT_EQ(jobToJson(fullSpec()).find('\n'), std::string::npos) << "a job is one line";
}

TEST(Job, photographsSurviveJsonAndTheCommandLine) {
  JobSpec spec;
  spec.input = "a.ply";
  spec.output = "b.vpc";
  spec.codec = "lightgaussian";
  spec.photos = {"my set", "pictures", 2, 640, 4};
  const auto back = jobFromJson(jobToJson(spec));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->photos.dataset, spec.photos.dataset);
  EXPECT_EQ(back->photos.images, spec.photos.images);
  EXPECT_EQ(back->photos.downscale, 2);
  EXPECT_EQ(back->photos.longestSide, 640U);
  EXPECT_EQ(back->photos.holdout, 4U);
  EXPECT_EQ(repeatingCommand(spec),
            "volpress encode a.ply -o b.vpc --codec lightgaussian --photos 'my set' --photo-folder "
            "pictures --downscale 2 --resolution 640 --holdout 4");
}

TEST(Job, pathThatIsNoUtf8SurvivesJson) {
  JobSpec spec = fullSpec();
  spec.input = std::string("/tmp/\xFF\xFE.ply");
  const auto back = jobFromJson(jobToJson(spec));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(spec.input, back->input);
}

TEST(Job, badJsonNamesTheField) {
  const auto messageOf = [](std::string_view text) {
    const auto spec = jobFromJson(text);
    return spec ? std::string("parsed") : spec.error().message;
  };
  EXPECT_NE(messageOf("{"), "parsed");
  EXPECT_NE(messageOf("[]").find("input"), std::string::npos);
  EXPECT_NE(messageOf(R"({"input":"a","output":"b"})").find("codec"), std::string::npos);
  EXPECT_NE(messageOf(R"({"input":7,"output":"b","codec":"c"})").find("input"), std::string::npos);
  EXPECT_NE(messageOf(R"({"input":"a","output":"b","codec":"c","seed":-1})").find("seed"),
            std::string::npos);
  EXPECT_NE(messageOf(R"({"input":"a","output":"b","codec":"c","overrides":{"x":[1]}})").find('x'),
            std::string::npos);
  EXPECT_EQ(messageOf(R"({"input":"a","output":"b","codec":"c"})"), "parsed");
  EXPECT_NE(messageOf(std::string(100000, '[')), "parsed");
}

TEST(Job, commandLineIsQuotedForTheShell) {
  EXPECT_EQ(repeatingCommand(fullSpec()),
            "volpress encode '/tmp/a scene'\\''s.ply' -o 'out \"q\".vpc' --codec lightgaussian "
            "--preset faithful --set bits=-3 --set fast=true --set mode=octree --set prune=0.66 "
            "--set whole=" +
                formatParamValue(ParamValue(2.0)) +
                " --views orbit:12 --seed 18446744073709551615 --threads 2");
  JobSpec small;
  small.input = "a.ply";
  small.output = "b.vpc";
  small.codec = "null";
  EXPECT_EQ(repeatingCommand(small), "volpress encode a.ply -o b.vpc --codec null");
}

TEST(Evaluation, ofAFileWithTwoFormsHasTwoNumbers) {
  Evaluation evaluation = someEvaluation();
  EXPECT_FALSE(evaluation.isNative());
  EXPECT_EQ(evaluationToJson(evaluation).find("baked"), std::string::npos);
  ViewQuality baked;
  baked.view = "left";
  baked.psnr = 30;
  evaluation.bakedViews = {baked, baked};
  evaluation.bakedViews[1].psnr = 32;
  const auto back = evaluationFromJson(evaluationToJson(evaluation));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(back->isNative());
  EXPECT_EQ(back->bakedMeanPsnr(), 31);
  EXPECT_EQ(evaluationToJson(*back), evaluationToJson(evaluation));
}

TEST(Evaluation, survivesJsonWithInfinitePsnr) {
  const Evaluation evaluation = someEvaluation();
  const std::string text = evaluationToJson(evaluation);
  const auto back = evaluationFromJson(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(evaluationToJson(*back), text);
  EXPECT_EQ(back->peakMemoryBytes, 123456789U);
  ASSERT_EQ(back->views.size(), 2U);
  EXPECT_TRUE(std::isinf(back->views[1].psnr));
  EXPECT_TRUE(back->views[1].heldOut);
  ASSERT_EQ(back->breakdown.size(), 2U);
  EXPECT_EQ(back->breakdown[0].name, "positions");
  EXPECT_EQ(back->breakdown[0].bytes, 600U);
}

TEST(Evaluation, meansAreOverViewsAndIdenticalCounts100) {
  const Evaluation evaluation = someEvaluation();
  EXPECT_DOUBLE_EQ(evaluation.ratio(), 24.8);
  EXPECT_DOUBLE_EQ(evaluation.meanPsnr(), 65);
  EXPECT_DOUBLE_EQ(evaluation.worstPsnr(), 30);
  EXPECT_DOUBLE_EQ(evaluation.meanSsim(), 0.95);
  EXPECT_DOUBLE_EQ(evaluation.meanMsSsim(), 0.975);
  EXPECT_DOUBLE_EQ(evaluation.meanFlip(), 0.05);
  EXPECT_DOUBLE_EQ(Evaluation().meanPsnr(), 0);
  EXPECT_DOUBLE_EQ(Evaluation().ratio(), 0);
}

TEST(WorkerMessage, everyKindSurvivesItsLine) {
  const auto again = [](const WorkerMessage& message) {
    const std::string line = messageToJson(message);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto back = messageFromJson(line);
    EXPECT_TRUE(back) << line;
    EXPECT_EQ(back ? messageToJson(*back) : std::string(), line);
    return back ? back->index() : 99U;
  };
  EXPECT_EQ(again(Progress::Snapshot{0.5, "scoring views", "31/48\nviews"}), 0U);
  EXPECT_EQ(again(LogMessage{"a \"line\""}), 1U);
  EXPECT_EQ(again(JobPreview{"/scratch/previews/1.ply", "step 1 of 9"}), 2U);
  EXPECT_EQ(again(ResultMessage{someEvaluation()}), 3U);
  EXPECT_EQ(again(Error{ErrorCode::IoFailure, "full", std::nullopt}), 4U);
  EXPECT_FALSE(messageFromJson(R"({"type":"progress","fraction":2,"stage":"","detail":""})"));
  EXPECT_FALSE(messageFromJson(R"({"type":"hello"})"));
  EXPECT_FALSE(messageFromJson("7"));
}

TEST(TimeLeft, followsASteadyRate) {
  TimeLeft timeLeft;
  EXPECT_FALSE(timeLeft.estimate(0.5));
  for (int tenths = 0; tenths <= 300; ++tenths) {
    const double seconds = tenths / 10.0;
    timeLeft.update(seconds, seconds / 100);
  }
  const auto left = timeLeft.estimate(30);
  ASSERT_TRUE(left);
  EXPECT_NEAR(*left, 70, 2);
}

TEST(TimeLeft, slowsWithASlowerStage) {
  TimeLeft timeLeft;
  for (int tenths = 0; tenths <= 600; ++tenths) {
    const double seconds = tenths / 10.0;
    timeLeft.update(seconds, seconds < 10 ? seconds * 0.05 : 0.5 + (seconds - 10) * 0.001);
  }
  const auto left = timeLeft.estimate(60);
  ASSERT_TRUE(left);
  EXPECT_GT(*left, 60);
  EXPECT_LT(*left, 450);
}

TEST(TimeLeft, isToldInWords) {
  EXPECT_EQ(describeSeconds(0.2), "1 s");
  EXPECT_EQ(describeSeconds(185), "3 min 05 s");
  EXPECT_EQ(describeSeconds(4800), "1 h 20 min");
}

}  // namespace
}  // namespace volpress::engine
