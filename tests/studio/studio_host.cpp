// A studio for being killed: `studio_host CACHE SCENE PROGRAM SEED`. Goes on with what the last one
// left, walks through the window with real clicks and keys for as long as it lives, and writes
// "result ID FILE" for each result that it shows (ID: the job that made it).
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>

#include <QApplication>
#include <QComboBox>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "app/studio/inspector_panel.hpp"
#include "app/studio/main_window.hpp"
#include "app/studio/queue_row.hpp"
#include "app/studio/theme.hpp"

namespace {

using namespace volpress;
using namespace volpress::studio;

/// What a hasty person does.
class Walk {
public:
  Walk(MainWindow& window, QString scene, unsigned seed)
      : m_window(window), m_scene(std::move(scene)), m_random(seed) {}

  void step() {
    tell();
    const Document& document = m_window.session().document();
    if (document.activeSource() == nullptr) {
      if (!m_asked) {
        m_asked = true;
        m_window.openFile(m_scene);
      }
      return;
    }
    m_window.session().setViews("orbit:2");  // jobs end within a studio's short life
    // Mostly what brings results; cancelling only now and then, or nothing would ever be done.
    const auto what = m_random() % 600;
    if (what < 200) {
      addJob();
    } else if (what < 206) {
      pressOnRow("pause");
    } else if (what < 340) {
      pressOnRow("resume");
    } else if (what < 342) {
      pressOnRow("cancel");
    } else if (what < 430) {
      renameSome();
    } else if (what < 510) {
      QTest::keyClick(m_window.windowHandle(), Qt::Key_BracketRight);
    } else {
      undoRename();
    }
  }

private:
  void tell() {
    for (const Entry& entry : m_window.session().document().entries()) {
      if (!entry.isSource() && m_told.insert(entry.jobId).second) {
        std::printf("result %llu %s\n", static_cast<unsigned long long>(entry.jobId),
                    entry.path.c_str());
        std::fflush(stdout);
      }
    }
  }

  void addJob() {
    std::size_t pending = 0;
    for (const engine::JobStatus& job : m_window.session().jobs()) {
      pending += engine::isPending(job.state) ? 1U : 0U;
    }
    auto* codec = m_window.findChild<QComboBox*>("codec");
    auto* add = m_window.findChild<QAbstractButton*>("addJob");
    if (pending > 6 || codec == nullptr || add == nullptr) {
      return;
    }
    // Few that take long: a job that a kill interrupts begins anew, and others wait behind it.
    const char* const kCodecs[] = {"spz", "splat", "compressed-ply", "null"};
    const char* chosen = m_random() % 20 == 0 ? "lightgaussian" : kCodecs[m_random() % 4];
    codec->setCurrentIndex(std::max(0, codec->findData(chosen)));
    QTest::mouseClick(add, Qt::LeftButton);
  }

  void pressOnRow(const char* button) {
    for (QueueRow* row : m_window.findChildren<QueueRow*>()) {
      auto* wanted = row->findChild<QToolButton*>(button);
      if (wanted != nullptr && wanted->isVisibleTo(row) && m_random() % 2 == 0) {
        QTest::mouseClick(wanted, Qt::LeftButton);
        return;
      }
    }
  }

  void renameSome() {
    for (const Entry& entry : m_window.session().document().entries()) {
      if (!entry.isSource() && m_random() % 3 == 0) {
        m_window.session().rename(entry.id, "renamed " + std::to_string(m_random() % 100));
        return;
      }
    }
  }

  /// Undoing more would close the scene, which nobody means to do in haste.
  void undoRename() {
    if (m_window.session().undoStack().undoText().value_or("").starts_with("Rename")) {
      QTest::keyClick(m_window.windowHandle(), Qt::Key_Z, Qt::ControlModifier);
    }
  }

  MainWindow& m_window;
  QString m_scene;
  std::mt19937 m_random;
  std::set<std::uint64_t> m_told;
  bool m_asked = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: studio_host CACHE SCENE PROGRAM SEED\n", stderr);
    return 2;
  }
  qputenv("VOLPRESS_VIEWPORT", "painter");
  qputenv("XDG_CONFIG_HOME", QByteArray(argv[1]) + "/config");
  QApplication application(argc, argv);
  QApplication::setApplicationName("volpress-test");
  QApplication::setOrganizationName("volpress-test");
  applyTheme(application, ThemeKind::Dark);
  MainWindow window(SessionPlaces{argv[3], argv[1]});
  window.show();
  Walk walk(window, QString::fromLocal8Bit(argv[2]),
            static_cast<unsigned>(std::strtoul(argv[4], nullptr, 10)));
  std::puts("started");
  std::fflush(stdout);
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, &window, [&walk] { walk.step(); });
  timer.start(40);
  return QApplication::exec();
}
