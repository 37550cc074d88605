// Clips that earlier versions wrote must decode to what they meant then: tests/data/golden holds
// `<codec>_v<version>.dgsv`, each with the third frame of it as a float PLY beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "compressors/stream/sequence_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::compressors {
namespace {

/// Exponentials and square roots may differ in their last bit from machine to machine.
constexpr float kTolerance = 1e-4F;

void expectNear(const FloatArray& actual, const FloatArray& expected, const char* what) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], kTolerance) << what << " " << i;
  }
}

TEST(GoldenClips, DecodeToWhatTheyStandFor) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(::volpress::testing::sourceFile("tests/data/golden"))) {
    if (entry.path().extension() == ".dgsv") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  SerialRunner runner;
  Progress progress;
  RunContext context{runner, progress, {}};
  for (const auto& path : files) {
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
    formats::IoContext io{runner, progress, {}, {}};
    const auto expected = formats::loadCloud(plain, io);
    ASSERT_TRUE(expected) << expected.error().message;
    const GaussianCloud& cloud = frames.at(2);
    expectNear(cloud.means, expected->cloud.means, "mean");
    expectNear(cloud.logScales, expected->cloud.logScales, "log scale");
    expectNear(cloud.rotations, expected->cloud.rotations, "rotation");
    expectNear(cloud.opacityLogits, expected->cloud.opacityLogits, "opacity");
    expectNear(cloud.shDc, expected->cloud.shDc, "SH band 0");
    expectNear(cloud.shRest, expected->cloud.shRest, "SH above");
  }
}

}  // namespace
}  // namespace volpress::compressors
