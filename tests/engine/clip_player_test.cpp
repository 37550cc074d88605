// Playing generated clips: order, budget, seeking, several in step, and clips that are broken.
#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include <unistd.h>

#include <gtest/gtest.h>

#include "app/engine/clip_files.hpp"
#include "app/engine/playback.hpp"
#include "app/engine/process_facts.hpp"
#include "scene/base/files.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSplats = 64;

ClipFacts factsOf(std::size_t frames, std::size_t pieceFrames) {
  ClipFacts facts;
  facts.frameCount = frames;
  facts.codec = pieceFrames == 1 ? "" : "test";
  for (std::size_t first = 0; first < frames; first += pieceFrames) {
    facts.pieces.push_back({first, std::min(pieceFrames, frames - first), 1000});
  }
  return facts;
}

/// Frame t has t in its first position.
class CountedSource final : public ClipSource {
public:
  CountedSource(std::size_t frames, std::size_t pieceFrames, Clock::duration cost = 0ms)
      : ClipSource(factsOf(frames, pieceFrames)),
        m_cost(cost),
        m_cloud(testing::randomCloud(kSplats, 1, 7)) {}

  [[nodiscard]] Result<void> decode(std::size_t piece, TaskRunner& /*runner*/,
                                    const std::stop_token& stop,
                                    const ClipSink& sink) const override {
    ++begins;
    const ClipPiece& at = facts().pieces[piece];
    for (std::size_t k = 0; k < at.frameCount; ++k) {
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      if (at.firstFrame + k == broken) {
        return fail(ErrorCode::CorruptData, "frame {} is broken", broken);
      }
      std::this_thread::sleep_for(m_cost);
      GaussianCloud cloud = m_cloud;
      cloud.means[0] = static_cast<float>(at.firstFrame + k);
      VOLPRESS_CHECK(sink(at.firstFrame + k, std::move(cloud)));
    }
    return {};
  }

  mutable std::atomic<std::size_t> begins{0};
  std::size_t broken = ~std::size_t{0};

private:
  Clock::duration m_cost;
  GaussianCloud m_cloud;
};

std::uint64_t frameBytes() { return cloudBytes(testing::randomCloud(kSplats, 1, 7)); }

std::uint64_t residentBytes() { return processFacts(::getpid()).value().residentBytes; }

std::size_t numberOf(const std::shared_ptr<const GaussianCloud>& cloud) {
  return static_cast<std::size_t>(cloud->means[0]);
}

