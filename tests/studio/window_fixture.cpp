#include "tests/studio/window_fixture.hpp"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDropEvent>
#include <QFileDialog>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTabBar>
#include <QTest>
#include <QUrl>
#include <QWindow>

#include "app/studio/theme.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/crash_trace.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {

void WindowTest::SetUpTestSuite() {
  if (QApplication::instance() != nullptr) {
    return;
  }
  testing::traceCrashes();
  const std::string home = testing::scratchFolder("home").string();
  qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(home + "/cache"));
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(home + "/config"));
  static int argc = 1;
  static char name[] = "studio_test";
  static char* argv[] = {name, nullptr};
  auto* application = new QApplication(argc, argv);  // lives as long as the process
  QApplication::setApplicationName("volpress-test");
  QApplication::setOrganizationName("volpress-test");
  applyTheme(*application, ThemeKind::Dark);
}

void WindowTest::SetUp() {
  window = std::make_unique<MainWindow>(
      SessionPlaces{testing::programPath(), testing::scratchFolder("cache")});
  window->show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
  stalls = std::make_unique<StallMonitor>();
}

void WindowTest::TearDown() {
  stalls.reset();
  window.reset();
}

bool WindowTest::waitUntil(const std::function<bool()>& condition, double seconds) {
  return QTest::qWaitFor(condition, static_cast<int>(seconds * 1000));
}

std::filesystem::path WindowTest::someScene() {
  if (const auto biker = testing::realData("splats/biker.spz")) {
    return *biker;
  }
  static const std::filesystem::path path = [] {
    auto file = testing::scratchFolder("scene") / "sample.ply";
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    const GaussianCloud cloud = makeSampleScene(1, 0.3, runner);
    EXPECT_TRUE(formats::saveCloud(file, cloud, {}, io).has_value());
    return file;
  }();
  return path;
}

void WindowTest::press(const QString& buttonName) const {
  QTest::mouseClick(child<QAbstractButton>(buttonName), Qt::LeftButton);
}

void WindowTest::choose(QComboBox* combo, const QString& id) const {
  const int index = combo->findData(id);
  ASSERT_GE(index, 0) << id.toStdString();
  combo->setFocus();
  QTest::keyClick(combo, Qt::Key_Home);
  // Separators are no stops.
  for (int i = 0; i < index && combo->currentIndex() < index; ++i) {
    QTest::keyClick(combo, Qt::Key_Down);
  }
  ASSERT_EQ(combo->currentData().toString(), id);
}

void WindowTest::chooseEntry(QComboBox* combo, EntryId entry) const {
  const int index = combo->findData(QVariant::fromValue<qulonglong>(entry));
  ASSERT_GE(index, 0) << entry;
  combo->setFocus();
  combo->showPopup();
  QWidget* list = combo->view();
  QTest::keyClick(list, Qt::Key_Home);
  for (int i = 0; i < index; ++i) {
    QTest::keyClick(list, Qt::Key_Down);
  }
  QTest::keyClick(list, Qt::Key_Return);
}

void WindowTest::drop(const std::filesystem::path& path) const {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(QString::fromStdString(path.string()))});
  QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.get(), &enter);
  ASSERT_TRUE(enter.isAccepted());
  QDropEvent event(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.get(), &event);
}

void WindowTest::openTab(const QString& title) const {
  for (QTabBar* bar : window->findChildren<QTabBar*>()) {
    for (int i = 0; i < bar->count(); ++i) {
      if (bar->isVisible() && bar->tabText(i) == title) {
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        return;
      }
    }
  }
  FAIL() << "no tab " << title.toStdString();
}

void WindowTest::answerFileDialog(const QString& name, const std::filesystem::path& path) const {
  auto* dialog = child<QFileDialog>(name);
  ASSERT_NE(dialog, nullptr);
  auto* field = dialog->findChild<QLineEdit*>("fileNameEdit");
  ASSERT_NE(field, nullptr);
  ASSERT_TRUE(QTest::qWaitForWindowExposed(dialog));
  // The list of folders that opens while one types would take Return for itself.
  field->setCompleter(nullptr);
  field->clear();
  QTest::keyClicks(field, QString::fromStdString(path.string()));
  const auto* buttons = dialog->findChild<QDialogButtonBox*>();
  QPushButton* confirm =
      buttons->button(dialog->acceptMode() == QFileDialog::AcceptSave ? QDialogButtonBox::Save
                                                                      : QDialogButtonBox::Open);
  ASSERT_TRUE(waitUntil([&] { return confirm->isEnabled(); }, 5));
  QTest::mouseClick(confirm, Qt::LeftButton);
}

QWindow* WindowTest::canvas() const {
  auto* canvas = qobject_cast<QWindow*>(window->viewport().canvas());
  return canvas != nullptr ? canvas : window->windowHandle();
}

bool WindowTest::waitForFullPicture() const {
  const std::uint64_t before = window->viewport().framesShown();
  return waitUntil(
      [&] {
        return window->viewport().framesShown() > before && !window->viewport().facts().coarse;
      },
      60);
}

}  // namespace volpress::studio
