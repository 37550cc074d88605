#include "app/studio/command_list.hpp"

#include <algorithm>
#include <set>

#include <QAction>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>

namespace volpress::studio {
namespace {

constexpr const char* kDefaultKeys = "defaultShortcuts";
constexpr const char* kSettingsGroup = "shortcuts";

QString plainName(const QString& text) {
  QString name = text;
  name.remove(QStringLiteral("&"));
  return name;
}

void addMenu(const QMenu& menu, const QString& path, std::set<const QAction*>& seen,
             std::vector<CommandEntry>& list) {
  for (QAction* action : menu.actions()) {
    if (const QMenu* child = action->menu()) {
      addMenu(*child, path + QStringLiteral(" › ") + plainName(child->title()), seen, list);
    } else if (!action->isSeparator() && !action->objectName().isEmpty() &&
               seen.insert(action).second) {
      list.push_back({action, plainName(action->text()), path});
    }
  }
}

}  // namespace

std::vector<CommandEntry> commandsOf(const QMainWindow& window) {
  std::vector<CommandEntry> list;
  std::set<const QAction*> seen;
  for (const QAction* top : window.menuBar()->actions()) {
    if (const QMenu* menu = top->menu()) {
      addMenu(*menu, plainName(menu->title()), seen, list);
    }
  }
  for (QAction* action : window.actions()) {
    if (!action->isSeparator() && action->menu() == nullptr && !action->objectName().isEmpty() &&
        !action->text().isEmpty() && seen.insert(action).second) {
      list.push_back({action, plainName(action->text()), {}});
    }
  }
  return list;
}

void setShortcutsOf(QAction& action, const QList<QKeySequence>& keys) {
  const auto suffix = [](const QList<QKeySequence>& of) {
    return of.isEmpty()
               ? QString()
               : QStringLiteral(" (%1)").arg(of.first().toString(QKeySequence::NativeText));
  };
  QString tip = action.toolTip();
  const QString old = suffix(action.shortcuts());
  if (!old.isEmpty() && tip.endsWith(old)) {
    tip.chop(old.size());
  }
  action.setShortcuts(keys);
  action.setToolTip(tip + suffix(keys));
}

QList<QKeySequence> defaultShortcutsOf(const QAction& action) {
  return action.property(kDefaultKeys).value<QList<QKeySequence>>();
}

void restoreShortcuts(const QMainWindow& window) {
  QSettings settings;
  settings.beginGroup(kSettingsGroup);
  for (const CommandEntry& command : commandsOf(window)) {
    QAction& action = *command.action;
    action.setProperty(kDefaultKeys, QVariant::fromValue(action.shortcuts()));
    if (settings.contains(action.objectName())) {
      QList<QKeySequence> keys;
      for (const QString& text : settings.value(action.objectName()).toStringList()) {
        keys << QKeySequence(text, QKeySequence::PortableText);
      }
      setShortcutsOf(action, keys);
    }
  }
}

void saveShortcuts(const QMainWindow& window) {
  QSettings settings;
  settings.beginGroup(kSettingsGroup);
  for (const CommandEntry& command : commandsOf(window)) {
    const QAction& action = *command.action;
    if (action.shortcuts() == defaultShortcutsOf(action)) {
      settings.remove(action.objectName());
      continue;
    }
    QStringList keys;
    for (const QKeySequence& key : action.shortcuts()) {
      keys << key.toString(QKeySequence::PortableText);
    }
    settings.setValue(action.objectName(), keys);
  }
}

std::vector<CommandEntry> commandsWithKey(const std::vector<CommandEntry>& commands,
                                          const QKeySequence& key, const QAction* except) {
  std::vector<CommandEntry> taken;
  std::copy_if(commands.begin(), commands.end(), std::back_inserter(taken),
               [&](const CommandEntry& command) {
                 return command.action != except && !key.isEmpty() &&
                        command.action->shortcuts().contains(key);
               });
  return taken;
}

}  // namespace volpress::studio
