#include "app/studio/scene_tools.hpp"

#include <utility>

#include <QAction>
#include <QMainWindow>
#include <QMenu>

#include "app/studio/doctor_desk.hpp"
#include "app/studio/edit_panel.hpp"
#include "app/studio/session.hpp"
#include "app/studio/viewport.hpp"

namespace volpress::studio {
namespace {

// Apart from those of the panel's fields, which count from 1.
constexpr std::uint64_t kFirstDrag = std::uint64_t{1} << 32;

}  // namespace

SceneTools::SceneTools(Session& session, Viewport& viewport, QMainWindow& window)
    : QObject(&window),
      m_session(session),
      m_viewport(viewport),
      m_window(window),
      m_editPanel(new EditPanel(&window)),
      m_doctor(new DoctorDesk(session, window)),
      m_gesture(kFirstDrag),
      m_background(this) {
  connect(&m_session, &Session::sidesChanged, this, &SceneTools::refresh);
  connect(&m_session, &Session::editingChanged, this, &SceneTools::refresh);
  connect(m_editPanel, &EditPanel::edited, this,
          [this](const std::vector<edit::EditOperation>& edits, const QString& text,
                 std::uint64_t gesture) {
            if (const Entry* scene = source()) {
              m_session.setEdits(scene->id, edits, text.toStdString(), gesture);
            }
          });
  connect(m_editPanel, &EditPanel::openedChanged, this, &SceneTools::showGizmo);
  connect(&m_viewport, &Viewport::handleGrabbed, this, &SceneTools::grabHandle);
  connect(&m_viewport, &Viewport::handleDragged, this, &SceneTools::dragHandle);
  connect(&m_viewport, &Viewport::handleReleased, this, [this] { m_grabbed.reset(); });
  connectDoctor();
}

SceneTools::~SceneTools() = default;

void SceneTools::connectDoctor() {
  connect(m_doctor, &DoctorDesk::pictureChanged, this, &SceneTools::pictureChanged);
  connect(m_doctor, &DoctorDesk::alarmed, this, &SceneTools::alarmed);
  connect(m_doctor, &DoctorDesk::changed, this, [this] {
    const std::size_t problems = m_doctor->problems();
    emit doctorTitleChanged(problems == 0 ? tr("Doctor") : tr("Doctor (%1)").arg(problems));
  });
  connect(m_doctor, &DoctorDesk::remedyWanted, this, [this](const edit::EditOperation& operation) {
    if (const Entry* scene = source()) {
      std::vector<edit::EditOperation> edits = scene->edits;
      edits.push_back(operation);
      m_session.setEdits(scene->id, std::move(edits),
                         tr("Add edit: %1")
                             .arg(QString::fromStdString(edit::findEditKind(operation.kind)->label))
                             .toStdString());
      m_editPanel->open(source()->edits.size() - 1);
      emit editPanelWanted();
    }
  });
}

QWidget* SceneTools::doctorPanel() const { return m_doctor->panel(); }

std::shared_ptr<const GaussianCloud> SceneTools::shownCloud(const Entry& entry) const {
  const auto highlighted = m_doctor->highlighted(entry);
  return highlighted != nullptr ? highlighted : entry.shown();
}

bool SceneTools::pointsOut() const {
  const Entry* scene = source();
  return scene != nullptr && m_doctor->highlighted(*scene) != nullptr;
}

QWidget* SceneTools::editPanel() const { return m_editPanel; }

const Entry* SceneTools::source() const {
  const Entry* scene = m_session.document().activeSource();
  // Edits and the doctor work on one cloud.
  return scene != nullptr && scene->isLoaded() && scene->isStillSplats() ? scene : nullptr;
}

void SceneTools::fillMenu(QMenu& menu) {
  QMenu* add = menu.addMenu(tr("Add an edit"));
  add->setToolTipsVisible(true);
  menu.setToolTipsVisible(true);
  for (const edit::EditKind& kind : edit::allEditKinds()) {
    const QString text = QString::fromStdString(kind.label);
    auto* action = new QAction(text, &m_window);
    action->setObjectName("edit." + QString::fromStdString(kind.id));
    action->setWhatsThis(QString::fromStdString(kind.help));
    m_window.addAction(action);
    connect(action, &QAction::triggered, this, [this, &kind] {
      emit editPanelWanted();
      m_editPanel->add(kind);
    });
    add->addAction(action);
    m_actions.push_back(action);
  }
  auto* reset = new QAction(tr("Remove all edits"), &m_window);
  reset->setObjectName("edit.removeAll");
  m_window.addAction(reset);
  connect(reset, &QAction::triggered, this, [this] {
    if (const Entry* scene = source()) {
      m_session.setEdits(scene->id, {}, tr("Remove all edits").toStdString());
    }
  });
  menu.addAction(reset);
  m_actions.push_back(reset);
  menu.addSeparator();
  const auto addDoctor = [&](const QString& name, const QString& text, auto run) {
    auto* action = new QAction(text, &m_window);
    action->setObjectName(name);
    m_window.addAction(action);
    connect(action, &QAction::triggered, this, run);
    menu.addAction(action);
    m_actions.push_back(action);
  };
  addDoctor("doctor.examine", tr("Examine the file"), [this] {
    emit doctorPanelWanted();
    m_doctor->examine();
  });
  addDoctor("doctor.repair", tr("Repair into a new file…"), [this] { m_doctor->askForRepair(); });
  refresh();
}

void SceneTools::refresh() {
  const Entry* scene = source();
  const QString reason = whySplatsOnly(m_session.document().activeSource());
  for (QAction* action : m_actions) {
    action->setEnabled(scene != nullptr);
    action->setToolTip(reason.isEmpty() ? action->whatsThis() : reason);
  }
  m_editPanel->setReason(reason);
  lookAtScene();
  m_editPanel->showSource(scene, m_facts, m_session.isEditing());
  m_doctor->refresh(m_facts);
  showGizmo();
}

/// Facts of another scene are found in the background; until then nothing can be added.
void SceneTools::lookAtScene() {
  const Entry* scene = source();
  const std::shared_ptr<const GaussianCloud> cloud = scene == nullptr ? nullptr : scene->cloud;
  if (cloud == m_seen) {
    return;
  }
  m_seen = cloud;
  m_facts.reset();
  m_background.cancelAll();
  if (cloud == nullptr) {
    return;
  }
  m_background.run(
      "Looking at the scene", [cloud](TaskContext&) { return editFactsOf(*cloud); },
      [this, cloud](const EditFacts& facts) {
        if (cloud == m_seen) {
          m_facts = facts;
          refresh();
        }
      });
}

std::unique_ptr<EditGizmo> SceneTools::openedShape() const {
  const Entry* scene = source();
  const auto step = m_editPanel->opened();
  if (scene == nullptr || !step || !m_facts || !m_editPanel->isVisible()) {
    return nullptr;
  }
  return makeEditGizmo(scene->edits, *step, m_facts->extent);
}

void SceneTools::showGizmo() {
  const auto shape = openedShape();
  m_viewport.setGizmo(shape ? std::make_shared<const Gizmo>(shape->gizmo()) : nullptr);
}

void SceneTools::grabHandle() {
  m_grabbed = openedShape();
  if (m_grabbed) {
    m_grabbedStep = *m_editPanel->opened();
    ++m_gesture;
  }
}

void SceneTools::dragHandle(std::size_t handle, const Camera& camera,
                            const std::array<float, 2>& from, const std::array<float, 2>& to) {
  const Entry* scene = source();
  if (scene == nullptr || !m_grabbed || m_grabbedStep >= scene->edits.size()) {
    return;
  }
  std::vector<edit::EditOperation> edits = scene->edits;
  const edit::EditOperation dragged = m_grabbed->dragged(handle, camera, from, to);
  if (edits[m_grabbedStep].kind != dragged.kind) {
    return;
  }
  edits[m_grabbedStep].params = dragged.params;
  m_session.setEdits(scene->id, std::move(edits), tr("Drag in the picture").toStdString(),
                     m_gesture);
}

}  // namespace volpress::studio
