// Clips as folders for web servers.
#include "app/engine/stream_export.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "app/engine/clip_files.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/sequence_files.hpp"
#include "app/engine/sound_track.hpp"
#include "app/player/player_assets.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/stream/clip_bytes.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using compressors::ClipFile;
using testing::readWhole;

class StreamExportTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_runner = makeThreadRunner(2);
    s_folder = testing::scratchFolder("stream-export");
    ClipOptions options;
    options.frames = 9;
    options.splats = 1500;
    GaussianSequence sequence(makeSampleClip(options, {}, *s_runner));
    Progress progress;
    ASSERT_TRUE(
        writeSequence(sequence, s_folder / "frames", ".ply", 0, 8, 1, *s_runner, progress, {}));
    encode("clip.dgsv", {});
  }
  static void TearDownTestSuite() { s_runner.reset(); }

  static void encode(const char* name, std::optional<SegmentRange> segments,
                     double coarseness = 1) {
    ClipEncodeSpec spec;
    spec.input = s_folder / "frames";
    spec.output = s_folder / name;
    spec.codec = "dualgs";
    spec.segments = segments;
    const auto& params = compressors::findSequenceCodec("dualgs")->info().params;
    spec.params =
        completeParams(params, {{"segment_frames", std::int64_t{4}}, {"coarseness", coarseness}})
            .value();
    StagedProgress progress;
    ASSERT_TRUE(encodeClip(spec, *s_runner, progress, {}));
  }

  void SetUp() override {
    if (!player::hasPlayer()) {
      GTEST_SKIP() << "this build has no web player (em++ or esbuild is not installed)";
    }
  }

  static Result<StreamExportReport> exportTo(const std::string& name, bool split = false,
                                             const std::string& title = {},
                                             const char* clip = "clip.dgsv") {
    StreamExportSpec spec;
    spec.clip = s_folder / clip;
    spec.folder = s_folder / name;
    spec.split = split;
    spec.title = title;
    StagedProgress progress;
    return exportStream(spec, *s_runner, progress, {});
  }

  static std::string text(const fs::path& path) {
    const Bytes bytes = readWhole(path);
    return std::string(viewText(bytes));
  }

  static inline std::unique_ptr<TaskRunner> s_runner;
  static inline fs::path s_folder;
};

TEST_F(StreamExportTest, aFolderHasAllThatAServerNeeds) {
  const StreamExportReport report = exportTo("web", false, "A <walk> & \"more\"").value();
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(s_folder / "web")) {
    names.insert(entry.path().filename());
  }
  const std::set<std::string> wanted{"README.txt", "clip.dgsv",   "index.html", "manifest.json",
                                     "player.js",  "player.wasm", "poster.png"};
  EXPECT_EQ(names, wanted);
  EXPECT_EQ(report.files, wanted.size());
  EXPECT_EQ(report.clipBytes, fs::file_size(s_folder / "web/clip.dgsv"));
  EXPECT_LT(report.playerBytes, 400'000U);
  EXPECT_NEAR(report.seconds, 0.3, 1e-9);
  const std::string page = text(s_folder / "web/index.html");
  for (const char* mark : {"@TITLE@", "@STYLE@", "@SETTINGS@"}) {
    EXPECT_EQ(page.find(mark), std::string::npos) << mark;
  }
  EXPECT_NE(page.find("<title>A &lt;walk&gt; &amp; &quot;more&quot;</title>"), std::string::npos);
  EXPECT_NE(page.find(R"("clip":"clip.dgsv")"), std::string::npos);
  EXPECT_EQ(text(s_folder / "web/player.wasm"), player::playerModule());
  const Image poster = readPng(s_folder / "web/poster.png").value();
  EXPECT_EQ(poster.width, 1280U);
  const auto [low, high] = std::minmax_element(poster.pixels.begin(), poster.pixels.end());
  EXPECT_GT(*high - *low, 0.3F);
}