bool waitFor(const std::function<bool()>& done, Clock::duration most = 10s) {
  const auto end = Clock::now() + most;
  while (!done()) {
    if (Clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(200us);
  }
  return true;
}

/// Goes on in virtual time, waiting for the decoders at every step.
bool settle(Playback& playback, Playback::Time now) {
  return waitFor([&] {
    playback.advance(now);
    return !playback.shown().late;
  });
}

TEST(ClipPlayer, framesComeInOrderWithinTheBudget) {
  for (const std::size_t pieceFrames : {1U, 10U}) {
    const auto source = std::make_shared<CountedSource>(200, pieceFrames);
    PlayerOptions options;
    options.budgetBytes = 12 * frameBytes();
    options.threads = 2;
    Playback playback(options);
    playback.setClips({source});
    Playback::Time now{};
    ASSERT_TRUE(settle(playback, now));
    playback.play(now);
    std::size_t expected = 0;
    for (std::size_t tick = 0; tick < 400; ++tick) {
      ASSERT_TRUE(settle(playback, now)) << pieceFrames << " " << tick;
      ASSERT_EQ(playback.shown().frame, expected % 200);
      ASSERT_EQ(numberOf(playback.shown().frames[0].cloud), expected % 200);
      ASSERT_LE(playback.player(0)->heldBytes(), options.budgetBytes);
      ++expected;
      now += std::chrono::nanoseconds(33'333'334);
    }
    EXPECT_EQ(playback.dropped(), 0U);
    // Each frame is decoded about once a round: the window wastes little.
    EXPECT_LT(playback.player(0)->decodedFrames(), 400 * 3U) << pieceFrames;
  }
}

TEST(ClipPlayer, backwardsAndFasterAndBetweenInAndOut) {
  const auto source = std::make_shared<CountedSource>(100, 10);
  PlayerOptions options;
  options.budgetBytes = 16 * frameBytes();
  options.threads = 1;
  Playback playback(options);
  playback.setClips({source});
  Playback::Time now{};
  playback.setRange(69, 40, now);
  EXPECT_EQ(playback.first(), 40U);
  EXPECT_EQ(playback.last(), 69U);
  playback.setSpeed(-1, now);
  playback.seek(69, now);
  ASSERT_TRUE(settle(playback, now));
  playback.play(now);
  std::set<std::size_t> seen;
  for (std::size_t tick = 0; tick < 60; ++tick) {
    ASSERT_TRUE(settle(playback, now)) << tick;
    seen.insert(playback.shown().frame);
    now += std::chrono::nanoseconds(33'333'334);
  }
  EXPECT_EQ(*seen.begin(), 40U);
  EXPECT_EQ(*seen.rbegin(), 69U);
  EXPECT_GE(seen.size(), 29U);

  // Eight times as fast at 60 pictures a second: every fourth frame.
  playback.setRange(0, 99, now);
  playback.setSpeed(8, now);
  playback.seek(0, now);
  seen.clear();
  for (std::size_t tick = 0; tick < 50; ++tick) {
    ASSERT_TRUE(settle(playback, now)) << tick;
    seen.insert(playback.shown().frame);
    now += std::chrono::nanoseconds(16'666'667);
  }
  for (const std::size_t frame : seen) {
    EXPECT_EQ(frame % 4, 0U);
  }

  // Without a loop it ends on the last frame.
  playback.setSpeed(1, now);
  playback.setLoop(false, now);
  playback.seek(95, now);
  ASSERT_TRUE(settle(playback, now));
  now += 10s;
  EXPECT_TRUE(settle(playback, now));
  EXPECT_FALSE(playback.isPlaying());
  EXPECT_EQ(playback.shown().frame, 99U);
}

TEST(ClipPlayer, aSeekIsAnsweredAtOnceWhateverWasInWork) {
  const auto source = std::make_shared<CountedSource>(1000, 50, 1ms);
  PlayerOptions options;
  options.budgetBytes = 20 * frameBytes();
  Playback playback(options);
  playback.setClips({source});
  Playback::Time now{};
  ASSERT_TRUE(settle(playback, now));
  for (const std::size_t frame : {700U, 33U, 999U, 0U, 512U, 511U, 510U}) {
    const auto start = Clock::now();
    playback.seek(frame, now);
    ASSERT_TRUE(settle(playback, now)) << frame;
    ASSERT_EQ(numberOf(playback.shown().frames[0].cloud), frame);
    EXPECT_LT(Clock::now() - start, 2s);
    EXPECT_LE(playback.player(0)->heldBytes(), options.budgetBytes);
  }
  // A step back from there takes nothing: it is held.
  const std::size_t begins = source->begins;
  playback.step(-1, now);
  playback.step(1, now);
  ASSERT_TRUE(settle(playback, now));
  EXPECT_LE(source->begins, begins + 1);
}

TEST(ClipPlayer, noCallWaitsAndALateFrameIsSaidToBeLate) {
  const auto slow = std::make_shared<CountedSource>(100, 1, 150ms);
  PlayerOptions options;
  options.threads = 1;
  Playback playback(options);
  playback.setClips({slow});
  Clock::duration longest{};
  std::size_t changes = 0;
  std::size_t before = 0;
  bool wasLate = false;
  playback.play(Clock::now());
  for (const auto end = Clock::now() + 1500ms; Clock::now() < end;) {
    const auto start = Clock::now();
    if (playback.advance(start)) {
      ++changes;
      EXPECT_GE(playback.shown().frame, before);
      before = playback.shown().frame;
    }
    longest = std::max(longest, Clock::now() - start);
    wasLate = wasLate || playback.shown().late;
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_TRUE(wasLate);
  EXPECT_GT(changes, 4U);  // it drops, but does not stand still
  EXPECT_GT(playback.dropped(), 10U);
  EXPECT_LT(longest, 60ms);  // scheduling noise of a busy machine included
  std::printf("longest call %.2f ms, %zu pictures, %llu dropped\n",
              std::chrono::duration<double, std::milli>(longest).count(), changes,
              static_cast<unsigned long long>(playback.dropped()));
}

TEST(ClipPlayer, clipsStayInStepThoughOneIsSlower) {
  const auto fast = std::make_shared<CountedSource>(60, 1);
  const auto slow = std::make_shared<CountedSource>(60, 20, 4ms);
  Playback playback;
  playback.setClips({fast, slow, nullptr, fast});
  playback.play(Clock::now());
  std::size_t changes = 0;
  for (const auto end = Clock::now() + 1s; Clock::now() < end;) {
    if (playback.advance(Clock::now())) {
      ++changes;
      const auto& frames = playback.shown().frames;
      ASSERT_NE(frames[0].cloud, nullptr);
      ASSERT_NE(frames[1].cloud, nullptr);
      EXPECT_TRUE(frames[2].isEmpty());
      EXPECT_EQ(numberOf(frames[0].cloud), playback.shown().frame);
      EXPECT_EQ(numberOf(frames[1].cloud), playback.shown().frame);
      EXPECT_EQ(frames[0], frames[3]);
    }
    std::this_thread::sleep_for(2ms);
  }
  EXPECT_GT(changes, 10U);
  // Taking a clip away, or putting it elsewhere, keeps the place in time.
  playback.pause(Clock::now());
  const std::size_t frame = playback.shown().frame;
  playback.setClips({fast});
  ASSERT_TRUE(settle(playback, Clock::now()));
  EXPECT_EQ(playback.shown().frame, frame);
}

TEST(ClipPlayer, brokenPiecesArePassedOverAndNamed) {
  const auto source = std::make_shared<CountedSource>(40, 10);
  source->broken = 15;
  Playback playback;
  playback.setClips({source});
  Playback::Time now{};
  playback.play(now);
  for (std::size_t tick = 0; tick < 40; ++tick) {
    ASSERT_TRUE(settle(playback, now)) << tick;
    now += std::chrono::nanoseconds(33'333'334);
  }
  EXPECT_EQ(playback.player(0)->problem(), "frame 15 is broken");
  EXPECT_EQ(playback.player(0)->frame(39).state, ClipPlayer::State::Ready);
}

/// 60 minutes at 30 frames a second, a looped piece of them decoded again and again: played 20
/// times as fast as time goes by, without waiting for a clock.
TEST(ClipPlayer, memoryIsFlatOverAnHourPlayedTwentyTimesAsFast) {
  const auto source = std::make_shared<CountedSource>(60 * 60 * 30, 50);
  PlayerOptions options;
  options.budgetBytes = 64 * frameBytes();
  Playback playback(options);
  playback.setClips({source});
  Playback::Time now{};
  playback.setSpeed(20, now);
  ASSERT_TRUE(settle(playback, now));
  playback.play(now);
  std::uint64_t most = 0;
  std::uint64_t early = 0;
  std::size_t ticks = 0;
  const auto start = Clock::now();
  for (; ticks < 60 * 60 * 60 / 20; ++ticks) {
    ASSERT_TRUE(settle(playback, now)) << ticks;
    most = std::max(most, playback.player(0)->heldBytes());
    if (ticks == 1000) {
      early = residentBytes();
    }
    now += std::chrono::nanoseconds(16'666'667);
  }
  EXPECT_LE(most, options.budgetBytes);
  EXPECT_EQ(playback.dropped(), 0U);
  const std::uint64_t late = residentBytes();
  std::printf(
      "%zu pictures of an hour in %.1f s, at most %llu kB of frames, resident memory %+lld kB\n",
      ticks, std::chrono::duration<double>(Clock::now() - start).count(),
      static_cast<unsigned long long>(most / 1000),
      (static_cast<long long>(late) - static_cast<long long>(early)) / 1000);
  EXPECT_LT(late, early + (std::uint64_t{8} << 20));
}

class ClipFiles : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_folder = testing::scratchFolder("clip-player");
    const auto runner = makeThreadRunner(2);
    ClipOptions options;
    options.frames = 24;
    options.splats = 2000;
    GaussianSequence sequence(makeSampleClip(options, {}, *runner));
    Progress progress;
    ASSERT_TRUE(
        writeSequence(sequence, s_folder / "frames", ".ply", 0, 23, 1, *runner, progress, {}));
    ClipEncodeSpec spec;
    spec.input = s_folder / "frames";
    spec.output = s_folder / "clip.dgsv";
    spec.codec = "dualgs";
    spec.params = completeParams(compressors::findSequenceCodec("dualgs")->info().params,
                                 {{"segment_frames", std::int64_t{8}}})
                      .value();
    StagedProgress staged;
    ASSERT_TRUE(encodeClip(spec, *runner, staged, {}));
  }

  static inline std::filesystem::path s_folder;
};

