// The window of frames, and what is shared between them.
#include "scene/sequence/gaussian_sequence.hpp"

#include <gtest/gtest.h>

#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

/// Frame t is a random cloud whose positions alone are shifted by t.
class ShiftedSource final : public FrameSource {
public:
  explicit ShiftedSource(std::size_t frames)
      : m_frames(frames), m_cloud(testing::randomCloud(100, 1, 5)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_frames; }
  [[nodiscard]] Result<GaussianCloud> load(std::size_t index, TaskRunner&,
                                           const std::stop_token&) const override {
    GaussianCloud cloud = m_cloud;
    for (float& value : cloud.means) {
      value += static_cast<float>(index);
    }
    return cloud;
  }

private:
  std::size_t m_frames;
  GaussianCloud m_cloud;
};

TEST(GaussianSequence, framesAreWhatTheSourceGives) {
  SerialRunner runner;
  const auto source = std::make_shared<ShiftedSource>(10);
  GaussianSequence sequence(source);
  for (const std::size_t frame : {3U, 0U, 9U, 3U}) {
    const GaussianCloud expected = source->load(frame, runner, {}).value();
    const GaussianCloud got = sequence.frame(frame, runner).value();
    EXPECT_EQ(got.means, expected.means);
    EXPECT_EQ(got.shRest, expected.shRest);
    EXPECT_EQ(got.rotations, expected.rotations);
    EXPECT_TRUE(validate(got));
  }
  EXPECT_EQ(sequence.loads(), 3U);
  EXPECT_EQ(sequence.varying(), static_cast<unsigned>(kPartMeans));
  EXPECT_EQ(sequence.frame(10, runner).error().code, ErrorCode::InvalidParameter);
}

TEST(GaussianSequence, whatDoesNotVaryIsStoredOnceAndTheWindowIsBounded) {
  SerialRunner runner;
  constexpr std::uint64_t kMeansBytes = 100 * 3 * 4;
  constexpr std::uint64_t kWholeBytes = 100 * 23 * 4;
  SequenceOptions options;
  options.windowBytes = 4 * kMeansBytes;
  GaussianSequence sequence(std::make_shared<ShiftedSource>(1000), options);
  for (std::size_t frame = 0; frame < 1000; ++frame) {
    ASSERT_TRUE(sequence.frame(frame, runner));
    EXPECT_LE(sequence.heldBytes(), kWholeBytes + options.windowBytes);
  }
  // The last four frames are there; an older one is read again.
  const std::size_t loads = sequence.loads();
  ASSERT_TRUE(sequence.frame(996, runner));
  EXPECT_EQ(sequence.loads(), loads);
  ASSERT_TRUE(sequence.frame(900, runner));
  EXPECT_EQ(sequence.loads(), loads + 1);
}

TEST(GaussianSequence, namesParts) {
  EXPECT_EQ(partWords(kPartMeans | kPartRotations), "positions, rotations");
  EXPECT_EQ(partWords(0), "nothing");
}

}  // namespace
}  // namespace volpress
