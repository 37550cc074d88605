// Projects, undo, the queue's controls and presets, with real clicks and keys on the real window.
#include <algorithm>
#include <fstream>

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include "app/engine/project.hpp"
#include "app/studio/inspector_panel.hpp"
#include "app/studio/queue_panel.hpp"
#include "app/studio/queue_row.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

class ProjectWindow : public WindowTest {
protected:
  void SetUp() override {
    qputenv("VOLPRESS_VIEWPORT", "painter");
    WindowTest::SetUp();
    window->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
  }
  void TearDown() override {
    WindowTest::TearDown();
    qunsetenv("VOLPRESS_VIEWPORT");
  }

  /// A few thousand splats: what is tested here is not the encoding.
  static fs::path smallScene() {
    const fs::path file = testing::scratchFolder("small") / "small.ply";
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    EXPECT_TRUE(formats::saveCloud(file, makeSampleScene(1, 0.02, runner), {}, io).has_value());
    return file;
  }
  void openSmall() {
    window->openFile(QString::fromStdString(smallScene().string()));
    ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  }
  void addCodec(const QString& id) {
    choose(child<QComboBox>("codec"), id);
    press("addJob");
  }
  [[nodiscard]] std::vector<const Entry*> variants() const {
    const Entry* source = document().activeSource();
    return source == nullptr ? std::vector<const Entry*>() : document().variantsOf(source->id);
  }
  [[nodiscard]] bool waitForVariants(std::size_t count) const {
    return waitUntil([&] { return variants().size() == count; }, 150);
  }
  [[nodiscard]] engine::JobStatus job(std::uint64_t id) const {
    for (const engine::JobStatus& one : window->session().jobs()) {
      if (one.id == id) {
        return one;
      }
    }
    return {};
  }
  [[nodiscard]] bool waitForState(std::uint64_t id, engine::JobState state) const {
    return waitUntil([&] { return job(id).state == state; }, 60);
  }
  QueueRow* row(std::uint64_t id) const {
    return child<QueueRow>(QStringLiteral("job.%1").arg(id));
  }
  void pressOn(std::uint64_t id, const char* button) const {
    QTest::mouseClick(row(id)->findChild<QToolButton*>(button), Qt::LeftButton);
  }
};

TEST_F(ProjectWindow, editsAreUndoneAndRedoneByKeys) {
  openSmall();
  addCodec("spz");
  ASSERT_TRUE(waitForVariants(1));
  const EntryId id = variants()[0]->id;
  const std::string name = variants()[0]->name;
  Session& session = window->session();
  session.rename(id, "for phones");
  session.setStarred(id, true);
  session.setNote(id, "looks fine from the door");
  auto* undo = child<QAction>("undo");
  EXPECT_TRUE(undo->text().contains("Note on for phones")) << undo->text().toStdString();

  // Delete in the tree moves it to the trash.
  auto* tree = child<QTreeWidget>("projectTree");
  tree->setCurrentItem(tree->topLevelItem(0)->child(0));
  QTest::qWait(50);
  tree = child<QTreeWidget>("projectTree");
  tree->setFocus();
  QTest::keyClick(tree, Qt::Key_Delete);
  ASSERT_TRUE(waitUntil([&] { return variants().empty(); }, 10));
  EXPECT_EQ(document().trash().size(), 1U);
  EXPECT_EQ(document().side(1), nullptr);
  EXPECT_EQ(tree->topLevelItem(1)->text(0), "Trash");

  QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_EQ(variants().size(), 1U);
  EXPECT_EQ(variants()[0]->id, id);
  EXPECT_EQ(document().side(1), variants()[0]) << "it stands where it stood";
  EXPECT_TRUE(document().trash().empty());
  for (int i = 0; i < 3; ++i) {
    QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier);
  }
  EXPECT_EQ(variants()[0]->name, name);
  EXPECT_FALSE(variants()[0]->starred);
  EXPECT_TRUE(variants()[0]->note.empty());
  for (int i = 0; i < 3; ++i) {
    QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  }
  EXPECT_EQ(variants()[0]->name, "for phones");
  EXPECT_TRUE(variants()[0]->starred);
  EXPECT_EQ(variants()[0]->note, "looks fine from the door");
}