TEST_F(ClipFiles, folderAndClipPlayInStep) {
  SerialRunner runner;
  EXPECT_TRUE(isMovingScene(s_folder / "frames"));
  EXPECT_TRUE(isMovingScene(s_folder / "clip.dgsv"));
  EXPECT_FALSE(isMovingScene(s_folder));
  const auto folder = openClipSource(s_folder / "frames", runner, {}).value();
  const auto clip = openClipSource(s_folder / "clip.dgsv", runner, {}).value();
  EXPECT_EQ(folder->facts().codec, "");
  EXPECT_EQ(clip->facts().codec, "dualgs");
  EXPECT_EQ(folder->facts().pieces.size(), 24U);
  EXPECT_EQ(clip->facts().pieces.size(), 3U);
  EXPECT_EQ(clip->facts().pieceOf(23), 2U);
  EXPECT_EQ(clip->facts().pieceOf(24), std::nullopt);
  EXPECT_GT(folder->facts().bytesOf(5), 20 * clip->facts().bytesOf(5));
  EXPECT_EQ(decodeFrame(*clip, 13, runner, {}).value().cloud->count, 2000U);

  Playback playback;
  playback.setClips({folder, clip});
  Playback::Time now{};
  playback.play(now);
  for (std::size_t tick = 0; tick < 30; ++tick) {
    ASSERT_TRUE(settle(playback, now)) << tick;
    EXPECT_EQ(playback.shown().frames[0].cloud->count, 2000U);
    EXPECT_EQ(playback.shown().frames[1].cloud->count, 2000U);
    now += std::chrono::nanoseconds(33'333'334);
  }
}

