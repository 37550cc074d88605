#include "app/studio/command_row_painter.hpp"

#include <QPainter>

#include "app/studio/theme.hpp"

namespace volpress::studio {

QSize CommandRowPainter::sizeHint(const QStyleOptionViewItem& /*option*/,
                                  const QModelIndex& /*index*/) const {
  return {0, kCommandRowHeight};
}

void CommandRowPainter::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
  const QPalette& palette = option.palette;
  const bool chosen = option.state.testFlag(QStyle::State_Selected);
  const bool enabled = index.flags().testFlag(Qt::ItemIsEnabled);
  const QRect row = option.rect.adjusted(4, 0, -4, 0);
  if (chosen) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(palette.color(QPalette::Highlight));
    painter->setRenderHint(QPainter::Antialiasing);
    painter->drawRoundedRect(row, 4, 4);
  }
  const QColor text =
      chosen ? palette.color(QPalette::HighlightedText)
             : palette.color(enabled ? QPalette::Active : QPalette::Disabled, QPalette::Text);
  const QColor quiet = chosen ? text : quietText(palette);
  const QRect inner = row.adjusted(12, 0, -12, 0);
  painter->setFont(option.font);
  painter->setPen(text);
  const QString name = index.data(Qt::DisplayRole).toString() +
                       (index.data(kCheckedRole).toBool() ? QStringLiteral("  ✓") : QString());
  QRect used;
  painter->drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, name, &used);
  painter->setPen(quiet);
  painter->drawText(inner.adjusted(used.width() + 12, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                    index.data(kPathRole).toString());
  painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, index.data(kKeyRole).toString());
}

}  // namespace volpress::studio
