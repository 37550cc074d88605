// A moving scene in the window, by real keys and pointer events: opening, playing, scrubbing,
// encoding, comparing in step, saving. Where VOLPRESS_SCREENSHOTS names a folder, pictures of each
// step are kept there.
#include <cstdlib>

#include <QAction>
#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QTest>
#include <QWheelEvent>
#include <QWindow>

#include "app/engine/sequence_files.hpp"
#include "app/engine/voxel_clip.hpp"
#include "app/studio/export_dialog.hpp"
#include "app/studio/playback_desk.hpp"
#include "app/studio/timeline_strip.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/voxel_npz.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "scene/sequence/sequence_folder.hpp"
#include "scene/types/sample_voxels.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

constexpr double kStallLimitMs = 250;  // by processor time; the clock depends on the machine's load
constexpr std::size_t kFrames = 24;

class TimelineWindow : public WindowTest {
protected:
  static fs::path makeClip() {
    fs::path folder = testing::scratchFolder("timeline") / "walk";
    SerialRunner runner;
    ClipOptions options;
    options.frames = kFrames;
    options.splats = 4000;
    GaussianSequence sequence(makeSampleClip(options, {}, runner));
    Progress progress;
    EXPECT_TRUE(
        engine::writeSequence(sequence, folder, ".ply", 0, kFrames - 1, 1, runner, progress, {})
            .has_value());
    return folder;
  }
  [[nodiscard]] const engine::Playback& playback() const { return window->playback().playback(); }
  [[nodiscard]] Viewport& view() const { return window->viewport(); }
  [[nodiscard]] TimelineStrip* strip() const { return child<TimelineStrip>("timelineStrip"); }
  void key(Qt::Key pressed, Qt::KeyboardModifiers with = {}) const {
    QApplication::setActiveWindow(window.get());
    QTest::keyClick(canvas(), pressed, with);
  }
  /// Presses a key and waits for the full picture that follows.
  [[nodiscard]] bool keyShows(Qt::Key pressed) const {
    const std::uint64_t before = view().framesShown();
    key(pressed);
    return waitUntil([&] { return view().framesShown() > before && !view().facts().coarse; }, 60);
  }
  /// Where a frame is clicked, on the graph or in the ruler.
  [[nodiscard]] QPoint placeOf(std::size_t frame, int y = 40) const {
    const double x = (strip()->xOf(frame) + strip()->xOf(frame + 1)) / 2;
    return {static_cast<int>(x), y};
  }
  [[nodiscard]] bool waitForFrame(std::size_t frame) const {
    return waitUntil([&] { return playback().shown().frame == frame && !playback().shown().late; },
                     20);
  }
  void shot(const char* name) const {
    if (const char* folder = std::getenv("VOLPRESS_SCREENSHOTS")) {
      static_cast<void>(waitUntil([] { return false; }, 0.5));
      EXPECT_TRUE(
          window->screen()->grabWindow(0).save(QString(folder) + "/timeline-" + name + ".png"));
    }
  }
  void expectSmooth() const {
    std::printf("longest event-loop gap %.0f ms (%.0f ms of processor time)\n", stalls->longestMs(),
                stalls->longestCpuMs());
    EXPECT_LT(stalls->longestCpuMs(), kStallLimitMs);
  }
};

