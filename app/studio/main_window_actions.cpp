// Menus, shortcuts and what they do.
#include <QActionGroup>
#include <QApplication>
#include <QDesktopServices>
#include <QDockWidget>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStatusBar>
#include <QStyle>
#include <QUrl>

#include "app/studio/camera_tools.hpp"
#include "app/studio/chart_panel.hpp"
#include "app/studio/compare_bar.hpp"
#include "app/studio/compare_controller.hpp"
#include "app/studio/export_dialog.hpp"
#include "app/studio/inspector_panel.hpp"
#include "app/studio/job_desk.hpp"
#include "app/studio/log_panel.hpp"
#include "app/studio/main_window.hpp"
#include "app/studio/notice_bar.hpp"
#include "app/studio/playback_desk.hpp"
#include "app/studio/project_menu.hpp"
#include "app/studio/project_panel.hpp"
#include "app/studio/queue_panel.hpp"
#include "app/studio/scene_tools.hpp"
#include "app/studio/stream_desk.hpp"
#include "app/studio/table_panel.hpp"
#include "app/studio/welcome_page.hpp"
#include "scene/formats/format.hpp"

namespace volpress::studio {
namespace {

constexpr int kRecentKept = 6;

QString openFilter() {
  QStringList patterns{"*.vpc"};
  for (const formats::Format* format : formats::allFormats()) {
    for (const std::string& extension : format->info().extensions) {
      patterns << "*" + QString::fromStdString(extension);
    }
  }
  for (const char* pattern : {"*.dgsv", "*.volpress", "*.gltf", "*.glb", "*.obj", "*.fbx", "*.stl",
                              "*.dae", "*.3ds", "*.drc", "*.bpt", "*.ingp", "*.msgpack", "*.png",
                              "*.jpg", "*.jpeg", "*.webp", "*.avif", "*.jxl"}) {
    patterns << pattern;
  }
  patterns << "meta.json";
  patterns.removeDuplicates();
  return QObject::tr("Scenes (%1)").arg(patterns.join(' ')) + ";;" + QObject::tr("All files (*)");
}

}  // namespace

QAction* MainWindow::makeAction(const QString& name, const QString& text, const QString& iconName,
                                const QList<QKeySequence>& keys, const QString& tip) {
  auto* action = new QAction(text, this);
  action->setObjectName(name);
  action->setShortcuts(keys);
  if (!iconName.isEmpty()) {
    action->setIcon(icon(iconName, palette()));
  }
  const QString key =
      keys.isEmpty() ? QString() : " (" + keys.first().toString(QKeySequence::NativeText) + ")";
  action->setToolTip((tip.isEmpty() ? text : tip) + key);
  addAction(action);  // reachable by its key when the menu bar is hidden
  return action;
}

void MainWindow::makeActions() {
  Actions& a = m_actions;
  a.open = makeAction("open", tr("Open…"), "open", {QKeySequence::Open}, tr("Open a scene file"));
  a.openFolder = makeAction("openFolder", tr("Open a folder of frames…"), {}, {tr("Ctrl+Alt+O")},
                            tr("Open a moving scene: a folder of numbered scene files"));
  a.sample = makeAction("sample", tr("Open the sample"), "sample", {}, {});
  a.exportVariant = makeAction("export", tr("Export…"), "export", {tr("Ctrl+E")},
                               tr("Write the shown variant to a file"));
  a.exportStream =
      makeAction("exportStream", tr("Export as streamable video…"), {}, {tr("Ctrl+Shift+E")},
                 tr("A folder that plays a moving scene from any web server"));
  a.close = makeAction("close", tr("Close scene"), {}, {QKeySequence::Close}, {});
  a.quit = makeAction("quit", tr("Quit"), {}, {QKeySequence::Quit}, {});

  a.single = makeAction("modeSingle", tr("Single view"), "single", {tr("1")},
                        tr("One side; press again to flip A and B"));
  a.wipe = makeAction("modeWipe", tr("Wipe"), "wipe", {tr("W")},
                      tr("Both sides with a handle between them"));
  a.sideBySide = makeAction("modeSideBySide", tr("Side by side"), "side-by-side", {tr("S")},
                            tr("All sides, up to four, on one camera"));
  auto* modes = new QActionGroup(this);
  for (QAction* mode : {a.single, a.wipe, a.sideBySide}) {
    mode->setCheckable(true);
    modes->addAction(mode);
  }
  a.single->setChecked(true);
  a.flip = makeAction("flip", tr("Flip A and B"), {}, {tr("F")},
                      tr("The other side in the same place: tap to change, hold for a look"));
  a.previous = makeAction("previous", tr("Previous variant on B"), "previous", {tr("[")}, {});
  a.next = makeAction("next", tr("Next variant on B"), "next", {tr("]")}, {});
  a.swap = makeAction("swap", tr("Swap sides"), {}, {tr("X")}, {});
  a.home = makeAction("home", tr("Home view"), "home", {tr("H")}, {});
  a.focus = makeAction("focus", tr("Focus on the centre"), "focus", {tr("Z")},
                       tr("Turn about what is in the middle"));
  a.flipUp = makeAction("flipUp", tr("Turn the scene upside down"), {}, {tr("U")},
                        tr("For scenes whose up axis points down"));

  a.hidePanels = makeAction("hidePanels", tr("Hide panels"), {}, {tr("Tab")}, {});
  // Tab moves the focus everywhere but in the viewport, which hands it on itself.
  a.hidePanels->setShortcutContext(Qt::WidgetShortcut);
  a.hidePanels->setCheckable(true);
  a.fullScreen = makeAction("fullScreen", tr("Full screen"), {}, {tr("F11")}, {});
  a.fullScreen->setCheckable(true);
  a.lightTheme = makeAction("lightTheme", tr("Light theme"), "theme", {}, {});
  a.lightTheme->setCheckable(true);
  a.resetLayout = makeAction("resetLayout", tr("Reset layout"), {}, {}, {});
  a.rendererAutomatic = makeAction("rendererAutomatic", tr("Automatic"), {}, {},
                                   tr("The faster of the two on this machine"));
  a.rendererSoftware = makeAction("rendererSoftware", tr("Software"), {}, {},
                                  tr("The reference picture, drawn by the processor"));
  a.rendererVulkan =
      makeAction("rendererVulkan", tr("Vulkan"), {}, {}, tr("Drawn by the graphics device"));
  auto* renderers = new QActionGroup(this);
  for (QAction* choice : {a.rendererAutomatic, a.rendererSoftware, a.rendererVulkan}) {
    choice->setCheckable(true);
    renderers->addAction(choice);
  }
  a.rendererAutomatic->setChecked(true);

  a.addJob = makeAction("addJobAction", tr("Add to queue"), "add",
                        {tr("Ctrl+Return"), tr("Ctrl+Enter")}, {});
  a.compareThree = makeAction("compareThreeAction", tr("Compare three codecs"), "compare",
                              {tr("Ctrl+Shift+C")}, {});
  a.sweep = makeAction("sweep", tr("Sweep…"), {}, {tr("Ctrl+Shift+W")},
                       tr("Several values of a codec's quality knob: its curve in the chart"));
  a.openResults = makeAction("openResults", tr("Show the results folder"), {}, {}, {});
  a.keys = makeAction("keys", tr("Keys and mouse"), {}, {QKeySequence::HelpContents}, {});
  a.about = makeAction("about", tr("About Volpress"), {}, {}, {});
}

void MainWindow::makeMenus() {
  const Actions& a = m_actions;
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addActions({a.open, a.openFolder, a.sample});
  m_recentMenu = file->addMenu(tr("Open recent"));
  file->addSeparator();
  m_projectMenu->fillFileMenu(*file);
  file->addSeparator();
  file->addActions({a.exportVariant, a.exportStream, a.close});
  file->addSeparator();
  file->addAction(a.quit);

  m_projectMenu->fillEditMenu(*menuBar()->addMenu(tr("&Edit")));

  QMenu* view = menuBar()->addMenu(tr("&View"));
  QMenu* drawnBy = view->addMenu(tr("Viewport drawn by"));
  drawnBy->addActions({a.rendererAutomatic, a.rendererSoftware, a.rendererVulkan});
  view->addSeparator();
  QMenu* panels = view->addMenu(tr("Panels"));
  for (QDockWidget* dock : m_docks) {
    panels->addAction(dock->toggleViewAction());
  }
  view->addActions({a.hidePanels, a.fullScreen, a.resetLayout});
  view->addSeparator();
  view->addAction(a.lightTheme);

  m_sceneTools->fillMenu(*menuBar()->addMenu(tr("&Scene")));

  QMenu* camera = menuBar()->addMenu(tr("Ca&mera"));
  camera->addActions({a.home, a.focus, a.flipUp});
  camera->addSeparator();
  m_cameras->fillMenu(*camera);

  QMenu* compare = menuBar()->addMenu(tr("&Compare"));
  compare->addActions({a.single, a.wipe, a.sideBySide});
  compare->addSeparator();
  compare->addActions({a.flip, a.swap, a.previous, a.next});
  m_compare->fillMenu(*compare);

  m_playback->fillMenu(*menuBar()->addMenu(tr("&Playback")));

  QMenu* queue = menuBar()->addMenu(tr("&Queue"));
  queue->addActions({a.addJob, a.compareThree, a.sweep});
  queue->addSeparator();
  queue->addAction(a.openResults);

  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addActions({a.keys, a.about});
}

void MainWindow::connectActions() {
  const Actions& a = m_actions;
  const auto on = [this](QAction* action, auto&& slot) {
    connect(action, &QAction::triggered, this, std::forward<decltype(slot)>(slot));
  };
  on(a.open, [this] { openDialog(); });
  on(a.openFolder, [this] { openFolderDialog(); });
  on(a.sample, [this] { m_session->openSample(); });
  on(a.exportVariant, [this] { exportDialog(0); });
  on(a.exportStream, [this] { m_streams->open(m_session->document()); });
  on(a.close, [this] {
    if (const Entry* source = m_session->document().activeSource()) {
      removeEntry(source->id);
    }
  });
  on(a.quit, [this] { close(); });
  on(a.single, [this] {
    if (m_viewport->mode() == CompareMode::Single) {
      m_viewport->flip();
    } else {
      setMode(CompareMode::Single);
    }
  });
  on(a.wipe, [this] { setMode(CompareMode::Wipe); });
  on(a.sideBySide, [this] { setMode(CompareMode::SideBySide); });
  on(a.flip, [this] { m_viewport->flip(); });
  on(a.previous, [this] { m_session->stepVariant(-1); });
  on(a.next, [this] { m_session->stepVariant(1); });
  on(a.swap, [this] { m_session->swapSides(); });
  on(a.home, [this] { m_viewport->goHome(); });
  on(a.focus, [this] { m_viewport->focusCenter(); });
  on(a.flipUp, [this] { m_cameras->flipUp(); });
  on(a.hidePanels, [this](bool hidden) { togglePanels(hidden); });
  on(a.fullScreen, [this](bool full) { full ? showFullScreen() : showNormal(); });
  connect(a.lightTheme, &QAction::toggled, this, &MainWindow::setLightTheme);
  on(a.resetLayout, [this] { applyDefaultLayout(); });
  on(a.rendererAutomatic, [this] { m_viewport->setRenderer(RendererChoice::Automatic); });
  on(a.rendererSoftware, [this] { m_viewport->setRenderer(RendererChoice::Software); });
  on(a.rendererVulkan, [this] { m_viewport->setRenderer(RendererChoice::Vulkan); });
  on(a.addJob, [this] { m_jobDesk->addFromInspector(); });
  on(a.sweep, [this] { m_jobDesk->openSweep(); });
  on(a.compareThree, [this] { m_session->compareThreeCodecs(); });
  on(a.openResults, [this] {
    QDesktopServices::openUrl(
        QUrl::fromLocalFile(QString::fromStdString(m_session->resultsFolder().string())));
  });
  on(a.keys, [this] { showKeys(); });
  on(a.about, [this] { showAbout(); });
}

void MainWindow::connectSession() {
  Session* session = m_session.get();
  connect(session, &Session::documentChanged, this, &MainWindow::documentChanged);
  connect(session, &Session::sidesChanged, this, &MainWindow::sidesChanged);
  connect(session, &Session::previewChanged, this, &MainWindow::showSides);
  session->setPreviewGate([this] { return !m_viewport->facts().coarse; });
  connect(session, &Session::jobsChanged, this, &MainWindow::jobsChanged);
  connect(session, &Session::activityChanged, this, &MainWindow::activityChanged);
  connect(session, &Session::noted, this, &MainWindow::note);
  connect(session, &Session::sourceOpened, this, [this](EntryId id) {
    const Entry* entry = m_session->document().activeSource();
    if (entry == nullptr || entry->id != id) {
      return;  // of the session before, read to its end after another scene was opened
    }
    m_viewport->setHome(entry->home, entry->pivotDistance);
    m_viewport->setSingleSide(0);
    m_cameras->sceneOpened(*entry);
    m_notice->hide();
    if (!entry->path.empty() && m_session->projectFile().empty()) {
      rememberRecent(QString::fromStdString(entry->path.string()));
    }
  });
  connect(session, &Session::picked, m_viewport, &Viewport::glideTo);
  connect(m_cameras, &CameraTools::noted, this, [this](const QString& text, bool warning) {
    note(text, warning ? Session::Tone::Warning : Session::Tone::Plain);
  });
  connect(m_streams, &StreamDesk::noted, this, [this](const QString& text, bool warning) {
    note(text, warning ? Session::Tone::Warning : Session::Tone::Plain);
  });
  connect(m_streams, &StreamDesk::openWanted, this, &QDesktopServices::openUrl);
  connect(m_cameras, &CameraTools::viewSpecChosen, this,
          [this](const QString& spec) { m_session->setViews(spec.toStdString()); });
  connect(m_cameras, &CameraTools::extraFound, session, &Session::provideExtra);
  connect(m_cameras, &CameraTools::extraChanged, session,
          [session](EntryId source, const std::string& key, const std::string& value,
                    const QString& text, std::uint64_t gesture) {
            session->setExtra(source, key, value, text.toStdString(), gesture);
          });

  connect(m_viewport, &Viewport::filesDropped, this, &MainWindow::openPaths);
  connect(m_viewport, &Viewport::pickWanted, session, &Session::pick);
  connect(m_viewport, &Viewport::noted, this,
          [this](const QString& text) { note(text, Session::Tone::Plain); });
  connect(m_welcome, &WelcomePage::openWanted, this, &MainWindow::openDialog);
  connect(m_welcome, &WelcomePage::sampleWanted, session, &Session::openSample);
  connect(m_welcome, &WelcomePage::recentWanted, this, &MainWindow::openFile);
  connect(m_compare, &CompareController::failed, this,
          [this](const QString& text) { note(text, Session::Tone::Warning); });
  // Queued: a scene that opens takes notices of the one before away.
  connect(
      m_playback, &PlaybackDesk::failed, this,
      [this](const QString& text) { note(text, Session::Tone::Warning); }, Qt::QueuedConnection);
  connect(m_viewport, &Viewport::modeChanged, this, &MainWindow::showMode);
  connect(m_compareBar, &CompareBar::sideWanted, m_compare, &CompareController::putOnSide);
  connect(m_project, &ProjectPanel::entryChosen, this, &MainWindow::chooseEntry);
  connect(m_project, &ProjectPanel::sideWanted, m_compare, &CompareController::putOnSide);
  connect(m_project, &ProjectPanel::removeWanted, this, &MainWindow::removeEntry);
  connect(m_project, &ProjectPanel::exportWanted, this, &MainWindow::exportDialog);
  connect(m_inspector, &InspectorPanel::nativeWanted, session, &Session::setDrawnNatively);
  connect(m_inspector, &InspectorPanel::compareWanted, session, &Session::compareThreeCodecs);
  m_projectMenu->serve(*m_project);
  connect(m_projectMenu, &ProjectMenu::fileUsed, this, &MainWindow::rememberRecent);
  connect(m_chart, &ChartPanel::entryClicked, this, [this](EntryId id) {
    if (m_session->document().find(id) == nullptr) {
      m_session->putBack(id);  // a hollow dot: it lies in the trash
    }
    chooseEntry(id);
  });
  connect(m_chart, &ChartPanel::saveWanted, this, &MainWindow::saveChart);
  connect(m_table, &TablePanel::entryChosen, this, &MainWindow::chooseEntry);
  connect(m_table, &TablePanel::csvWanted, this, &MainWindow::saveTableAsCsv);
}

void MainWindow::openFile(const QString& path) {
  if (path.endsWith(QLatin1String(".volpress"))) {
    m_projectMenu->open(path);
    return;
  }
  m_session->openFile(std::filesystem::path(path.toStdString()));
}

void MainWindow::openPaths(const QStringList& paths) {
  for (const QString& path : paths) {
    openFile(path);
  }
}

void MainWindow::openDialog() {
  QSettings settings;
  auto* dialog = new QFileDialog(this, tr("Open a scene"),
                                 settings.value("folders/open").toString(), openFilter());
  dialog->setObjectName("openDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFiles);
  connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openPaths);
  dialog->open();
}

void MainWindow::openFolderDialog() {
  QSettings settings;
  auto* dialog = new QFileDialog(this, tr("Open a folder of frames"),
                                 settings.value("folders/open").toString());
  dialog->setObjectName("openFolderDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
  dialog->open();
}

void MainWindow::exportDialog(EntryId entry) {
  const Document& document = m_session->document();
  if (document.activeSource() == nullptr) {
    return;
  }
  const Entry* b = document.side(1);
  const EntryId chosen = entry != 0 ? entry : b != nullptr ? b->id : document.activeSource()->id;
  QSettings settings;
  const QString folder = settings.value("folders/export", QDir::homePath()).toString();
  auto* dialog = new ExportDialog(document, chosen, folder, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &ExportDialog::exportWanted, this, [this](EntryId id, const QString& path) {
    QSettings().setValue("folders/export", QFileInfo(path).absolutePath());
    m_session->exportVariant(id, std::filesystem::path(path.toStdString()));
  });
  dialog->open();
}

void MainWindow::saveTableAsCsv() {
  auto* dialog = new QFileDialog(this, tr("Save the table"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix("csv");
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    QFile file(path);
    const QByteArray text = m_table->csv().toUtf8();
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size()) {
      note(tr("Could not write %1. %2").arg(path, file.errorString()), Session::Tone::Warning);
    }
  });
  dialog->open();
}

void MainWindow::saveChart() {
  auto* dialog = new QFileDialog(this, tr("Save the chart"));
  dialog->setObjectName("saveChartDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setNameFilters({tr("Picture (*.png)"), tr("Drawing (*.svg)"), tr("Numbers (*.csv)")});
  dialog->setDefaultSuffix("png");
  connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
    dialog->setDefaultSuffix(filter.section(QLatin1String("*."), 1).chopped(1));
  });
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    if (const QString problem = m_chart->save(path); !problem.isEmpty()) {
      note(tr("Could not write %1. %2").arg(path, problem), Session::Tone::Warning);
    }
  });
  dialog->open();
}

