// Every number of every variant, sortable and copyable.
#pragma once

#include <QWidget>

#include "app/studio/document.hpp"

class QTableWidget;

namespace volpress::studio {

class TablePanel : public QWidget {
  Q_OBJECT
public:
  explicit TablePanel(QWidget* parent = nullptr);
  void showDocument(const Document& document);

  /// The table as comma-separated values with a header line, full precision.
  [[nodiscard]] QString csv() const;

signals:
  void entryChosen(volpress::studio::EntryId entry);
  void csvWanted();

private:
  void copySelection();
  QTableWidget* m_table;
  bool m_filling = false;
};

}  // namespace volpress::studio
