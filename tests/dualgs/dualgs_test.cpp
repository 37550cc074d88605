// DualGS from end to end on generated clips.
#include "compressors/dualgs/dualgs.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "compressors/coding/axis_choice.hpp"
#include "compressors/coding/scale_unit.hpp"
#include "compressors/dualgs/skin_model.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/dualgs/coded_clip.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedClip;
using testing::decodeSegment;
using testing::encodeClip;

class DualGsTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_runner = makeThreadRunner(2);
    ClipOptions options;
    options.frames = 16;
    options.splats = 4000;
    s_sequence = std::make_shared<GaussianSequence>(makeSampleClip(options, {}, *s_runner));
    s_clip = std::make_unique<CodedClip>(
        encodeClip(dualgsCodec(), *s_sequence, {{"segment_frames", std::int64_t{8}}}, *s_runner)
            .value());
  }
  static void TearDownTestSuite() {
    s_clip.reset();
    s_sequence.reset();
    s_runner.reset();
  }

  static inline std::unique_ptr<TaskRunner> s_runner;
  static inline std::shared_ptr<GaussianSequence> s_sequence;
  static inline std::unique_ptr<CodedClip> s_clip;
};

TEST_F(DualGsTest, errorsAreBoundedInTheLastFrameAsInTheFirst) {
  ASSERT_EQ(s_clip->plan.segments.size(), 2U);
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  // Rows and axes are the encoder's own.
  const GaussianCloud first = s_sequence->frame(0, *s_runner).value();
  const coding::AxisChoice axes(first, *s_runner);
  const auto order = dualgs::makeModel(first, {}, *s_runner, {}).value().order;
  const float step = 0.5F * coding::medianSmallestScale(first);
  for (std::size_t segment = 0; segment < 2; ++segment) {
    const auto frames = decodeSegment(dualgsCodec(), *s_clip, segment, *s_runner).value();
    ASSERT_EQ(frames.size(), 8U);
    for (std::size_t k = 0; k < frames.size(); ++k) {
      const GaussianCloud& got = frames[k];
      ASSERT_TRUE(validate(got));
      GaussianCloud wanted = s_sequence->frame(8 * segment + k, *s_runner).value();
      axes.apply(wanted, *s_runner);
      for (std::size_t i = 0; i < got.count; ++i) {
        const std::size_t from = order[i];
        for (std::size_t axis = 0; axis < 3; ++axis) {
          // The dead zone of the residual: 0.6 steps.
          ASSERT_NEAR(got.means[3 * i + axis], wanted.means[3 * from + axis], 0.61F * step) << i;
          ASSERT_NEAR(got.logScales[3 * i + axis], wanted.logScales[3 * from + axis], 0.08F);
        }
        const auto opacity = [](float logit) { return 1 / (1 + std::exp(-logit)); };
        ASSERT_NEAR(opacity(got.opacityLogits[i]), opacity(wanted.opacityLogits[from]), 0.02F);
        double dot = 0;
        for (std::size_t part = 0; part < 4; ++part) {
          dot += static_cast<double>(got.rotations[4 * i + part]) *
                 static_cast<double>(wanted.rotations[4 * from + part]);
        }
        // 0.6 degrees an axis at most.
        ASSERT_GT(std::abs(dot), std::cos(0.5 * 1.2 * 1.8 * 3.14159265 / 180)) << i;
      }
    }
  }
}

TEST_F(DualGsTest, refinementReachesEveryColour) {
  const CodedClip clip =
      encodeClip(dualgsCodec(), *s_sequence,
                 {{"segment_frames", std::int64_t{4}}, {"refine", true}}, *s_runner)
          .value();
  ASSERT_EQ(clip.info.layerCount, 3U);
  const GaussianCloud first = s_sequence->frame(0, *s_runner).value();
  const coding::AxisChoice axes(first, *s_runner);
  const auto order = dualgs::makeModel(first, {}, *s_runner, {}).value().order;
  const GaussianCloud got = decodeSegment(dualgsCodec(), clip, 1, *s_runner).value().at(3);
  GaussianCloud wanted = s_sequence->frame(7, *s_runner).value();
  axes.apply(wanted, *s_runner);
  // The dead zone of 0.6 steps of at most 0.04, and of 0.03.
  for (std::size_t i = 0; i < got.count; ++i) {
    const std::size_t from = order[i];
    for (std::size_t c = 0; c < 3; ++c) {
      ASSERT_NEAR(got.shDc[3 * i + c], wanted.shDc[3 * from + c], 0.025F) << i;
    }
    for (std::size_t k = 0; k < 9; ++k) {
      ASSERT_NEAR(got.shRest[9 * i + k], wanted.shRest[9 * from + k], 0.019F) << i;
    }
  }
}

