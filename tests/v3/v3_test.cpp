// V3 planes from end to end on generated clips.
#include "compressors/v3/v3.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "scene/sequence/sample_clip.hpp"
#include "tests/dualgs/coded_clip.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedClip;
using testing::decodeSegment;
using testing::encodeClip;

class V3Test : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_runner = makeThreadRunner(2);
    ClipOptions options;
    options.frames = 30;
    options.splats = 4000;
    s_sequence = std::make_shared<GaussianSequence>(makeSampleClip(options, {}, *s_runner));
  }
  static void TearDownTestSuite() {
    s_sequence.reset();
    s_runner.reset();
  }
  static CodedClip coded(std::int64_t frames, const ParamSet& more = {}) {
    ParamSet params{{"segment_frames", frames}};
    params.insert(more.begin(), more.end());
    return encodeClip(v3Codec(), *s_sequence, params, *s_runner).value();
  }

  static inline std::unique_ptr<TaskRunner> s_runner;
  static inline std::shared_ptr<GaussianSequence> s_sequence;
};

TEST_F(V3Test, sixteenBitPositionsAreWithinHalfAStep) {
  // Unsorted, so that rows are splats.
  const CodedClip clip = coded(10, {{"sort", false}, {"step_position", 1.0}});
  std::vector<GaussianCloud> wanted;
  std::array<float, 3> low{1e9F, 1e9F, 1e9F}, high{-1e9F, -1e9F, -1e9F};
  for (std::size_t k = 0; k < 10; ++k) {
    wanted.push_back(s_sequence->frame(k, *s_runner).value());
    for (std::size_t i = 0; i < wanted[k].means.size(); ++i) {
      low[i % 3] = std::min(low[i % 3], wanted[k].means[i]);
      high[i % 3] = std::max(high[i % 3], wanted[k].means[i]);
    }
  }
  const auto frames = decodeSegment(v3Codec(), clip, 0, *s_runner).value();
  ASSERT_EQ(frames.size(), 10U);
  for (std::size_t k = 0; k < 10; ++k) {
    ASSERT_TRUE(validate(frames[k]));
    for (std::size_t i = 0; i < wanted[k].means.size(); ++i) {
      const float step = (high[i % 3] - low[i % 3]) / 65535;
      ASSERT_NEAR(frames[k].means[i], wanted[k].means[i], 0.501F * step + 2e-7F);
      ASSERT_NEAR(frames[k].shDc[i], wanted[k].shDc[i], 0.03F);
      ASSERT_NEAR(frames[k].logScales[i], wanted[k].logScales[i], 0.06F);
    }
    for (std::size_t i = 0; i < wanted[k].count; ++i) {
      double dot = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        dot += static_cast<double>(frames[k].rotations[4 * i + c]) *
               static_cast<double>(wanted[k].rotations[4 * i + c]);
      }
      ASSERT_GT(std::abs(dot), std::cos(0.02)) << i;
    }
  }
}

TEST_F(V3Test, mortonOrderAndLongerGroupsAreSmaller) {
  const auto unsorted = static_cast<double>(coded(10, {{"sort", false}}).bytes());
  const std::size_t ten = coded(10).bytes(), fifteen = coded(15).bytes(),
                    thirty = coded(30).bytes();
  EXPECT_LT(static_cast<double>(ten), unsorted);
  EXPECT_LT(fifteen, ten);
  EXPECT_LT(thirty, fifteen);
}

TEST_F(V3Test, theSameBytesOnAnyThreadsAndForAnySegmentAlone) {
  const CodedClip clip = coded(15);
  SerialRunner serial;
  const CodedClip again =
      encodeClip(v3Codec(), *s_sequence, {{"segment_frames", std::int64_t{15}}}, serial).value();
  EXPECT_EQ(again.segments, clip.segments);
  Progress progress;
  RunContext context{serial, progress, {}};
  const ParamSet params =
      completeParams(v3Codec().info().params, {{"segment_frames", std::int64_t{15}}}).value();
  const auto encoder = v3Codec().begin(*s_sequence, clip.plan, params, context).value();
  EXPECT_EQ(encoder->encodeSegment(1, context).value(), clip.segments[1]);
}

TEST_F(V3Test, coarserIsSmallerAndALowerLayerHasNoViewDependence) {
  const CodedClip usual = coded(15);
  EXPECT_LT(coded(15, {{"coarseness", 3.0}}).bytes(), usual.bytes());
  EXPECT_LT(usual.bytes(), coded(15, {{"coarseness", 0.5}}).bytes());
  const auto plain = decodeSegment(v3Codec(), usual, 0, *s_runner, 1).value();
  EXPECT_TRUE(std::all_of(plain[3].shRest.begin(), plain[3].shRest.end(),
                          [](float value) { return value == 0; }));
  EXPECT_LT(usual.bytes(), 30 * floatPlyBytes(4000, 1) / 10);
}

TEST_F(V3Test, cancels) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(encodeClip(v3Codec(), *s_sequence, {}, *s_runner, stop.get_token()).error().code,
            ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress::compressors
