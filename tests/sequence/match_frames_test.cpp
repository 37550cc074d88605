// Pairing frames of unlike order: the truth is known because the clip is made both ways.
#include "scene/sequence/match_frames.hpp"

#include <map>

#include <gtest/gtest.h>

#include "scene/sequence/frame_order.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "scene/sequence/sequence_folder.hpp"
#include "scene/sequence/sequence_tracks.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

ClipOptions smallClip() {
  ClipOptions options;
  options.frames = 12;
  options.splats = 8000;
  options.shDegree = 0;
  return options;
}

TEST(FrameOrder, tellsOrderedFromShuffled) {
  const auto runner = makeThreadRunner(2);
  ClipOptions options = smallClip();
  const auto ordered = makeSampleClip(options, {}, *runner);
  options.shuffle = true;
  const auto shuffled = makeSampleClip(options, {}, *runner);
  const GaussianCloud first = ordered->load(3, *runner, {}).value();
  const GaussianCloud second = ordered->load(4, *runner, {}).value();
  const FrameStep good = measureStep(first, second);
  EXPECT_TRUE(good.ordered);
  EXPECT_GT(good.colorCorrelation, 0.99);
  const FrameStep bad = measureStep(first, shuffled->load(4, *runner, {}).value());
  EXPECT_FALSE(bad.ordered);
  EXPECT_LT(std::abs(bad.colorCorrelation), 0.2);
  EXPECT_GT(bad.move, 10 * good.move);
  const FrameStep fewer = measureStep(first, gatherSplats(second, std::vector<std::uint32_t>{1}));
  EXPECT_FALSE(fewer.ordered);
  EXPECT_EQ(fewer.after, 1U);
}

TEST(FrameOrder, realSequenceIsOrdered) {
  const auto folder = testing::realData("sequences/gaussian_head_talk");
  if (!folder) {
    GTEST_SKIP() << "no real sequences on this machine";
  }
  SerialRunner runner;
  const auto source = makeFileSource({*folder / "frame_0000.ply", *folder / "frame_0001.ply"});
  EXPECT_TRUE(measureStep(source->load(0, runner, {}).value(), source->load(1, runner, {}).value())
                  .ordered);
}

/// Rows of `shuffled` by the splat of `ordered` that has the same numbers.
std::vector<std::uint32_t> truth(const GaussianCloud& ordered, const GaussianCloud& shuffled) {
  std::map<std::array<float, 3>, std::uint32_t> places;
  for (std::uint32_t i = 0; i < shuffled.count; ++i) {
    places[{shuffled.means[3 * i], shuffled.means[3 * i + 1], shuffled.means[3 * i + 2]}] = i;
  }
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < ordered.count; ++i) {
    rows.push_back(
        places.at({ordered.means[3 * i], ordered.means[3 * i + 1], ordered.means[3 * i + 2]}));
  }
  return rows;
}

TEST(MatchFrames, recoversAShuffledFrame) {
  const auto runner = makeThreadRunner(2);
  ClipOptions options = smallClip();
  const auto ordered = makeSampleClip(options, {}, *runner);
  options.shuffle = true;
  const auto shuffled = makeSampleClip(options, {}, *runner);
  const GaussianCloud before = ordered->load(5, *runner, {}).value();
  const GaussianCloud after = shuffled->load(6, *runner, {}).value();
  const std::vector<std::uint32_t> expected = truth(ordered->load(6, *runner, {}).value(), after);
  const FrameMatch match = matchFrames(before, after, *runner).value();
  std::size_t right = 0;
  for (std::size_t i = 0; i < before.count; ++i) {
    right += match.nextOf[i] == expected[i] ? 1U : 0U;
  }
  EXPECT_GE(static_cast<double>(right), 0.95 * static_cast<double>(before.count));
  SerialRunner serial;
  EXPECT_EQ(matchFrames(before, after, serial).value().nextOf, match.nextOf);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(matchFrames(before, after, *runner, stop.get_token()).error().code,
            ErrorCode::Cancelled);
}

TEST(SequenceTracks, birthsAndDeathsAreCountedAndFramesAgree) {
  const auto runner = makeThreadRunner(2);
  ClipOptions options = smallClip();
  options.births = 0.02;
  options.deaths = 0.03;
  options.shuffle = true;
  auto sequence = std::make_shared<GaussianSequence>(makeSampleClip(options, {}, *runner));
  Progress progress;
  SequenceTracks tracks = trackSequence(*sequence, *runner, progress, {}).value();
  ASSERT_EQ(tracks.segments.size(), 1U);
  const auto count = [&](std::size_t frame) {
    return static_cast<std::ptrdiff_t>(sequence->frame(frame, *runner).value().count);
  };
  EXPECT_EQ(static_cast<std::ptrdiff_t>(tracks.births) - static_cast<std::ptrdiff_t>(tracks.deaths),
            count(11) - count(0));
  // At most 1 % of a step's splats are taken for one that vanishes and one that appears.
  EXPECT_GE(tracks.births, 100U);
  EXPECT_LE(tracks.births, 160U + 11U * 80U);
  EXPECT_GT(tracks.leastMatched, 0.97);
  GaussianSequence matched(makeTrackedSource(sequence, tracks));
  GaussianCloud before = matched.frame(0, *runner).value();
  for (std::size_t frame = 1; frame < options.frames; ++frame) {
    const GaussianCloud after = matched.frame(frame, *runner).value();
    ASSERT_TRUE(validate(after));
    EXPECT_TRUE(measureStep(before, after).ordered) << frame;
    // Every splat of the file is in its row, unchanged; all others are as good as invisible.
    const GaussianCloud file = sequence->frame(frame, *runner).value();
    std::size_t absent = 0;
    for (std::size_t row = 0; row < after.count; ++row) {
      absent += after.opacityLogits[row] == kAbsentLogit ? 1U : 0U;
    }
    EXPECT_EQ(absent, after.count - file.count) << frame;
    EXPECT_EQ(after.means[3 * tracks.rowOf[frame][7]], file.means[21]);
    before = after;
  }
}

TEST(SequenceTracks, unlikeFramesBeginAnew) {
  const auto runner = makeThreadRunner(2);
  /// Two clips that have nothing in common, one after the other.
  class Cut final : public FrameSource {
  public:
    explicit Cut(TaskRunner& r) {
      ClipOptions options = smallClip();
      options.splats = 3000;
      m_first = makeSampleClip(options, {}, r);
    }
    [[nodiscard]] std::size_t frameCount() const noexcept override { return 4; }
    [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner& r,
                                             const std::stop_token& stop) const override {
      GaussianCloud cloud = m_first->load(index, r, stop).value();
      for (std::size_t i = 0; index >= 2 && i < cloud.means.size(); ++i) {
        cloud.means[i] = 20 - 3 * cloud.means[i];
        cloud.shDc[i] = -cloud.shDc[i];
      }
      return cloud;
    }

  private:
    std::shared_ptr<const FrameSource> m_first;
  };
  GaussianSequence sequence(std::make_shared<Cut>(*runner));
  Progress progress;
  const SequenceTracks tracks = trackSequence(sequence, *runner, progress, {}).value();
  ASSERT_EQ(tracks.segments.size(), 2U);
  EXPECT_EQ(tracks.segments[1].firstFrame, 2U);
  EXPECT_EQ(tracks.unmatched, 1U);
}

}  // namespace
}  // namespace volpress
