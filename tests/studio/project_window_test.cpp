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
#include <QMessageBox>
#include <QPlainTextEdit>
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
    fs::path file = testing::scratchFolder("small") / "small.ply";
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
  /// The window ends without being closed, as after a crash (but for its destructors), and the next
  /// one finds what it left.
  void startAnew() {
    const fs::path cache =
        window->session().resultsFolder().parent_path().parent_path().parent_path();
    stalls.reset();
    window.reset();
    window = std::make_unique<MainWindow>(SessionPlaces{testing::programPath(), cache});
    window->show();
  }
  void saveTo(const fs::path& file) const {
    child<QAction>("saveProjectAs")->trigger();
    answerFileDialog("saveProjectDialog", file);
    ASSERT_TRUE(waitUntil([&] { return window->session().projectFile() == file; }, 10));
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

TEST_F(ProjectWindow, aProjectIsSavedMovedAndOpenedAgain) {
  openSmall();
  addCodec("spz");
  ASSERT_TRUE(waitForVariants(1));
  addCodec("compressed-ply");
  ASSERT_TRUE(waitForVariants(2));
  EXPECT_TRUE(window->isWindowModified());
  const double psnr = variants()[0]->evaluation->meanPsnr();
  window->session().rename(variants()[0]->id, "for phones");
  const fs::path folder = testing::scratchFolder("project-window");
  saveTo(folder / "mine.volpress");
  EXPECT_FALSE(window->isWindowModified());
  EXPECT_TRUE(window->windowTitle().startsWith("mine"));
  for (const Entry* variant : variants()) {
    EXPECT_EQ(variant->path.parent_path(), folder / "mine.results");
    EXPECT_TRUE(fs::exists(variant->path));
  }
  EXPECT_TRUE(fs::is_empty(window->session().resultsFolder())) << "results are there once only";

  // A new project asks nothing: all is saved.
  child<QAction>("newProject")->trigger();
  EXPECT_EQ(window->findChild<QMessageBox*>("saveQuestion"), nullptr);
  EXPECT_TRUE(document().entries().empty());

  // The folder moves, as artists do; the scene stays.
  const fs::path moved = testing::scratchFolder("project-moved") / "there";
  fs::rename(folder, moved);
  child<QAction>("openProject")->trigger();
  answerFileDialog("openProjectDialog", moved / "mine.volpress");
  ASSERT_TRUE(waitForVariants(2));
  EXPECT_EQ(variants()[0]->name, "for phones");
  EXPECT_DOUBLE_EQ(variants()[0]->evaluation->meanPsnr(), psnr);
  EXPECT_FALSE(variants()[0]->missing);
  EXPECT_FALSE(window->isWindowModified());
  const EntryId second = variants()[1]->id;
  window->session().setSide(1, second);
  ASSERT_TRUE(waitUntil([&] { return document().find(second)->isLoaded(); }, 60))
      << "read when it is first shown";
}

TEST_F(ProjectWindow, missingFilesAreLocatedTogether) {
  openSmall();
  addCodec("spz");
  ASSERT_TRUE(waitForVariants(1));
  const fs::path folder = testing::scratchFolder("locate");
  const fs::path scene = document().activeSource()->path;
  saveTo(folder / "mine.volpress");
  window->session().newProject();
  fs::create_directories(folder / "elsewhere");
  fs::rename(scene, folder / "elsewhere" / "small.ply");
  window->openFile(QString::fromStdString((folder / "mine.volpress").string()));
  ASSERT_TRUE(waitForVariants(1));
  ASSERT_TRUE(document().activeSource()->missing);
  EXPECT_TRUE(child<QLabel>("noticeText")->text().contains("Locate"));
  window->session().locate(document().activeSource()->id, folder / "elsewhere" / "small.ply");
  ASSERT_TRUE(waitUntil([&] { return document().activeSource()->isLoaded(); }, 60));
  EXPECT_FALSE(document().activeSource()->missing);
}

TEST_F(ProjectWindow, theNextStartGoesOnWithEverything) {
  openSmall();
  addCodec("spz");
  ASSERT_TRUE(waitForVariants(1));
  const std::string name = "survivor";
  window->session().rename(variants()[0]->id, name);
  const std::uint64_t done = variants()[0]->jobId;
  addCodec("lightgaussian");
  const std::uint64_t running = window->session().jobs().back().id;
  ASSERT_TRUE(waitForState(running, engine::JobState::Running));
  startAnew();
  ASSERT_TRUE(waitUntil([&] { return !variants().empty(); }, 30));
  EXPECT_EQ(variants()[0]->name, name);
  EXPECT_EQ(variants()[0]->jobId, done);
  EXPECT_TRUE(window->isWindowModified());
  ASSERT_TRUE(waitForVariants(2)) << "the job that ran was started anew by itself";
  EXPECT_EQ(variants()[1]->jobId, running);
}

TEST_F(ProjectWindow, aSceneThatIsOpenedBesideTheLastSessionKeepsItsOwnView) {
  openSmall();
  startAnew();
  window->openFile(QString::fromStdString(someScene().string()));
  const auto allAreRead = [&] {
    const auto& entries = document().entries();
    return entries.size() == 2 && std::all_of(entries.begin(), entries.end(),
                                              [](const Entry& one) { return one.isLoaded(); });
  };
  ASSERT_TRUE(waitUntil(allAreRead, 60));
  QTest::qWait(50);  // whatever the last one that was read has still to say
  const Entry* active = document().activeSource();
  ASSERT_EQ(active->path, someScene());
  const Camera seen = window->viewport().camera().camera(64, 64);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(seen.position[axis], active->home.position[axis], 1e-3F);
  }
}

