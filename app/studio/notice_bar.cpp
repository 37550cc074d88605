#include "app/studio/notice_bar.hpp"

#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
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
  m_deed = new QPushButton(this);
  m_deed->setObjectName("noticeDeed");
  connect(m_deed, &QPushButton::clicked, this, [this] {
    hide();
    const std::function<void()> act = std::exchange(m_act, nullptr);
    if (act) {
      act();
    }
  });
  auto* close = new QToolButton(this);
  close->setObjectName("noticeClose");
  close->setIcon(icon("cancel", palette()));
  close->setToolTip(tr("Close this message"));
  close->setAccessibleName(close->toolTip());
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  row->addWidget(m_text, 1);
  row->addWidget(m_deed);
  row->addWidget(close);
  hide();
}

void NoticeBar::show(const QString& text) {
  m_act = nullptr;
  m_deed->hide();
  m_text->setText(text);
  setVisible(true);
}

void NoticeBar::offer(const QString& text, const QString& deed, std::function<void()> act) {
  show(text);
  m_act = std::move(act);
  m_deed->setText(deed);
  m_deed->show();
}

}  // namespace volpress::studio
