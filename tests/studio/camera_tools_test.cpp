// Bookmarks, camera path, movies and view sets as an artist uses them: real clicks and keys.
#include <cmath>
#include <cstdlib>
#include <set>

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>
#include <QWindow>

#include "app/engine/bookmarks.hpp"
#include "app/engine/png_image.hpp"
#include "app/studio/camera_frusta.hpp"
#include "app/studio/path_panel.hpp"
#include "app/studio/view_set_dialog.hpp"
#include "scene/base/files.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

class CameraTools : public WindowTest {
protected:
  void openScene() {
    window->openFile(QString::fromStdString(someScene().string()));
    ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
    ASSERT_TRUE(waitUntil([&] { return window->viewport().framesShown() > 0; }, 60));
  }
  [[nodiscard]] Camera now() const { return window->viewport().camera().camera(64, 64); }
  void orbit(int dx, int dy) const {
    QTest::mousePress(canvas(), Qt::LeftButton, {}, QPoint(200, 150));
    QTest::mouseMove(canvas(), QPoint(200 + dx / 2, 150 + dy / 2));
    QTest::mouseMove(canvas(), QPoint(200 + dx, 150 + dy));
    QTest::mouseRelease(canvas(), Qt::LeftButton, {}, QPoint(200 + dx, 150 + dy));
  }
  /// Leaves a picture of the screen where $VOLPRESS_SHOTS says, for people to judge.
  static void shot(const char* name) {
    if (const char* folder = std::getenv("VOLPRESS_SHOTS")) {
      QTest::qWait(400);
      const std::string command = fmt::format("import -window root '{}/{}.png'", folder, name);
      EXPECT_EQ(std::system(command.c_str()), 0);
    }
  }
  void trigger(const QString& action) const {
    auto* found = window->findChild<QAction*>(action);
    ASSERT_NE(found, nullptr) << action.toStdString();
    ASSERT_TRUE(found->isEnabled()) << action.toStdString();
    found->trigger();
  }
};

bool same(const Camera& a, const Camera& b) {
  for (std::size_t i = 0; i < 9; ++i) {
    if (std::abs(a.rotation[i] - b.rotation[i]) > 1e-5F) {
      return false;
    }
  }
  return std::abs(a.position[0] - b.position[0]) + std::abs(a.position[1] - b.position[1]) +
             std::abs(a.position[2] - b.position[2]) <
         1e-4F;
}

TEST_F(CameraTools, bookmarksAreKeptNamedMovedAndRemoved) {
  openScene();
  auto* list = child<QListWidget>("bookmarkList");
  const Camera first = now();
  QTest::keyClick(canvas(), Qt::Key_B);
  orbit(120, 40);
  const Camera second = now();
  ASSERT_FALSE(same(first, second));
  press("bookmarkAdd");
  ASSERT_EQ(list->count(), 2);
  EXPECT_EQ(list->item(1)->text(), "View 2");

  // Ctrl and a digit, or a click, go there.
  QTest::keyClick(canvas(), Qt::Key_1, Qt::ControlModifier);
  EXPECT_TRUE(same(now(), first));
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                    list->visualItemRect(list->item(1)).center());
  EXPECT_TRUE(same(now(), second));

  // Thumbnails show the scene, not the blank plate.
  const auto colours = [list](int row) {
    const QImage picture = list->item(row)->icon().pixmap(72, 45).toImage();
    std::set<QRgb> seen;
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < picture.width(); ++x) {
        seen.insert(picture.pixel(x, y));
      }
    }
    return seen.size();
  };
  EXPECT_TRUE(waitUntil([&] { return colours(0) > 20 && colours(1) > 20; }, 30));
  shot("bookmarks");

  // F2 renames in place.
  list->setFocus();
  list->setCurrentRow(0);
  QTest::keyClick(list, Qt::Key_F2);
  auto* editor = list->findChild<QLineEdit*>();
  ASSERT_NE(editor, nullptr);
  editor->selectAll();
  QTest::keyClicks(editor, "from the left");
  QTest::keyClick(editor, Qt::Key_Return);
  QTest::qWait(50);  // the new name is taken once the editor is gone
  ASSERT_EQ(list->item(0)->text(), "from the left");

  // The menu moves it down; Delete removes it.
  emit list->customContextMenuRequested(list->visualItemRect(list->item(0)).center());
  QMenu* menu = nullptr;
  ASSERT_TRUE(waitUntil(
      [&] {
        menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        return menu != nullptr;
      },
      5));
  for (QAction* action : menu->actions()) {
    if (action->text().remove('&') == "Move down") {
      menu->setActiveAction(action);
      QTest::keyClick(menu, Qt::Key_Return);
      break;
    }
  }
  ASSERT_TRUE(waitUntil([&] { return list->item(1)->text() == "from the left"; }, 5));
  QTest::keyClick(canvas(), Qt::Key_2, Qt::ControlModifier);
  EXPECT_TRUE(same(now(), first));
  list->setFocus();
  list->setCurrentRow(0);
  QTest::keyClick(list, Qt::Key_Delete);
  EXPECT_EQ(list->count(), 1);
}

