// Which cameras results are measured on.
#pragma once

#include <QDialog>

#include "app/engine/view_sets.hpp"
#include "app/studio/view_camera.hpp"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace volpress::studio {

class CameraPlan;

/// Edits a view set. Its owner makes the views (`viewsWanted` -> `showViews`) and takes the choice.
class ViewSetDialog : public QDialog {
  Q_OBJECT
public:
  /// `spec` is the set in use; `bookmarkFile` the spec that stands for the bookmarks, empty if
  /// there are none.
  ViewSetDialog(const QString& spec, const QString& bookmarkFile, QWidget* parent = nullptr);

  void showScene(const GaussianCloud& cloud, Vec3 down);
  void showViews(const Result<ViewSet>& views);
  /// What is chosen: a spec of `makeViewSet`.
  [[nodiscard]] QString spec() const;
  [[nodiscard]] const ViewSet& views() const { return m_views; }
  /// Whether held-out marks differ from what the spec gives by itself.
  [[nodiscard]] bool marksChanged() const { return m_marksChanged; }
  [[nodiscard]] bool drawsCameras() const;

signals:
  void viewsWanted(const QString& spec);
  void viewsShown();  ///< the views, their marks, or whether they are drawn have changed
  void viewWanted(std::size_t index);  ///< someone wants to look through it

private:
  enum Kind { Automatic, Orbit, Inside, Bookmarks, File };
  void kindChanged();
  void ask();
  void markChanged(int row);
  void browse(bool folder);

  QString m_bookmarkFile;
  ViewSet m_views;
  bool m_marksChanged = false;
  bool m_filling = false;
  QComboBox* m_kind;
  QSpinBox* m_count;
  QLineEdit* m_path;
  QPushButton* m_file;
  QPushButton* m_folder;
  QListWidget* m_list;
  QLabel* m_note;
  CameraPlan* m_plan;
  QCheckBox* m_draw;
  QPushButton* m_use;
};

}  // namespace volpress::studio
