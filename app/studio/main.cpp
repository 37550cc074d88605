// volpress-studio [FILE...]
#include <cstdio>
#include <filesystem>

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QIcon>
#include <QLocale>
#include <QPixmap>
#include <QScreen>
#include <QTimer>
#include <QTranslator>

#include "app/engine/plugin.hpp"
#include "app/studio/main_window.hpp"
#include "app/studio/studio_settings.hpp"
#include "app/studio/theme.hpp"

namespace {

/// The `volpress` program beside this one; the name alone (found in PATH) where there is none.
std::filesystem::path workerProgram() {
  const QString beside = QDir(QCoreApplication::applicationDirPath()).filePath("volpress");
  return QFileInfo(beside).isExecutable() ? std::filesystem::path(beside.toStdString())
                                          : std::filesystem::path("volpress");
}

/// The whole window as the screen shows it, the viewport's own surface included.
bool saveScreenshot(const QWidget& window, const QString& path) {
  const QRect area = window.frameGeometry();
  const QPixmap picture =
      window.screen()->grabWindow(0, area.x(), area.y(), area.width(), area.height());
  return !picture.isNull() && picture.save(path);
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  QApplication::setApplicationName("volpress");
  QApplication::setOrganizationName("volpress");
  QApplication::setApplicationDisplayName("Volpress");
  QApplication::setApplicationVersion(VOLPRESS_VERSION);
  QApplication::setDesktopFileName("org.volpress.Volpress");

  QCommandLineParser parser;
  parser.setApplicationDescription(
      "Compress splat scenes, meshes, radiance fields and photographs by eye.");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(
      "file", "Scenes to open: splats, meshes, radiance fields, pictures, .vpc, .volpress.",
      "[file...]");
  const QCommandLineOption sample("sample", "Open the generated sample scene.");
  const QCommandLineOption screenshot("screenshot",
                                      "Save a picture of the window to <file> and quit.", "file");
  const QCommandLineOption after("after", "Milliseconds before the screenshot (3000).", "ms",
                                 "3000");
  parser.addOptions({sample, screenshot, after});
  parser.process(application);
  bool validDelay = false;
  const int delay = parser.value(after).toInt(&validDelay);
  if (!validDelay || delay < 0) {
    std::fprintf(stderr, "volpress-studio: --after %s is not a number of milliseconds\n",
                 qPrintable(parser.value(after)));
    return 2;
  }

  QTranslator words;
  const QString translations =
      QDir(QCoreApplication::applicationDirPath()).filePath("../share/volpress/translations");
  // The English file has the plurals: every language without a file of its own needs them.
  if (words.load(QLocale(), "volpress", "_", translations) ||
      words.load("volpress_en", translations)) {
    QCoreApplication::installTranslator(&words);
  }
  const volpress::studio::StudioSettings settings = volpress::studio::loadSettings();
  volpress::studio::applyTheme(application, settings.lightTheme
                                                ? volpress::studio::ThemeKind::Light
                                                : volpress::studio::ThemeKind::Dark);
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/app/volpress.png")));
  for (const std::string& problem : volpress::engine::addInstalledPlugins()) {
    std::fprintf(stderr, "volpress-studio: plug-in left out: %s\n", problem.c_str());
  }
  volpress::studio::SessionPlaces places;
  places.program = workerProgram();
  places.cache = volpress::studio::cacheFolderOf(settings);
  volpress::studio::MainWindow window(std::move(places));
  window.show();
  for (const QString& file : parser.positionalArguments()) {
    window.openFile(QFileInfo(file).absoluteFilePath());
  }
  if (parser.isSet(sample)) {
    window.session().openSample();
  }
  if (parser.isSet(screenshot)) {
    QTimer::singleShot(delay, &window, [&] {
      const QString path = parser.value(screenshot);
      const bool saved = saveScreenshot(window, path);
      if (!saved) {
        std::fprintf(stderr, "volpress-studio: the screenshot could not be saved to %s\n",
                     qPrintable(path));
      }
      QCoreApplication::exit(saved ? 0 : 1);
    });
  }
  return QApplication::exec();
}
