// A message that stays until it is read, over the viewport.
#pragma once

#include <QFrame>

class QLabel;

namespace volpress::studio {

class NoticeBar : public QFrame {
  Q_OBJECT
public:
  explicit NoticeBar(QWidget* parent = nullptr);
  void show(const QString& text);

private:
  QLabel* m_text;
};

}  // namespace volpress::studio
