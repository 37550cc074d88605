#include "app/studio/shortcut_dialog.hpp"

#include <map>

#include <QAction>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kIndexRole = Qt::UserRole;

QString keysText(const QAction& action) {
  QStringList keys;
  for (const QKeySequence& key : action.shortcuts()) {
    keys << key.toString(QKeySequence::NativeText);
  }
  return keys.join(QStringLiteral("   "));
}

}  // namespace

ShortcutDialog::ShortcutDialog(QMainWindow& window)
    : QDialog(&window), m_window(window), m_commands(commandsOf(window)) {
  setObjectName("shortcutDialog");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Keyboard shortcuts"));
  resize(600, 560);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 16, 16, 16);
  column->setSpacing(8);
  m_filter = new QLineEdit(this);
  m_filter->setObjectName("shortcutFilter");
  m_filter->setPlaceholderText(tr("Filter by name or key"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setMinimumHeight(28);
  m_filter->setTextMargins(6, 0, 6, 0);
  column->addWidget(m_filter);
  m_tree = new QTreeWidget(this);
  m_tree->setObjectName("shortcutTree");
  m_tree->setHeaderLabels({tr("Command"), tr("Keys")});
  m_tree->setRootIsDecorated(false);
  m_tree->setIndentation(12);
  m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  m_tree->header()->setStretchLastSection(false);
  column->addWidget(m_tree, 1);

  auto* row = new QHBoxLayout();
  row->setSpacing(8);
  auto* label = new QLabel(tr("&New key"), this);
  m_keys = new QKeySequenceEdit(this);
  m_keys->setObjectName("shortcutKeys");
  m_keys->setToolTip(tr("Click here and press the keys"));
  label->setBuddy(m_keys);
  m_assign = new QPushButton(tr("&Assign"), this);
  m_assign->setObjectName("shortcutAssign");
  m_remove = new QPushButton(tr("&Remove"), this);
  m_remove->setObjectName("shortcutRemove");
  m_remove->setToolTip(tr("The command keeps no key"));
  m_reset = new QPushButton(tr("Re&set"), this);
  m_reset->setObjectName("shortcutReset");
  m_reset->setToolTip(tr("The command gets its first keys back"));
  row->addWidget(label);
  row->addWidget(m_keys, 1);
  row->addWidget(m_assign);
  row->addWidget(m_remove);
  row->addWidget(m_reset);
  column->addLayout(row);
  m_message = new QLabel(this);
  m_message->setObjectName("shortcutMessage");
  m_message->setWordWrap(true);
  QPalette warning = m_message->palette();
  warning.setColor(QPalette::WindowText, warningText(palette()));
  m_message->setPalette(warning);
  m_message->setMinimumHeight(2 * fontMetrics().height());
  column->addWidget(m_message);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  auto* all = buttons->addButton(tr("Reset all"), QDialogButtonBox::ResetRole);
  all->setObjectName("shortcutResetAll");
  column->addWidget(buttons);

  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(all, &QPushButton::clicked, this, &ShortcutDialog::resetAll);
  connect(m_filter, &QLineEdit::textChanged, this, &ShortcutDialog::fill);
  connect(m_tree, &QTreeWidget::currentItemChanged, this, &ShortcutDialog::showCurrent);
  connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutDialog::keysTyped);
  connect(m_assign, &QPushButton::clicked, this, &ShortcutDialog::assign);
  connect(m_remove, &QPushButton::clicked, this, [this] {
    if (QAction* action = current()) {
      setKeys(*action, {});
    }
  });
  connect(m_reset, &QPushButton::clicked, this, [this] {
    if (QAction* action = current()) {
      setKeys(*action, defaultShortcutsOf(*action));
    }
  });
  fill();
  m_filter->setFocus();
}

QAction* ShortcutDialog::current() const {
  const QTreeWidgetItem* item = m_tree->currentItem();
  const QVariant index = item == nullptr ? QVariant() : item->data(0, kIndexRole);
  return index.isValid() ? m_commands[index.toUInt()].action : nullptr;
}

