#include "app/studio/main_window.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QTabBar>
#include <QVBoxLayout>

#include "app/studio/attribution_panel.hpp"
#include "app/studio/camera_tools.hpp"
#include "app/studio/chart_panel.hpp"
#include "app/studio/compare_bar.hpp"
#include "app/studio/compare_controller.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/inspector_panel.hpp"
#include "app/studio/job_desk.hpp"
#include "app/studio/log_panel.hpp"
#include "app/studio/notice_bar.hpp"
#include "app/studio/playback_desk.hpp"
#include "app/studio/project_menu.hpp"
#include "app/studio/project_panel.hpp"
#include "app/studio/queue_panel.hpp"
#include "app/studio/scene_tools.hpp"
#include "app/studio/stream_desk.hpp"
#include "app/studio/studio_settings.hpp"
#include "app/studio/table_panel.hpp"
#include "app/studio/vulkan_host.hpp"
#include "app/studio/welcome_page.hpp"
#include "renderer/vulkan/device_choice.hpp"

namespace volpress::studio {
namespace {

constexpr int kProjectWidth = 216;
constexpr int kInspectorWidth = 304;
constexpr int kBottomWidth = 480;
constexpr int kBottomHeight = 208;
constexpr int kNoteMs = 8000;
constexpr int kLayoutVersion = 3;

/// Of what is drawn: an entry with two forms has two.
std::string qualityText(const Entry& entry) {
  const engine::Evaluation& evaluation = *entry.evaluation;
  if (!evaluation.isNative()) {
    return decibelText(evaluation.meanPsnr());
  }
  return entry.shownNative() != nullptr ? decibelText(evaluation.meanPsnr()) + " native"
                                        : decibelText(evaluation.bakedMeanPsnr()) + " baked";
}

std::string numbersOf(const Entry& entry, bool isOther) {
  if (entry.isPreview()) {
    return entry.moment + ", preview";
  }
  if (entry.isSource() && entry.shown() != entry.cloud) {
    return fmt::format("{} of {} splats", countText(entry.shown()->count),
                       countText(entry.splats()));
  }
  std::string text = sizeText(entry.fileBytes);
  if (entry.evaluation) {
    text += "   " + ratioText(entry.evaluation->ratio()) + "   " + qualityText(entry);
    if (entry.evaluation->mesh) {
      text += fmt::format("   ±{}", shareText(entry.evaluation->mesh->hausdorff));
    }
    text += isOther ? " to its own original" : "";
  } else if (entry.model != nullptr) {
    text += "   " + entry.contents();
  } else if (entry.isSource()) {
    text += "   " + bytesPerSplatText(entry.fileBytes, entry.splats());
  }
  return text;
}

SideState sideState(const Entry* entry, const Entry* source, const SceneTools& tools) {
  SideState side;
  if (entry != nullptr) {
    side.entry = entry->id;
    side.cloud = tools.shownCloud(*entry);
    side.native = side.cloud == entry->cloud ? entry->shownNative() : nullptr;
    side.model = entry->model;
    const bool isOther =
        source != nullptr && entry->id != source->id && entry->sourceId != source->id;
    side.name = !entry->isSource() || isOther    ? entry->name
                : tools.pointsOut()              ? "original, some splats pointed out"
                : entry->shown() != entry->cloud ? "original, edited"
                                                 : "original";
    side.numbers = numbersOf(*entry, isOther);
    if (source != nullptr && !entry->isSource() && !isOther && entry->model != nullptr) {
      side.lost = source->moves() && !entry->moves() ? "its animation" : "";
    } else if (source != nullptr && !entry->isSource() && !isOther) {
      // Their error would be that of the edits, or of the paint.
      side.note = !doTheSame(entry->edits, source->edits) ? "made with other edits"
                  : tools.pointsOut()                     ? "not compared"
                                                          : "";
    }
  }
  return side;
}

std::filesystem::path presetFolder() {
  return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation).toStdString() +
         "/presets";
}

}  // namespace

MainWindow::MainWindow(SessionPlaces places, QWidget* parent)
    : QMainWindow(parent),
      m_session(std::make_unique<Session>(std::move(places))),
      m_startup(std::make_unique<Background>(this)) {
  setObjectName("studio");
  setWindowTitle("Volpress");
  setAcceptDrops(true);
  setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks | GroupedDragging);
  setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
  setTabPosition(Qt::RightDockWidgetArea, QTabWidget::North);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  makeActions();
  makePanels();
  makeDocks();
  m_projectMenu = new ProjectMenu(*m_session, *this, kLayoutVersion);
  m_jobDesk = new JobDesk(*m_session, *m_inspector, *m_queue, *this, presetFolder());
  makeMenus();
  connectActions();
  connectSession();
  restoreWindow();
  makeTools();
  refreshRecent();
  documentChanged();
  sidesChanged();
  startViewport();
}

