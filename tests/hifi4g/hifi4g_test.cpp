// HiFi4G from end to end on generated clips.
#include "compressors/hifi4g/hifi4g.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "compressors/coding/axis_choice.hpp"
#include "compressors/coding/scale_unit.hpp"
#include "compressors/hifi4g/segment.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/dualgs/coded_clip.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedClip;
using testing::decodeSegment;
using testing::encodeClip;

/// Frames made by a function.
class MadeSource final : public FrameSource {
public:
  MadeSource(std::size_t frames, std::function<GaussianCloud(std::size_t)> make)
      : m_frames(frames), m_make(std::move(make)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_frames; }
  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner&,
                                           const std::stop_token&) const override {
    return m_make(index);
  }

private:
  std::size_t m_frames;
  std::function<GaussianCloud(std::size_t)> m_make;
};

class Hifi4gTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_runner = makeThreadRunner(2);
    ClipOptions options;
    options.frames = 12;
    options.splats = 4000;
    s_sequence = std::make_shared<GaussianSequence>(makeSampleClip(options, {}, *s_runner));
    s_clip = std::make_unique<CodedClip>(
        encodeClip(hifi4gCodec(), *s_sequence, usual(), *s_runner).value());
  }
  /// Steps as FORMAT.md lists them.
  static ParamSet usual() { return {{"segment_frames", std::int64_t{6}}, {"coarseness", 1.0}}; }
  static void TearDownTestSuite() {
    s_clip.reset();
    s_sequence.reset();
    s_runner.reset();
  }

  static inline std::unique_ptr<TaskRunner> s_runner;
  static inline std::shared_ptr<GaussianSequence> s_sequence;
  static inline std::unique_ptr<CodedClip> s_clip;
};

TEST_F(Hifi4gTest, everyNumberLiesWithinItsStep) {
  ASSERT_EQ(s_clip->plan.segments.size(), 2U);
  for (std::size_t s = 0; s < 2; ++s) {
    const auto frames = decodeSegment(hifi4gCodec(), *s_clip, s, *s_runner).value();
    ASSERT_EQ(frames.size(), 6U);
    const GaussianCloud first = s_sequence->frame(6 * s, *s_runner).value();
    const float unit = coding::medianSmallestScale(first);
    // Rows and axes are the encoder's own.
    const coding::AxisChoice axes(first, *s_runner);
    const auto key = hifi4g::makeKey(first, static_cast<double>(unit), {}, *s_runner, {}).value();
    for (std::size_t k = 0; k < frames.size(); ++k) {
      ASSERT_TRUE(validate(frames[k]));
      GaussianCloud wanted = s_sequence->frame(6 * s + k, *s_runner).value();
      axes.apply(wanted, *s_runner);
      for (std::size_t i = 0; i < 4000; ++i) {
        const std::size_t row = key.order[i];
        ASSERT_NEAR(frames[k].opacityLogits[i], wanted.opacityLogits[row], 0.61F * 0.12F);
        double dot = 0;
        for (std::size_t c = 0; c < 4; ++c) {
          dot += static_cast<double>(frames[k].rotations[4 * i + c]) *
                 static_cast<double>(wanted.rotations[4 * row + c]);
        }
        ASSERT_GT(std::abs(dot), std::cos(1.8 * 0.61 * 0.0087)) << i;
        for (std::size_t c = 0; c < 3; ++c) {
          ASSERT_NEAR(frames[k].means[3 * i + c], wanted.means[3 * row + c], 0.31F * unit) << i;
          ASSERT_NEAR(frames[k].logScales[3 * i + c], wanted.logScales[3 * row + c], 0.61F * 0.06F);
          ASSERT_NEAR(frames[k].shDc[3 * i + c], wanted.shDc[3 * row + c], 0.61F * 0.04F);
        }
        for (std::size_t c = 0; c < 9; ++c) {
          ASSERT_NEAR(frames[k].shRest[9 * i + c], wanted.shRest[9 * row + c], 0.61F * 0.05F);
        }
      }
    }
  }
}

