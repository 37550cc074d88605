// A whole working session by real input events: from opening a scene to finding everything again.
// Where VOLPRESS_SCREENSHOTS names a folder, a picture of each step is kept there.
#include <cstdlib>

#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QTableWidget>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QWindow>

#include "app/engine/project.hpp"
#include "app/studio/chart_panel.hpp"
#include "app/studio/export_dialog.hpp"
#include "app/studio/queue_row.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

class Walk : public WindowTest {
protected:
  static fs::path makeScene() {
    fs::path file = testing::scratchFolder("walk") / "still life.ply";
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    EXPECT_TRUE(formats::saveCloud(file, makeSampleScene(1, 0.1, runner), {}, io).has_value());
    return file;
  }
  void step(const char* name) {
    ++m_step;
    if (const char* folder = std::getenv("VOLPRESS_SCREENSHOTS")) {
      QTest::qWait(500);  // the newest frame reaches the screen
      EXPECT_TRUE(window->screen()->grabWindow(0).save(
          QStringLiteral("%1/%2-%3.png").arg(folder).arg(m_step, 2, 10, QChar('0')).arg(name)));
    }
  }
  void key(Qt::Key pressed, Qt::KeyboardModifiers with = {}) const {
    // There is no window manager here to make the window active again after a menu or dialog.
    QApplication::setActiveWindow(window.get());
    QTest::keyClick(canvas(), pressed, with);
  }
  void drag(QPoint from, QPoint by) const {
    QTest::mousePress(canvas(), Qt::LeftButton, {}, from);
    for (int i = 1; i <= 4; ++i) {
      QTest::mouseMove(canvas(), from + by * i / 4);
      QTest::qWait(15);
    }
    QTest::mouseRelease(canvas(), Qt::LeftButton, {}, from + by);
  }
  [[nodiscard]] std::vector<const Entry*> variants() const {
    const Entry* source = document().activeSource();
    return source == nullptr ? std::vector<const Entry*>() : document().variantsOf(source->id);
  }
  std::uint64_t add(const QString& codec, const QString& preset) {
    choose(child<QComboBox>("codec"), codec);
    if (!preset.isEmpty()) {
      choose(child<QComboBox>("preset"), preset);
    }
    press("addJob");
    return window->session().jobs().back().id;
  }
  [[nodiscard]] engine::JobState state(std::uint64_t id) const {
    for (const engine::JobStatus& job : window->session().jobs()) {
      if (job.id == id) {
        return job.state;
      }
    }
    return engine::JobState::Failed;
  }
  void pressOn(std::uint64_t id, const char* button) const {
    auto* row = child<QueueRow>(QStringLiteral("job.%1").arg(id));
    QTest::mouseClick(row->findChild<QToolButton*>(button), Qt::LeftButton);
  }
  bool waitForState(std::uint64_t id, engine::JobState wanted) const {
    return waitUntil([&] { return state(id) == wanted; }, 120);
  }

private:
  int m_step = 0;
};