MainWindow::~MainWindow() {
  // Docks and panels tell that they are hidden now, and not while half of this object is gone.
  hide();
  // Both threads post to this window: they end before it does.
  m_startup.reset();
  m_session->disconnect(this);
  m_session.reset();
}

void MainWindow::makePanels() {
  m_pages = new QStackedWidget(this);
  m_welcome = new WelcomePage(m_pages);
  m_stage = new QWidget(m_pages);
  auto* column = new QVBoxLayout(m_stage);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_viewport = new Viewport(m_stage);
  m_compare = new CompareController(
      *m_session, *m_viewport, [this](const auto&... parts) { return makeAction(parts...); }, this);
  m_compareBar =
      new CompareBar(QList<QAction*>{m_actions.single, m_actions.wipe, m_actions.sideBySide} +
                         m_compare->barActions(),
                     {m_actions.home, m_actions.focus, m_actions.exportVariant}, m_stage);
  column->addWidget(m_compareBar);
  column->addWidget(m_viewport, 1);
  m_playback = new PlaybackDesk(
      *m_session, *m_viewport, *m_compare,
      [this](const auto&... parts) { return makeAction(parts...); }, m_stage);
  column->addWidget(m_playback->panel());
  m_pages->addWidget(m_welcome);
  m_pages->addWidget(m_stage);

  auto* center = new QWidget(this);
  auto* centerColumn = new QVBoxLayout(center);
  centerColumn->setContentsMargins(0, 0, 0, 0);
  centerColumn->setSpacing(0);
  m_notice = new NoticeBar(center);
  centerColumn->addWidget(m_notice);
  centerColumn->addWidget(m_pages, 1);
  setCentralWidget(center);

  m_project = new ProjectPanel(this);
  m_inspector = new InspectorPanel(this);
  m_queue = new QueuePanel(this);
  m_chart = new ChartPanel(this);
  m_table = new TablePanel(this);
  m_log = new LogPanel(this);
  const auto shownScenes = [this] {
    std::vector<ShownScene> scenes;
    for (std::size_t i = 0; i < kMaxSides; ++i) {
      if (const Entry* entry = m_session->document().side(i);
          entry != nullptr && entry->isLoaded()) {
        scenes.push_back({entry->name, entry->drawn()});
      }
    }
    return scenes;
  };
  m_cameras = new CameraTools(*m_viewport, shownScenes,
                              m_session->resultsFolder().parent_path() / "views", *this);
  m_sceneTools = new SceneTools(*m_session, *m_viewport, *this);
  m_streams = new StreamDesk(*this);

  m_activityText = new QLabel(this);
  m_activityText->setObjectName("activity");
  m_activityBar = new QProgressBar(this);
  m_activityBar->setObjectName("activityBar");
  m_activityBar->setFixedWidth(120);
  m_activityBar->setTextVisible(false);
  m_activityBar->setRange(0, 1000);
  statusBar()->addPermanentWidget(m_activityText);
  statusBar()->addPermanentWidget(m_activityBar);
  statusBar()->setSizeGripEnabled(false);
  m_activityBar->hide();
}

QDockWidget* MainWindow::addDock(const QString& title, const QString& name, QWidget* content,
                                 Qt::DockWidgetArea area, bool hasTitle) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name + "Dock");
  dock->setWidget(content);
  dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable);
  if (!hasTitle) {
    dock->setTitleBarWidget(new QWidget(dock));  // its tab is title enough
  }
  if (area == Qt::BottomDockWidgetArea) {
    content->setMinimumWidth(kBottomWidth);  // a wide row of buttons must not push the window wider
  }
  addDockWidget(area, dock);
  m_docks.push_back(dock);
  return dock;
}