TEST_F(Hifi4gTest, anyFrameDecodesAloneAndDamageStaysInItsFrame) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto inOrder = decodeSegment(hifi4gCodec(), *s_clip, 1, *s_runner).value();
  std::vector<Bytes> layers = s_clip->segments[1];
  const auto open = [&] {
    const std::vector<ByteView> views(layers.begin(), layers.end());
    return hifi4g::SegmentDecoder::open(s_clip->info, 6, views, context).value();
  };
  const auto decoder = open();
  for (const std::size_t k : {4U, 1U, 5U, 0U, 3U, 2U}) {
    const GaussianCloud cloud = decoder->frame(k, *s_runner).value();
    EXPECT_EQ(cloud.means, inOrder[k].means);
    EXPECT_EQ(cloud.rotations, inOrder[k].rotations);
    EXPECT_EQ(cloud.opacityLogits, inOrder[k].opacityLogits);
    EXPECT_EQ(cloud.shRest, inOrder[k].shRest);
  }
  layers[1][layers[1].size() - 3] ^= std::byte{0x40};  // in the last frame's view dependence
  const auto damaged = open();
  EXPECT_EQ(damaged->frame(5, *s_runner).error().code, ErrorCode::CorruptData);
  EXPECT_EQ(damaged->frame(4, *s_runner).value().shRest, inOrder[4].shRest);
}

TEST_F(Hifi4gTest, theSameBytesOnAnyThreadsAndForAnySegmentAlone) {
  SerialRunner serial;
  const CodedClip again = encodeClip(hifi4gCodec(), *s_sequence, usual(), serial).value();
  EXPECT_EQ(again.segments, s_clip->segments);
  Progress progress;
  RunContext context{serial, progress, {}};
  const ParamSet params = completeParams(hifi4gCodec().info().params, usual()).value();
  const auto encoder = hifi4gCodec().begin(*s_sequence, s_clip->plan, params, context).value();
  EXPECT_EQ(encoder->encodeSegment(1, context).value(), s_clip->segments[1]);
}

TEST_F(Hifi4gTest, isMuchSmallerThanFloatsAndCoarsenessShrinksIt) {
  const std::uint64_t ply = 12 * floatPlyBytes(4000, 1);
  const auto bytesWith = [&](const ParamSet& more) {
    ParamSet params{{"segment_frames", std::int64_t{12}}};
    params.insert(more.begin(), more.end());
    return encodeClip(hifi4gCodec(), *s_sequence, params, *s_runner).value().bytes();
  };
  const std::size_t fine = bytesWith({{"coarseness", 0.5}});
  const std::size_t usual = bytesWith({});
  const std::size_t small = bytesWith({{"coarseness", 2.5}});
  EXPECT_LT(usual, ply / 12);
  EXPECT_LT(usual, fine);
  EXPECT_LT(small, usual);
  // The paper's figure goes from 3.67 to below 2 MB: motion compensation carries its weight.
  EXPECT_GT(static_cast<double>(bytesWith({{"compensate", false}})),
            1.2 * static_cast<double>(usual));
  EXPECT_GT(bytesWith({{"profile", std::string("paper")}}), usual);
}

