// The chart of quality against size with its choice of measure and its menu.
#pragma once

#include <vector>

#include <QString>
#include <QWidget>

#include "app/studio/chart_view.hpp"
#include "app/studio/document.hpp"

class QAction;
class QComboBox;

namespace volpress::studio {

/// Its menu (right click, or the menu key) shows everything again, copies the picture, and saves it
/// or the numbers.
class ChartPanel : public QWidget {
  Q_OBJECT
public:
  explicit ChartPanel(QWidget* parent = nullptr);
  void showDocument(const Document& document);
  [[nodiscard]] ChartView* view() const { return m_view; }

  /// Writes the chart as the file's ending says: .png (twice the size on screen), .svg, or .csv (a
  /// row a variant, every measure). The reason when it failed, empty when it is there.
  [[nodiscard]] QString save(const QString& path) const;
  /// What .csv files hold.
  [[nodiscard]] QString csv() const;

signals:
  void entryClicked(volpress::studio::EntryId entry);
  void saveWanted();

private:
  void refresh();
  void makeMenu();
  void copyPicture() const;

  struct Variant {
    Entry entry;  ///< without clouds
    bool thrownAway = false;
  };
  QComboBox* m_measure;
  ChartView* m_view;
  std::vector<Variant> m_variants;
  double m_originalBytes = 0;
  QString m_originalAs;
};

}  // namespace volpress::studio
