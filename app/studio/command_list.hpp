// Every command of a window: what the palette finds and the shortcut editor edits.
#pragma once

#include <vector>

#include <QKeySequence>
#include <QList>
#include <QString>

class QAction;
class QMainWindow;

namespace volpress::studio {

struct CommandEntry {
  QAction* action = nullptr;
  QString name;  ///< its text without the mnemonic
  QString path;  ///< "View › Panels"; empty when it is in no menu
};

/// The actions of the menus in menu order, then the window's others. Separators, submenus and
/// actions without an object name are left out.
[[nodiscard]] std::vector<CommandEntry> commandsOf(const QMainWindow& window);

/// Gives an action other keys; its tooltip says the new one.
void setShortcutsOf(QAction& action, const QList<QKeySequence>& keys);

/// Remembers the present keys of every command as their defaults, then applies those that the
/// settings hold. Once for each window.
void restoreShortcuts(const QMainWindow& window);
/// The keys an action had before restoreShortcuts.
[[nodiscard]] QList<QKeySequence> defaultShortcutsOf(const QAction& action);
/// Keeps what differs from the defaults in the settings.
void saveShortcuts(const QMainWindow& window);

/// Commands that `key` calls already, `except` left out.
[[nodiscard]] std::vector<CommandEntry> commandsWithKey(const std::vector<CommandEntry>& commands,
                                                        const QKeySequence& key,
                                                        const QAction* except);

}  // namespace volpress::studio