TEST_F(ClipFiles, damagedClipsEndInAMessage) {
  SerialRunner runner;
  const auto whole = MappedFile::open(s_folder / "clip.dgsv");
  ASSERT_TRUE(whole);
  const Bytes bytes(whole->bytes().begin(), whole->bytes().end());
  const auto path = s_folder / "damaged.dgsv";
  std::size_t opened = 0;
  std::size_t named = 0;
  for (std::size_t trial = 0; trial < 24; ++trial) {
    Bytes damaged = bytes;
    if (trial % 2 == 0) {
      damaged.resize(bytes.size() * trial / 24);
    } else {
      damaged[bytes.size() * trial / 24] ^= std::byte{0x5A};
    }
    ASSERT_TRUE(writeFileAtomically(path, damaged));
    const auto source = openClipSource(path, runner, {});
    if (!source) {
      EXPECT_NE(source.error().message.find("damaged.dgsv"), std::string::npos)
          << source.error().message;
      continue;
    }
    ++opened;
    Playback playback;
    playback.setClips({*source});
    Playback::Time now{};
    playback.play(now);
    for (std::size_t tick = 0; tick < 24; ++tick) {
      ASSERT_TRUE(settle(playback, now)) << trial << " " << tick;
      now += std::chrono::nanoseconds(33'333'334);
    }
    const std::string problem = playback.player(0)->problem();
    named += problem.find("damaged.dgsv: segment") != std::string::npos ? 1U : 0U;
  }
  EXPECT_GT(opened, 0U);
  EXPECT_GT(named, 0U);
}

/// Opening looks at names and sizes only, however many frames there are.
TEST_F(ClipFiles, threeThousandFramesOpenAtOnce) {
  const auto folder = s_folder / "many";
  std::filesystem::create_directory(folder);
  for (std::size_t frame = 0; frame < 3000; ++frame) {
    std::filesystem::create_hard_link(s_folder / "frames" / frameName(frame % 24, ".ply"),
                                      folder / frameName(frame, ".ply"));
  }
  SerialRunner runner;
  const auto start = Clock::now();
  const auto source = openClipSource(folder, runner, {}).value();
  Playback playback;
  playback.setClips({source});
  Playback::Time now{};
  ASSERT_TRUE(settle(playback, now));
  const std::chrono::duration<double> opening = Clock::now() - start;
  EXPECT_EQ(source->facts().frameCount, 3000U);
  EXPECT_LT(opening.count(), 2);
  double slowest = 0;
  for (const std::size_t frame : {1500U, 2999U, 7U, 2000U, 1000U}) {
    const auto begin = Clock::now();
    playback.seek(frame, now);
    ASSERT_TRUE(settle(playback, now));
    slowest = std::max(slowest, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::printf("3,000 frames: first picture after %.0f ms, slowest seek %.0f ms, %llu frames read\n",
              1e3 * opening.count(), 1e3 * slowest,
              static_cast<unsigned long long>(playback.player(0)->decodedFrames()));
  EXPECT_LT(playback.player(0)->decodedFrames(), 300U);
}

}  // namespace
}  // namespace volpress::engine
