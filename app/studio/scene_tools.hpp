// What can be done to a scene itself in the window: edits before compressing, with their outline
// and handles in the viewport, and the doctor.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QObject>

#include "app/studio/background.hpp"
#include "app/studio/edit_cache.hpp"
#include "app/studio/edit_gizmo.hpp"

class QAction;
class QMainWindow;
class QMenu;
class QWidget;

namespace volpress::studio {

class DoctorDesk;
class EditPanel;
class Session;
class Viewport;

class SceneTools : public QObject {
  Q_OBJECT
public:
  SceneTools(Session& session, Viewport& viewport, QMainWindow& window);
  ~SceneTools() override;

  [[nodiscard]] QWidget* editPanel() const;
  [[nodiscard]] QWidget* doctorPanel() const;
  /// What the viewport shows for an entry: edited, or with some splats pointed out.
  [[nodiscard]] std::shared_ptr<const GaussianCloud> shownCloud(const Entry& entry) const;
  /// Whether splats of the active source are pointed out: nothing can be compared with it then.
  [[nodiscard]] bool pointsOut() const;
  /// Adds menu entries; their keys work in the whole window.
  void fillMenu(QMenu& menu);

signals:
  void editPanelWanted();    ///< in front
  void doctorPanelWanted();  ///< in front
  void pictureChanged();     ///< what `shownCloud` says
  void doctorTitleChanged(const QString& title);
  /// Something serious is wrong with a scene that was just opened.
  void alarmed(const QString& text);

private:
  void refresh();
  void connectDoctor();
  void lookAtScene();
  void showGizmo();
  /// The shape of the step that is open; null: none.
  [[nodiscard]] std::unique_ptr<EditGizmo> openedShape() const;
  void grabHandle();
  void dragHandle(std::size_t handle, const Camera& camera, const std::array<float, 2>& from,
                  const std::array<float, 2>& to);
  [[nodiscard]] const Entry* source() const;

  Session& m_session;
  Viewport& m_viewport;
  QMainWindow& m_window;
  EditPanel* m_editPanel;
  DoctorDesk* m_doctor;
  std::vector<QAction*> m_actions;
  /// Of the active source's cloud, once they are known.
  std::shared_ptr<const GaussianCloud> m_seen;
  std::optional<EditFacts> m_facts;
  std::unique_ptr<EditGizmo> m_grabbed;  ///< the edit as it was when its handle was grabbed
  std::size_t m_grabbedStep = 0;
  std::uint64_t m_gesture = 0;
  Background m_background;  // last: its thread may still post to the above
};

}  // namespace volpress::studio
