#include "app/studio/command_palette.hpp"

#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QMainWindow>
#include <QSettings>
#include <QTimer>
#include <QVBoxLayout>

#include "app/studio/command_row_painter.hpp"
#include "app/studio/fuzzy_match.hpp"

namespace volpress::studio {
namespace {

constexpr int kWidth = 560;
constexpr int kRows = 12;
constexpr int kTop = 64;  // below the window's top edge
constexpr int kRecentKept = 8;
constexpr const char* kRecentKey = "palette/recent";

}  // namespace

CommandPalette::CommandPalette(QMainWindow& window)
    : QDialog(&window, Qt::Popup | Qt::FramelessWindowHint), m_commands(commandsOf(window)) {
  setObjectName("commandPalette");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Commands"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->setSpacing(8);
  m_words = new QLineEdit(this);
  m_words->setObjectName("paletteWords");
  m_words->setPlaceholderText(tr("Search commands"));
  m_words->setAccessibleName(tr("Search commands"));
  m_words->setClearButtonEnabled(true);
  m_words->setMinimumHeight(32);
  m_words->setTextMargins(6, 0, 6, 0);
  m_words->installEventFilter(this);
  m_list = new QListWidget(this);
  m_list->setObjectName("paletteList");
  m_list->setAccessibleName(tr("Commands"));
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->setUniformItemSizes(true);
  m_list->setFocusPolicy(Qt::NoFocus);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list->setItemDelegate(new CommandRowPainter(m_list));
  m_list->setFixedHeight(kRows * kCommandRowHeight + 4);
  column->addWidget(m_words);
  column->addWidget(m_list);
  connect(m_words, &QLineEdit::textChanged, this, &CommandPalette::fill);
  connect(m_words, &QLineEdit::returnPressed, this, &CommandPalette::run);
  connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::run);
  fill();
  resize(std::min(kWidth, window.width() - 32), sizeHint().height());
  move(window.mapToGlobal(QPoint((window.width() - width()) / 2, kTop)));
  m_words->setFocus();
}

std::vector<QAction*> CommandPalette::shown() const {
  std::vector<QAction*> actions;
  for (int i = 0; i < m_list->count(); ++i) {
    const QVariant index = m_list->item(i)->data(CommandRowPainter::kIndexRole);
    if (index.isValid()) {
      actions.push_back(m_commands[index.toUInt()].action);
    }
  }
  return actions;
}

void CommandPalette::fill() {
  const QStringList recent = QSettings().value(kRecentKey).toStringList();
  const std::u16string words = m_words->text().toStdU16String();
  struct Hit {
    std::size_t index;
    int score;
  };
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    const CommandEntry& command = m_commands[i];
    const auto byName = fuzzyScore(words, command.name.toStdU16String());
    // A menu's name leads to its commands, but a command of that name comes first.
    const auto byPath = fuzzyScore(words, (command.path + ' ' + command.name).toStdU16String());
    if (!byName && !byPath) {
      continue;
    }
    int score = std::max(byName.value_or(0), byPath.value_or(0) / 2);
    const auto used = recent.indexOf(command.action->objectName());
    if (used >= 0) {
      score += static_cast<int>(recent.size() - used);
    }
    // What cannot be done now stays findable, at the end.
    hits.push_back({i, command.action->isEnabled() ? score : score - 1'000'000});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const Hit& a, const Hit& b) { return a.score > b.score; });
  m_list->clear();
  for (const Hit& hit : hits) {
    const CommandEntry& command = m_commands[hit.index];
    auto* item = new QListWidgetItem(command.name, m_list);
    item->setData(CommandRowPainter::kIndexRole,
                  QVariant::fromValue<uint>(static_cast<uint>(hit.index)));
    item->setData(CommandRowPainter::kPathRole, command.path);
    item->setData(CommandRowPainter::kKeyRole,
                  command.action->shortcut().toString(QKeySequence::NativeText));
    item->setData(CommandRowPainter::kCheckedRole, command.action->isChecked());
    item->setToolTip(command.action->toolTip());
    if (!command.action->isEnabled()) {
      item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
    }
  }
  if (m_list->count() == 0) {
    auto* item = new QListWidgetItem(tr("No command of that name"), m_list);
    item->setFlags(Qt::NoItemFlags);
    item->setData(CommandRowPainter::kIndexRole, QVariant());
  }
  m_list->setCurrentRow(0);
}

void CommandPalette::run() {
  const QListWidgetItem* item = m_list->currentItem();
  if (item == nullptr || !item->flags().testFlag(Qt::ItemIsEnabled)) {
    return;
  }
  QAction* const action = m_commands[item->data(CommandRowPainter::kIndexRole).toUInt()].action;
  QSettings settings;
  QStringList recent = settings.value(kRecentKey).toStringList();
  recent.removeAll(action->objectName());
  recent.prepend(action->objectName());
  settings.setValue(kRecentKey, recent.mid(0, kRecentKept));
  close();
  // Later: what the command opens must not lie under this sheet.
  QTimer::singleShot(0, action, &QAction::trigger);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_words && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp ||
        key == Qt::Key_PageDown) {
      QApplication::sendEvent(m_list, event);
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

}  // namespace volpress::studio
