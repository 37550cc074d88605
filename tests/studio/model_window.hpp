// Models on the real window: what their tests share. Where VOLPRESS_SHOTS names a folder, pictures
// of the window are kept there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <vector>

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QPixmap>
#include <QScreen>
#include <QTest>
#include <QWindow>

#include "app/engine/evaluate.hpp"
#include "app/studio/export_dialog.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {

namespace fs = std::filesystem;

inline fs::path writeMesh(const Mesh& mesh, const char* name) {
  const fs::path file = testing::scratchFolder("models") / name;
  SerialRunner runner;
  const auto package = formats::writeGltfMesh(mesh, {}, runner, {});
  EXPECT_TRUE(package.has_value());
  const auto bytes = formats::assembleGlb(*package);
  EXPECT_TRUE(bytes.has_value() && writeFileAtomically(file, *bytes).has_value());
  return file;
}

class ModelWindow : public WindowTest {
protected:
  void key(Qt::Key code, Qt::KeyboardModifiers modifiers = {}) const {
    QTest::keyClick(canvas(), code, modifiers);
  }

  /// As a drop on the window, a double click or the command line does; waits for the picture.
  void open(const fs::path& file) {
    const std::size_t before = document().entries().size();
    window->openFile(QString::fromStdString(file.string()));
    ASSERT_TRUE(waitUntil([&] { return document().entries().size() > before; }, 60));
    ASSERT_TRUE(waitForFullPicture());
  }

  [[nodiscard]] std::vector<const Entry*> variants() const {
    const Entry* source = document().activeSource();
    return source == nullptr ? std::vector<const Entry*>() : document().variantsOf(source->id);
  }

  /// Chooses in the inspector, presses Add, and waits for the variant.
  void addVariant(const QString& codec, const QString& preset) {
    const std::size_t before = variants().size();
    choose(child<QComboBox>("codec"), codec);
    if (!preset.isEmpty()) {
      choose(child<QComboBox>("preset"), preset);
    }
    press("addJob");
    ASSERT_TRUE(waitUntil([&] { return variants().size() > before; }, 120)) << codec.toStdString();
    ASSERT_TRUE(variants().back()->evaluation.has_value());
  }

  void orbit() const {
    const QPoint from(canvas()->width() / 4, canvas()->height() / 2);
    QTest::mousePress(canvas(), Qt::LeftButton, {}, from);
    for (int step = 1; step <= 20; ++step) {
      QTest::mouseMove(canvas(), from + QPoint(4 * step, step), 15);
    }
    QTest::mouseRelease(canvas(), Qt::LeftButton, {}, from + QPoint(80, 20));
  }

  /// Every way of comparing draws something.
  void walkModes(const char* name) {
    Viewport& view = window->viewport();
    EXPECT_EQ(view.mode(), CompareMode::Wipe);  // the first result came beside the original
    ASSERT_TRUE(waitUntil([&] { return view.facts().quality[1].has_value(); }, 60));
    shot(name, "wipe");
    const QPoint handle(canvas()->width() / 2, canvas()->height() / 2);
    QTest::mousePress(canvas(), Qt::LeftButton, {}, handle);
    QTest::mouseMove(canvas(), handle + QPoint(60, 0), 30);
    QTest::mouseRelease(canvas(), Qt::LeftButton, {}, handle + QPoint(60, 0));
    EXPECT_GT(view.wipe(), 0.52F);
    key(Qt::Key_S);
    ASSERT_TRUE(waitForFullPicture());
    shot(name, "side-by-side");
    for (int map = 0; map < 2; ++map) {  // absolute, FLIP
      key(Qt::Key_D);
      EXPECT_NE(view.heat().kind, HeatKind::None);
      ASSERT_TRUE(waitForFullPicture());
    }
    shot(name, "flip-map");
    view.setHeat(HeatKind::None);
    key(Qt::Key_L);
    QTest::mouseMove(canvas(), handle / 2);
    ASSERT_TRUE(waitForFullPicture());
    shot(name, "loupe");
    key(Qt::Key_L);
    key(Qt::Key_1);
    key(Qt::Key_F);
    key(Qt::Key_W);
  }

  /// Ctrl+E with the chosen variant on B; the record of the written file.
  engine::ExportRecord exportAs(const QString& extension, const fs::path& target) {
    key(Qt::Key_E, Qt::ControlModifier);
    auto* dialog = child<ExportDialog>("exportDialog");
    EXPECT_TRUE(QTest::qWaitForWindowExposed(dialog));
    choose(dialog->findChild<QComboBox*>("exportFormat"), extension);
    auto* path = dialog->findChild<QLineEdit*>("exportPath");
    path->setFocus();
    path->selectAll();
    QTest::keyClicks(path, QString::fromStdString(target.string()));
    const EntryId id = document().side(1)->id;
    const std::size_t before = document().find(id)->exports.size();
    press("exportSave");
    EXPECT_TRUE(waitUntil([&] { return document().find(id)->exports.size() > before; }, 60));
    return document().find(id)->exports.empty() ? engine::ExportRecord()
                                                : document().find(id)->exports.back();
  }

  void shot(const char* name, const char* step) const {
    if (const char* folder = std::getenv("VOLPRESS_SHOTS")) {
      static_cast<void>(waitUntil([] { return false; }, 0.4));
      const QRect place = window->frameGeometry();
      EXPECT_TRUE(window->screen()
                      ->grabWindow(0, place.x(), place.y(), place.width(), place.height())
                      .save(QStringLiteral("%1/%2-%3.png").arg(folder, name, step)));
    }
  }

  /// Saves, closes, and opens the project again.
  void reopen(const char* name) {
    const fs::path project = testing::scratchFolder("model-project") / name;
    ASSERT_TRUE(window->session().saveProject(project));
    window->session().newProject();
    ASSERT_EQ(document().activeSource(), nullptr);
    window->openFile(QString::fromStdString(project.string()));
    ASSERT_TRUE(waitUntil(
        [&] {
          return document().side(0) != nullptr && document().side(0)->isLoaded() &&
                 document().side(1) != nullptr && document().side(1)->isLoaded();
        },
        60));
    ASSERT_TRUE(waitForFullPicture());
  }
};

}  // namespace volpress::studio