TEST_F(ProjectWindow, closedSceneComesBackWithItsResults) {
  openSmall();
  addCodec("splat");
  ASSERT_TRUE(waitForVariants(1));
  QTest::keyClick(canvas(), Qt::Key_W, Qt::ControlModifier);
  ASSERT_TRUE(waitUntil([&] { return document().entries().empty(); }, 10));
  QTest::keyClick(canvas(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_EQ(variants().size(), 1U);
  EXPECT_NE(document().side(1), nullptr);
}

TEST_F(ProjectWindow, theQueueIsSteeredByItsButtons) {
  openSmall();
  addCodec("lightgaussian");
  addCodec("spz");
  addCodec("splat");
  const auto jobs = window->session().jobs();
  ASSERT_EQ(jobs.size(), 3U);
  const std::uint64_t first = jobs[0].id;
  const std::uint64_t second = jobs[1].id;
  const std::uint64_t third = jobs[2].id;
  ASSERT_TRUE(waitForState(first, engine::JobState::Running));
  press("pauseAll");
  ASSERT_TRUE(waitForState(first, engine::JobState::Paused));
  ASSERT_TRUE(waitForState(third, engine::JobState::Paused));
  EXPECT_EQ(row(first)->findChild<QLabel*>("state")->text(), "paused");

  // A waiting job gets other settings.
  pressOn(second, "edit");
  EXPECT_EQ(child<QComboBox>("codec")->currentData().toString(), "spz");
  EXPECT_EQ(child<QPushButton>("addJob")->text(), "Change the job");
  choose(child<QComboBox>("preset"), "small");
  press("addJob");
  ASSERT_TRUE(waitUntil([&] { return job(second).spec.preset == "small"; }, 10));
  EXPECT_EQ(child<QPushButton>("addJob")->text(), "Add to queue");
  EXPECT_EQ(window->session().jobs().size(), 3U) << "changed, not added";

  // The third is moved up, and alone goes on.
  pressOn(third, "up");
  ASSERT_TRUE(waitUntil([&] { return window->session().jobs()[1].id == third; }, 10));
  pressOn(third, "resume");
  ASSERT_TRUE(waitForState(third, engine::JobState::Done));
  EXPECT_EQ(job(first).state, engine::JobState::Paused);

  // A click opens the row: settings, resources and command are there.
  QTest::mouseClick(row(third), Qt::LeftButton, {}, QPoint(60, 8));
  EXPECT_TRUE(row(third)->isOpen());
  EXPECT_TRUE(row(third)->findChild<QLabel*>("command")->text().startsWith("volpress encode"));
  pressOn(third, "copy");
  EXPECT_TRUE(QApplication::clipboard()->text().startsWith("volpress encode"));

  pressOn(first, "cancel");
  ASSERT_TRUE(waitForState(first, engine::JobState::Cancelled));
  pressOn(second, "resume");
  ASSERT_TRUE(waitForState(second, engine::JobState::Done));
  press("clearEnded");
  EXPECT_TRUE(waitUntil([&] { return window->session().jobs().empty(); }, 10));
}

TEST_F(ProjectWindow, limitsReachTheQueue) {
  auto* running = child<QSpinBox>("maxRunning");
  running->setFocus();
  QTest::keyClick(running, Qt::Key_Up);
  EXPECT_EQ(window->session().queue().limits().maxRunning, 2U);
  auto* memory = child<QDoubleSpinBox>("memoryLimit");
  EXPECT_EQ(memory->text(), "no limit");
  memory->setFocus();
  QTest::keyClick(memory, Qt::Key_Up);
  EXPECT_EQ(window->session().queue().limits().memoryBytes, 1'000'000'000U);
}

TEST_F(ProjectWindow, aTargetIsMetOrRefusedInWords) {
  openSmall();
  choose(child<QComboBox>("codec"), "null");
  EXPECT_FALSE(child<QComboBox>("targetKind")->isEnabled()) << "it has no quality knob";
  choose(child<QComboBox>("codec"), "lightgaussian");
  choose(child<QComboBox>("preset"), "fast");
  auto* kind = child<QComboBox>("targetKind");
  ASSERT_TRUE(kind->isEnabled());
  kind->setFocus();
  QTest::keyClick(kind, Qt::Key_Down);
  auto* value = child<QDoubleSpinBox>("targetValue");
  value->setValue(0.03);
  press("addJob");
  const std::uint64_t id = window->session().jobs().back().id;
  ASSERT_TRUE(waitForState(id, engine::JobState::Done)) << job(id).error;
  const engine::Evaluation evaluation = *job(id).evaluation;
  EXPECT_LE(evaluation.encodes, 8U);
  EXPECT_LE(evaluation.fileBytes, 30'000U);
  EXPECT_GE(evaluation.fileBytes, 29'400U);
}

TEST_F(ProjectWindow, exportsAreReadAgainMeasuredAndKept) {
  openSmall();
  addCodec("spz");
  ASSERT_TRUE(waitForVariants(1));
  const EntryId id = variants()[0]->id;
  const fs::path target = testing::scratchFolder("verified") / "out.splat";
  window->session().exportVariant(id, target);
  ASSERT_TRUE(waitUntil([&] { return !document().find(id)->exports.empty(); }, 60));
  const engine::ExportRecord record = document().find(id)->exports.front();
  EXPECT_EQ(record.file, target);
  EXPECT_EQ(record.fileBytes, fs::file_size(target));
  EXPECT_EQ(record.splats, document().find(id)->cloud->count);
  EXPECT_GT(record.meanPsnr, 15);
  EXPECT_LT(record.meanPsnr, variants()[0]->evaluation->meanPsnr() + 0.5) << "a coarser format";
}

}  // namespace
}  // namespace volpress::studio
