#include "app/studio/mnemonics.hpp"

#include <set>

#include <QAction>
#include <QMenu>
#include <QMenuBar>

namespace volpress::studio {
namespace {

/// The letter behind the "&", or a null character.
QChar mnemonicOf(const QString& text) {
  const auto at = text.indexOf('&');
  return at >= 0 && at + 1 < text.size() ? text[at + 1].toLower() : QChar();
}

/// Where the "&" may go, or -1.
qsizetype freePlace(const QString& text, const std::set<QChar>& taken) {
  for (const bool wordsOnly : {true, false}) {
    for (qsizetype i = 0; i < text.size(); ++i) {
      const bool starts = i == 0 || !text[i - 1].isLetterOrNumber();
      if (text[i].isLetterOrNumber() && (starts || !wordsOnly) &&
          taken.count(text[i].toLower()) == 0) {
        return i;
      }
    }
  }
  return -1;
}

void giveTo(const QMenu& menu) {
  std::set<QChar> taken;
  for (const QAction* action : menu.actions()) {
    taken.insert(mnemonicOf(action->text()));
  }
  for (QAction* action : menu.actions()) {
    if (action->isSeparator() || !mnemonicOf(action->text()).isNull()) {
      continue;
    }
    if (const qsizetype place = freePlace(action->text(), taken); place >= 0) {
      QString text = action->text();
      taken.insert(text[place].toLower());
      const QString tip = action->toolTip();
      action->setText(text.insert(place, '&'));
      action->setToolTip(tip);
    }
  }
}

void watch(QMenu& menu) {
  QObject::connect(&menu, &QMenu::aboutToShow, &menu, [&menu] {
    giveTo(menu);
    for (const QAction* action : menu.actions()) {
      if (QMenu* child = action->menu();
          child != nullptr && !child->property("mnemonics").toBool()) {
        child->setProperty("mnemonics", true);
        watch(*child);
      }
    }
  });
}

}  // namespace

void giveMnemonics(const QMenuBar& bar) {
  for (const QAction* action : bar.actions()) {
    if (QMenu* menu = action->menu()) {
      watch(*menu);
    }
  }
}

}  // namespace volpress::studio
