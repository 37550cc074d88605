// Palette search, shortcuts, settings, contrast and the cache, without the window around them.
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>
#include <QAction>
#include <QApplication>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenuBar>
#include <QPushButton>
#include <QSettings>
#include <QTest>

#include "app/engine/result_cache.hpp"
#include "app/studio/command_list.hpp"
#include "app/studio/fuzzy_match.hpp"
#include "app/studio/studio_settings.hpp"
#include "app/studio/theme.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

/// One application for all tests, without a display.
QApplication& application() {
  static QApplication* made = [] {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("XDG_CONFIG_HOME",
            QByteArray::fromStdString(testing::scratchFolder("config").string()));
    static int argc = 1;
    static char name[] = "studio_tools_test";
    static char* argv[] = {name, nullptr};
    auto* application = new QApplication(argc, argv);  // lives as long as the process
    QApplication::setOrganizationName("volpress-test");
    QApplication::setApplicationName("studio-tools-test");
    return application;
  }();
  return *made;
}

TEST(FuzzyMatch, lettersMustComeInOrder) {
  EXPECT_TRUE(fuzzyScore(u"exp", u"Export…").has_value());
  EXPECT_TRUE(fuzzyScore(u"sbs", u"Side by side").has_value());
  EXPECT_TRUE(fuzzyScore(u"ADD que", u"Add to queue").has_value());
  EXPECT_FALSE(fuzzyScore(u"pxe", u"Export…").has_value());
  EXPECT_FALSE(fuzzyScore(u"exportt", u"Export…").has_value());
  EXPECT_FALSE(fuzzyScore(u"a", u"").has_value());
  EXPECT_EQ(fuzzyScore(u"", u"anything"), 0);
}

TEST(FuzzyMatch, wordBeginningsAndRunsWin) {
  const auto better = [](std::u16string_view pattern, std::u16string_view good,
                         std::u16string_view bad) {
    const auto a = fuzzyScore(pattern, good);
    const auto b = fuzzyScore(pattern, bad);
    return a.has_value() && b.has_value() && *a > *b;
  };
  EXPECT_TRUE(better(u"sw", u"Swap sides", u"Close window"));
  EXPECT_TRUE(better(u"sbs", u"Side by side", u"Turn absurdly small boxes"));
  EXPECT_TRUE(better(u"wipe", u"Wipe", u"Wide pipe"));
  EXPECT_TRUE(better(u"open", u"Open…", u"Open recent"));
  EXPECT_TRUE(better(u"ex", u"Export…", u"Next variant on B"));
}

class CommandListTest : public ::testing::Test {
protected:
  void SetUp() override {
    application();
    QSettings().clear();
    window = std::make_unique<QMainWindow>();
    QMenu* file = window->menuBar()->addMenu("&File");
    open = add(file, "open", "&Open…", QKeySequence("Ctrl+O"));
    file->addSeparator();
    QMenu* recent = file->addMenu("Open recent");
    recent->addAction("no name, no command");
    QMenu* view = window->menuBar()->addMenu("&View");
    QMenu* panels = view->addMenu("Panels");
    queue = add(panels, "queue", "Queue", {});
    flip = add(nullptr, "flip", "Flip", QKeySequence("F"));
    window->addAction(flip);
  }
  static QAction* add(QMenu* menu, const QString& name, const QString& text,
                      const QKeySequence& key) {
    auto* action = new QAction(text, qApp);
    action->setObjectName(name);
    action->setShortcut(key);
    action->setToolTip(key.isEmpty() ? text : text + " (" + key.toString() + ")");
    if (menu != nullptr) {
      menu->addAction(action);
    }
    return action;
  }
  void TearDown() override {
    window.reset();
    qDeleteAll(std::vector<QAction*>{open, queue, flip});
  }
  std::unique_ptr<QMainWindow> window;
  QAction *open = nullptr, *queue = nullptr, *flip = nullptr;
};

TEST_F(CommandListTest, menusInOrderThenTheRest) {
  const auto list = commandsOf(*window);
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].name, "Open…");
  EXPECT_EQ(list[0].path, "File");
  EXPECT_EQ(list[1].path, "View › Panels");
  EXPECT_EQ(list[2].action, flip);
  EXPECT_EQ(list[2].path, "");
}

TEST_F(CommandListTest, changedKeysAreKeptAndDefaultsAreNot) {
  restoreShortcuts(*window);
  setShortcutsOf(*open, {QKeySequence("Ctrl+J")});
  EXPECT_EQ(open->toolTip(), "&Open… (Ctrl+J)");
  setShortcutsOf(*flip, {});
  EXPECT_EQ(flip->toolTip(), "Flip");
  saveShortcuts(*window);
  EXPECT_FALSE(QSettings().contains("shortcuts/queue"));

  // The next start of the program: the defaults again, then what was kept.
  setShortcutsOf(*open, {QKeySequence("Ctrl+O")});
  setShortcutsOf(*flip, {QKeySequence("F")});
  restoreShortcuts(*window);
  EXPECT_EQ(open->shortcut(), QKeySequence("Ctrl+J"));
  EXPECT_TRUE(flip->shortcuts().isEmpty());
  EXPECT_EQ(defaultShortcutsOf(*open), QList<QKeySequence>{QKeySequence("Ctrl+O")});
  const auto taken = commandsWithKey(commandsOf(*window), QKeySequence("Ctrl+J"), flip);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].action, open);
  EXPECT_TRUE(commandsWithKey(commandsOf(*window), QKeySequence("Ctrl+J"), open).empty());

  setShortcutsOf(*open, defaultShortcutsOf(*open));
  saveShortcuts(*window);
  EXPECT_FALSE(QSettings().contains("shortcuts/open"));
}

