// Finds a command by a few letters of its name, and runs it.
#pragma once

#include <QDialog>

#include "app/studio/command_list.hpp"

class QLineEdit;
class QListWidget;
class QMainWindow;

namespace volpress::studio {

/// A sheet at the top of the window. Without letters it shows what was used last; with letters, the
/// best fit first. Enter runs, Escape closes.
class CommandPalette : public QDialog {
  Q_OBJECT
public:
  explicit CommandPalette(QMainWindow& window);

  /// The commands as they stand in the list, best first.
  [[nodiscard]] std::vector<QAction*> shown() const;

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void fill();
  void run();

  std::vector<CommandEntry> m_commands;
  QLineEdit* m_words;
  QListWidget* m_list;
};

}  // namespace volpress::studio