void MainWindow::makeDocks() {
  addDock(tr("Project"), "project", m_project, Qt::LeftDockWidgetArea, true);
  QDockWidget* inspector =
      addDock(tr("Inspector"), "inspector", m_inspector, Qt::RightDockWidgetArea, false);
  QDockWidget* queue = addDock(tr("Queue"), "queue", m_queue, Qt::BottomDockWidgetArea, false);
  for (const auto& [title, name, content] :
       {std::tuple<QString, QString, QWidget*>{tr("Chart"), "chart", m_chart},
        {tr("Table"), "table", m_table},
        {tr("Attribution"), "attribution", m_compare->attributionPanel()},
        {tr("Path"), "path", m_cameras->pathPanel()},
        {tr("Log"), "log", m_log}}) {
    tabifyDockWidget(queue, addDock(title, name, content, Qt::BottomDockWidgetArea, false));
  }
  m_bookmarkDock = addDock(tr("Bookmarks"), "bookmarks", m_cameras->bookmarkPanel(),
                           Qt::LeftDockWidgetArea, true);
  m_sceneDocks = {
      addDock(tr("Edit scene"), "edit", m_sceneTools->editPanel(), Qt::RightDockWidgetArea, false),
      addDock(tr("Doctor"), "doctor", m_sceneTools->doctorPanel(), Qt::RightDockWidgetArea, false)};
  for (QDockWidget* dock : m_sceneDocks) {
    tabifyDockWidget(inspector, dock);
  }
  const auto bringUp = [this](std::size_t dock) {
    m_sceneDocks[dock]->show();
    m_sceneDocks[dock]->raise();
  };
  connect(m_sceneTools, &SceneTools::editPanelWanted, this, [bringUp] { bringUp(0); });
  connect(m_sceneTools, &SceneTools::doctorPanelWanted, this, [bringUp] { bringUp(1); });
  connect(m_sceneTools, &SceneTools::pictureChanged, this, &MainWindow::sidesChanged);
  connect(m_sceneTools, &SceneTools::doctorTitleChanged, this, [this](const QString& title) {
    m_sceneDocks[1]->setWindowTitle(title);
    m_sceneDocks[1]->toggleViewAction()->setText(tr("Doctor"));
  });
  connect(m_sceneTools, &SceneTools::alarmed, this, [this, bringUp](const QString& text) {
    m_log->append(text, true);
    m_notice->offer(text, tr("Show in the doctor"), [bringUp] { bringUp(1); });
  });
  applyDefaultLayout();
}

void MainWindow::applyDefaultLayout() {
  addDockWidget(Qt::LeftDockWidgetArea, m_docks[0]);
  addDockWidget(Qt::LeftDockWidgetArea, m_bookmarkDock);
  addDockWidget(Qt::RightDockWidgetArea, m_docks[1]);
  addDockWidget(Qt::BottomDockWidgetArea, m_docks[2]);
  for (std::size_t i = 3; i < m_docks.size(); ++i) {
    const bool besideInspector =
        std::find(m_sceneDocks.begin(), m_sceneDocks.end(), m_docks[i]) != m_sceneDocks.end();
    if (m_docks[i] != m_bookmarkDock) {
      tabifyDockWidget(m_docks[besideInspector ? 1 : 2], m_docks[i]);
    }
  }
  for (QDockWidget* dock : m_docks) {
    dock->setFloating(false);
    dock->show();
  }
  m_docks[1]->raise();
  m_docks[2]->raise();
  resizeDocks({m_docks[0], m_docks[1]}, {kProjectWidth, kInspectorWidth}, Qt::Horizontal);
  resizeDocks({m_docks[2]}, {kBottomHeight}, Qt::Vertical);
}

void MainWindow::restoreWindow() {
  resize(1280, 800);
  QSettings settings;
  if (settings.contains("window/geometry")) {
    restoreGeometry(settings.value("window/geometry").toByteArray());
    restoreState(settings.value("window/state").toByteArray(), kLayoutVersion);
  }
}

void MainWindow::startViewport() {
  if (qEnvironmentVariable("VOLPRESS_VIEWPORT") == "painter") {
    m_viewport->start(nullptr);
    return;
  }
  m_startup->run(
      "Starting Vulkan",
      [platform = QGuiApplication::platformName().toStdString(),
       device = loadSettings().device.toStdString()](TaskContext&) {
        auto context = makeWindowContext(platform, device);
        // A device that was taken out of the machine is no reason to do without the others.
        return context || device.empty() ? std::move(context) : makeWindowContext(platform, {});
      },
      [this](const Result<std::shared_ptr<renderer::VulkanContext>>& context) {
        const auto withoutVulkan = [this](const Error& error) {
          m_viewport->start(nullptr);
          m_vulkanProblem = QString::fromStdString(error.message);
          note(tr("The viewport works without Vulkan: %1").arg(m_vulkanProblem),
               Session::Tone::Warning);
        };
        if (!context) {
          withoutVulkan(context.error());
          return;
        }
        Result<std::shared_ptr<VulkanHost>> host = VulkanHost::create(*context);
        if (!host) {
          withoutVulkan(host.error());
          return;
        }
        note(tr("Vulkan device: %1").arg(QString::fromStdString((*context)->deviceName())),
             Session::Tone::Plain);
        for (const std::string& name : renderer::deviceNames((*context)->instance())) {
          m_deviceNames << QString::fromStdString(name);
        }
        m_viewport->start(std::move(*host));
      });
}

