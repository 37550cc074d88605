// What happened, in lines.
#pragma once

#include <QPlainTextEdit>

namespace volpress::studio {

class LogPanel : public QPlainTextEdit {
  Q_OBJECT
public:
  explicit LogPanel(QWidget* parent = nullptr);
  void append(const QString& text, bool warning);
};

}  // namespace volpress::studio