TEST_F(CameraTools, bookmarksAndPathAreUndoneAndKeptInTheProject) {
  openScene();
  auto* list = child<QListWidget>("bookmarkList");
  const auto undo = [&] { QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier); };
  const auto redo = [&] {
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  };
  const int before = list->count();
  press("bookmarkAdd");
  orbit(120, 40);
  press("bookmarkAdd");
  ASSERT_EQ(list->count(), before + 2);
  const QString name = list->item(before)->text();
  list->setFocus();
  list->setCurrentRow(before);
  QTest::keyClick(list, Qt::Key_Delete);
  ASSERT_EQ(list->count(), before + 1);
  undo();
  ASSERT_EQ(list->count(), before + 2);
  EXPECT_EQ(list->item(before)->text(), name);
  undo();
  undo();
  EXPECT_EQ(list->count(), before);
  redo();
  EXPECT_EQ(list->count(), before + 1);

  auto* panel = window->findChild<PathPanel*>();
  const std::size_t keys = panel->path().keys.size();
  QTest::keyClick(canvas(), Qt::Key_K);
  QTest::qWait(1300);  // apart, so that they are two steps
  orbit(80, 0);
  QTest::keyClick(canvas(), Qt::Key_K);
  ASSERT_EQ(panel->path().keys.size(), keys + 2);
  undo();
  EXPECT_EQ(panel->path().keys.size(), keys + 1);
  undo();
  EXPECT_EQ(panel->path().keys.size(), keys);
  redo();
  EXPECT_EQ(panel->path().keys.size(), keys + 1);

  // The project carries them, whatever the settings of this person say.
  const auto file = testing::scratchFolder("cameras") / "tour.volpress";
  ASSERT_TRUE(window->session().saveProject(file));
  press("bookmarkAdd");
  EXPECT_EQ(list->count(), before + 2);
  window->session().openProject(file);
  ASSERT_TRUE(waitUntil(
      [&] { return document().activeSource() != nullptr && document().activeSource()->isLoaded(); },
      60));
  EXPECT_EQ(list->count(), before + 1);
  EXPECT_EQ(panel->path().keys.size(), keys + 1);
  EXPECT_FALSE(window->session().isModified());
}

TEST_F(CameraTools, whatBelongsToAFileComesBackWithIt) {
  openScene();
  trigger("up+Z");
  EXPECT_EQ(window->viewport().camera().down(), (Vec3{0, 0, -1}));
  EXPECT_GT(now().rotation[5] * -1, 0);  // the picture's down has a part of world -z
  QTest::keyClick(canvas(), Qt::Key_U);
  EXPECT_EQ(window->viewport().camera().down(), (Vec3{0, 0, 1}));
  trigger("navigation2");
  const Camera before = now();
  EXPECT_TRUE(waitUntil([&] { return !same(before, now()); }, 5)) << "the turntable stands still";
  QTest::keyClick(canvas(), Qt::Key_B);
  TearDown();
  SetUp();
  openScene();
  EXPECT_EQ(window->viewport().camera().down(), (Vec3{0, 0, 1}));
  EXPECT_EQ(window->viewport().navigation(), NavigationMode::Turntable);
  EXPECT_GE(child<QListWidget>("bookmarkList")->count(), 1);
  // Fly: the left button looks around, so the eye stays.
  trigger("navigation1");
  const Camera still = now();
  orbit(80, 0);
  EXPECT_EQ(now().position, still.position);
  EXPECT_FALSE(same(now(), still));
  trigger("navigation0");
  trigger("up−Y");
}

