#include "app/studio/welcome_page.hpp"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/sample_card.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kRecentWidth = 200;

}  // namespace

WelcomePage::WelcomePage(QWidget* parent) : QWidget(parent) {
  setObjectName("welcome");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(32, 32, 32, 32);
  outer->setSpacing(8);
  outer->addStretch(3);
  auto* title = new QLabel(tr("Drop a scene here"), this);
  title->setProperty("title", true);
  title->setAlignment(Qt::AlignHCenter);
  auto* formats = new QLabel(
      tr("Splats: PLY, .splat, .ksplat, SPZ, SOG, .vpc; moving: .dgsv or a folder of frames\n"
         "Meshes: glTF, OBJ, FBX, STL, PLY, Draco     Radiance fields: .ingp, .msgpack\n"
         "Photographs: PNG, JPEG, WebP, AVIF, JPEG XL"),
      this);
  formats->setProperty("quiet", true);
  formats->setAlignment(Qt::AlignHCenter);
  m_open = new QPushButton(icon("open", palette()), tr("Open…"), this);
  m_open->setObjectName("welcomeOpen");
  m_open->setToolTip(tr("Open a scene file (Ctrl+O)"));
  m_open->setMinimumSize(152, 36);
  m_busy = new QLabel(this);
  m_busy->setObjectName("welcomeBusy");
  m_busy->setProperty("quiet", true);
  m_busy->setAlignment(Qt::AlignHCenter);
  outer->addWidget(title);
  outer->addWidget(formats);
  outer->addSpacing(8);
  outer->addWidget(m_open, 0, Qt::AlignHCenter);
  outer->addWidget(m_busy);
  outer->addSpacing(8);

  const auto heading = [this](const QString& text) {
    auto* label = new QLabel(text, this);
    label->setProperty("section", true);
    return label;
  };
  auto* columns = new QHBoxLayout();
  columns->setSpacing(32);
  columns->addStretch(1);
  auto* samples = new QVBoxLayout();
  samples->setSpacing(8);
  samples->addWidget(heading(tr("Try a sample")));
  auto* cards = new QHBoxLayout();
  cards->setSpacing(8);
  samples->addLayout(cards);
  const auto addCard = [&](engine::SampleKind kind, const QString& name, const QString& words,
                           const QString& detail, const QString& picture) {
    auto* card = new SampleCard(words, detail, picture, this);
    card->setObjectName(name);
    card->setToolTip(tr("Made on this computer; nothing is downloaded"));
    connect(card, &QAbstractButton::clicked, this, [this, kind] { emit sampleWanted(kind); });
    cards->addWidget(card);
  };
  addCard(engine::SampleKind::StillLife, "welcomeSample", tr("Still life"), tr("150,000 splats"),
          QStringLiteral(":/samples/still-life.png"));
  addCard(engine::SampleKind::Room, "welcomeRoom", tr("Room"), tr("220,000, from inside"),
          QStringLiteral(":/samples/room.png"));
  addCard(engine::SampleKind::Figure, "welcomeFigure", tr("Moving figure"),
          tr("12,000 in 60 frames"), QStringLiteral(":/samples/figure.png"));
  samples->addStretch(1);
  columns->addLayout(samples);
  auto* recent = new QVBoxLayout();
  recent->setSpacing(8);
  recent->addWidget(heading(tr("Recent")));
  m_noRecent = new QLabel(tr("What you open is listed here."), this);
  m_noRecent->setProperty("quiet", true);
  recent->addWidget(m_noRecent);
  m_recent = new QVBoxLayout();
  m_recent->setSpacing(0);
  recent->addLayout(m_recent);
  recent->addStretch(1);
  columns->addLayout(recent);
  columns->addStretch(1);
  outer->addLayout(columns);
  outer->addStretch(4);
  connect(m_open, &QPushButton::clicked, this, &WelcomePage::openWanted);
}

void WelcomePage::setBusy(const QString& text) { m_busy->setText(text); }

void WelcomePage::setRecent(const QStringList& paths) {
  while (QLayoutItem* item = m_recent->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  m_noRecent->setVisible(paths.isEmpty());
  for (const QString& path : paths) {
    const QFileInfo info(path);
    auto* row = new QToolButton(this);
    row->setText(info.fileName() == "meta.json" ? info.dir().dirName() : info.fileName());
    row->setToolTip(info.exists() ? path : tr("%1 is not there any more").arg(path));
    row->setEnabled(info.exists());
    row->setMinimumWidth(kRecentWidth);
    row->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    row->setIcon(icon(info.suffix() == "volpress" ? "variant" : "scene", palette()));
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