TEST_F(TimelineWindow, aClipIsPlayedEncodedAndComparedInStep) {
  const fs::path clip = makeClip();
  EXPECT_FALSE(child<QWidget>("timeline")->isVisible());
  drop(clip);
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  ASSERT_TRUE(document().activeSource()->moves());
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > 0 && !view().facts().coarse; }, 60));
  EXPECT_TRUE(child<QWidget>("timeline")->isVisible());
  EXPECT_EQ(playback().frameCount(), kFrames);
  EXPECT_EQ(child<QLabel>("timelineCount")->text(), "of 24");
  // The codecs of moving scenes are offered, and no edits.
  EXPECT_GE(child<QComboBox>("codec")->findData("dualgs"), 0);
  EXPECT_LT(child<QComboBox>("codec")->findData("spz"), 0);
  shot("opened");
  stalls->restart();

  // Space plays, with the keys in the picture; each picture is of another frame.
  key(Qt::Key_Space);
  EXPECT_TRUE(playback().isPlaying());
  const std::uint64_t before = view().framesShown();
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > before + 20; }, 30));
  EXPECT_EQ(view().motion(), SceneMotion::Playing);
  shot("playing");
  key(Qt::Key_Space);
  EXPECT_FALSE(playback().isPlaying());
  const std::size_t paused = playback().shown().frame;
  key(Qt::Key_Period);
  ASSERT_TRUE(waitForFrame((paused + 1) % kFrames));
  key(Qt::Key_Comma);
  key(Qt::Key_Comma);
  ASSERT_TRUE(waitForFrame((paused + kFrames - 1) % kFrames));
  EXPECT_EQ(view().sides()[0].cloud, playback().shown().frames[0].cloud);

  // Scrubbing by mouse, a number typed, the wheel.
  QTest::mousePress(strip(), Qt::LeftButton, {}, placeOf(4));
  for (const std::size_t frame : {7U, 11U, 15U}) {
    QTest::mouseMove(strip(), placeOf(frame));
  }
  QTest::mouseRelease(strip(), Qt::LeftButton, {}, placeOf(15));
  ASSERT_TRUE(waitForFrame(15));
  auto* number = child<QSpinBox>("timelineFrame");
  EXPECT_EQ(number->value(), 15);
  number->setFocus();
  number->selectAll();
  QTest::keyClicks(number, "9");
  QTest::keyClick(number, Qt::Key_Return);
  ASSERT_TRUE(waitForFrame(9));
  strip()->setFocus();
  QTest::keyClick(strip(), Qt::Key_Right);
  ASSERT_TRUE(waitForFrame(10));

  // In and out points by keys and by dragging; Home and End go to them.
  QTest::mouseClick(strip(), Qt::LeftButton, {}, placeOf(6));
  key(Qt::Key_I);
  QTest::mouseClick(strip(), Qt::LeftButton, {}, placeOf(18));
  key(Qt::Key_O);
  EXPECT_EQ(playback().first(), 6U);
  EXPECT_EQ(playback().last(), 18U);
  const QPoint out(static_cast<int>(strip()->xOf(19)), 16);
  QTest::mousePress(strip(), Qt::LeftButton, {}, out);
  QTest::mouseMove(strip(), QPoint(static_cast<int>(strip()->xOf(17)), 16));
  QTest::mouseRelease(strip(), Qt::LeftButton, {}, QPoint(static_cast<int>(strip()->xOf(17)), 16));
  EXPECT_EQ(playback().last(), 16U);
  key(Qt::Key_Home);
  ASSERT_TRUE(waitForFrame(6));
  key(Qt::Key_Space);
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > before + 60; }, 30));
  EXPECT_GE(playback().shown().frame, 6U);
  EXPECT_LE(playback().shown().frame, 16U);
  shot("range");
  key(Qt::Key_Space);
  key(Qt::Key_O, Qt::ShiftModifier);
  EXPECT_EQ(playback().last(), kFrames - 1);
  auto* speed = child<QComboBox>("timelineSpeed");
  speed->setCurrentIndex(speed->findData(2.0));
  emit speed->activated(speed->currentIndex());
  EXPECT_EQ(playback().speed(), 2.0);
  speed->setCurrentIndex(speed->findData(1.0));
  emit speed->activated(speed->currentIndex());
  expectSmooth();

  // Encoding in a worker; the result appears beside the original, at the same frame.
  window->session().setViews("orbit:1");
  choose(child<QComboBox>("codec"), "dualgs");
  press("addJob");
  ASSERT_TRUE(waitUntil([&] { return !window->session().jobs().empty(); }, 10));
  static_cast<void>(waitUntil([&] { return window->session().jobs().front().fraction > 0.1; }, 60));
  shot("encoding");
  ASSERT_TRUE(waitUntil([&] { return document().side(1) != nullptr; }, 240));
  const Entry* variant = document().side(1);
  ASSERT_TRUE(variant->moves());
  EXPECT_EQ(variant->clip->facts().codec, "dualgs");
  ASSERT_TRUE(variant->evaluation);
  EXPECT_EQ(variant->evaluation->views.size(), kFrames);
  EXPECT_GT(variant->evaluation->ratio(), 10);
  EXPECT_GT(variant->evaluation->meanPsnr(), 30);
  EXPECT_EQ(view().mode(), CompareMode::Wipe);
  stalls->restart();
  key(Qt::Key_Space);
  const std::uint64_t compared = view().framesShown();
  ASSERT_TRUE(waitUntil([&] { return view().framesShown() > compared + 30; }, 60));
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(waitUntil([] { return false; }, 0.02));
    const auto& shown = playback().shown();
    ASSERT_NE(shown.frames[0].cloud, nullptr);
    ASSERT_NE(shown.frames[1].cloud, nullptr);
    EXPECT_EQ(view().sides()[0].cloud, shown.frames[0].cloud);
    EXPECT_EQ(view().sides()[1].cloud, shown.frames[1].cloud);
  }
  shot("wipe-playing");
  key(Qt::Key_Space);
  // At rest the picture is full, and what is on the screen is measured.
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
  EXPECT_GT(view().facts().quality[1]->psnr, 25);
  QTest::mouseClick(strip(), Qt::LeftButton, {}, placeOf(12));
  ASSERT_TRUE(waitForFrame(12));
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
  EXPECT_NE(view().sides()[1].numbers.find("frame"), std::string::npos);
  shot("wipe");
  ASSERT_TRUE(keyShows(Qt::Key_S));
  shot("side-by-side");
  ASSERT_TRUE(keyShows(Qt::Key_D));
  shot("difference");
  key(Qt::Key_D);
  key(Qt::Key_D);
  key(Qt::Key_D);
  child<QAction>("lightTheme")->setChecked(true);
  key(Qt::Key_W);
  EXPECT_EQ(view().mode(), CompareMode::Wipe);
  shot("light");
  child<QAction>("lightTheme")->setChecked(false);
  // Tab leaves the picture alone.
  key(Qt::Key_Tab);
  EXPECT_FALSE(child<QWidget>("timeline")->isVisible());
  key(Qt::Key_Tab);
  EXPECT_TRUE(child<QWidget>("timeline")->isVisible());
  expectSmooth();

  // Save as: the clip is copied byte for byte.
  const fs::path saved = testing::scratchFolder("timeline-saved") / "walk.dgsv";
  const fs::path own = variant->path;
  key(Qt::Key_E, Qt::ControlModifier);
  auto* dialog = window->findChild<ExportDialog*>();
  ASSERT_NE(dialog, nullptr);
  dialog->findChild<QLineEdit*>("exportPath")->setText(QString::fromStdString(saved.string()));
  shot("export");
  QTest::mouseClick(dialog->findChild<QPushButton*>("exportSave"), Qt::LeftButton);
  ASSERT_TRUE(waitUntil([&] { return fs::exists(saved); }, 30));
  ASSERT_TRUE(waitUntil([&] { return !window->session().activity(); }, 30));
  EXPECT_EQ(fs::file_size(saved), fs::file_size(own));

  // The saved clip opens by itself; a still scene has no timeline.
  drop(saved);
  ASSERT_TRUE(waitUntil([&] { return document().activeSource()->name == "walk.dgsv"; }, 60));
  EXPECT_EQ(playback().frameCount(), kFrames);
  EXPECT_EQ(playback().shown().frame, 0U);
  key(Qt::Key_End);
  ASSERT_TRUE(waitForFrame(kFrames - 1));
  shot("clip-alone");
  window->openFile(QString::fromStdString((clip / frameName(3, ".ply")).string()));
  ASSERT_TRUE(waitUntil([&] { return !document().activeSource()->moves(); }, 60));
  EXPECT_FALSE(child<QWidget>("timeline")->isVisible());
  EXPECT_EQ(view().motion(), SceneMotion::Still);
  EXPECT_GE(child<QComboBox>("codec")->findData("spz"), 0);
}

