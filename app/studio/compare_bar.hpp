// The bar over the viewport: what is on each side, and how they are shown.
#pragma once

#include <array>

#include <QWidget>

#include "app/studio/compare_layout.hpp"
#include "app/studio/document.hpp"

class QAction;
class QComboBox;
class QLabel;

namespace volpress::studio {

class CompareBar : public QWidget {
  Q_OBJECT
public:
  /// `modes` choose how the sides are compared; `tools` follow at the right end.
  CompareBar(const QList<QAction*>& modes, const QList<QAction*>& tools, QWidget* parent = nullptr);
  void showDocument(const Document& document);

signals:
  void sideWanted(std::size_t side, volpress::studio::EntryId entry);

private:
  /// Scenes and variants that can stand beside those of `source`.
  static void addOthers(QComboBox& combo, const Document& document, const Entry& source);

  std::array<QLabel*, kMaxSides> m_letters{};
  std::array<QComboBox*, kMaxSides> m_sides{};
};

}  // namespace volpress::studio