void MainWindow::documentChanged() {
  const Document& document = m_session->document();
  m_project->showDocument(document);
  m_compareBar->showDocument(document);
  m_chart->showDocument(document);
  m_table->showDocument(document);
  const Entry* source = document.activeSource();
  m_inspector->setReady(source != nullptr);
  if (source != nullptr) {
    m_inspector->setKind(source->kind());
    m_inspector->showPhotos(source->photos());
  }
  m_inspector->setCompareHighlighted(source != nullptr && document.variantsOf(source->id).empty() &&
                                     m_session->jobs().empty());
}

void MainWindow::showSides() {
  const Document& document = m_session->document();
  const Entry* source = document.activeSource();
  std::array<SideState, kMaxSides> sides;
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    sides.at(side) = sideState(document.side(side), source, *m_sceneTools);
  }
  m_compare->showSides(std::move(sides));
}

void MainWindow::sidesChanged() {
  const Document& document = m_session->document();
  const Entry* source = document.activeSource();
  const Entry* a = document.side(0);
  const Entry* b = document.side(1);
  m_pages->setCurrentWidget(source == nullptr ? static_cast<QWidget*>(m_welcome) : m_stage);
  showSides();
  m_playback->showSides();
  // The first result appears beside the original without asking.
  if (b != nullptr && !m_hadB && m_viewport->mode() == CompareMode::Single) {
    setMode(CompareMode::Wipe);
  }
  m_hadB = b != nullptr;
  for (QAction* action : {m_actions.wipe, m_actions.sideBySide, m_actions.flip, m_actions.swap}) {
    action->setEnabled(b != nullptr);
  }
  for (QAction* action :
       {m_actions.exportVariant, m_actions.close, m_actions.addJob, m_actions.compareThree,
        m_actions.sweep, m_actions.home, m_actions.focus, m_actions.flipUp}) {
    action->setEnabled(source != nullptr);
  }
  if (source != nullptr && (source->kind() == engine::SceneKind::MovingSplats ||
                            source->kind() == engine::SceneKind::MovingVoxels)) {
    m_actions.sweep->setEnabled(false);  // of codecs of still scenes
  }
  m_actions.exportStream->setEnabled(source != nullptr &&
                                     source->kind() == engine::SceneKind::MovingSplats);
  m_cameras->setReady(source != nullptr);
  if (source != nullptr) {
    m_cameras->follow(*source);
  }
  const bool hasVariants = source != nullptr && !document.variantsOf(source->id).empty();
  m_actions.previous->setEnabled(hasVariants);
  m_actions.next->setEnabled(hasVariants);
  m_inspector->showBytes(b != nullptr ? b : a);
  m_inspector->showNative(b != nullptr ? b : a);
  documentChanged();
}

void MainWindow::jobsChanged() {
  m_queue->showJobs(m_session->jobs());
  if (!m_session->jobs().empty()) {
    m_inspector->setCompareHighlighted(false);
  }
}

void MainWindow::activityChanged() {
  const auto activity = m_session->activity();
  const QString title = activity ? QString::fromStdString(activity->title) + "…" : QString();
  m_activityText->setText(title);
  m_activityBar->setVisible(activity.has_value());
  if (activity) {
    m_activityBar->setValue(static_cast<int>(activity->fraction * 1000));
  }
  m_welcome->setBusy(title);
}

void MainWindow::note(const QString& text, Session::Tone tone) {
  m_log->append(text, tone == Session::Tone::Warning);
  if (tone == Session::Tone::Warning) {
    m_notice->show(text.section('\n', 0, 0));  // the log keeps the rest
  } else {
    statusBar()->showMessage(text.section('\n', 0, 0), kNoteMs);
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!m_projectMenu->mayClose()) {
    event->ignore();
    return;
  }
  if (m_actions.hidePanels->isChecked()) {
    togglePanels(false);  // the next start shows what there was before
  }
  QSettings settings;
  settings.setValue("window/geometry", saveGeometry());
  settings.setValue("window/state", saveState(kLayoutVersion));
  settings.setValue("window/light", m_actions.lightTheme->isChecked());
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) {
    event->acceptProposedAction();
  }
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) {
      paths.append(url.toLocalFile());
    }
  }
  event->acceptProposedAction();
  openPaths(paths);
}

}  // namespace volpress::studio
