// Palette, shortcuts, settings and keys in the real window, and the window when things go wrong.
#include <fstream>
#include <set>

#include <QComboBox>
#include <QDockWidget>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSettings>
#include <QTest>
#include <QTreeWidget>
#include <QWindow>

#include "app/studio/command_list.hpp"
#include "app/studio/command_palette.hpp"
#include "app/studio/settings_dialog.hpp"
#include "app/studio/shortcut_dialog.hpp"
#include "tests/studio/window_fixture.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

class StudioHandling : public WindowTest {
protected:
  void SetUp() override {
    QSettings().clear();
    WindowTest::SetUp();
    activate();
  }
  /// There is no window manager in the test to do it.
  void activate() const {
    QApplication::setActiveWindow(window.get());
    ASSERT_TRUE(waitUntil([&] { return window->isActiveWindow(); }, 5));
  }
  void TearDown() override {
    WindowTest::TearDown();
    for (const char* name : {"VK_DRIVER_FILES", "VOLPRESS_LOSE_DEVICE_AFTER"}) {
      qunsetenv(name);
    }
    QSettings().clear();
  }
  [[nodiscard]] QString notice() const {
    auto* bar = child<QWidget>("notice");
    return bar->isVisible() ? child<QLabel>("noticeText")->text() : QString();
  }
  [[nodiscard]] QAction* action(const char* name) const {
    auto* found = window->findChild<QAction*>(name);
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  void open(const fs::path& path) {
    window->openFile(QString::fromStdString(path.string()));
    ASSERT_TRUE(waitUntil([&] { return document().activeSource() != nullptr; }, 60));
  }
  /// A copy of a scene that the test may change.
  static fs::path ownScene() {
    const fs::path scene = someScene();
    fs::path copy = testing::scratchFolder("own") / ("own" + scene.extension().string());
    fs::copy(scene, copy);
    return copy;
  }
  /// Starts the window anew, with what the environment says now.
  void restart(const fs::path& cache) {
    stalls.reset();
    window.reset();
    window = std::make_unique<MainWindow>(SessionPlaces{testing::programPath(), cache});
    window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
    activate();
  }
};

TEST_F(StudioHandling, paletteFindsRunsAndRemembers) {
  QTest::keyClick(window.get(), Qt::Key_K, Qt::ControlModifier);
  auto* palette = window->findChild<CommandPalette*>("commandPalette");
  ASSERT_NE(palette, nullptr);
  auto* words = palette->findChild<QLineEdit*>("paletteWords");
  EXPECT_TRUE(waitUntil([&] { return words->hasFocus(); }, 5));
  const std::size_t all = palette->shown().size();
  EXPECT_GE(all, 25U);
  QTest::keyClicks(words, "ltth");
  ASSERT_FALSE(palette->shown().empty());
  EXPECT_LT(palette->shown().size(), all);
  EXPECT_EQ(palette->shown().front(), action("lightTheme"));
  EXPECT_FALSE(action("lightTheme")->isChecked());
  QTest::keyClick(words, Qt::Key_Return);
  EXPECT_TRUE(waitUntil([&] { return action("lightTheme")->isChecked(); }, 5));

  EXPECT_TRUE(waitUntil([&] { return window->findChild<CommandPalette*>() == nullptr; }, 5));
  activate();
  QTest::keyClick(window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  palette = window->findChild<CommandPalette*>("commandPalette");
  ASSERT_NE(palette, nullptr);
  EXPECT_EQ(palette->shown().front(), action("lightTheme"));
  words = palette->findChild<QLineEdit*>("paletteWords");
  QTest::keyClick(words, Qt::Key_Down);
  EXPECT_EQ(palette->findChild<QListWidget*>("paletteList")->currentRow(), 1);
  QTest::keyClicks(words, "zzqx");
  QTest::keyClick(words, Qt::Key_Return);  // nothing fits: nothing happens
  EXPECT_TRUE(palette->isVisible());
  QTest::keyClick(words, Qt::Key_Escape);
  EXPECT_TRUE(waitUntil([&] { return window->findChild<CommandPalette*>() == nullptr; }, 5));
}

TEST_F(StudioHandling, aTakenKeyIsToldAndTakenOver) {
  action("shortcutsAction")->trigger();
  auto* dialog = window->findChild<ShortcutDialog*>("shortcutDialog");
  ASSERT_NE(dialog, nullptr);
  auto* filter = dialog->findChild<QLineEdit*>("shortcutFilter");
  QTest::keyClicks(filter, "reset layout");
  auto* assign = dialog->findChild<QPushButton*>("shortcutAssign");
  auto* keys = dialog->findChild<QKeySequenceEdit*>("shortcutKeys");
  auto* message = dialog->findChild<QLabel*>("shortcutMessage");
  EXPECT_FALSE(assign->isEnabled());
  keys->setKeySequence(QKeySequence("Ctrl+E"));
  EXPECT_TRUE(message->text().contains("Export")) << message->text().toStdString();
  QTest::mouseClick(assign, Qt::LeftButton);
  EXPECT_EQ(action("resetLayout")->shortcut(), QKeySequence("Ctrl+E"));
  EXPECT_TRUE(action("export")->shortcuts().isEmpty());
  EXPECT_TRUE(QSettings().contains("shortcuts/export"));
  keys->setKeySequence(QKeySequence("Ctrl+Alt+Y"));
  EXPECT_EQ(message->text(), "");

  QTest::mouseClick(dialog->findChild<QPushButton*>("shortcutResetAll"), Qt::LeftButton);
  EXPECT_EQ(action("export")->shortcut(), QKeySequence("Ctrl+E"));
  EXPECT_TRUE(action("resetLayout")->shortcuts().isEmpty());
  EXPECT_FALSE(QSettings().contains("shortcuts/export"));
}

TEST_F(StudioHandling, noTwoCommandsShareAKey) {
  std::map<QString, QString> owners;
  for (const CommandEntry& command : commandsOf(*window)) {
    for (const QKeySequence& key : command.action->shortcuts()) {
      const auto [at, fresh] = owners.emplace(key.toString(), command.name);
      EXPECT_TRUE(fresh) << key.toString().toStdString() << ": " << at->second.toStdString()
                         << " and " << command.name.toStdString();
    }
  }
  EXPECT_GE(owners.size(), 15U);
}

TEST_F(StudioHandling, everyMenuAndEntryHasAMnemonicOfItsOwn) {
  for (const QAction* top : window->menuBar()->actions()) {
    EXPECT_TRUE(top->text().contains('&')) << top->text().toStdString();
    QMenu* menu = top->menu();
    ASSERT_NE(menu, nullptr);
    emit menu->aboutToShow();
    std::set<QChar> letters;
    for (const QAction* entry : menu->actions()) {
      if (entry->isSeparator() || entry->text().isEmpty()) {
        continue;
      }
      const auto at = entry->text().indexOf('&');
      ASSERT_GE(at, 0) << entry->text().toStdString();
      EXPECT_TRUE(letters.insert(entry->text()[at + 1].toLower()).second)
          << entry->text().toStdString();
    }
  }
}

TEST_F(StudioHandling, tabReachesTheControlsAndComesBack) {
  auto* first = child<QWidget>("welcomeOpen");
  first->setFocus();
  ASSERT_TRUE(waitUntil([&] { return first->hasFocus(); }, 5));
  std::set<QString> seen;
  int presses = 0;
  do {
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    ASSERT_NE(QApplication::focusWidget(), nullptr);
    seen.insert(QApplication::focusWidget()->objectName());
  } while (QApplication::focusWidget() != first && ++presses < 80);
  EXPECT_LT(presses, 80);
  for (const char* name : {"welcomeSample", "codec", "preset"}) {
    EXPECT_TRUE(seen.count(name) > 0) << name;
  }
}

TEST_F(StudioHandling, everyPanelCanBeHiddenAndShownByItsCommand) {
  for (QDockWidget* dock : window->findChildren<QDockWidget*>()) {
    QAction* toggle = dock->toggleViewAction();
    ASSERT_TRUE(toggle->isEnabled()) << dock->objectName().toStdString();
    toggle->trigger();
    EXPECT_TRUE(dock->isHidden()) << dock->objectName().toStdString();
    toggle->trigger();
    EXPECT_FALSE(dock->isHidden()) << dock->objectName().toStdString();
  }
}

TEST_F(StudioHandling, settingsApplyAtOnceAndAreKept) {
  action("settingsAction")->trigger();
  auto* dialog = window->findChild<SettingsDialog*>("settingsDialog");
  ASSERT_NE(dialog, nullptr);
  dialog->findChild<QComboBox*>("settingsTheme")->setCurrentIndex(1);
  EXPECT_TRUE(action("lightTheme")->isChecked());
  dialog->findChild<QComboBox*>("settingsRenderer")->setCurrentIndex(1);
  EXPECT_TRUE(action("rendererSoftware")->isChecked());
  dialog->close();
  restart(testing::scratchFolder("cache"));
  EXPECT_TRUE(action("lightTheme")->isChecked());
  EXPECT_TRUE(action("rendererSoftware")->isChecked());
  action("rendererAutomatic")->trigger();
  EXPECT_EQ(loadSettings().renderer, RendererSetting::Automatic);
}

TEST_F(StudioHandling, aFileThatChangesOnDiskIsOfferedAgain) {
  const fs::path scene = ownScene();
  open(scene);
  const EntryId before = document().activeSource()->id;
  EXPECT_EQ(notice(), "");
  fs::copy_file(someScene(), scene, fs::copy_options::overwrite_existing);
  fs::last_write_time(scene, fs::file_time_type::clock::now() + std::chrono::seconds(5));
  ASSERT_TRUE(waitUntil([&] { return notice().contains("changed on disk"); }, 10));
  press("noticeDeed");
  ASSERT_TRUE(waitUntil([&] { return document().activeSource()->id != before; }, 60));

  fs::remove(scene);
  ASSERT_TRUE(waitUntil([&] { return notice().contains("no longer"); }, 10));
  EXPECT_NE(document().activeSource(), nullptr);  // what is open stays open
  press("addJob");
  ASSERT_TRUE(waitUntil(
      [&] {
        return !window->session().jobs().empty() &&
               window->session().jobs().back().state == engine::JobState::Failed;
      },
      60));
  EXPECT_NE(window->session().jobs().back().error.find("own"), std::string::npos);
}

TEST_F(StudioHandling, aCacheThatCannotBeWrittenIsAMessage) {
  restart("/proc/volpress-cache");
  action("sample")->trigger();
  ASSERT_TRUE(waitUntil([&] { return notice().contains("/proc/volpress-cache"); }, 120));
  open(someScene());  // the window goes on
  press("addJob");
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto& jobs = window->session().jobs();
        return (!jobs.empty() && jobs.back().state == engine::JobState::Failed) ||
               notice().contains("/proc/volpress-cache");
      },
      60));
}