TEST_F(Hifi4gTest, thePapersProfileKeepsEverythingWithinHalfAStep) {
  const CodedClip clip =
      encodeClip(hifi4gCodec(), *s_sequence,
                 {{"segment_frames", std::int64_t{12}}, {"profile", std::string("paper")}},
                 *s_runner)
          .value();
  const auto frames = decodeSegment(hifi4gCodec(), clip, 0, *s_runner).value();
  const GaussianCloud first = s_sequence->frame(0, *s_runner).value();
  // Positions of the key frame are floats: each is found again, and tells which splat a row is.
  std::vector<std::uint32_t> order(first.count), rows(first.count);
  for (std::uint32_t i = 0; i < first.count; ++i) {
    order[i] = rows[i] = i;
  }
  const auto byPlace = [](const GaussianCloud& cloud) {
    return [&cloud](std::uint32_t a, std::uint32_t b) {
      return std::lexicographical_compare(
          &cloud.means[3 * std::size_t{a}], &cloud.means[3 * std::size_t{a}] + 3,
          &cloud.means[3 * std::size_t{b}], &cloud.means[3 * std::size_t{b}] + 3);
    };
  };
  std::sort(order.begin(), order.end(), byPlace(first));
  std::sort(rows.begin(), rows.end(), byPlace(frames[0]));
  std::size_t far = 0;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const GaussianCloud wanted = s_sequence->frame(k, *s_runner).value();
    for (std::size_t i = 0; i < first.count; ++i) {
      const std::size_t a = rows[i], b = order[i];
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(frames[k].means[3 * a + c], wanted.means[3 * b + c], k == 0 ? 0 : 2e-4);
        // 7 bits over the range of what most colours differ by.
        far += std::abs(frames[k].shDc[3 * a + c] - wanted.shDc[3 * b + c]) > 0.004F ? 1U : 0U;
      }
    }
  }
  EXPECT_EQ(far, 0U);
}

TEST_F(Hifi4gTest, aStillClipCostsItsKeyFrame) {
  const GaussianCloud cloud = s_sequence->frame(5, *s_runner).value();
  GaussianSequence still(std::make_shared<MadeSource>(30, [&](std::size_t) { return cloud; }));
  GaussianSequence single(std::make_shared<MadeSource>(1, [&](std::size_t) { return cloud; }));
  const CodedClip thirty = encodeClip(hifi4gCodec(), still, {}, *s_runner).value();
  const CodedClip one = encodeClip(hifi4gCodec(), single, {}, *s_runner).value();
  EXPECT_LT(thirty.bytes(), one.bytes() + 29 * 200);
}

TEST_F(Hifi4gTest, aTurnedSceneLeavesNothingOfItsMotion) {
  const GaussianCloud cloud = s_sequence->frame(0, *s_runner).value();
  GaussianSequence turning(std::make_shared<MadeSource>(6, [&](std::size_t frame) {
    GaussianCloud turned = cloud;
    const double half = 0.12 * static_cast<double>(frame);
    const Quaternion turn{std::cos(half), 0, std::sin(half), 0};
    const Matrix3 matrix = rotationMatrix(turn);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      const Vector3 p = rotated(matrix, {static_cast<double>(cloud.means[3 * i]),
                                         static_cast<double>(cloud.means[3 * i + 1]),
                                         static_cast<double>(cloud.means[3 * i + 2])});
      const float* q = &cloud.rotations[4 * i];
      const Quaternion r = multiply(turn, {static_cast<double>(q[0]), static_cast<double>(q[1]),
                                           static_cast<double>(q[2]), static_cast<double>(q[3])});
      for (std::size_t k = 0; k < 4; ++k) {
        turned.rotations[4 * i + k] = static_cast<float>(r[k]);
        if (k < 3) {
          turned.means[3 * i + k] = static_cast<float>(p[k]);
        }
      }
    }
    return turned;
  }));
  const CodedClip clip = encodeClip(hifi4gCodec(), turning, {}, *s_runner).value();
  GaussianSequence single(std::make_shared<MadeSource>(1, [&](std::size_t) { return cloud; }));
  const std::size_t key = encodeClip(hifi4gCodec(), single, {}, *s_runner).value().bytes();
  // Node motion, and next to nothing for 4,000 splats.
  EXPECT_LT(clip.bytes(), key + 5 * 3000);
}

TEST_F(Hifi4gTest, cancelsAndNamesWhatIsWrong) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(encodeClip(hifi4gCodec(), *s_sequence, {}, *s_runner, stop.get_token()).error().code,
            ErrorCode::Cancelled);
  CodedClip newer = *s_clip;
  newer.info.codecInit = Bytes{std::byte{9}};
  EXPECT_EQ(decodeSegment(hifi4gCodec(), newer, 0, *s_runner).error().code,
            ErrorCode::UnsupportedVersion);
}

}  // namespace
}  // namespace volpress::compressors
