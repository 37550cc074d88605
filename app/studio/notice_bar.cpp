#include "app/studio/notice_bar.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "app/studio/theme.hpp"

namespace volpress::studio {

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent) {
  setObjectName("notice");
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 4, 8, 4);
  m_text = new QLabel(this);
  m_text->setObjectName("noticeText");
  m_text->setWordWrap(true);
  m_text->setTextFormat(Qt::PlainText);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  QPalette warning = m_text->palette();
  warning.setColor(QPalette::WindowText, warningText(palette()));
  m_text->setPalette(warning);
  auto* close = new QToolButton(this);
  close->setObjectName("noticeClose");
  close->setIcon(icon("cancel", palette()));
  close->setToolTip(tr("Close this message"));
  close->setAccessibleName(close->toolTip());
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  row->addWidget(m_text, 1);
  row->addWidget(close);
  hide();
}

void NoticeBar::show(const QString& text) {
  m_text->setText(text);
  setVisible(true);
}

}  // namespace volpress::studio