TEST_F(TimelineWindow, voxelFieldsAreQueuedAndCompared) {
  const fs::path folder = testing::scratchFolder("timeline-voxels");
  const fs::path clip = folder / "cube";
  fs::create_directory(clip);
  SerialRunner runner;
  for (std::size_t frame = 0; frame < 3; ++frame) {
    const auto bytes = formats::writeVoxelFile(sampleVoxels({3, 32}, frame, runner));
    ASSERT_TRUE(bytes && writeFileAtomically(clip / frameName(frame, ".npz"), *bytes));
  }
  drop(clip);
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  EXPECT_EQ(document().activeSource()->kind(), engine::SceneKind::MovingVoxels);
  EXPECT_EQ(playback().frameCount(), 3U);
  EXPECT_GE(child<QComboBox>("codec")->findData("fpo"), 0);
  EXPECT_LT(child<QComboBox>("codec")->findData("dualgs"), 0);
  EXPECT_FALSE(child<QAction>("exportStream")->isEnabled());
  choose(child<QComboBox>("codec"), "fpo");
  press("addJob");
  ASSERT_TRUE(waitUntil([&] { return !window->session().jobs().empty(); }, 10));
  window->session().cancelJob(window->session().jobs().front().id);
  ASSERT_TRUE(waitUntil([&] { return !window->session().hasRunningJobs(); }, 30));
  EXPECT_EQ(document().side(1), nullptr);
  choose(child<QComboBox>("codec"), "streamrf");
  press("addJob");
  ASSERT_TRUE(waitUntil([&] { return document().side(1) != nullptr; }, 120));
  const auto expectResult = [&] {
    const Entry* variant = document().side(1);
    ASSERT_TRUE(variant->moves());
    EXPECT_EQ(variant->kind(), engine::SceneKind::MovingVoxels);
    EXPECT_EQ(variant->clip->facts().codec, "streamrf");
    ASSERT_TRUE(variant->evaluation);
    EXPECT_EQ(variant->evaluation->views.size(), 3U);
    EXPECT_GT(variant->evaluation->meanPsnr(), 30);
    EXPECT_GT(variant->evaluation->ratio(), 5);
    EXPECT_GT(variant->breakdown.size(), 3U);
  };
  expectResult();
  key(Qt::Key_Period);
  ASSERT_TRUE(waitForFrame(1));
  ASSERT_TRUE(waitUntil([&] { return view().facts().quality[1].has_value(); }, 60));
  openTab("Table");
  shot("voxels");
  // A project keeps both.
  const fs::path project = folder / "cube.volpress";
  ASSERT_TRUE(window->session().saveProject(project));
  window->session().openProject(project);
  ASSERT_TRUE(waitUntil(
      [&] {
        const Entry* variant = document().side(1);
        return variant != nullptr && variant->isLoaded();
      },
      60));
  expectResult();
}

