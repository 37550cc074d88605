// Draws a row of the command palette.
#pragma once

#include <QStyledItemDelegate>

namespace volpress::studio {

inline constexpr int kCommandRowHeight = 28;

/// Name, quiet path, and the key at the right.
class CommandRowPainter : public QStyledItemDelegate {
  Q_OBJECT
public:
  enum Role : int { kIndexRole = Qt::UserRole, kPathRole, kKeyRole, kCheckedRole };
  using QStyledItemDelegate::QStyledItemDelegate;

  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
};

}  // namespace volpress::studio