TEST_F(StudioHandling, withoutVulkanTheWindowWorks) {
  qputenv("VK_DRIVER_FILES", "/nonexistent");
  restart(testing::scratchFolder("cache"));
  ASSERT_TRUE(waitUntil([&] { return notice().contains("without Vulkan"); }, 30));
  open(someScene());
  ASSERT_TRUE(waitUntil([&] { return window->viewport().framesShown() > 0; }, 60));
  EXPECT_EQ(window->viewport().facts().path, "software");
  action("settingsAction")->trigger();
  auto* dialog = window->findChild<SettingsDialog*>("settingsDialog");
  EXPECT_FALSE(dialog->findChild<QComboBox*>("settingsDevice")->isEnabled());
}

TEST_F(StudioHandling, aLostDeviceGivesWayToTheSoftware) {
  qputenv("VOLPRESS_LOSE_DEVICE_AFTER", "1");
  restart(testing::scratchFolder("cache"));
  open(someScene());
  ASSERT_TRUE(waitUntil([&] { return window->viewport().framesShown() > 0; }, 60));
  if (!window->viewport().canvas()->isWindowType()) {
    GTEST_SKIP() << "there is no Vulkan device here that could be lost";
  }
  QTest::keyClick(canvas(), Qt::Key_U);  // the next picture finds the device gone
  ASSERT_TRUE(waitUntil([&] { return notice().contains("graphics device was lost"); }, 60));
  const std::uint64_t before = window->viewport().framesShown();
  const Vec3 eye = window->viewport().camera().camera(64, 64).position;
  QObject* pictures = window->viewport().canvas();
  ASSERT_TRUE(pictures->isWidgetType());
  auto* widget = static_cast<QWidget*>(pictures);
  const QPoint middle = widget->rect().center();
  QTest::mousePress(widget, Qt::LeftButton, {}, middle);
  QTest::mouseMove(widget, middle + QPoint(40, 10));
  QTest::mouseMove(widget, middle + QPoint(80, 20));
  QTest::mouseRelease(widget, Qt::LeftButton, {}, middle + QPoint(80, 20));
  EXPECT_NE(window->viewport().camera().camera(64, 64).position, eye);
  ASSERT_TRUE(waitUntil(
      [&] {
        return window->viewport().framesShown() > before && !window->viewport().facts().coarse;
      },
      60));
  EXPECT_EQ(window->viewport().facts().path, "software");
}

}  // namespace
}  // namespace volpress::studio