TEST_F(StreamExportTest, theClipBeginsWithItsIndexAndTheManifestSaysWhere) {
  ASSERT_TRUE(exportTo("fast"));
  const Bytes before = readWhole(s_folder / "clip.dgsv");
  const Bytes after = readWhole(s_folder / "fast/clip.dgsv");
  const ClipFile slow = ClipFile::open(before).value();
  const ClipFile quick = ClipFile::open(after).value();
  EXPECT_EQ(viewText(ByteView(after).subspan(40, 4)), "INDX");
  const Json manifest = Json::parse(text(s_folder / "fast/manifest.json"));
  EXPECT_EQ(manifest["duration"], 0.3);
  // A page that knows where segments begin asks for all before them at once.
  const std::string front = fmt::format("\"front\":{}", quick.entries()[0].offset);
  EXPECT_NE(text(s_folder / "fast/index.html").find(front), std::string::npos);
  ASSERT_EQ(manifest["segments"].size(), quick.entries().size());
  for (std::size_t e = 0; e < quick.entries().size(); ++e) {
    const ByteView own = quick.segmentRecord(e).value(), old = slow.segmentRecord(e).value();
    EXPECT_TRUE(std::equal(own.begin(), own.end(), old.begin(), old.end()));
    EXPECT_EQ(manifest["segments"][e]["o"], quick.entries()[e].offset);
    EXPECT_EQ(manifest["segments"][e]["n"], quick.entries()[e].frameCount);
    EXPECT_EQ(manifest["segments"][e]["l"].get<std::vector<std::uint64_t>>(),
              quick.entries()[e].lengths);
  }
  const std::uint64_t init = manifest["init"][0];
  EXPECT_EQ(viewText(ByteView(after).subspan(static_cast<std::size_t>(init), 4)), "INIT");
  EXPECT_EQ(manifest["init"][1], quick.initBytes());
}

TEST_F(StreamExportTest, theSplitFormHasTheSameBytes) {
  const StreamExportReport report = exportTo("split", true).value();
  ASSERT_TRUE(exportTo("single"));
  EXPECT_FALSE(fs::exists(s_folder / "split/clip.dgsv"));
  const Json manifest = Json::parse(text(s_folder / "split/manifest.json"));
  Bytes joined;
  for (const Json& file : manifest["files"]) {
    EXPECT_EQ(file["o"], joined.size());
    const Bytes part = readWhole(s_folder / "split" / file["url"].get<std::string>());
    EXPECT_EQ(file["l"], part.size());
    joined.insert(joined.end(), part.begin(), part.end());
  }
  EXPECT_EQ(manifest["files"][0]["url"], "init.dgsi");
  EXPECT_EQ(manifest["files"][1]["url"], "seg_00001.dgss");
  const Bytes single = readWhole(s_folder / "single/clip.dgsv");
  ASSERT_EQ(single.size(), joined.size() + 32);
  EXPECT_TRUE(std::equal(joined.begin(), joined.end(), single.begin()));
  EXPECT_EQ(report.files, 6 + manifest["files"].size());
}

/// A tone in two channels of 44.1 kHz, 16 bits, as a WAV file.
void writeTone(const fs::path& path, std::size_t samples) {
  ByteWriter writer;
  const auto size = static_cast<std::uint32_t>(4 * samples);
  writer.append(viewBytes("RIFF"));
  writer.write<std::uint32_t>(36 + size);
  writer.append(viewBytes("WAVEfmt "));
  for (const std::uint32_t word : {16U, (2U << 16U) | 1U, 44100U, 176400U, (16U << 16U) | 4U}) {
    writer.write<std::uint32_t>(word);
  }
  writer.append(viewBytes("data"));
  writer.write<std::uint32_t>(size);
  for (std::size_t i = 0; i < 2 * samples; ++i) {
    writer.write<std::int16_t>(static_cast<std::int16_t>(9000 * std::sin(0.05 * double(i / 2))));
  }
  ASSERT_TRUE(writeFileAtomically(path, std::move(writer).take()));
}