TEST_F(CameraTools, aPathIsMadePlayedAndDrawn) {
  openScene();
  auto* panel = child<PathPanel>("cameraPath");
  panel->setPath({});
  openTab("Path");
  const Camera first = now();
  QTest::keyClick(canvas(), Qt::Key_K);
  orbit(150, 30);
  const Camera second = now();
  press("pathAdd");
  ASSERT_EQ(panel->path().keys.size(), 2U);
  EXPECT_EQ(panel->path().keys[1].seconds, 2);
  auto* seconds = child<QDoubleSpinBox>("pathSeconds");
  seconds->setFocus();
  seconds->selectAll();
  QTest::keyClicks(seconds, "1");
  QTest::keyClick(seconds, Qt::Key_Return);
  EXPECT_EQ(panel->path().keys[1].seconds, 1);
  shot("path");

  QTest::keyClick(canvas(), Qt::Key_Space, Qt::ControlModifier);
  EXPECT_TRUE(panel->playing());
  EXPECT_TRUE(waitUntil([&] { return !same(now(), first) && !same(now(), second); }, 10));
  EXPECT_TRUE(waitUntil([&] { return !panel->playing(); }, 20));
  EXPECT_TRUE(same(now(), second));

  const auto folder = testing::scratchFolder("studio_movie");
  press("pathMovie");
  auto* dialog = child<QDialog>("movieDialog");
  ASSERT_NE(dialog, nullptr);
  ASSERT_TRUE(waitUntil([&] { return dialog->isVisible(); }, 5));
  auto* size = child<QComboBox>("movieSize");
  size->setFocus();
  QTest::keyClick(size, Qt::Key_End);  // 640 x 360
  auto* kind = child<QComboBox>("movieKind");
  kind->setFocus();
  QTest::keyClick(kind, Qt::Key_End);  // PNG frames
  auto* rate = child<QDoubleSpinBox>("movieRate");
  rate->selectAll();
  QTest::keyClicks(rate, "4");
  auto* output = child<QLineEdit>("movieOutput");
  output->selectAll();
  QTest::keyClicks(output, QString::fromStdString((folder / "frames").string()));
  shot("movie");
  press("movieStart");
  auto* text = child<QLabel>("movieNote");
  ASSERT_TRUE(waitUntil([&] { return text->text().contains("frames: 5 frames,"); }, 60))
      << text->text().toStdString();
  const auto picture = engine::readPng(folder / "frames/frame_00004.png");
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(picture->width, 640U);

  // Cancel stops a long one and leaves nothing.
  rate->selectAll();
  QTest::keyClicks(rate, "240");
  output->selectAll();
  QTest::keyClicks(output, QString::fromStdString((folder / "other").string()));
  press("movieStart");
  ASSERT_TRUE(waitUntil([&] { return text->text().contains("Drawing frame"); }, 30));
  press("movieCancel");
  ASSERT_TRUE(waitUntil([&] { return text->text().contains("Cancelled"); }, 30));
  EXPECT_FALSE(std::filesystem::exists(folder / "other"));
  press("movieCancel");
}

