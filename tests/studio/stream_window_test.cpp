// Exporting a clip as streamable video, by real keys and clicks. Where VOLPRESS_SCREENSHOTS names a
// folder, pictures of each step are kept there.
#include <cstdlib>

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QTest>
#include <QUrl>

#include "app/engine/clip_files.hpp"
#include "app/engine/sequence_files.hpp"
#include "app/player/player_assets.hpp"
#include "app/studio/stream_desk.hpp"
#include "app/studio/stream_dialog.hpp"
#include "scene/base/files.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFrames = 12;
constexpr std::uint32_t kFramesPerSecond = 240;  // so that a small clip takes more than 10 Mbit/s

class StreamWindow : public WindowTest {
protected:
  /// A walking figure as a clip.
  static fs::path makeClip() {
    const fs::path folder = testing::scratchFolder("stream-window");
    SerialRunner runner;
    ClipOptions options;
    options.frames = kFrames;
    options.splats = 3000;
    GaussianSequence sequence(makeSampleClip(options, {}, runner));
    Progress unseen;
    EXPECT_TRUE(engine::writeSequence(sequence, folder / "frames", ".ply", 0, kFrames - 1, 1,
                                      runner, unseen, {}));
    engine::ClipEncodeSpec spec;
    spec.input = folder / "frames";
    spec.output = folder / "walk.dgsv";
    spec.codec = "dualgs";
    spec.framesPerSecond = kFramesPerSecond;
    spec.params = completeParams(compressors::findSequenceCodec("dualgs")->info().params,
                                 {{"segment_frames", std::int64_t{6}}, {"coarseness", 0.2}})
                      .value();
    engine::StagedProgress progress;
    EXPECT_TRUE(engine::encodeClip(spec, runner, progress, {}));
    return spec.output;
  }

  [[nodiscard]] StreamDialog* dialog() const {
    return window->findChild<StreamDialog*>("streamDialog");
  }
  [[nodiscard]] QString words() const { return child<QLabel>("streamPictureWords")->text(); }
  [[nodiscard]] bool hasPicture() const {
    return !child<QLabel>("streamPicture")->pixmap().isNull();
  }
  void type(QWidget* field, const QString& text) const {
    field->setFocus();
    QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(field, text);
    QTest::keyClick(field, Qt::Key_Tab);
  }
  void shot(const char* name) const {
    if (const char* folder = std::getenv("VOLPRESS_SCREENSHOTS")) {
      static_cast<void>(waitUntil([] { return false; }, 0.3));
      EXPECT_TRUE(
          window->screen()->grabWindow(0).save(QString(folder) + "/stream-" + name + ".png"));
    }
  }
};

TEST_F(StreamWindow, aClipIsPreviewedExportedAndServed) {
  if (!player::hasPlayer()) {
    GTEST_SKIP() << "this build has no web player (em++ or esbuild is not installed)";
  }
  EXPECT_FALSE(child<QAction>("exportStream")->isEnabled());
  const fs::path clip = makeClip();
  drop(clip);
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  ASSERT_TRUE(child<QAction>("exportStream")->isEnabled());
  ASSERT_TRUE(waitForFullPicture());
  stalls->restart();
  QApplication::setActiveWindow(window.get());
  QTest::keyClick(canvas(), Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(waitUntil([&] { return dialog() != nullptr && dialog()->isVisible(); }, 10));
  EXPECT_TRUE(child<QCheckBox>("streamRung10")->isChecked());
  EXPECT_FALSE(child<QCheckBox>("streamRung80")->isEnabled());
  EXPECT_FALSE(child<QCheckBox>("streamRung80")->isChecked());
  EXPECT_TRUE(child<QLabel>("streamEstimate")->text().contains("Mbit/s"));
  ASSERT_TRUE(waitUntil([&] { return hasPicture() && words().contains("as it is"); }, 60));
  shot("opened");

  // Another frame, and what a slow line shows of it.
  type(child<QSpinBox>("streamPosterNumber"), "7");
  EXPECT_EQ(dialog()->posterFrame(), 7U);
  ASSERT_TRUE(waitUntil([&] { return words().contains("as it is"); }, 60));
  auto* line = child<QComboBox>("streamLine");
  line->setFocus();
  QTest::keyClick(line, Qt::Key_Down);
  EXPECT_EQ(dialog()->previewMegabits(), 10);
  ASSERT_TRUE(waitUntil([&] { return words().contains("against the whole clip"); }, 60))
      << words().toStdString();
  shot("slow-line");

  const fs::path folder = clip.parent_path() / "web";
  type(child<QLineEdit>("streamFolder"), QString::fromStdString(folder.string()));
  type(child<QLineEdit>("streamTitle"), "A walk");
  // What has no sound is said before anything is encoded.
  type(child<QLineEdit>("streamSound"), QString::fromStdString(clip.string()));
  press("streamStart");
  ASSERT_TRUE(
      waitUntil([&] { return child<QLabel>("streamNote")->text().contains("as sound"); }, 60))
      << child<QLabel>("streamNote")->text().toStdString();
  child<QLineEdit>("streamSound")->clear();
  press("streamStart");
  EXPECT_FALSE(child<QPushButton>("streamStart")->isEnabled());
  EXPECT_EQ(child<QPushButton>("streamCancel")->text(), "Cancel");
  ASSERT_TRUE(waitUntil([&] { return child<QPushButton>("streamBrowser")->isVisible(); }, 120))
      << child<QLabel>("streamNote")->text().toStdString();
  for (const char* name : {"index.html", "clip.dgsv", "clip_10.dgsv", "poster.png"}) {
    EXPECT_TRUE(fs::exists(folder / name)) << name;
  }
  shot("written");

  auto* desk = window->findChild<StreamDesk*>();
  ASSERT_NE(desk, nullptr);
  QObject::disconnect(desk, &StreamDesk::openWanted, nullptr, nullptr);
  QUrl opened;
  QObject::connect(desk, &StreamDesk::openWanted, window.get(),
                   [&opened](const QUrl& url) { opened = url; });
  press("streamBrowser");
  EXPECT_EQ(opened.host(), "127.0.0.1");
  EXPECT_GT(opened.port(), 0);
  press("streamFolderOpen");
  EXPECT_EQ(opened.toLocalFile(), QString::fromStdString(folder.string()));

  // Cancelled: nothing is left, and the dialog is as before.
  const fs::path other = clip.parent_path() / "other";
  type(child<QLineEdit>("streamFolder"), QString::fromStdString(other.string()));
  press("streamStart");
  press("streamCancel");
  ASSERT_TRUE(
      waitUntil([&] { return child<QLabel>("streamNote")->text().contains("Cancelled"); }, 60));
  EXPECT_FALSE(fs::exists(other));
  EXPECT_TRUE(child<QPushButton>("streamStart")->isEnabled());
  EXPECT_LT(stalls->longestCpuMs(), 250);
  press("streamCancel");
  ASSERT_TRUE(waitUntil([&] { return dialog() == nullptr; }, 10));
}

}  // namespace
}  // namespace volpress::studio