TEST_F(DualGsTest, isMuchSmallerThanFloats) {
  const std::uint64_t ply = 16 * floatPlyBytes(4000, 1);
  EXPECT_LT(s_clip->bytes(), ply / 15);
  ASSERT_EQ(s_clip->log.size(), 2U);
  EXPECT_NE(s_clip->log[0].find("joints explain 9"), std::string::npos) << s_clip->log[0];
}

TEST_F(DualGsTest, framesThatArePassedOverChangeNothing) {
  SerialRunner runner;
  Progress progress;
  RunContext context{runner, progress, {}};
  const auto all = decodeSegment(dualgsCodec(), *s_clip, 1, runner).value();
  const auto decoder = dualgsCodec().open(s_clip->info, context).value();
  const std::vector<ByteView> layers(s_clip->segments[1].begin(), s_clip->segments[1].end());
  const auto whole = decoder->openSegment(8, 8, layers, context).value();
  const auto some = decoder->openSegment(8, 8, layers, context).value();
  for (std::size_t k = 0; k < 8; ++k) {
    ASSERT_TRUE(whole->next(context));
    if (k % 3 == 2) {
      const GaussianCloud cloud = some->next(context).value();
      EXPECT_EQ(cloud.means, all[k].means);
      EXPECT_EQ(cloud.shRest, all[k].shRest);
    } else {
      ASSERT_TRUE(some->skip(context));
    }
    EXPECT_EQ(some->digest(), whole->digest());
  }
  EXPECT_TRUE(some->finish());
  EXPECT_EQ(some->next(context).error().code, ErrorCode::CorruptData);
  EXPECT_EQ(some->skip(context).error().code, ErrorCode::CorruptData);
}

TEST_F(DualGsTest, theSameBytesOnAnyThreadsAndForAnySegmentAlone) {
  SerialRunner serial;
  const CodedClip again =
      encodeClip(dualgsCodec(), *s_sequence, {{"segment_frames", std::int64_t{8}}}, serial).value();
  EXPECT_EQ(again.info.codecInit, s_clip->info.codecInit);
  EXPECT_EQ(again.segments, s_clip->segments);
  // The second segment by an encoder that has not seen the first.
  Progress progress;
  RunContext context{serial, progress, {}};
  const ParamSet params =
      completeParams(dualgsCodec().info().params, {{"segment_frames", std::int64_t{8}}}).value();
  const auto encoder = dualgsCodec().begin(*s_sequence, s_clip->plan, params, context).value();
  EXPECT_EQ(encoder->encodeSegment(1, context).value(), s_clip->segments[1]);
}

TEST_F(DualGsTest, aLowerLayerIsTheSceneWithoutViewDependence) {
  const auto plain = decodeSegment(dualgsCodec(), *s_clip, 1, *s_runner, 1).value();
  const auto full = decodeSegment(dualgsCodec(), *s_clip, 1, *s_runner).value();
  EXPECT_EQ(plain[3].means, full[3].means);
  EXPECT_EQ(plain[3].shDc, full[3].shDc);
  EXPECT_TRUE(std::all_of(plain[3].shRest.begin(), plain[3].shRest.end(),
                          [](float value) { return value == 0; }));
  EXPECT_TRUE(std::any_of(full[3].shRest.begin(), full[3].shRest.end(),
                          [](float value) { return value != 0; }));
}

