#include "app/studio/timeline_panel.hpp"

#include <cmath>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/theme.hpp"
#include "app/studio/timeline_strip.hpp"

namespace volpress::studio {
namespace {

constexpr double kSlowPace = 0.85;  // of the wanted pictures a second: worth a warning

QString timeText(double seconds) {
  const auto minutes = static_cast<int>(seconds / 60);
  return QStringLiteral("%1:%2").arg(minutes).arg(seconds - 60.0 * minutes, 5, 'f', 2, '0');
}

}  // namespace

TimelinePanel::TimelinePanel(const QList<QAction*>& transport, const QList<QAction*>& marks,
                             QWidget* parent)
    : QWidget(parent) {
  setObjectName("timeline");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 4);
  column->setSpacing(0);
  auto* row = new QHBoxLayout();
  row->setContentsMargins(8, 4, 12, 2);
  row->setSpacing(4);
  const auto addButtons = [&](const QList<QAction*>& actions) {
    for (QAction* action : actions) {
      auto* button = new QToolButton(this);
      button->setDefaultAction(action);
      button->setObjectName(action->objectName() + "Button");
      button->setAccessibleName(action->text());
      row->addWidget(button);
    }
  };
  addButtons(transport);
  row->addSpacing(8);
  m_frame = new QSpinBox(this);
  m_frame->setObjectName("timelineFrame");
  m_frame->setAccessibleName(tr("Frame"));
  m_frame->setToolTip(tr("The frame that is shown, counted from 0"));
  m_frame->setButtonSymbols(QAbstractSpinBox::NoButtons);
  m_frame->setKeyboardTracking(false);
  m_frame->setFont(tabularFont(font()));
  m_frame->setAlignment(Qt::AlignRight);
  m_frame->setFixedWidth(64);
  m_count = new QLabel(this);
  m_count->setObjectName("timelineCount");
  m_count->setProperty("quiet", true);
  m_count->setFont(tabularFont(font()));
  m_time = new QLabel(this);
  m_time->setObjectName("timelineTime");
  m_time->setFont(tabularFont(font()));
  m_pace = new QLabel(this);
  m_pace->setObjectName("timelinePace");
  m_pace->setFont(tabularFont(font()));
  row->addWidget(m_frame);
  row->addWidget(m_count);
  row->addSpacing(12);
  row->addWidget(m_time);
  row->addStretch(1);
  row->addWidget(m_pace);
  row->addSpacing(8);
  addButtons(marks);
  row->addSpacing(8);
  m_speed = new QComboBox(this);
  m_speed->setObjectName("timelineSpeed");
  m_speed->setAccessibleName(tr("Speed"));
  m_speed->setToolTip(tr("How fast it plays; negative plays backwards"));
  for (const double speed : {-1.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0}) {
    m_speed->addItem(QStringLiteral("%1×").arg(speed), speed);
  }
  row->addWidget(m_speed);
  column->addLayout(row);
  m_strip = new TimelineStrip(this);
  column->addWidget(m_strip);
  connect(m_frame, &QSpinBox::valueChanged, this,
          [this](int frame) { emit frameWanted(static_cast<std::size_t>(frame)); });
  // The keys of the picture work again.
  connect(m_frame, &QSpinBox::editingFinished, m_frame, &QSpinBox::clearFocus);
  connect(m_speed, &QComboBox::activated, this,
          [this] { emit speedWanted(m_speed->currentData().toDouble()); });
}

void TimelinePanel::showLength(std::size_t frames, double rate) {
  m_frames = frames;
  m_rate = rate;
  const QSignalBlocker quiet(m_frame);
  m_frame->setRange(0, static_cast<int>(frames) - 1);
  m_count->setText(tr("of %1").arg(frames));
}

void TimelinePanel::showPosition(std::size_t frame, bool late) {
  if (!m_frame->hasFocus()) {
    const QSignalBlocker quiet(m_frame);
    m_frame->setValue(static_cast<int>(frame));
  }
  m_time->setText(timeText(static_cast<double>(frame) / m_rate) + QStringLiteral(" / ") +
                  timeText(static_cast<double>(m_frames) / m_rate));
  m_strip->showPosition(frame, late);
}

void TimelinePanel::showSpeed(double speed) {
  int best = 0;
  for (int i = 1; i < m_speed->count(); ++i) {
    if (std::abs(m_speed->itemData(i).toDouble() - speed) <
        std::abs(m_speed->itemData(best).toDouble() - speed)) {
      best = i;
    }
  }
  m_speed->setCurrentIndex(best);
}

void TimelinePanel::showPace(double shown, double wanted) {
  if (wanted <= 0) {
    m_pace->clear();
    return;
  }
  const bool slow = shown < kSlowPace * wanted;
  QPalette colors = palette();
  colors.setColor(QPalette::WindowText, slow ? warningText(palette()) : quietText(palette()));
  m_pace->setPalette(colors);
  m_pace->setText(slow ? tr("%1 of %2 fps").arg(shown, 0, 'f', 0).arg(wanted, 0, 'f', 0)
                       : tr("%1 fps").arg(wanted, 0, 'f', 0));
  m_pace->setToolTip(slow ? tr("Frames are left out: decoding or drawing takes longer than a frame")
                          : tr("Every frame is shown in time"));
}

}  // namespace volpress::studio
