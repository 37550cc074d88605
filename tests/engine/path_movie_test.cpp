#include "app/engine/path_movie.hpp"

#include <gtest/gtest.h>

#include "app/engine/png_image.hpp"
#include "app/engine/video_writer.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

Image flat(std::size_t width, std::size_t height, float value) {
  return makeImage(width, height, 3, value);
}

float valueAt(const Image& image, std::size_t x, std::size_t y, std::size_t channel = 0) {
  return image.pixels[3 * (image.width * y + x) + channel];
}

class ComparePicture : public ::testing::Test {
protected:
  Result<Image> compose(CompareStyle style, const std::vector<Image>& pictures, double wipe = 0.5) {
    CompareSettings settings;
    settings.style = style;
    settings.wipe = wipe;
    return composePicture(pictures, settings, 100, 20, m_runner);
  }
  SerialRunner m_runner;
};

TEST_F(ComparePicture, theWipeShowsAOnTheLeft) {
  const auto picture =
      compose(CompareStyle::Wipe, {flat(100, 20, 0.1F), flat(100, 20, 0.3F)}, 0.25);
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(valueAt(*picture, 10, 5), 0.1F);
  EXPECT_EQ(valueAt(*picture, 25, 5), 0.9F);  // the line
  EXPECT_EQ(valueAt(*picture, 40, 5), 0.3F);
  const auto none = compose(CompareStyle::Wipe, {flat(100, 20, 0.1F), flat(100, 20, 0.3F)}, 0);
  EXPECT_EQ(valueAt(*none, 0, 0), 0.3F);
}

TEST_F(ComparePicture, panesStandSideBySide) {
  const PictureSides pane = paneSize(CompareStyle::SideBySide, 3, 100, 20);
  EXPECT_EQ(pane.width, 32U);
  const auto picture = compose(CompareStyle::SideBySide,
                               {flat(32, 20, 0.1F), flat(32, 20, 0.2F), flat(32, 20, 0.3F)});
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(picture->width, 100U);
  EXPECT_EQ(valueAt(*picture, 31, 19), 0.1F);
  EXPECT_EQ(valueAt(*picture, 32, 0), 0.9F);
  EXPECT_EQ(valueAt(*picture, 34, 0), 0.2F);
  EXPECT_EQ(valueAt(*picture, 99, 0), 0.3F);
}

TEST_F(ComparePicture, differencesAreColouredByTheirRange) {
  const auto same = compose(CompareStyle::Difference, {flat(100, 20, 0.4F), flat(100, 20, 0.4F)});
  const auto full = compose(CompareStyle::Difference, {flat(100, 20, 0.4F), flat(100, 20, 0.5F)});
  const auto more = compose(CompareStyle::Difference, {flat(100, 20, 0), flat(100, 20, 1)});
  ASSERT_TRUE(same && full && more);
  EXPECT_LT(valueAt(*same, 3, 3), 0.01F);  // magma begins in black
  EXPECT_GT(valueAt(*full, 3, 3), 0.95F);  // and ends in a pale yellow
  EXPECT_NEAR(valueAt(*full, 3, 3), valueAt(*more, 3, 3), 0.02);
}

TEST_F(ComparePicture, wrongPicturesAreRefused) {
  EXPECT_FALSE(compose(CompareStyle::Wipe, {flat(100, 20, 0)}).has_value());
  EXPECT_FALSE(compose(CompareStyle::Single, {flat(99, 20, 0)}).has_value());
  EXPECT_FALSE(compose(CompareStyle::SideBySide, {flat(100, 20, 0), flat(100, 20, 0)}).has_value());
  EXPECT_EQ(findCompareStyle("flip"), CompareStyle::Flip);
  EXPECT_EQ(findCompareStyle("flop"), std::nullopt);
}

class PathMovie : public ::testing::Test {
protected:
  void SetUp() override {
    Viewpoint start;
    start.position = {0, 0, -8};
    start.pivotDistance = 8;
    m_path = turntablePath(start, {0, 1, 0}, 0.5);
    m_path.framesPerSecond = 10;
    m_settings.width = 96;
    m_settings.height = 64;
  }
  Result<MovieReport> make(std::size_t scenes, TaskRunner& runner) {
    const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
    std::vector<DrawnScene> clouds;
    for (std::size_t i = 0; i < scenes; ++i) {
      clouds.push_back({std::make_shared<GaussianCloud>(testing::randomCloud(500, 0, 5 + i))});
    }
    return renderMovie(clouds, m_path, m_settings, *rasterizer, runner, m_progress,
                       m_stop.get_token());
  }
  static Bytes contents(const fs::path& path) {
    const auto file = MappedFile::open(path);
    EXPECT_TRUE(file.has_value());
    return file ? Bytes(file->bytes().begin(), file->bytes().end()) : Bytes{};
  }