void MainWindow::setMode(CompareMode mode) {
  m_viewport->setBlinking(false);
  m_viewport->setMode(mode);
}

void MainWindow::showMode(CompareMode mode) {
  m_actions.single->setChecked(mode == CompareMode::Single);
  m_actions.wipe->setChecked(mode == CompareMode::Wipe);
  m_actions.sideBySide->setChecked(mode == CompareMode::SideBySide);
}

void MainWindow::togglePanels(bool hidden) {
  if (hidden) {
    m_hiddenDocks.clear();
    for (QDockWidget* dock : m_docks) {
      if (!dock->isHidden()) {
        m_hiddenDocks.push_back(dock);
        dock->hide();
      }
    }
  } else {
    for (QDockWidget* dock : m_hiddenDocks) {
      dock->show();
    }
    m_hiddenDocks.clear();
  }
  m_compareBar->setVisible(!hidden);
  m_playback->setPanelWanted(!hidden);
  statusBar()->setVisible(!hidden);
  m_actions.hidePanels->setChecked(hidden);
}

void MainWindow::setLightTheme(bool light) {
  if (isDark(QApplication::palette()) ==
      light) {  // else it is there already: polishing moves docks
    applyTheme(*qApp, light ? ThemeKind::Light : ThemeKind::Dark);
  }
  for (const auto& [action, name] : {std::pair{m_actions.open, "open"},
                                     {m_actions.sample, "sample"},
                                     {m_actions.exportVariant, "export"},
                                     {m_actions.single, "single"},
                                     {m_actions.wipe, "wipe"},
                                     {m_actions.sideBySide, "side-by-side"},
                                     {m_actions.previous, "previous"},
                                     {m_actions.next, "next"},
                                     {m_actions.home, "home"},
                                     {m_actions.focus, "focus"},
                                     {m_actions.lightTheme, "theme"},
                                     {m_actions.addJob, "add"},
                                     {m_actions.compareThree, "compare"}}) {
    action->setIcon(icon(name, palette()));
  }
  m_compare->refreshIcons(palette());
  m_playback->refreshIcons(palette());
  refreshRecent();
  documentChanged();
}

