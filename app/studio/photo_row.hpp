// The inspector's line for photographs: which ones, another choice, none.
#pragma once

#include <QWidget>

#include "app/engine/photo_options.hpp"

class QPushButton;
class QToolButton;

namespace volpress::studio {

class PhotoRow : public QWidget {
  Q_OBJECT
public:
  explicit PhotoRow(QWidget* parent = nullptr);

  /// No data set: there are none.
  void show(const engine::PhotoOptions& photos);

signals:
  void chooseWanted();
  void clearWanted();

private:
  QPushButton* m_choose;
  QToolButton* m_clear;
};

}  // namespace volpress::studio
