// Editing a scene in the window: real clicks, keys and drags.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QWindow>

#include "app/studio/chart_panel.hpp"
#include "app/studio/edit_step.hpp"
#include "app/studio/param_field.hpp"
#include "compressors/codec.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

class SceneEditing : public WindowTest {
protected:
  /// A sample scene that is small enough for jobs to take seconds.
  static std::filesystem::path smallScene() {
    auto file = testing::scratchFolder("small") / "sample.ply";
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    EXPECT_TRUE(formats::saveCloud(file, makeSampleScene(1, 0.1, runner), {}, io).has_value());
    return file;
  }
  void openScene() {
    const std::filesystem::path file = smallScene();
    stalls->restart();
    if (std::getenv("VOLPRESS_SHOTS") != nullptr) {
      window->resize(window->screen()->size());
    }
    window->openFile(QString::fromStdString(file.string()));
    ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
    ASSERT_TRUE(waitUntil([&] { return window->viewport().framesShown() > 0; }, 60));
    window->session().setViews("orbit:3");  // jobs measure on few views here
  }
  /// The button's menu, by a click on one of its entries.
  void addEdit(const QString& kind) {
    ASSERT_TRUE(waitUntil([&] { return child<QPushButton>("editAdd")->isEnabled(); }, 60));
    auto* menu = child<QMenu>("editMenu");
    QTimer::singleShot(200, menu, [menu, kind] {
      auto* action = menu->findChild<QAction*>("addEdit." + kind);
      QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
      menu->close();  // where the click found nothing, the test goes on and fails
    });
    const std::size_t before = source().edits.size();
    press("editAdd");
    ASSERT_EQ(source().edits.size(), before + 1);
    ASSERT_EQ(source().edits.back().kind, kind.toStdString());
  }
  /// With the left button, in steps as a hand makes them.
  void drag(QPointF start, QPointF end) const {
    const QPoint from = start.toPoint();
    const QPoint to = end.toPoint();
    QTest::mousePress(canvas(), Qt::LeftButton, {}, from);
    for (int i = 1; i <= 5; ++i) {
      QTest::mouseMove(canvas(), from + (to - from) * i / 5);
      QTest::qWait(30);
    }
    QTest::mouseRelease(canvas(), Qt::LeftButton, {}, to);
  }
  [[nodiscard]] const Entry& source() const { return *document().activeSource(); }
  [[nodiscard]] EditStepCard* card(std::size_t index) const {
    return child<EditStepCard>(QStringLiteral("editStep.%1").arg(index));
  }
  template <typename Object>
  Object* inCard(std::size_t index, const char* name) const {
    auto* widget = card(index)->findChild<Object*>(name);
    EXPECT_NE(widget, nullptr) << name;
    return widget;
  }
  /// By its key. There is no window manager here to make the window active again after a menu.
  void undo() const {
    QApplication::setActiveWindow(window.get());
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
  }
  /// Waits until what is shown is what the edits make of the scene.
  [[nodiscard]] bool edited() const {
    return waitUntil(
        [&] {
          const bool none = activeEdits(source().edits).empty();
          return !window->session().isEditing() &&
                 (none ? source().outcome == nullptr
                       : source().outcome != nullptr && source().outcome->edits == source().edits);
        },
        60);
  }
  [[nodiscard]] std::size_t shown() const { return window->viewport().sides()[0].cloud->count; }
  static void shot(const char* name) {
    if (const char* folder = std::getenv("VOLPRESS_SHOTS")) {
      QTest::qWait(900);
      const std::string command = fmt::format("import -window root '{}/{}.png'", folder, name);
      EXPECT_EQ(std::system(command.c_str()), 0);
    }
  }
};

double number(const edit::EditOperation& operation, const char* id) {
  return paramReal(operation.params, id);
}