TEST_F(ProjectWindow, closingAsksOnlyWhereSomethingWouldBeLost) {
  openSmall();
  addCodec("spz");
  ASSERT_TRUE(waitForVariants(1));
  window->close();
  auto* question = child<QMessageBox>("saveQuestion");
  ASSERT_NE(question, nullptr);
  EXPECT_TRUE(window->isVisible());
  QTest::mouseClick(question->findChild<QPushButton*>("questionSave"), Qt::LeftButton);
  const fs::path file = testing::scratchFolder("closing") / "mine.volpress";
  answerFileDialog("saveProjectDialog", file);
  ASSERT_TRUE(waitUntil([&] { return !window->isVisible(); }, 10)) << "saving, it closes";
  EXPECT_TRUE(fs::exists(file));
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

TEST_F(ProjectWindow, settingsBecomeAPresetAndADefault) {
  openSmall();
  auto* codec = child<QComboBox>("codec");
  choose(codec, "spz");
  auto* preset = child<QComboBox>("preset");
  choose(preset, "general:Small");
  EXPECT_EQ(child<InspectorPanel>("inspector")->preset(), "small");
  auto* bits = child<QSpinBox>("param.sh_bits");
  const int before = bits->value();
  bits->setFocus();
  QTest::keyClick(bits, Qt::Key_Up);
  ASSERT_EQ(bits->value(), before + 1);
  child<QAction>("savePreset")->trigger();
  auto* dialog = child<QInputDialog>("presetName");
  ASSERT_NE(dialog, nullptr);
  dialog->setTextValue("Phones");
  dialog->accept();
  ASSERT_TRUE(waitUntil([&] { return preset->findData("mine:Phones") >= 0; }, 10));

  choose(codec, "sog");
  EXPECT_EQ(preset->findData("mine:Phones"), -1) << "it says nothing about this codec";
  choose(codec, "spz");
  preset->setCurrentIndex(preset->findData("mine:Phones"));
  EXPECT_EQ(child<QSpinBox>("param.sh_bits")->value(), before + 1);
  press("addJob");
  const engine::JobSpec spec = window->session().jobs().back().spec;
  EXPECT_EQ(spec.preset, "small");
  EXPECT_EQ(std::get<std::int64_t>(spec.overrides.at("sh_bits")), before + 1);

  child<QAction>("presetDefault")->trigger();
  EXPECT_EQ(window->session().project().defaultCodec, "spz");
  EXPECT_EQ(window->session().project().presets.size(), 1U) << "it travels with the project";
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

TEST_F(ProjectWindow, photographsToLearnFromBelongToTheScene) {
  openSmall();
  auto* button = child<QPushButton>("photosChoose");
  choose(child<QComboBox>("codec"), "spz");
  EXPECT_FALSE(button->isVisible());  // it learns nothing
  choose(child<QComboBox>("codec"), "compact3d");
  ASSERT_TRUE(button->isVisible());
  const auto photosOf = [this] { return document().activeSource()->photos().dataset; };
  const fs::path folder = testing::scratchFolder("capture");
  auto* notes = child<QPlainTextEdit>("log");
  press("photosChoose");
  answerFileDialog("photosDialog", folder);
  ASSERT_TRUE(waitUntil(
      [&] { return notes->toPlainText().contains("These photographs cannot be used."); }, 10));
  EXPECT_TRUE(photosOf().empty());

  std::ofstream(folder / "transforms.json") << R"({"w": 8, "h": 8, "fl_x": 8, "frames": [
      {"file_path": "a.png", "transform_matrix": [[1,0,0,0],[0,1,0,0],[0,0,1,4],[0,0,0,1]]}]})";
  // Qt's dialog loses a typed name at times: what it answers is given by hand this time.
  press("photosChoose");
  auto* dialog = child<QFileDialog>("photosDialog");
  ASSERT_NE(dialog, nullptr);
  emit dialog->fileSelected(QString::fromStdString(folder.string()));
  dialog->reject();
  ASSERT_TRUE(waitUntil([&] { return photosOf() == folder; }, 10));
  EXPECT_EQ(button->text().toStdString(), folder.filename().string());
  window->session().queue().pauseAll();
  press("addJob");
  ASSERT_TRUE(waitUntil([&] { return window->session().jobs().size() == 1; }, 10));
  EXPECT_EQ(window->session().jobs()[0].spec.photos.dataset, folder);

  press("photosClear");
  EXPECT_TRUE(photosOf().empty());
  child<QAction>("undo")->trigger();
  EXPECT_EQ(photosOf(), folder);
  const fs::path file = testing::scratchFolder("photos") / "mine.volpress";
  ASSERT_TRUE(window->session().saveProject(file));
  window->session().openProject(file);
  EXPECT_EQ(photosOf(), folder);
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