  SerialRunner m_runner;
  fs::path m_folder = testing::scratchFolder("path_movie");
  CameraPath m_path;
  MovieSettings m_settings;
  Progress m_progress;
  std::stop_source m_stop;
};

TEST_F(PathMovie, picturesAreNumberedAndTheSameOnAnyNumberOfThreads) {
  m_settings.output = m_folder / "one";
  m_settings.compare.style = CompareStyle::SideBySide;
  const auto report = make(2, m_runner);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->frames, 5U);
  EXPECT_EQ(m_progress.snapshot().fraction, 1);
  const auto picture = readPng(m_folder / "one/frame_00004.png");
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(picture->width, 96U);
  EXPECT_FALSE(fs::exists(m_folder / "one/frame_00005.png"));
  m_settings.output = m_folder / "two";
  const auto threads = makeThreadRunner(2);
  ASSERT_TRUE(make(2, *threads).has_value());
  for (int i = 0; i < 5; ++i) {
    const std::string name = fmt::format("frame_{:05}.png", i);
    EXPECT_EQ(contents(m_folder / "one" / name), contents(m_folder / "two" / name)) << name;
  }
  // An earlier result is replaced, anything else is not.
  EXPECT_TRUE(make(2, *threads).has_value());
  fs::create_directories(m_folder / "photos");
  ASSERT_TRUE(writeFileAtomically(m_folder / "photos/dear.png", viewBytes("x")).has_value());
  m_settings.output = m_folder / "photos";
  EXPECT_FALSE(make(2, *threads).has_value());
  EXPECT_TRUE(fs::exists(m_folder / "photos/dear.png"));
}

TEST_F(PathMovie, moviesAreWholeAndRepeatable) {
  if (videoEncoders().empty()) {
    GTEST_SKIP() << "libavcodec has no encoder on this machine";
  }
  for (const std::string& encoder : videoEncoders()) {
    m_settings.encoder = encoder;
    m_settings.output = m_folder / (encoder + "-1.mp4");
    const auto report = make(1, m_runner);
    ASSERT_TRUE(report.has_value()) << encoder << ": " << report.error().message;
    EXPECT_EQ(report->encoder, encoder);
    const Bytes first = contents(m_settings.output);
    EXPECT_EQ(report->bytes, first.size());
    ASSERT_GT(first.size(), 500U);
    EXPECT_EQ(viewText(first).substr(4, 4), "ftyp");
    EXPECT_NE(viewText(first).find("moov"), std::string_view::npos);
    m_settings.output = m_folder / (encoder + "-2.mp4");
    const auto threads = makeThreadRunner(2);
    ASSERT_TRUE(make(1, *threads).has_value());
    EXPECT_EQ(first, contents(m_settings.output)) << encoder;
  }
}

TEST_F(PathMovie, cancellingLeavesNothing) {
  m_stop.request_stop();
  for (const char* name : {"movie.mp4", "frames"}) {
    m_settings.output = m_folder / name;
    const auto report = make(1, m_runner);
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::Cancelled);
  }
  EXPECT_TRUE(fs::is_empty(m_folder));
}

TEST_F(PathMovie, whatCannotBeMadeIsToldBeforehand) {
  const auto fault = [this](std::size_t scenes) {
    const auto checked = checkMovie(m_path, scenes, m_settings);
    return checked ? "" : checked.error().message;
  };
  m_settings.output = m_folder / "movie.mp4";
  m_settings.width = 97;
  EXPECT_EQ(fault(1), "a movie of 97 x 64 is not possible: sides are even and 16 .. 8192 pixels");
  m_settings.width = 96;
  m_settings.encoder = "libwish";
  EXPECT_NE(fault(1).find("no video encoder \"libwish\""), std::string::npos);
  m_settings.encoder = "aac";
  EXPECT_EQ(fault(1), "\"aac\" encodes no video");
  m_settings.encoder.clear();
  EXPECT_EQ(fault(2), "single shows 1 scene, but 2 are given");
  m_settings.compare.style = CompareStyle::SideBySide;
  EXPECT_EQ(fault(1), "side-by-side shows 2 to 4 scenes, but 1 is given");
  m_settings.compare.style = CompareStyle::Single;
  m_settings.output = m_folder / "no/such/folder/movie.mp4";
  EXPECT_NE(fault(1), "");
}

}  // namespace
}  // namespace volpress::engine