TEST_F(SceneEditing, theSceneIsTurnedAndResizedInThePicture) {
  openScene();
  openTab("Edit scene");
  addEdit("rotate");
  ASSERT_TRUE(edited());
  const auto ring = window->viewport().handlePosition(1);
  ASSERT_TRUE(ring) << "the ring about y has no handle on the screen";
  shot("edit-rings");
  drag(*ring, *ring + QPointF(60, 0));
  ASSERT_TRUE(edited());
  const double turned = number(source().edits[0], "y");
  EXPECT_GT(std::abs(turned), 3);
  EXPECT_NEAR(number(source().edits[0], "x"), 0, 1e-9);
  EXPECT_NEAR(inCard<QDoubleSpinBox>(0, "param.y")->value(), turned, 0.051);
  shot("edit-rings-dragged");
  undo();
  EXPECT_EQ(number(source().edits[0], "y"), 0);

  addEdit("scale");
  ASSERT_TRUE(edited());
  const auto ruler = window->viewport().handlePosition(1);
  ASSERT_TRUE(ruler);
  shot("edit-rulers");
  drag(*ruler, *ruler + QPointF(0, ruler->y() < canvas()->height() / 2.0 ? 30 : -30));
  ASSERT_TRUE(edited());
  EXPECT_LT(number(source().edits[1], "factor"), 1) << "towards the origin it gets smaller";
}

TEST_F(SceneEditing, aCropIsAddedDraggedSwitchedUndoneAndCompressed) {
  openScene();
  openTab("Edit scene");
  const std::size_t splats = source().splats();
  addEdit("crop-box");
  ASSERT_TRUE(edited());
  const std::size_t cropped = shown();
  EXPECT_LT(cropped, splats);
  EXPECT_GT(cropped, splats / 2);
  EXPECT_NE(child<QLabel>("editSummary")->text().indexOf("kept"), -1);
  EXPECT_EQ(window->viewport().sides()[0].name, "original, edited");
  shot("edit-box");

  // A handle of the box in the viewport: the side follows, and one undo takes the whole drag back.
  const auto handle = window->viewport().handlePosition(3);
  ASSERT_TRUE(handle) << "the box has no handle on the screen";
  const auto middle = window->viewport().handlePosition(0);
  ASSERT_TRUE(middle);
  const double before = number(source().edits[0], "min_y");
  drag(*handle, *handle + (*middle - *handle) * 0.5);
  const double after = number(source().edits[0], "min_y");
  EXPECT_GT(after, before);
  EXPECT_LT(after, number(source().edits[0], "max_y"));
  ASSERT_TRUE(edited());
  EXPECT_LT(shown(), cropped);
  EXPECT_NEAR(inCard<QDoubleSpinBox>(0, "param.min_y")->value(), after, 0.01);
  shot("edit-box-dragged");
  undo();
  EXPECT_EQ(number(source().edits[0], "min_y"), before);
  ASSERT_TRUE(edited());
  EXPECT_EQ(shown(), cropped);

  // Off and on again.
  QTest::mouseClick(inCard<QCheckBox>(0, "editOn"), Qt::LeftButton, {}, QPoint(8, 8));
  EXPECT_FALSE(source().edits[0].enabled);
  ASSERT_TRUE(edited());
  EXPECT_EQ(shown(), splats);
  undo();
  ASSERT_TRUE(edited());
  EXPECT_EQ(shown(), cropped);

  // The job compresses what is shown, measures against it, and its command line says so.
  choose(child<QComboBox>("codec"), "spz");
  press("addJob");
  ASSERT_TRUE(waitUntil([&] { return document().variantsOf(source().id).size() == 1; }, 240));
  const Entry& variant = *document().variantsOf(source().id).front();
  ASSERT_TRUE(variant.evaluation);
  EXPECT_EQ(variant.evaluation->splatsIn, cropped);
  EXPECT_EQ(variant.cloud->count, cropped);
  EXPECT_TRUE(doTheSame(variant.edits, source().edits));
  const std::string command = window->session().jobs().front().commandLine;
  EXPECT_NE(command.find("--crop-box=" + edit::formatEdit(source().edits[0])), std::string::npos)
      << command;
  ASSERT_TRUE(waitUntil([&] { return window->viewport().facts().quality[1].has_value(); }, 60));
  EXPECT_GT(window->viewport().facts().quality[1]->psnr, 25) << "compared with the uncropped scene";
  shot("edit-compressed");

  // With other edits the result says that it is of another state.
  QTest::mouseClick(inCard<QCheckBox>(0, "editOn"), Qt::LeftButton, {}, QPoint(8, 8));
  ASSERT_TRUE(edited());
  EXPECT_EQ(window->viewport().sides()[1].note, "made with other edits");
}

