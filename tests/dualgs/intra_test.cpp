// The intra codec on frames of any order and count.
#include "compressors/intra/intra.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "compressors/coding/octree_positions.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/dualgs/coded_clip.hpp"

namespace volpress::compressors {
namespace {

/// The order in which frames are coded: Morton codes of grid points, as the codec makes them.
std::vector<std::uint32_t> mortonOrderOf(const GaussianCloud& cloud) {
  const auto grid = coding::PositionGrid::over(cloud.means, 15);
  std::vector<coding::GridPoint> points;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    points.push_back(grid.quantise(&cloud.means[3 * i]));
  }
  return coding::encodePositions(points, grid.bits).value().order;
}

TEST(Intra, codesShuffledFramesOfUnlikeCounts) {
  const auto runner = makeThreadRunner(2);
  ClipOptions options;
  options.frames = 7;
  options.splats = 3000;
  options.shDegree = 2;
  options.births = 0.2;
  options.shuffle = true;
  GaussianSequence sequence(makeSampleClip(options, {}, *runner));
  const auto clip =
      testing::encodeClip(intraCodec(), sequence, {{"segment_frames", std::int64_t{3}}}, *runner)
          .value();
  // Counts change nearly every frame: each makes a run of its own.
  std::uint64_t ply = 0;
  for (std::size_t s = 0; s < clip.plan.segments.size(); ++s) {
    const auto frames = testing::decodeSegment(intraCodec(), clip, s, *runner).value();
    ASSERT_EQ(frames.size(), clip.plan.segments[s].frameCount);
    for (std::size_t k = 0; k < frames.size(); ++k) {
      const GaussianCloud wanted =
          sequence.frame(clip.plan.segments[s].firstFrame + k, *runner).value();
      ASSERT_EQ(frames[k].count, wanted.count);
      const auto order = mortonOrderOf(wanted);
      for (std::size_t i = 0; i < wanted.count; ++i) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
          ASSERT_NEAR(frames[k].means[3 * i + axis], wanted.means[3 * order[i] + axis], 1e-4F);
          ASSERT_NEAR(frames[k].shDc[3 * i + axis], wanted.shDc[3 * order[i] + axis], 0.03F);
        }
      }
      ply += floatPlyBytes(wanted.count, 2);
    }
  }
  EXPECT_LT(clip.bytes(), ply / 6);
  SerialRunner serial;
  const auto again =
      testing::encodeClip(intraCodec(), sequence, {{"segment_frames", std::int64_t{3}}}, serial)
          .value();
  EXPECT_EQ(again.segments, clip.segments);
  // Without the upper layers the view dependence is gone.
  const auto plain = testing::decodeSegment(intraCodec(), clip, 0, *runner, 1).value();
  EXPECT_TRUE(std::all_of(plain[0].shRest.begin(), plain[0].shRest.end(),
                          [](float value) { return value == 0; }));
}

}  // namespace
}  // namespace volpress::compressors
