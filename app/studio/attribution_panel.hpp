// Which attribute of the variant on side B causes how much of its error.
#pragma once

#include <map>
#include <optional>

#include <QString>
#include <QWidget>

#include "app/engine/attribution.hpp"

class QLabel;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace volpress::studio {

class AttributionPanel : public QWidget {
  Q_OBJECT
public:
  explicit AttributionPanel(QWidget* parent = nullptr);

  /// What the panel shows: a variant's name (empty: there is none), and its attribution, if known.
  /// Without a name there is none, for that reason where one is given.
  void showVariant(const QString& name, const engine::Attribution* attribution,
                   const QString& reason = {});
  /// Progress 0..1 of finding it; below 0: nothing runs.
  void showProgress(const QString& words, double fraction);
  /// Which attribute's swap stands as a pane of its own.
  void showSwap(std::optional<engine::SplatAttribute> shown);

signals:
  void attributionWanted();
  void cancelWanted();
  /// The swap is to be shown, or, when it is shown, taken away.
  void swapWanted(volpress::engine::SplatAttribute attribute);

private:
  void fill(const engine::Attribution& attribution);
  void addRow(int row, const engine::Attribution& attribution, const engine::AttributeError& error,
              double largest);

  const engine::Attribution* m_shown = nullptr;  // what the table is filled from
  QLabel* m_title = nullptr;
  QLabel* m_summary = nullptr;
  QProgressBar* m_bar = nullptr;
  QPushButton* m_run = nullptr;
  QPushButton* m_cancel = nullptr;
  QTableWidget* m_table = nullptr;
  std::map<engine::SplatAttribute, QPushButton*> m_swaps;
  bool m_hasVariant = false;
  std::optional<engine::SplatAttribute> m_swap;
};

}  // namespace volpress::studio
