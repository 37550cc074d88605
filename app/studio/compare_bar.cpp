#include "app/studio/compare_bar.hpp"

#include <algorithm>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "app/studio/theme.hpp"

namespace volpress::studio {

CompareBar::CompareBar(const QList<QAction*>& modes, const QList<QAction*>& tools, QWidget* parent)
    : QWidget(parent) {
  setObjectName("compareBar");
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 4, 8, 4);
  row->setSpacing(8);
  const auto addSide = [&](std::size_t side) {
    const QString name(QLatin1Char(sideLetter(side)));
    auto* letter = new QLabel(name, this);
    m_letters.at(side) = letter;
    auto* combo = new QComboBox(this);
    combo->setObjectName("side" + name);
    combo->setAccessibleName(tr("Side %1").arg(name));
    combo->setToolTip(side == 0 ? tr("What side A shows (Ctrl+[ and Ctrl+])")
                      : side == 1
                          ? tr("What side B shows ([ and ])")
                          : tr("What side %1 shows, side by side with the others").arg(name));
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(5);
    combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    combo->setMaximumWidth(280);
    connect(
        combo, &QComboBox::activated, this,
        [this, combo, side] { emit sideWanted(side, combo->currentData().toULongLong()); },
        Qt::QueuedConnection);  // the answer fills this list anew
    row->addWidget(letter);
    row->addWidget(combo, 1);
    m_sides.at(side) = combo;
  };
  const auto addButton = [&](QAction* action) {
    auto* button = new QToolButton(this);
    button->setDefaultAction(action);
    button->setObjectName(action->objectName() + "Button");
    button->setAccessibleName(action->text());
    row->addWidget(button);
  };
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    addSide(side);
  }
  row->addStretch(1);
  for (QAction* action : modes) {
    addButton(action);
  }
  row->addSpacing(4);
  for (QAction* action : tools) {
    addButton(action);
  }
}

void CompareBar::addOthers(QComboBox& combo, const Document& document, const Entry& source) {
  for (const Entry& entry : document.entries()) {
    const Entry* of = entry.isSource() ? &entry : document.find(entry.sourceId);
    if (of == nullptr || of == &source) {
      continue;
    }
    const QString scene = QString::fromStdString(of->name);
    combo.addItem(entry.isSource()
                      ? scene
                      : QStringLiteral("%1: %2").arg(scene, QString::fromStdString(entry.name)),
                  QVariant::fromValue<qulonglong>(entry.id));
  }
}

void CompareBar::showDocument(const Document& document) {
  const Entry* source = document.activeSource();
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    QPalette bright = palette();  // of the present theme
    bright.setColor(QPalette::WindowText, accent(palette()));
    m_letters.at(side)->setPalette(bright);
    QComboBox* combo = m_sides.at(side);
    const QSignalBlocker quiet(combo);
    combo->clear();
    const Entry* shown = document.side(side);
    // One side more than there are stands ready to be filled; B always does.
    const bool offered = side < std::max<std::size_t>(2, document.sideCount() + 1);
    m_letters.at(side)->setVisible(offered);
    combo->setVisible(offered);
    if (side > 0) {
      combo->addItem(side > 1 && side >= document.sideCount() ? tr("add…") : tr("nothing"),
                     QVariant::fromValue<qulonglong>(0));
    }
    if (source != nullptr) {
      combo->addItem(tr("original"), QVariant::fromValue<qulonglong>(source->id));
      for (const Entry* variant : document.variantsOf(source->id)) {
        combo->addItem(QString::fromStdString(variant->name),
                       QVariant::fromValue<qulonglong>(variant->id));
      }
      addOthers(*combo, document, *source);
    }
    const EntryId id = shown == nullptr ? 0 : shown->id;
    combo->setCurrentIndex(combo->findData(QVariant::fromValue<qulonglong>(id)));
    combo->setEnabled(source != nullptr);
  }
}

}  // namespace volpress::studio
