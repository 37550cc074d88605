// Shows every command's keys and changes them.
#pragma once

#include <QDialog>

#include "app/studio/command_list.hpp"

class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QMainWindow;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace volpress::studio {

/// Changes apply at once and are kept. A key that another command has is taken from it only by a
/// second press, after the dialog has said whose it is.
class ShortcutDialog : public QDialog {
  Q_OBJECT
public:
  explicit ShortcutDialog(QMainWindow& window);

private:
  void fill();
  void showCurrent();
  void keysTyped();
  void assign();
  void setKeys(QAction& action, const QList<QKeySequence>& keys);
  void resetAll();
  void refreshRow(QTreeWidgetItem& item) const;
  [[nodiscard]] QAction* current() const;

  QMainWindow& m_window;
  std::vector<CommandEntry> m_commands;
  QLineEdit* m_filter;
  QTreeWidget* m_tree;
  QKeySequenceEdit* m_keys;
  QLabel* m_message;
  QPushButton *m_assign, *m_remove, *m_reset;
};

}  // namespace volpress::studio