TEST_F(DualGsTest, paperMotionAndMoreChangesCostMore) {
  const auto bytesWith = [&](const ParamSet& more) {
    ParamSet params{{"segment_frames", std::int64_t{16}}};
    params.insert(more.begin(), more.end());
    return encodeClip(dualgsCodec(), *s_sequence, params, *s_runner).value();
  };
  const CodedClip none = bytesWith({{"change_rate", 0.0}});
  const CodedClip some = bytesWith({{"change_rate", 0.01}});
  const CodedClip many = bytesWith({{"change_rate", 0.2}});
  EXPECT_LT(none.bytes(), some.bytes());
  EXPECT_LT(some.bytes(), many.bytes());
  const CodedClip paper = bytesWith({{"motion", std::string("paper")}});
  const auto frames = decodeSegment(dualgsCodec(), paper, 0, *s_runner).value();
  EXPECT_EQ(frames.size(), 16U);
  EXPECT_NE(paper.segments, some.segments);
}

TEST_F(DualGsTest, stillClipsCostTheirFirstFrame) {
  ClipOptions options;
  options.frames = 30;
  options.splats = 3000;
  class Still final : public FrameSource {
  public:
    explicit Still(GaussianCloud cloud) : m_cloud(std::move(cloud)) {}
    [[nodiscard]] std::size_t frameCount() const noexcept override { return 30; }
    [[nodiscard]] Result<GaussianCloud> load(std::size_t, TaskRunner&,
                                             const std::stop_token&) const override {
      return m_cloud;
    }

  private:
    GaussianCloud m_cloud;
  };
  const GaussianCloud cloud =
      makeSampleClip(options, {}, *s_runner)->load(5, *s_runner, {}).value();
  GaussianSequence still(std::make_shared<Still>(cloud));
  const CodedClip thirty = encodeClip(dualgsCodec(), still, {}, *s_runner).value();
  const CodedClip one =
      encodeClip(dualgsCodec(), still, {{"segment_frames", std::int64_t{1}}}, *s_runner).value();
  std::size_t first = 0;
  for (const Bytes& layer : one.segments[0]) {
    first += layer.size();
  }
  std::size_t all = 0;
  for (const Bytes& layer : thirty.segments[0]) {
    all += layer.size();
  }
  EXPECT_LT(all, first + 29 * 200);
}

TEST_F(DualGsTest, unorderedClipsAreRefusedWithWhatToDo) {
  ClipOptions options;
  options.frames = 3;
  options.splats = 2000;
  options.shuffle = true;
  GaussianSequence shuffled(makeSampleClip(options, {}, *s_runner));
  const auto clip = encodeClip(dualgsCodec(), shuffled, {}, *s_runner);
  ASSERT_FALSE(clip);
  EXPECT_EQ(clip.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(clip.error().message.find("sequence match"), std::string::npos);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(encodeClip(dualgsCodec(), *s_sequence, {}, *s_runner, stop.get_token()).error().code,
            ErrorCode::Cancelled);
}

TEST_F(DualGsTest, countsThatChangeMakeRunsOfTheirOwn) {
  class Growing final : public FrameSource {
  public:
    explicit Growing(std::shared_ptr<GaussianSequence> clip) : m_clip(std::move(clip)) {}
    [[nodiscard]] std::size_t frameCount() const noexcept override { return 6; }
    [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& runner,
                                             const std::stop_token& stop) const override {
      VOLPRESS_TRY(const GaussianCloud cloud, m_clip->frame(index, runner, stop));
      std::vector<std::uint32_t> rows(index < 4 ? 3000 : 3500);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = static_cast<std::uint32_t>(i);
      }
      return gatherSplats(cloud, rows);
    }

  private:
    std::shared_ptr<GaussianSequence> m_clip;
  };
  GaussianSequence growing(std::make_shared<Growing>(s_sequence));
  const CodedClip clip = encodeClip(dualgsCodec(), growing, {}, *s_runner).value();
  ASSERT_EQ(clip.plan.runs.size(), 2U);
  ASSERT_EQ(clip.plan.segments.size(), 2U);
  EXPECT_EQ(decodeSegment(dualgsCodec(), clip, 0, *s_runner).value().at(3).count, 3000U);
  EXPECT_EQ(decodeSegment(dualgsCodec(), clip, 1, *s_runner).value().at(1).count, 3500U);
}

}  // namespace
}  // namespace volpress::compressors
