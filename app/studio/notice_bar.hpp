// A message that stays until it is read, over the viewport.
#pragma once

#include <functional>

#include <QFrame>

class QLabel;
class QPushButton;

namespace volpress::studio {

class NoticeBar : public QFrame {
  Q_OBJECT
public:
  explicit NoticeBar(QWidget* parent = nullptr);
  void show(const QString& text);
  /// A message with a button for what one can do now; the button closes the bar.
  void offer(const QString& text, const QString& deed, std::function<void()> act);

private:
  QLabel* m_text;
  QPushButton* m_deed;
  std::function<void()> m_act;
};

}  // namespace volpress::studio