TEST_F(SceneEditing, stepsAreReorderedTypedRemovedAndFailuresAreTold) {
  openScene();
  openTab("Edit scene");
  addEdit("remove-floaters");
  addEdit("max-scale");
  ASSERT_TRUE(edited());
  EXPECT_EQ(source().outcome->steps.size(), 2U);
  EXPECT_FALSE(inCard<QWidget>(0, "editUp")->isVisible()) << "one step is open at a time";
  shot("edit-steps");

  // By keys: the size is typed, one step of undo for all of it.
  auto* size = inCard<QDoubleSpinBox>(1, "param.size");
  const double suggested = number(source().edits[1], "size");
  size->setFocus();
  size->selectAll();
  QTest::keyClicks(size, QString::number(suggested / 2, 'f', size->decimals()));
  QTest::keyClick(size, Qt::Key_Return);
  EXPECT_NEAR(number(source().edits[1], "size"), suggested / 2, suggested / 100);
  const std::size_t before = shown();
  ASSERT_TRUE(edited());
  EXPECT_LT(shown(), before);

  // A slider moves the value, live.
  auto* slider = inCard<MarkedSlider>(1, "slider.size");
  const int place = slider->value();
  slider->setFocus();
  QTest::keyClick(slider, Qt::Key_Right);
  EXPECT_GT(slider->value(), place);
  EXPECT_GT(number(source().edits[1], "size"), suggested / 2);

  // Earlier, then away.
  QTest::mouseClick(inCard<QToolButton>(1, "editUp"), Qt::LeftButton);
  ASSERT_EQ(source().edits[0].kind, "max-scale");
  ASSERT_TRUE(edited());
  EXPECT_TRUE(inCard<QWidget>(0, "editRemove")->isVisible()) << "the moved step stays open";
  QTest::mouseClick(inCard<QToolButton>(0, "editRemove"), Qt::LeftButton);
  ASSERT_EQ(source().edits.size(), 1U);
  EXPECT_EQ(source().edits[0].kind, "remove-floaters");
  EXPECT_EQ(window->session().undoStack().undoText(), "Remove edit: Remove large splats");
  undo();
  EXPECT_EQ(source().edits.size(), 2U);

  // Edits that leave nothing are told in words, and the picture stays.
  addEdit("crop-sphere");
  ASSERT_TRUE(edited());
  const std::size_t kept = shown();
  auto* x = inCard<QDoubleSpinBox>(2, "param.x");
  x->setFocus();
  x->selectAll();
  QTest::keyClicks(x, "900000");
  QTest::keyClick(x, Qt::Key_Return);
  ASSERT_TRUE(edited());
  EXPECT_NE(child<QLabel>("editProblem")->text().indexOf("would remove all"), -1);
  EXPECT_TRUE(child<QLabel>("editProblem")->isVisible());
  EXPECT_EQ(shown(), kept);
  shot("edit-problem");

  press("editReset");
  EXPECT_TRUE(source().edits.empty());
  ASSERT_TRUE(edited());
  EXPECT_EQ(shown(), source().splats());
  undo();
  EXPECT_EQ(source().edits.size(), 3U);
  EXPECT_LT(stalls->longestCpuMs(), 250);
}

/// A scene with a gigantic splat, two that lie far out, and three that are there twice.
std::filesystem::path illScene() {
  auto file = testing::scratchFolder("ill") / "ill scan.ply";
  SerialRunner runner;
  GaussianCloud cloud = makeSampleScene(1, 0.05, runner);
  const std::size_t count = cloud.count;
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < count; ++i) {
    order.push_back(i);
  }
  order.insert(order.end(), {5, 6, 7});
  cloud = gatherSplats(cloud, order);
  cloud.logScales[300] = 16;
  cloud.means[600] = 90000;
  cloud.means[603] = -90000;
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  EXPECT_TRUE(formats::saveCloud(file, cloud, {}, io).has_value());
  return file;
}