TEST_F(CameraTools, viewSetsAreChosenMarkedAndDrawn) {
  openScene();
  QTest::keyClick(canvas(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
  auto* dialog = window->findChild<ViewSetDialog*>("viewSetDialog");
  ASSERT_NE(dialog, nullptr);
  auto* list = child<QListWidget>("viewList");
  ASSERT_TRUE(waitUntil([&] { return list->count() > 0; }, 60));
  auto* kind = child<QComboBox>("viewKind");
  kind->setFocus();
  QTest::keyClick(kind, Qt::Key_Down);
  auto* count = child<QSpinBox>("viewCount");
  count->selectAll();
  QTest::keyClicks(count, "9");
  press("bookmarkAdd");  // drawing its thumbnail leaves alone the views that are being made
  auto* text = child<QLabel>("viewNote");
  ASSERT_TRUE(waitUntil([&] { return text->text().contains("orbit:9"); }, 60))
      << text->text().toStdString();
  ASSERT_GT(list->count(), 3);
  EXPECT_EQ(dialog->spec(), "orbit:9");
  EXPECT_FALSE(dialog->marksChanged());
  // A tick by the space bar holds a view out.
  list->setFocus();
  list->setCurrentRow(0);
  QTest::keyClick(list, Qt::Key_Space);
  EXPECT_TRUE(dialog->views().views[0].heldOut);
  EXPECT_TRUE(dialog->marksChanged());
  // From far enough away the cameras are in the picture.
  QTest::keyClick(canvas(), Qt::Key_H);
  for (int i = 0; i < 8; ++i) {
    QWheelEvent wheel(QPointF(100, 100), QPointF(100, 100), {}, QPoint(0, -120), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(canvas(), &wheel);
  }
  shot("views");
  press("viewUse");
  EXPECT_TRUE(
      waitUntil([&] { return window->findChild<ViewSetDialog*>("viewSetDialog") == nullptr; }, 5));
}

TEST(CameraFrusta, anEdgeBehindTheEyeIsCutAtTheNearPlane) {
  Camera camera;  // looks along +z from the origin
  camera.nearPlane = 0.5F;
  const auto cut = projectLine(camera, {{0, 0, -2}, {0, 1, 2}, FrustumKind::Plain});
  ASSERT_TRUE(cut.has_value());
  // At z = 0.5 the line is at y = 0.625.
  EXPECT_NEAR((*cut)[3], camera.fy * 0.625F / 0.5F + camera.cy, 1e-2);
  EXPECT_FALSE(projectLine(camera, {{0, 0, -2}, {0, 1, -1}, FrustumKind::Plain}).has_value());
  std::vector<WorldLine> lines;
  addFrustum(lines, camera, 2, FrustumKind::Plain);
  EXPECT_EQ(lines.size(), 10U);
  for (const WorldLine& line : lines) {
    EXPECT_LE(std::abs(line.to[2] - 2), 1e-5F);
  }
}

TEST(ViewCamera, looksThroughRolledCamerasAndGoesOnUpright) {
  ViewCamera camera;
  camera.setHome(lookAt({0, 0, -4}, {0, 0, 0}, {0, 1, 0}, 0.8F, 640, 400), 4);
  const Camera rolled = lookAt({1, -2, -3}, {0, 0, 0}, {0.5F, 1, 0}, 0.6F, 640, 400);
  camera.lookThrough(rolled, 3);
  EXPECT_TRUE(same(camera.camera(640, 400), rolled));
  EXPECT_NEAR(camera.camera(640, 400).fy, rolled.fy, 1e-2);
  camera.orbit(0, 0);
  const Camera upright = camera.camera(640, 400);
  EXPECT_NEAR(upright.position[0], 1, 1e-4);
  EXPECT_NEAR(upright.rotation[1], 0, 1e-5);  // the picture's right has no part of down
  camera.goHome();
  EXPECT_NEAR(camera.camera(640, 400).position[2], -4, 1e-5);
}

TEST(ViewCamera, anotherDownKeepsEyeAndDirection) {
  ViewCamera camera;
  camera.setHome(lookAt({1, -1, -4}, {0, 0, 0}, {0, 1, 0}, 0.8F, 640, 400), 4);
  const Camera before = camera.camera(640, 400);
  camera.setDown({0, 0, -1});
  const Camera after = camera.camera(640, 400);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(after.position[c], before.position[c], 1e-4);
    EXPECT_NEAR(after.rotation[6 + c], before.rotation[6 + c], 1e-4);
  }
  EXPECT_LT(after.rotation[5], 0);
}

}  // namespace
}  // namespace volpress::studio
