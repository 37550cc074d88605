#include "app/studio/project_menu.hpp"

#include <utility>

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeySequence>
#include <QMainWindow>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>

#include "app/studio/project_panel.hpp"
#include "app/studio/session.hpp"

namespace volpress::studio {
namespace {

std::filesystem::path pathOf(const QString& text) { return text.toStdString(); }
QString textOf(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

QString filter() {
  return QObject::tr("Volpress projects (*%1)")
      .arg(QString::fromUtf8(engine::kProjectExtension.data(),
                             static_cast<qsizetype>(engine::kProjectExtension.size())));
}

}  // namespace

ProjectMenu::ProjectMenu(Session& session, QMainWindow& window, int layoutVersion)
    : QObject(&window), m_session(session), m_window(window), m_layoutVersion(layoutVersion) {
  m_new = add("newProject", tr("New project"), {QKeySequence::New}, tr("Start anew"),
              [this] { newProject(); });
  m_open = add("openProject", tr("Open project…"), {tr("Ctrl+Shift+O")},
               tr("Open a project with its scenes and results"), [this] { openDialog(); });
  m_save = add("saveProject", tr("Save project"), {QKeySequence::Save},
               tr("Save scenes, results, notes and layout as a project"), [this] { save({}); });
  m_saveAs = add("saveProjectAs", tr("Save project as…"), {tr("Ctrl+Shift+S")},
                 tr("Save under another name"), [this] { saveAs({}); });
  m_undo = add("undo", tr("Undo"), {QKeySequence::Undo}, {}, [this] { m_session.undo(); });
  m_redo =
      add("redo", tr("Redo"), {tr("Ctrl+Shift+Z"), tr("Ctrl+Y")}, {}, [this] { m_session.redo(); });
  connect(&m_session, &Session::projectChanged, this, &ProjectMenu::refresh);
  connect(&m_session, &Session::sidesChanged, this, &ProjectMenu::refresh);
  connect(&m_session, &Session::projectOpened, this, &ProjectMenu::restoreLayout);
  connect(&m_session, &Session::queueEnded, this, [this] {
    if (m_closeAtEnd) {
      closeNow(true);
    }
  });
  refresh();
}

QAction* ProjectMenu::add(const QString& name, const QString& text, const QList<QKeySequence>& keys,
                          const QString& tip, std::function<void()> run) {
  auto* action = new QAction(text, &m_window);
  action->setObjectName(name);
  action->setShortcuts(keys);
  action->setToolTip((tip.isEmpty() ? text : tip) + " (" +
                     keys.first().toString(QKeySequence::NativeText) + ")");
  m_window.addAction(action);
  connect(action, &QAction::triggered, this, std::move(run));
  return action;
}

void ProjectMenu::fillFileMenu(QMenu& menu) {
  menu.addActions({m_new, m_open});
  menu.addSeparator();
  menu.addActions({m_save, m_saveAs});
}

void ProjectMenu::fillEditMenu(QMenu& menu) { menu.addActions({m_undo, m_redo}); }

void ProjectMenu::refresh() {
  const auto& stack = m_session.undoStack();
  const auto undo = stack.undoText();
  const auto redo = stack.redoText();
  m_undo->setEnabled(undo.has_value());
  m_undo->setText(undo ? tr("Undo: %1").arg(QString::fromStdString(*undo)) : tr("Undo"));
  m_redo->setEnabled(redo.has_value());
  m_redo->setText(redo ? tr("Redo: %1").arg(QString::fromStdString(*redo)) : tr("Redo"));
  const Entry* source = m_session.document().activeSource();
  const auto& file = m_session.projectFile();
  QString name = file.empty() ? QString() : QFileInfo(textOf(file)).completeBaseName();
  if (name.isEmpty() && source != nullptr) {
    name = QString::fromStdString(source->name);
  }
  m_window.setWindowTitle(name.isEmpty() ? QStringLiteral("Volpress")
                                         : name + QStringLiteral("[*] – Volpress"));
  m_window.setWindowModified(m_session.wouldLose());
  m_saveAs->setEnabled(source != nullptr);
  m_save->setEnabled(source != nullptr);
}

void ProjectMenu::restoreLayout() {
  const auto state =
      QByteArray::fromBase64(QByteArray::fromStdString(m_session.project().windowState));
  if (!state.isEmpty()) {
    m_window.restoreState(state, m_layoutVersion);
  }
}

void ProjectMenu::serve(ProjectPanel& panel) {
  connect(&panel, &ProjectPanel::renameWanted, this,
          [this](EntryId id, const QString& name) { m_session.rename(id, name.toStdString()); });
  connect(&panel, &ProjectPanel::starWanted, &m_session, &Session::setStarred);
  connect(&panel, &ProjectPanel::noteWanted, this,
          [this](EntryId id, const QString& note) { m_session.setNote(id, note.toStdString()); });
  connect(&panel, &ProjectPanel::putBackWanted, &m_session, &Session::putBack);
  connect(&panel, &ProjectPanel::locateWanted, this, &ProjectMenu::locate);
  connect(&panel, &ProjectPanel::emptyTrashWanted, this, &ProjectMenu::emptyTrash);
}

void ProjectMenu::locate(EntryId id) {
  const Entry* entry = m_session.document().find(id);
  if (entry == nullptr) {
    return;
  }
  auto* dialog = new QFileDialog(&m_window, tr("Where is %1 now?").arg(textOf(entry->path)),
                                 textOf(entry->path.parent_path()));
  dialog->setObjectName("locateDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this, id](const QString& path) { m_session.locate(id, pathOf(path)); });
  dialog->open();
}

void ProjectMenu::emptyTrash() {
  auto* question = new QMessageBox(&m_window);
  question->setAttribute(Qt::WA_DeleteOnClose);
  question->setIcon(QMessageBox::Question);
  question->setText(tr("Remove %n result(s) for good?", nullptr,
                       static_cast<int>(m_session.document().trash().size())));
  question->setInformativeText(tr("Their files are deleted. This cannot be undone."));
  QPushButton* drop = question->addButton(tr("Delete"), QMessageBox::DestructiveRole);
  question->addButton(QMessageBox::Cancel);
  connect(drop, &QPushButton::clicked, &m_session, &Session::emptyTrash);
  question->open();
}

void ProjectMenu::newProject() {
  whenSafe(tr("a new project"), [this] { m_session.newProject(); });
}

void ProjectMenu::open(const QString& path) {
  whenSafe(tr("another project"), [this, path] {
    m_session.openProject(pathOf(path));
    if (textOf(m_session.projectFile()) == path) {
      emit fileUsed(path);
    }
  });
}

void ProjectMenu::openDialog() {
  auto* dialog = new QFileDialog(&m_window, tr("Open a project"),
                                 QSettings().value("folders/project").toString(), filter());
  dialog->setObjectName("openProjectDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, &ProjectMenu::open);
  dialog->open();
}

void ProjectMenu::save(std::function<void()> then) {
  if (m_session.projectFile().empty()) {
    saveAs(std::move(then));
    return;
  }
  saveTo(m_session.projectFile(), then);
}

void ProjectMenu::saveTo(const std::filesystem::path& file, const std::function<void()>& then) {
  m_session.changeProject([this](engine::Project& project) {
    project.windowState = m_window.saveState(m_layoutVersion).toBase64().toStdString();
  });
  if (m_session.saveProject(file)) {
    const QString path = textOf(m_session.projectFile());
    QSettings().setValue("folders/project", QFileInfo(path).absolutePath());
    emit fileUsed(path);
    if (then) {
      then();
    }
  }
}

void ProjectMenu::saveAs(std::function<void()> then) {
  const QString extension = QString::fromStdString(std::string(engine::kProjectExtension)).mid(1);
  const Entry* source = m_session.document().activeSource();
  QString folder = QSettings().value("folders/project").toString();
  if (source != nullptr && folder.isEmpty()) {
    folder = textOf(source->path.parent_path());
  }
  auto* dialog = new QFileDialog(&m_window, tr("Save the project"), folder, filter());
  dialog->setObjectName("saveProjectDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(extension);
  if (source != nullptr) {
    dialog->selectFile(textOf(source->path.stem()) + "." + extension);
  }
  connect(dialog, &QFileDialog::fileSelected, this,
          [this, then = std::move(then)](const QString& path) { saveTo(pathOf(path), then); });
  dialog->open();
}

void ProjectMenu::whenSafe(const QString& what, std::function<void()> then) {
  const bool jobs = m_session.hasRunningJobs();
  if (!m_session.wouldLose() && !jobs) {
    then();
    return;
  }
  auto* question = new QMessageBox(&m_window);
  question->setObjectName("saveQuestion");
  question->setAttribute(Qt::WA_DeleteOnClose);
  question->setIcon(QMessageBox::Question);
  question->setText(m_session.wouldLose() ? tr("Save the project first?")
                                          : tr("Cancel the jobs that wait or run?"));
  question->setInformativeText(
      (m_session.wouldLose() ? tr("Results and notes that are not saved are removed with %1.")
                             : tr("Going on with %1 cancels them."))
          .arg(what) +
      (jobs && m_session.wouldLose() ? tr(" Jobs that wait or run are cancelled.") : QString()));
  QPushButton* keep = nullptr;
  if (m_session.wouldLose()) {
    keep = question->addButton(tr("Save"), QMessageBox::AcceptRole);
    keep->setObjectName("questionSave");
  }
  QPushButton* drop = question->addButton(
      m_session.wouldLose() ? tr("Do not save") : tr("Cancel jobs"), QMessageBox::DestructiveRole);
  drop->setObjectName("questionDrop");
  question->addButton(QMessageBox::Cancel);
  connect(question, &QMessageBox::buttonClicked, this,
          [this, keep, drop, then = std::move(then)](QAbstractButton* button) {
            if (button == drop) {
              then();
            } else if (keep != nullptr && button == keep) {
              save(then);
            }
          });
  question->open();
}

bool ProjectMenu::mayClose() {
  if (m_mayClose) {
    return true;
  }
  if (m_session.hasRunningJobs()) {
    askAboutJobs();
    return false;
  }
  if (m_session.wouldLose()) {
    whenSafe(tr("closing"), [this] { closeNow(false); });
    return false;
  }
  m_session.setLeaving(Session::Leaving::Discard);
  return true;
}

void ProjectMenu::askAboutJobs() {
  auto* question = new QMessageBox(&m_window);
  question->setObjectName("jobsQuestion");
  question->setAttribute(Qt::WA_DeleteOnClose);
  question->setIcon(QMessageBox::Question);
  question->setText(tr("Jobs are waiting or running."));
  question->setInformativeText(
      tr("They can go on when Volpress is started again, with everything that is open now."));
  QPushButton* later = question->addButton(tr("Stop and go on next time"), QMessageBox::AcceptRole);
  later->setObjectName("jobsLater");
  QPushButton* behind =
      question->addButton(tr("Finish in the background"), QMessageBox::ActionRole);
  behind->setObjectName("jobsBehind");
  QPushButton* drop = question->addButton(tr("Cancel jobs"), QMessageBox::DestructiveRole);
  drop->setObjectName("jobsDrop");
  question->addButton(tr("Keep working"), QMessageBox::RejectRole);
  question->setDefaultButton(later);
  connect(question, &QMessageBox::buttonClicked, this,
          [this, later, behind, drop](QAbstractButton* button) {
            if (button == later) {
              closeNow(true);
            } else if (button == behind) {
              m_closeAtEnd = true;
              m_window.hide();
            } else if (button == drop) {
              for (const engine::JobStatus& job : m_session.jobs()) {
                m_session.cancelJob(job.id);
              }
              whenSafe(tr("closing"), [this] { closeNow(false); });
            }
          });
  question->open();
}

void ProjectMenu::closeNow(bool keep) {
  m_session.setLeaving(keep ? Session::Leaving::Keep : Session::Leaving::Discard);
  m_mayClose = true;
  m_window.show();  // a hidden window does not close
  m_window.close();
}

}  // namespace volpress::studio
