// Clips that earlier versions wrote must decode to what they meant then: tests/data/golden holds
// `<codec>_v<version>.dgsv`, each with the third frame of it as a float PLY beside it.
#include <gtest/gtest.h>

#include <vector>

#include "compressors/stream/sequence_codec.hpp"
#include "scene/base/files.hpp"
#include "tests/support/golden_scene.hpp"

namespace volpress::compressors {
namespace {

TEST(GoldenClips, DecodeToWhatTheyStandFor) {
  SerialRunner runner;
  Progress progress;
  RunContext context{runner, progress, {}};
  for (const auto& path : ::volpress::testing::goldenFiles(".dgsv")) {
    SCOPED_TRACE(path.filename().string());
    const MappedFile file = MappedFile::open(path).value();
    const ClipFile clip = ClipFile::open(file.bytes()).value();
    const SequenceCodec* codec = sequenceCodecForClip(clip.info());
    ASSERT_NE(codec, nullptr);
    const auto decoder = codec->open(clip.info(), context).value();
    const auto& entry = clip.entries().at(0);
    std::vector<GaussianCloud> frames;
    const auto done =
        decoder->decodeSegment(entry.firstFrame, entry.frameCount, clip.layers(0).value(), context,
                               [&frames](std::size_t, GaussianCloud&& cloud) -> Result<void> {
                                 frames.push_back(std::move(cloud));
                                 return {};
                               });
    ASSERT_TRUE(done) << done.error().message;
    auto plain = path;
    plain.replace_filename(path.stem().string() + "_frame2.ply");
    ::volpress::testing::expectStandsFor(frames.at(2), plain);
  }
}

}  // namespace
}  // namespace volpress::compressors