void MainWindow::chooseEntry(EntryId id) {
  const Entry* entry = m_session->document().find(id);
  if (entry == nullptr) {
    return;
  }
  if (!entry->isSource()) {
    const auto compared = m_session->document().comparedSources();
    if (std::any_of(compared.begin(), compared.end(),
                    [&](const Entry* one) { return one->id == entry->sourceId; })) {
      m_session->putBeside(1, id);
    } else {
      m_session->setSide(1, id);
    }
    return;
  }
  const Entry* active = m_session->document().activeSource();
  if (active != entry && entry->isLoaded()) {
    m_viewport->setHome(entry->home, entry->pivotDistance);
    m_cameras->sceneOpened(*entry);
  }
  m_session->setSide(0, id);
}

void MainWindow::removeEntry(EntryId id) {
  const Entry* entry = m_session->document().find(id);
  if (entry == nullptr) {
    return;
  }
  if (!entry->isSource()) {
    m_session->removeVariant(id);
    return;
  }
  if (!m_session->hasRunningJobs()) {
    m_session->closeSource(id);
    return;
  }
  auto* question =
      new QMessageBox(QMessageBox::Question, tr("Close the scene?"),
                      tr("Closing %1 cancels its jobs. Finished results stay in %2.")
                          .arg(QString::fromStdString(entry->name),
                               QString::fromStdString(m_session->resultsFolder().string())),
                      QMessageBox::Cancel, this);
  question->setAttribute(Qt::WA_DeleteOnClose);
  const QAbstractButton* close =
      question->addButton(tr("Close scene"), QMessageBox::DestructiveRole);
  connect(question, &QMessageBox::buttonClicked, this, [this, close, id](QAbstractButton* button) {
    if (button == close) {
      m_session->closeSource(id);
    }
  });
  question->open();
}