TEST_F(SceneEditing, theDoctorWarnsShowsMendsAndRepairs) {
  const std::filesystem::path file = illScene();
  window->openFile(QString::fromStdString(file.string()));
  ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  // A serious finding speaks up by itself, and its button brings the doctor up front.
  auto* notice = child<QLabel>("noticeText");
  ASSERT_TRUE(waitUntil([&] { return notice->text().contains("10,000 times as large"); }, 60))
      << notice->text().toStdString();
  auto* doctor = child<QWidget>("doctorPanel");
  EXPECT_TRUE(doctor->visibleRegion().isEmpty());
  press("noticeDeed");
  ASSERT_TRUE(waitUntil([&] { return !doctor->visibleRegion().isEmpty(); }, 10));
  EXPECT_EQ(child<QLabel>("doctorVerdict")->text(), "3 problems");
  for (const char* id : {"gigantic-splats", "far-outliers", "duplicates"}) {
    auto* finding = child<QWidget>(QStringLiteral("finding.") + id);
    EXPECT_TRUE(waitUntil([&] { return finding->isVisible(); }, 5)) << id;
    EXPECT_LE(finding->mapTo(window.get(), finding->rect().bottomRight()).x(), window->width())
        << "it reaches over the window's edge";
  }
  shot("doctor");

  // Its splats are pointed out, until the button is pressed again.
  ASSERT_TRUE(waitUntil([&] { return window->viewport().framesShown() > 0; }, 60));
  const auto before = window->viewport().sides()[0].cloud;
  press("show.far-outliers");
  ASSERT_TRUE(waitUntil([&] { return window->viewport().sides()[0].cloud != before; }, 60));
  const auto painted = window->viewport().sides()[0].cloud;
  ASSERT_EQ(painted->count, before->count);
  EXPECT_GT(painted->shDc[600], 1) << "the far one is not in a strong colour";
  EXPECT_GT(painted->opacityLogits[200], 1);
  EXPECT_NE(window->viewport().sides()[0].name.find("pointed out"), std::string::npos);
  shot("doctor-shown");
  press("show.far-outliers");
  EXPECT_EQ(window->viewport().sides()[0].cloud, before);

  // Its edit is added like any other.
  press("remedy.far-outliers");
  ASSERT_EQ(source().edits.size(), 1U);
  EXPECT_EQ(source().edits[0].kind, "remove-outliers");
  ASSERT_TRUE(edited());
  EXPECT_EQ(shown(), source().splats() - 2);
  EXPECT_FALSE(child<QWidget>("editPanel")->visibleRegion().isEmpty());
  undo();
  EXPECT_TRUE(source().edits.empty());

  // Repairing never replaces a file; the repaired copy opens and is healthy.
  const std::size_t splats = source().splats();
  auto* examine = window->findChild<QAction*>("doctor.examine");
  ASSERT_TRUE(examine->isEnabled());
  press("doctorRepair");
  auto* path = child<QLineEdit>("repairPath");
  EXPECT_EQ(path->text(),
            QString::fromStdString((file.parent_path() / "ill scan-repaired.ply").string()));
  shot("doctor-repair");
  path->selectAll();
  QTest::keyClicks(path, QString::fromStdString(file.string()));
  EXPECT_FALSE(child<QPushButton>("repairStart")->isEnabled());
  EXPECT_NE(child<QLabel>("repairNote")->text().indexOf("exists already"), -1);
  path->selectAll();
  QTest::keyClicks(path, QString::fromStdString((file.parent_path() / "mended.ply").string()));
  QTest::keyClick(path, Qt::Key_Return);
  ASSERT_TRUE(waitUntil([&] { return source().name == "mended.ply"; }, 60));
  EXPECT_EQ(source().splats(), splats - 6);
  ASSERT_TRUE(waitUntil(
      [&] { return child<QLabel>("doctorVerdict")->text() == "Nothing is wrong with it."; }, 60));
}