TEST_F(TimelineWindow, aDamagedClipSaysSo) {
  const fs::path folder = testing::scratchFolder("timeline-damaged");
  const fs::path broken = folder / "broken.dgsv";
  const std::string words = "DGSV";
  ASSERT_TRUE(writeFileAtomically(broken, viewBytes(std::string_view(words))));
  drop(broken);
  ASSERT_TRUE(waitUntil([&] { return !window->session().activity(); }, 30));
  EXPECT_EQ(document().activeSource(), nullptr);
  // One damaged frame of a folder: the others play on, and it is named.
  const fs::path clip = makeClip();
  ASSERT_TRUE(writeFileAtomically(clip / frameName(5, ".ply"), viewBytes(std::string_view(words))));
  drop(clip);
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  QTest::mouseClick(strip(), Qt::LeftButton, {}, placeOf(5));
  ASSERT_TRUE(waitUntil([&] { return !playback().player(0)->problem().empty(); }, 20));
  QTest::mouseClick(strip(), Qt::LeftButton, {}, placeOf(7));
  ASSERT_TRUE(waitForFrame(7));
  shot("damaged");
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto* notice = window->findChild<QWidget*>("notice");
        return notice != nullptr && notice->isVisible();
      },
      10));
}

}  // namespace
}  // namespace volpress::studio
