#include "app/studio/log_panel.hpp"

#include <QTime>

#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kMaxLines = 5000;

}  // namespace

LogPanel::LogPanel(QWidget* parent) : QPlainTextEdit(parent) {
  setObjectName("log");
  setReadOnly(true);
  setMaximumBlockCount(kMaxLines);
  setLineWrapMode(QPlainTextEdit::WidgetWidth);
  setPlaceholderText(tr("Messages of the studio and of its jobs appear here."));
}

void LogPanel::append(const QString& text, bool warning) {
  const QString time = QTime::currentTime().toString(QStringLiteral("HH:mm:ss"));
  const QString body = text.toHtmlEscaped().replace('\n', QStringLiteral("<br>"));
  const QString color =
      warning ? warningText(palette()).name() : palette().color(QPalette::Text).name();
  appendHtml(QStringLiteral("<span style=\"color:%1\">%2</span>&nbsp; "
                            "<span style=\"color:%3\">%4</span>")
                 .arg(quietText(palette()).name(), time, color, body));
}

}  // namespace volpress::studio