TEST_F(StreamExportTest, soundBecomesOpusOfTheClipsLength) {
  writeTone(s_folder / "tone.wav", 44100);
  // The clip takes 9/30 s: what is longer is cut off.
  StreamExportSpec spec;
  spec.clip = s_folder / "clip.dgsv";
  spec.folder = s_folder / "with-sound";
  spec.sound = s_folder / "tone.wav";
  StagedProgress progress;
  const auto report = exportStream(spec, *s_runner, progress, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_NEAR(report->soundSeconds, 0.3, 1e-4);
  const Bytes file = readWhole(spec.folder / "clip.opus");
  EXPECT_EQ(report->soundBytes, file.size());
  EXPECT_TRUE(viewText(file).starts_with("OggS"));
  EXPECT_NE(viewText(file).find("OpusHead"), std::string_view::npos);
  const Json manifest = parseJson(viewText(readWhole(spec.folder / "manifest.json"))).value();
  EXPECT_EQ(manifest["audio"]["url"], "clip.opus");
  EXPECT_EQ(manifest["audio"]["bytes"], file.size());
  EXPECT_NE(viewText(readWhole(spec.folder / "index.html")).find("clip.opus"),
            std::string_view::npos);

  // Shorter sound ends before the clip; the same source gives the same bytes; Opus reads as well.
  const auto whole = writeSound(s_folder / "tone.wav", s_folder / "a.opus", 5, {});
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_NEAR(whole->seconds, 1, 0.001);
  ASSERT_TRUE(writeSound(s_folder / "tone.wav", s_folder / "b.opus", 5, {}));
  EXPECT_EQ(readWhole(s_folder / "a.opus"), readWhole(s_folder / "b.opus"));
  const auto again = writeSound(s_folder / "a.opus", s_folder / "c.opus", 5, {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NEAR(again->seconds, 1, 0.001);
}

TEST_F(StreamExportTest, whatHasNoSoundIsRefusedAndNothingIsWritten) {
  StreamExportSpec spec;
  spec.clip = s_folder / "clip.dgsv";
  spec.folder = s_folder / "no-sound";
  StagedProgress progress;
  for (const fs::path& silent :
       {s_folder / "clip.dgsv", s_folder / "absent.wav", s_folder / "poster.png"}) {
    spec.sound = silent;
    const auto report = exportStream(spec, *s_runner, progress, {});
    ASSERT_FALSE(report) << silent;
    EXPECT_NE(report.error().message.find(silent.string()), std::string::npos);
    EXPECT_FALSE(fs::exists(spec.folder));
  }
  // Cut anywhere a sound is read as far as it goes, or refused.
  writeTone(s_folder / "short.wav", 2000);
  const Bytes tone = readWhole(s_folder / "short.wav");
  for (std::size_t size = 0; size < tone.size(); size += size < 60 ? 1 : 997) {
    ASSERT_TRUE(writeFileAtomically(s_folder / "cut.wav", ByteView(tone).first(size)));
    fs::remove(s_folder / "cut.opus");
    const auto cut = writeSound(s_folder / "cut.wav", s_folder / "cut.opus", 5, {});
    EXPECT_EQ(cut.has_value(), fs::exists(s_folder / "cut.opus")) << size;
  }
}

TEST_F(StreamExportTest, saysWhatItCannotExport) {
  encode("part.dgsv", SegmentRange{0, 0});
  const auto part = exportTo("part", false, {}, "part.dgsv");
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(part.error().message.find("join"), std::string::npos);
  EXPECT_FALSE(exportTo("none", false, {}, "missing.dgsv"));
  // A folder that is something else is not replaced.
  EXPECT_FALSE(exportTo("frames"));
  EXPECT_TRUE(fs::exists(s_folder / "frames/frame_00000.ply"));
}

TEST(Ladder, ratesAreReadAndChecked) {
  EXPECT_EQ(parseLadder("10,25,50.5").value(), (std::vector<double>{10, 25, 50.5}));
  EXPECT_TRUE(parseLadder("").value().empty());
  for (const char* bad :
       {"x", "10,,25", "0", "-4", "10;25", "1e9", "nan", "inf", "1,2,3,4,5,6,7,8,9"}) {
    const auto rungs = parseLadder(bad);
    ASSERT_FALSE(rungs) << bad;
    EXPECT_NE(rungs.error().message.find("such as 10,25,50,80"), std::string::npos);
  }
}

TEST_F(StreamExportTest, aLadderHasARenditionForEachRateBelowTheClips) {
  encode("fine.dgsv", {}, 0.2);
  const OpenClip clip = OpenClip::open(s_folder / "fine.dgsv", *s_runner, {}).value();
  const double rate = layerMegabits(clip, compressors::kMaxLayers);
  StreamExportSpec spec;
  spec.clip = s_folder / "fine.dgsv";
  spec.folder = s_folder / "ladder";
  spec.ladder = {s_folder / "frames", {0.6 * rate, 2 * rate}};
  spec.posterFrame = 5;
  StagedProgress progress;
  const StreamExportReport report = exportStream(spec, *s_runner, progress, {}).value();
  ASSERT_EQ(report.ladder.renditions.size(), 2U)
      << (report.ladder.notes.empty() ? "" : report.ladder.notes.front());
  EXPECT_LE(report.ladder.renditions[1].megabits, 0.6 * rate);
  EXPECT_EQ(progress.snapshot().fraction, 1);
  const auto& steps = report.ladder.steps;
  ASSERT_GE(steps.size(), 2U);
  for (std::size_t k = 1; k < steps.size(); ++k) {
    EXPECT_GT(steps[k].megabits, steps[k - 1].megabits);
  }
  EXPECT_EQ(steps.back().rendition, 0U);
  const Json manifest = parseJson(text(s_folder / "ladder/manifest.json")).value();
  EXPECT_EQ(manifest["url"], "clip.dgsv");
  ASSERT_EQ(manifest["renditions"].size(), 1U);
  const std::string name = manifest["renditions"][0]["url"];
  const Bytes made = readWhole(s_folder / "ladder" / name);
  EXPECT_EQ(made.size(), manifest["renditions"][0]["bytes"].get<std::size_t>());
  const ClipFile rendition = ClipFile::open(made).value();
  ASSERT_EQ(rendition.entries().size(), clip.file().entries().size());
  EXPECT_EQ(rendition.entries()[1].firstFrame, clip.file().entries()[1].firstFrame);
  EXPECT_EQ(manifest["ladder"].size(), steps.size());
  EXPECT_NE(text(s_folder / "ladder/index.html").find("manifest.json"), std::string::npos);
  EXPECT_FALSE(fs::exists(s_folder / "ladder/work"));
}

TEST_F(StreamExportTest, aLadderOfOtherFramesIsRefused) {
  GaussianSequence other(makeSampleClip({.frames = 3, .splats = 1500}, {}, *s_runner));
  Progress unseen;
  ASSERT_TRUE(writeSequence(other, s_folder / "other", ".ply", 0, 2, 1, *s_runner, unseen, {}));
  StreamExportSpec spec;
  spec.clip = s_folder / "clip.dgsv";
  spec.folder = s_folder / "refused";
  spec.ladder = {s_folder / "other", {0.1}};
  StagedProgress progress;
  const auto report = exportStream(spec, *s_runner, progress, {});
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("holds 3 frames, the clip 9"), std::string::npos)
      << report.error().message;
  EXPECT_FALSE(fs::exists(s_folder / "refused"));
}

}  // namespace
}  // namespace volpress::engine