void MainWindow::rememberRecent(const QString& path) {
  QSettings settings;
  QStringList recent = settings.value("recent").toStringList();
  recent.removeAll(path);
  recent.prepend(path);
  settings.setValue("recent", recent.mid(0, kRecentKept));
  settings.setValue("folders/open", QFileInfo(path).absolutePath());
  refreshRecent();
}

void MainWindow::refreshRecent() {
  const QStringList recent = QSettings().value("recent").toStringList();
  m_welcome->setRecent(recent);
  m_recentMenu->clear();
  for (const QString& path : recent) {
    m_recentMenu->addAction(path, this, [this, path] { openFile(path); });
  }
  m_recentMenu->setEnabled(!recent.isEmpty());
}

void MainWindow::showKeys() {
  auto* box = new QMessageBox(this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setWindowTitle(tr("Keys and mouse"));
  box->setText(
      tr("<table cellpadding=3>"
         "<tr><td><b>1  W  S</b></td><td>single view, wipe, side by side</td></tr>"
         "<tr><td><b>F</b></td><td>flip A and B in the same place, hold for a look; Shift+F "
         "blinks</td></tr>"
         "<tr><td><b>D</b></td><td>difference to A: absolute, FLIP, signed, off</td></tr>"
         "<tr><td><b>E</b></td><td>error in 3D, on splats or on a surface</td></tr>"
         "<tr><td><b>-  =</b></td><td>narrow, widen the range of the colours</td></tr>"
         "<tr><td><b>L</b></td><td>loupe with exact values</td></tr>"
         "<tr><td><b>[  ]</b></td><td>previous, next variant on side B; with Ctrl on A</td></tr>"
         "<tr><td><b>Left  Right</b></td><td>move the wipe by one percent</td></tr>"
         "<tr><td><b>H  Z</b></td><td>home view, focus on the centre</td></tr>"
         "<tr><td><b>U</b></td><td>turn the scene upside down</td></tr>"
         "<tr><td><b>B  Ctrl+0…9</b></td><td>keep this view, go to a kept one</td></tr>"
         "<tr><td><b>K  Ctrl+Space</b></td><td>add a key frame, play the camera path</td></tr>"
         "<tr><td><b>Space  ,  .</b></td><td>play and pause, one frame back, one on</td></tr>"
         "<tr><td><b>I  O  Home  End</b></td><td>in and out point here, go to them</td></tr>"
         "<tr><td><b>Tab  F11</b></td><td>hide panels, full screen</td></tr>"
         "<tr><td><b>Left drag</b></td><td>orbit; on the wipe line, move it</td></tr>"
         "<tr><td><b>Middle drag</b></td><td>pan, also Shift and left drag</td></tr>"
         "<tr><td><b>Wheel</b></td><td>closer and farther, toward the pointer</td></tr>"
         "<tr><td><b>Right drag</b></td><td>look around; W A S D Q E fly, the wheel sets the "
         "speed</td></tr>"
         "<tr><td><b>Double-click</b></td><td>focus there; on the wipe line, centre it</td></tr>"
         "</table>"));
  box->open();
}

void MainWindow::showAbout() {
  auto* box = new QMessageBox(this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setWindowTitle(tr("About Volpress"));
  box->setText(tr("<b>Volpress %1</b><p>Compress splat scenes, meshes, radiance fields and "
                  "photographs by eye.</p>")
                   .arg(QApplication::applicationVersion()));
  box->open();
}

}  // namespace volpress::studio
