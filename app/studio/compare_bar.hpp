// The bar over the viewport: what is on either side, and how the two are shown.
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
  /// `modes` are the three checkable mode actions; `tools` follow at the right end.
  CompareBar(const QList<QAction*>& modes, const QList<QAction*>& tools, QWidget* parent = nullptr);
  void showDocument(const Document& document);

signals:
  void sideWanted(std::size_t side, volpress::studio::EntryId entry);

private:
  std::array<QLabel*, 2> m_letters{};
  std::array<QComboBox*, 2> m_sides{};
};

}  // namespace volpress::studio