void ShortcutDialog::refreshRow(QTreeWidgetItem& item) const {
  const QAction& action = *m_commands[item.data(0, kIndexRole).toUInt()].action;
  item.setText(1, keysText(action));
  QFont font = item.font(1);
  font.setBold(action.shortcuts() != defaultShortcutsOf(action));
  item.setFont(1, font);
}

void ShortcutDialog::fill() {
  const QString words = m_filter->text();
  m_tree->clear();
  std::map<QString, QTreeWidgetItem*> groups;
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    const CommandEntry& command = m_commands[i];
    if (!command.name.contains(words, Qt::CaseInsensitive) &&
        !command.path.contains(words, Qt::CaseInsensitive) &&
        !keysText(*command.action).contains(words, Qt::CaseInsensitive)) {
      continue;
    }
    const QString title = command.path.isEmpty() ? tr("Others") : command.path;
    QTreeWidgetItem*& group = groups[title];
    if (group == nullptr) {
      group = new QTreeWidgetItem(m_tree, {title});
      group->setFlags(Qt::ItemIsEnabled);
      group->setForeground(0, quietText(palette()));
      group->setExpanded(true);
    }
    auto* item = new QTreeWidgetItem(group, {command.name});
    item->setData(0, kIndexRole, QVariant::fromValue<uint>(static_cast<uint>(i)));
    refreshRow(*item);
  }
  for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
    m_tree->topLevelItem(i)->setExpanded(true);
  }
  if (m_tree->topLevelItemCount() > 0) {
    m_tree->setCurrentItem(m_tree->topLevelItem(0)->child(0));
  }
  showCurrent();
}

void ShortcutDialog::showCurrent() {
  const QAction* action = current();
  m_keys->clear();
  m_message->clear();
  m_keys->setEnabled(action != nullptr);
  m_assign->setEnabled(false);
  m_remove->setEnabled(action != nullptr && !action->shortcuts().isEmpty());
  m_reset->setEnabled(action != nullptr && action->shortcuts() != defaultShortcutsOf(*action));
}

void ShortcutDialog::keysTyped() {
  const QAction* action = current();
  const QKeySequence key = m_keys->keySequence();
  m_assign->setEnabled(action != nullptr && !key.isEmpty());
  m_assign->setText(tr("&Assign"));
  m_message->clear();
  if (action == nullptr || key.isEmpty()) {
    return;
  }
  const auto taken = commandsWithKey(m_commands, key, action);
  if (!taken.empty()) {
    m_message->setText(tr("%1 belongs to “%2”. Assigning it takes it from there.")
                           .arg(key.toString(QKeySequence::NativeText), taken.front().name));
    m_assign->setText(tr("T&ake over"));
  }
}

void ShortcutDialog::assign() {
  QAction* action = current();
  const QKeySequence key = m_keys->keySequence();
  if (action == nullptr || key.isEmpty()) {
    return;
  }
  setKeys(*action, {key});
}

void ShortcutDialog::setKeys(QAction& action, const QList<QKeySequence>& keys) {
  for (const QKeySequence& key : keys) {
    for (const CommandEntry& other : commandsWithKey(m_commands, key, &action)) {
      QList<QKeySequence> left = other.action->shortcuts();
      left.removeAll(key);
      setShortcutsOf(*other.action, left);
    }
  }
  setShortcutsOf(action, keys);
  saveShortcuts(m_window);
  for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
    for (int k = 0; k < m_tree->topLevelItem(i)->childCount(); ++k) {
      refreshRow(*m_tree->topLevelItem(i)->child(k));
    }
  }
  showCurrent();
}

void ShortcutDialog::resetAll() {
  for (const CommandEntry& command : m_commands) {
    setShortcutsOf(*command.action, defaultShortcutsOf(*command.action));
  }
  saveShortcuts(m_window);
  fill();
}

}  // namespace volpress::studio