TEST_F(SceneEditing, aSweepDrawsACurve) {
  openScene();
  choose(child<QComboBox>("codec"), "spz");
  QApplication::setActiveWindow(window.get());
  QTest::keyClick(window.get(), Qt::Key_W, Qt::ControlModifier | Qt::ShiftModifier);
  auto* points = child<QSpinBox>("sweepPoints");
  ASSERT_NE(points, nullptr);
  EXPECT_EQ(child<QComboBox>("sweepCodec")->currentData().toString(), "spz");
  points->setFocus();
  points->selectAll();
  QTest::keyClicks(points, "2");
  QTest::keyClick(points, Qt::Key_Tab);
  EXPECT_EQ(child<QLabel>("sweepValues")->text().count(','), 1);
  shot("sweep-dialog");
  press("sweepAdd");
  ASSERT_EQ(window->session().jobs().size(), 2U);
  const compressors::CodecInfo& info = compressors::findCodec("spz")->info();
  for (const engine::JobStatus& job : window->session().jobs()) {
    EXPECT_EQ(job.spec.overrides.count(info.qualityKnob), 1U);
  }
  EXPECT_NE(window->session().jobs()[0].spec.overrides, window->session().jobs()[1].spec.overrides);
  ASSERT_TRUE(waitUntil([&] { return document().variantsOf(source().id).size() == 2; }, 240));
  const auto variants = document().variantsOf(source().id);

  EXPECT_NE(variants[0]->fileBytes, variants[1]->fileBytes);
  EXPECT_NE(variants[0]->name, variants[1]->name);
  openTab("Chart");
  shot("sweep-chart");

  // A box drawn over the plot zooms in; a double-click on empty ground zooms out.
  auto* chart = child<ChartView>("chartView");
  ASSERT_EQ(chart->points().size(), 2U);
  const QPoint first = chart->dotOf(chart->points()[0]).toPoint();
  const QPoint apart = chart->dotOf(chart->points()[1]).toPoint() - first;
  const QPoint corner(20, 18);
  QTest::mousePress(chart, Qt::LeftButton, {}, first - corner);
  QTest::mouseMove(chart, first + corner);
  QTest::mouseRelease(chart, Qt::LeftButton, {}, first + corner);
  EXPECT_TRUE(chart->isZoomed());
  const QPoint zoomed =
      (chart->dotOf(chart->points()[1]) - chart->dotOf(chart->points()[0])).toPoint();
  EXPECT_GT(std::abs(zoomed.x()), 2 * std::abs(apart.x()));
  shot("chart-zoomed");
  QTest::mouseDClick(chart, Qt::LeftButton, {}, chart->rect().center() + QPoint(0, 30));
  EXPECT_FALSE(chart->isZoomed());

  // What is thrown away stays as a hollow dot; a click brings it back.
  const EntryId thrown = variants[0]->id;
  window->session().removeVariant(thrown);
  ASSERT_EQ(document().trash().size(), 1U);
  ASSERT_EQ(chart->points().size(), 2U);
  const auto hollow = std::find_if(chart->points().begin(), chart->points().end(),
                                   [](const ChartPoint& point) { return point.thrownAway; });
  ASSERT_NE(hollow, chart->points().end());
  EXPECT_EQ(hollow->entry, thrown);
  shot("chart-hollow");
  QTest::mouseClick(chart, Qt::LeftButton, {}, chart->dotOf(*hollow).toPoint());
  EXPECT_TRUE(document().trash().empty());
  EXPECT_EQ(document().side(1), document().find(thrown));

  // Saved as a picture, a drawing, and numbers.
  auto* panel = child<ChartPanel>("chart");
  for (const char* name : {"chart.png", "chart.svg", "chart.csv"}) {
    const auto path = testing::scratchFolder("chart") / name;
    EXPECT_TRUE(panel->save(QString::fromStdString(path.string())).isEmpty()) << name;
    EXPECT_GT(std::filesystem::file_size(path), 100U) << name;
  }
  EXPECT_EQ(panel->csv().count('\n'), 3);
  EXPECT_FALSE(panel->save("chart.txt").isEmpty());

  // Names of results, however long, push nothing over the edge.
  auto* bytes = child<QWidget>("byteBars");
  EXPECT_LE(bytes->mapTo(window.get(), bytes->rect().bottomRight()).x(), window->width() - 10);
  EXPECT_LE(bytes->window()->width(), 1280);
}

}  // namespace
}  // namespace volpress::studio