TEST_F(Walk, fromOpeningASceneToFindingEverythingAgain) {
  using engine::JobState;
  // Open, look, bookmark.
  window->openFile(QString::fromStdString(makeScene().string()));
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  ASSERT_TRUE(waitForFullPicture());
  step("open");
  const QPoint middle(canvas()->width() / 2, canvas()->height() / 2);
  drag(middle, {90, 25});
  ASSERT_TRUE(waitForFullPicture());
  step("look");
  key(Qt::Key_B);
  EXPECT_EQ(child<QListWidget>("bookmarkList")->count(), 1);
  step("bookmark");

  // Three codecs with presets; one is paused and goes on, a fourth is cancelled.
  const std::uint64_t paused = add("lightgaussian", "small");
  const std::uint64_t spz = add("spz", "small");
  const std::uint64_t sog = add("sog", {});
  const std::uint64_t unwanted = add("lightgaussian", "fast");
  ASSERT_TRUE(waitForState(paused, JobState::Running));
  pressOn(paused, "pause");
  ASSERT_TRUE(waitForState(paused, JobState::Paused));
  pressOn(unwanted, "cancel");
  ASSERT_TRUE(waitForState(unwanted, JobState::Cancelled));
  step("queue");
  pressOn(paused, "resume");
  for (const std::uint64_t id : {paused, spz, sog}) {
    ASSERT_TRUE(waitForState(id, JobState::Done)) << id;
  }
  ASSERT_TRUE(waitUntil([&] { return variants().size() == 3; }, 30));

  // Every way of comparing.
  Viewport& view = window->viewport();
  ASSERT_TRUE(waitUntil([&] { return view.facts().quality[1].has_value(); }, 60));
  EXPECT_EQ(view.mode(), CompareMode::Wipe);
  step("wipe");
  key(Qt::Key_S);
  EXPECT_EQ(view.mode(), CompareMode::SideBySide);
  ASSERT_TRUE(waitForFullPicture());
  step("side-by-side");
  key(Qt::Key_1);
  EXPECT_EQ(view.mode(), CompareMode::Single);
  key(Qt::Key_F);
  step("flip");
  key(Qt::Key_S);
  for (const char* map : {"difference", "difference-flip", "difference-signed"}) {
    key(Qt::Key_D);
    EXPECT_NE(view.heat().kind, HeatKind::None);
    ASSERT_TRUE(waitForFullPicture());
    step(map);
  }
  key(Qt::Key_D);
  EXPECT_EQ(view.heat().kind, HeatKind::None);
  key(Qt::Key_L);
  QTest::mouseMove(canvas(), middle / 2);
  step("loupe");
  key(Qt::Key_L);
  key(Qt::Key_E);
  ASSERT_TRUE(waitUntil([&] { return view.sides()[1].errors != nullptr; }, 120));
  step("errors-on-splats");
  key(Qt::Key_E);

  // What causes the artefact, and what else the panels tell.
  openTab("Attribution");
  press("attributionRun");
  auto* shares = child<QTableWidget>("attributionTable");
  ASSERT_TRUE(waitUntil([&] { return shares->isVisible() && shares->rowCount() > 0; }, 240));
  step("attribution");
  openTab("Chart");
  auto* chart = child<ChartView>("chartView");
  ASSERT_TRUE(waitUntil([&] { return chart->isVisible() && chart->points().size() == 3; }, 10));
  const ChartPoint point = chart->points().back();
  QTest::mouseClick(chart, Qt::LeftButton, {}, chart->dotOf(point).toPoint());
  EXPECT_EQ(document().side(1)->id, point.entry);
  step("chart");
  openTab("Table");
  EXPECT_EQ(child<QTableWidget>("resultsTable")->rowCount(), 3);
  step("table");

  // Crop and encode again.
  openTab("Edit scene");
  ASSERT_TRUE(waitUntil([&] { return child<QPushButton>("editAdd")->isEnabled(); }, 60));
  auto* menu = child<QMenu>("editMenu");
  QTimer::singleShot(300, menu, [menu] {
    auto* action = menu->findChild<QAction*>("addEdit.crop-box");
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
    menu->close();  // where the click found nothing, the test goes on and fails
  });
  press("editAdd");
  ASSERT_EQ(document().activeSource()->edits.size(), 1U);
  ASSERT_TRUE(waitUntil(
      [&] {
        return !window->session().isEditing() && document().activeSource()->outcome != nullptr;
      },
      60));
  ASSERT_TRUE(waitForFullPicture());
  step("crop");
  openTab("Inspector");
  const std::uint64_t cropped = add("spz", "small");
  ASSERT_TRUE(waitForState(cropped, JobState::Done));
  ASSERT_TRUE(waitUntil([&] { return variants().size() == 4; }, 30));
  step("cropped-result");

  // Export what SOG made as SPZ: the note says what is lost, the file is read again and measured.
  for (const Entry* variant : variants()) {
    if (variant->jobId == sog) {
      window->session().setSide(1, variant->id);
    }
  }
  key(Qt::Key_E, Qt::ControlModifier);
  auto* dialog = child<ExportDialog>("exportDialog");
  ASSERT_NE(dialog, nullptr);
  ASSERT_TRUE(QTest::qWaitForWindowExposed(dialog));
  auto* format = dialog->findChild<QComboBox*>("exportFormat");
  choose(format, ".spz");
  auto* path = dialog->findChild<QLineEdit*>("exportPath");
  const fs::path exported = testing::scratchFolder("walk-export") / "shipped.spz";
  path->setFocus();
  path->selectAll();
  QTest::keyClicks(path, QString::fromStdString(exported.string()));
  step("export");
  bool told = false;
  for (const QLabel* label : dialog->findChildren<QLabel*>()) {
    told = told || label->text().contains("Lost in this format");
  }
  EXPECT_TRUE(told);
  press("exportSave");
  const EntryId shipped = document().side(1)->id;
  ASSERT_TRUE(waitUntil([&] { return !document().find(shipped)->exports.empty(); }, 60));
  EXPECT_EQ(document().find(shipped)->exports.front().fileBytes, fs::file_size(exported));
  EXPECT_GT(document().find(shipped)->exports.front().meanPsnr, 15);
  step("exported");

  // Undo everything but the opening, which has results by now, and redo it.
  std::size_t undone = 0;
  const auto next = [&] { return window->session().undoStack().undoText().value_or("Open"); };
  while (!next().starts_with("Open") && undone < 50) {
    key(Qt::Key_Z, Qt::ControlModifier);
    ++undone;
  }
  EXPECT_TRUE(document().activeSource()->edits.empty());
  EXPECT_EQ(child<QListWidget>("bookmarkList")->count(), 0);
  EXPECT_GE(undone, 2U);
  QTest::qWait(200);
  step("undone");
  for (std::size_t i = 0; i < undone; ++i) {
    key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  }
  ASSERT_TRUE(waitUntil([&] { return variants().size() == 4; }, 30));
  EXPECT_EQ(document().activeSource()->edits.size(), 1U);
  step("redone");

  // Close, saving; then everything is there again.
  const fs::path project = testing::scratchFolder("walk-project") / "still life.volpress";
  window->close();
  auto* question = child<QMessageBox>("saveQuestion");
  ASSERT_NE(question, nullptr);
  step("closing");
  QTest::mouseClick(question->findChild<QPushButton*>("questionSave"), Qt::LeftButton);
  answerFileDialog("saveProjectDialog", project);
  ASSERT_TRUE(waitUntil([&] { return !window->isVisible(); }, 30));
  stalls.reset();
  window.reset();
  window = std::make_unique<MainWindow>(
      SessionPlaces{testing::programPath(), testing::scratchFolder("cache")});
  window->show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
  window->openFile(QString::fromStdString(project.string()));
  ASSERT_TRUE(waitUntil([&] { return variants().size() == 4; }, 60));
  ASSERT_TRUE(waitForFullPicture());
  EXPECT_EQ(document().activeSource()->edits.size(), 1U);
  EXPECT_EQ(child<QListWidget>("bookmarkList")->count(), 1);
  EXPECT_FALSE(window->isWindowModified());
  step("reopened");
}

}  // namespace
}  // namespace volpress::studio
