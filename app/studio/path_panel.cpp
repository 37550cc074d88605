#include "app/studio/path_panel.hpp"

#include <algorithm>
#include <utility>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/key_frame_strip.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr double kKeySpacing = 2;      // seconds between key frames that are added one by one
constexpr double kSmallestGap = 0.05;  // seconds between key frames when they are dragged
constexpr int kFrameMs = 16;

}  // namespace

PathPanel::PathPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("cameraPath");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->setSpacing(8);
  auto* row = new QHBoxLayout();
  row->setSpacing(8);
  const auto button = [this, row](const QString& name, const QString& text, const QString& tip,
                                  const QString& iconName) {
    auto* made = new QToolButton(this);
    made->setObjectName(name);
    made->setText(text);
    made->setToolTip(tip);
    if (!iconName.isEmpty()) {
      made->setIcon(icon(iconName, palette()));
      made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    }
    row->addWidget(made);
    return made;
  };
  m_play = button("pathPlay", tr("Play"), tr("Play the path in the viewport"), "next");
  m_timeText = new QLabel(this);
  m_timeText->setObjectName("pathTime");
  m_timeText->setFont(tabularFont(font()));
  m_timeText->setMinimumWidth(96);
  row->addWidget(m_timeText);
  m_add = button("pathAdd", tr("Add key frame"),
                 tr("Append the present view, two seconds after the last one (K)"), "add");
  m_fill = button("pathFill", tr("Make from…"), tr("Replace the path by a ready-made one"), {});
  m_fill->setPopupMode(QToolButton::InstantPopup);
  auto* ready = new QMenu(m_fill);
  ready->addAction(tr("Bookmarks, in their order"), this,
                   [this] { emit fromBookmarksWanted(m_seconds->value()); });
  ready->addAction(tr("Turntable about the pivot"), this,
                   [this] { emit turntableWanted(m_seconds->value()); });
  m_fill->setMenu(ready);
  row->addStretch(1);
  m_movie =
      button("pathMovie", tr("Export movie…"), tr("Draw the path as MP4 or PNG frames"), "export");
  m_more = button("pathMore", tr("File"), tr("Save or open a camera path"), {});
  m_more->setPopupMode(QToolButton::InstantPopup);
  auto* file = new QMenu(m_more);
  file->addAction(tr("Open a path…"), this, &PathPanel::openWanted);
  file->addAction(tr("Save the path…"), this, &PathPanel::saveWanted);
  m_more->setMenu(file);
  column->addLayout(row);
  m_strip = new KeyFrameStrip(this);
  column->addWidget(m_strip);
  auto* settings = new QHBoxLayout();
  settings->setSpacing(8);
  settings->addWidget(new QLabel(tr("Length"), this));
  m_seconds = new QDoubleSpinBox(this);
  m_seconds->setObjectName("pathSeconds");
  m_seconds->setRange(0.5, 3600);
  m_seconds->setDecimals(1);
  m_seconds->setValue(8);
  m_seconds->setSuffix(tr(" s"));
  m_seconds->setToolTip(tr("How long the whole path takes; key frames keep their proportions"));
  settings->addWidget(m_seconds);
  m_pace = new QComboBox(this);
  m_pace->setObjectName("pathPace");
  m_pace->addItem(tr("Smooth"));
  m_pace->addItem(tr("Linear"));
  m_pace->setToolTip(
      tr("Smooth keeps speed through key frames; linear goes straight between them"));
  settings->addWidget(m_pace);
  m_closed = new QCheckBox(tr("Loop"), this);
  m_closed->setObjectName("pathClosed");
  m_closed->setToolTip(tr("After the last key frame, go back to the first"));
  settings->addWidget(m_closed);
  settings->addStretch(1);
  column->addLayout(settings);
  column->addStretch(1);

  m_timer.setInterval(kFrameMs);
  connect(&m_timer, &QTimer::timeout, this, &PathPanel::step);
  connect(m_play, &QToolButton::clicked, this, &PathPanel::togglePlaying);
  connect(m_add, &QToolButton::clicked, this, &PathPanel::addKeyWanted);
  connect(m_movie, &QToolButton::clicked, this, &PathPanel::movieWanted);
  connect(m_strip, &KeyFrameStrip::seekWanted, this, &PathPanel::seek);
  connect(m_strip, &KeyFrameStrip::keyMoved, this, [this](int key, double seconds) {
    const auto at = static_cast<std::size_t>(key);
    auto& keys = m_path.keys;
    const double low = keys[at - 1].seconds + kSmallestGap;
    const double high = at + 1 < keys.size() ? keys[at + 1].seconds - kSmallestGap : 3600;
    keys[at].seconds = std::clamp(seconds, low, std::max(low, high));
    changed();
  });
  connect(m_strip, &KeyFrameStrip::keyRemoved, this, [this](int key) {
    m_path.keys.erase(m_path.keys.begin() + key);
    changed();
  });
  connect(m_seconds, &QDoubleSpinBox::valueChanged, this, [this](double seconds) {
    const double before = m_path.keys.size() > 1 ? engine::pathSeconds(m_path) : 0;
    if (m_filling || before <= 0) {
      return;
    }
    const double start = m_path.keys.front().seconds;
    for (engine::KeyFrame& key : m_path.keys) {
      key.seconds = start + (key.seconds - start) * seconds / before;
    }
    m_path.closingSeconds *= seconds / before;
    changed();
  });
  connect(m_closed, &QCheckBox::toggled, this, [this](bool closed) {
    if (!m_filling) {
      m_path.closed = closed;
      changed();
    }
  });
  connect(m_pace, &QComboBox::currentIndexChanged, this, [this](int index) {
    if (!m_filling) {
      m_path.pace = index == 0 ? engine::PathPace::Smooth : engine::PathPace::Linear;
      changed();
    }
  });
  setReady(false);
}

