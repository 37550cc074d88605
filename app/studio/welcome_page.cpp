#include "app/studio/welcome_page.hpp"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/theme.hpp"

namespace volpress::studio {

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent) {
  setObjectName("welcome");
  auto* outer = new QVBoxLayout(this);
  outer->addStretch(3);
  auto* center = new QHBoxLayout();
  center->addStretch(1);
  auto* column = new QVBoxLayout();
  column->setSpacing(8);
  center->addLayout(column);
  center->addStretch(1);
  outer->addLayout(center);
  outer->addStretch(4);

  auto* title = new QLabel(tr("Drop a splat scene here"), this);
  title->setProperty("title", true);
  title->setAlignment(Qt::AlignHCenter);
  auto* formats = new QLabel(tr("PLY, compressed PLY, .splat, SPZ, SOG or .vpc"), this);
  formats->setProperty("quiet", true);
  formats->setAlignment(Qt::AlignHCenter);
  column->addWidget(title);
  column->addWidget(formats);
  column->addSpacing(16);

  auto* buttons = new QHBoxLayout();
  buttons->setSpacing(8);
  m_open = new QPushButton(icon("open", palette()), tr("Open…"), this);
  m_open->setObjectName("welcomeOpen");
  m_open->setToolTip(tr("Open a scene file (Ctrl+O)"));
  m_sample = new QPushButton(tr("Open the sample"), this);
  m_sample->setObjectName("welcomeSample");
  m_sample->setProperty("primary", true);
  m_sample->setToolTip(tr("A still life of about 150,000 splats, made on this computer"));
  for (QPushButton* button : {m_open, m_sample}) {
    button->setMinimumHeight(36);
    button->setMinimumWidth(152);
    buttons->addWidget(button);
  }
  column->addLayout(buttons);
  m_busy = new QLabel(this);
  m_busy->setObjectName("welcomeBusy");
  m_busy->setProperty("quiet", true);
  m_busy->setAlignment(Qt::AlignHCenter);
  column->addSpacing(8);
  column->addWidget(m_busy);
  column->addSpacing(8);
  m_recentTitle = new QLabel(tr("Recent"), this);
  m_recentTitle->setProperty("section", true);
  m_recentTitle->hide();
  column->addWidget(m_recentTitle);
  m_recent = new QVBoxLayout();
  m_recent->setSpacing(0);
  column->addLayout(m_recent);
  connect(m_open, &QPushButton::clicked, this, &WelcomePage::openWanted);
  connect(m_sample, &QPushButton::clicked, this, &WelcomePage::sampleWanted);
}

void WelcomePage::setBusy(const QString& text) { m_busy->setText(text); }

void WelcomePage::setRecent(const QStringList& paths) {
  while (QLayoutItem* item = m_recent->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  m_recentTitle->setVisible(!paths.isEmpty());
  for (const QString& path : paths) {
    const QFileInfo info(path);
    auto* row = new QToolButton(this);
    row->setText(info.fileName() == "meta.json" ? info.dir().dirName() : info.fileName());
    row->setToolTip(path);
    row->setEnabled(info.exists());
    row->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    row->setIcon(icon("scene", palette()));
    row->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(row, &QToolButton::clicked, this, [this, path] { emit recentWanted(path); });
    m_recent->addWidget(row);
  }
}

void WelcomePage::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(hairline(palette()), 1.5, Qt::DashLine));
  painter.drawRoundedRect(QRectF(rect()).adjusted(16, 16, -16, -16), 8, 8);
}

}  // namespace volpress::studio