TEST(Settings, nonsenseOnDiskGivesDefaults) {
  application();
  QSettings stored;
  stored.clear();
  stored.setValue("viewport/renderer", "teapot");
  stored.setValue("jobs/threads", -7);
  stored.setValue("cache/limit", "much");
  const StudioSettings settings = loadSettings();
  EXPECT_EQ(settings.renderer, RendererSetting::Automatic);
  EXPECT_EQ(settings.threads, 0);
  EXPECT_EQ(settings.cacheLimit, StudioSettings::kDefaultCacheLimit);
  StudioSettings changed;
  changed.lightTheme = true;
  changed.renderer = RendererSetting::Software;
  changed.device = "card";
  changed.threads = 3;
  changed.cacheFolder = "/somewhere";
  changed.cacheLimit = 5'000'000'000;
  saveSettings(changed);
  const StudioSettings read = loadSettings();
  EXPECT_TRUE(read.lightTheme);
  EXPECT_EQ(read.renderer, RendererSetting::Software);
  EXPECT_EQ(read.device, "card");
  EXPECT_EQ(read.threads, 3);
  EXPECT_EQ(cacheFolderOf(read), fs::path("/somewhere"));
  EXPECT_EQ(read.cacheLimit, 5'000'000'000U);
  stored.clear();
}

TEST(Theme, contrastAgreesWithTheStandardsExamples) {
  EXPECT_NEAR(contrastRatio(Qt::black, Qt::white), 21, 1e-6);
  EXPECT_NEAR(contrastRatio(Qt::white, Qt::white), 1, 1e-6);
  EXPECT_NEAR(contrastRatio(QColor("#777777"), Qt::white), 4.48, 0.005);
}

TEST(Theme, everyTextStandsOutFromItsGround) {
  constexpr double kText = 4.5;
  constexpr double kShape = 3;
  for (const ThemeKind kind : {ThemeKind::Dark, ThemeKind::Light}) {
    applyTheme(application(), kind);
    const QPalette p = QApplication::palette();
    EXPECT_EQ(isDark(p), kind == ThemeKind::Dark);
    const QColor window = p.color(QPalette::Window);
    const QColor base = p.color(QPalette::Base);
    const QColor alternate = p.color(QPalette::AlternateBase);
    const QColor button = p.color(QPalette::Button);
    for (const QColor& ground : {window, base, alternate, button}) {
      const std::string on = " on " + ground.name().toStdString();
      EXPECT_GE(contrastRatio(p.color(QPalette::Text), ground), kText) << on;
      EXPECT_GE(contrastRatio(quietText(p), ground), kText) << "quiet" << on;
      EXPECT_GE(contrastRatio(accent(p), ground), kText) << "accent" << on;
    }
    for (const QColor& ground : {window, base}) {
      EXPECT_GE(contrastRatio(warningText(p), ground), kText);
    }
    EXPECT_GE(contrastRatio(p.color(QPalette::HighlightedText), p.color(QPalette::Highlight)),
              kText);
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_GE(contrastRatio(seriesColor(i, p), base), kShape)
          << "series " << i << " " << seriesColor(i, p).name().toStdString();
    }
  }
}

void writeBytes(const fs::path& path, std::size_t count, int daysAgo) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << std::string(count, 'x');
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(24 * daysAgo));
}

TEST(ResultCache, oldestGoFirstAndWhatIsUsedStays) {
  const fs::path cache = testing::scratchFolder("cache-runs");
  const fs::path runs = cache / "results";
  EXPECT_TRUE(engine::listCachedRuns(cache).empty());
  // Process ids above the kernel's limit run nowhere.
  writeBytes(runs / "20260101-000000-99999991" / "a.vpc", 1000, 9);
  writeBytes(runs / "20260102-000000-99999992" / "b.vpc", 2000, 8);
  writeBytes(runs / "20260103-000000-99999993" / "deep" / "c.vpc", 3000, 7);
  const std::string own = "20250101-000000-" + std::to_string(::getpid());
  writeBytes(runs / own / "d.vpc", 4000, 30);
  writeBytes(runs / "somebody-elses" / "e.txt", 5000, 90);
  writeBytes(cache / "sample.ply", 6000, 90);

  const auto list = engine::listCachedRuns(cache);
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].folder.filename(), own);
  EXPECT_TRUE(list[0].inUse);
  EXPECT_EQ(engine::totalBytes(list), 10000U);
  const auto names = [](const std::vector<engine::CachedRun>& of) {
    std::string text;
    for (const engine::CachedRun& run : of) {
      text += run.folder.filename().string().substr(6, 2) + " ";
    }
    return text;
  };
  EXPECT_EQ(names(engine::runsOverLimit(list, 10000, {})), "");
  EXPECT_EQ(names(engine::runsOverLimit(list, 9999, {})), "01 ");
  EXPECT_EQ(names(engine::runsOverLimit(list, 8000, {})), "01 02 ");
  EXPECT_EQ(names(engine::runsOverLimit(list, 0, {list[1].folder})), "02 03 ");

  ASSERT_TRUE(engine::deleteCachedRuns(engine::runsOverLimit(list, 0, {})).has_value());
  EXPECT_TRUE(fs::exists(runs / own / "d.vpc"));
  EXPECT_TRUE(fs::exists(runs / "somebody-elses" / "e.txt"));
  EXPECT_TRUE(fs::exists(cache / "sample.ply"));
  EXPECT_EQ(engine::listCachedRuns(cache).size(), 1U);
}

}  // namespace
}  // namespace volpress::studio