void PathPanel::setPath(engine::CameraPath path) {
  m_timer.stop();
  m_path = std::move(path);
  m_time = 0;
  changed();
}

void PathPanel::setReady(bool ready) {
  m_ready = ready;
  changed();
}

void PathPanel::addKey(const engine::Viewpoint& view) {
  const double seconds = m_path.keys.empty() ? 0 : m_path.keys.back().seconds + kKeySpacing;
  m_path.keys.push_back({view, seconds});
  m_time = seconds - m_path.keys.front().seconds;
  changed();
}

/// Shows the path as it is now, and tells.
void PathPanel::changed() {
  const bool several = m_path.keys.size() > 1;
  m_filling = true;
  if (several) {
    m_seconds->setValue(engine::pathSeconds(m_path));
  }
  m_closed->setChecked(m_path.closed);
  m_pace->setCurrentIndex(m_path.pace == engine::PathPace::Smooth ? 0 : 1);
  m_filling = false;
  if (!several) {
    m_timer.stop();
  }
  m_add->setEnabled(m_ready);
  m_fill->setEnabled(m_ready);
  m_more->setEnabled(m_ready);
  m_play->setEnabled(m_ready && several);
  m_movie->setEnabled(m_ready && !m_path.keys.empty());
  showTime();
  emit pathChanged();
}

void PathPanel::showTime() {
  const double whole = m_path.keys.empty() ? 0 : engine::pathSeconds(m_path);
  m_time = std::clamp(m_time, 0.0, whole);
  m_strip->showPath(m_path, m_time);
  m_timeText->setText(tr("%1 / %2 s").arg(m_time, 0, 'f', 1).arg(whole, 0, 'f', 1));
  m_play->setText(playing() ? tr("Pause") : tr("Play"));
}

void PathPanel::seek(double seconds) {
  m_timer.stop();
  m_time = seconds;
  showTime();
  if (!m_path.keys.empty()) {
    emit previewed(engine::viewAt(m_path, m_time));
  }
}

void PathPanel::togglePlaying() {
  if (m_timer.isActive()) {
    m_timer.stop();
  } else if (m_path.keys.size() > 1) {
    if (m_time >= engine::pathSeconds(m_path) - 1e-3) {
      m_time = 0;
    }
    m_clock.start();
    m_timer.start();
  }
  showTime();
}

void PathPanel::step() {
  // By the clock, not by frames: a slow scene shows fewer pictures, not a slower path.
  m_time += static_cast<double>(m_clock.restart()) / 1000;
  const double whole = engine::pathSeconds(m_path);
  if (m_time >= whole) {
    m_time = m_path.closed ? m_time - whole : whole;
    if (!m_path.closed) {
      m_timer.stop();
    }
  }
  showTime();
  emit previewed(engine::viewAt(m_path, m_time));
}

}  // namespace volpress::studio
