#include "app/studio/key_frame_strip.hpp"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kMargin = 16;
constexpr int kMark = 6;
constexpr int kGrab = 9;
constexpr double kRoundTo = 0.05;  // seconds that dragging snaps to

}  // namespace

KeyFrameStrip::KeyFrameStrip(QWidget* parent) : QWidget(parent) {
  setObjectName("keyFrames");
  setFocusPolicy(Qt::StrongFocus);
  setMinimumHeight(48);
  setToolTip(
      tr("Drag a mark to change its time, click the line to look there; Delete removes the "
         "chosen key frame"));
}

void KeyFrameStrip::showPath(const engine::CameraPath& path, double time) {
  m_path = path;
  m_time = time;
  m_length = path.keys.empty() ? 1 : std::max(0.5, engine::pathSeconds(path));
  m_chosen = std::min(m_chosen, static_cast<int>(path.keys.size()) - 1);
  update();
}

int KeyFrameStrip::xOf(double seconds) const {
  return kMargin + static_cast<int>(std::lround(seconds / m_length * (width() - 2 * kMargin)));
}

double KeyFrameStrip::timeAt(double x) const {
  return std::clamp((x - kMargin) / std::max(1, width() - 2 * kMargin), 0.0, 1.0) * m_length;
}

int KeyFrameStrip::keyAt(double x) const {
  int best = -1;
  for (std::size_t i = 0; i < m_path.keys.size(); ++i) {
    const double seconds = m_path.keys[i].seconds - m_path.keys.front().seconds;
    if (std::abs(xOf(seconds) - x) <= kGrab) {
      best = static_cast<int>(i);
    }
  }
  return best;
}

void KeyFrameStrip::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const int middle = height() / 2 - 6;
  const QColor quiet = quietText(palette());
  painter.setPen(QPen(quiet, 1.5));
  painter.drawLine(kMargin, middle, width() - kMargin, middle);
  QFont small = tabularFont(font());
  painter.setFont(small);
  if (m_path.keys.empty()) {
    painter.drawText(rect().adjusted(kMargin, middle + 4, -kMargin, 0), Qt::AlignLeft,
                     tr("No key frames yet: look somewhere and press Add key frame."));
    return;
  }
  // Whole seconds, thinned so that their numbers do not touch.
  const double pixelsPerSecond = (width() - 2.0 * kMargin) / m_length;
  int every = 1;
  while (every * pixelsPerSecond < 36) {
    every *= every == 1 || every % 10 == 0 ? 2 : every % 4 == 0 ? 5 : 2;
    if (every > 36000) {
      break;
    }
  }
  for (int second = 0; second <= static_cast<int>(m_length + 1e-9); second += every) {
    const int x = xOf(second);
    painter.drawLine(x, middle - 3, x, middle + 3);
    painter.drawText(QRect(x - 30, middle + 9, 60, 20), Qt::AlignHCenter | Qt::AlignTop,
                     tr("%1 s").arg(second));
  }
  const QColor bright = accent(palette());
  for (std::size_t i = 0; i < m_path.keys.size(); ++i) {
    const int x = xOf(m_path.keys[i].seconds - m_path.keys.front().seconds);
    const QPolygon mark(
        {{x, middle - kMark}, {x + kMark, middle}, {x, middle + kMark}, {x - kMark, middle}});
    const bool chosen = static_cast<int>(i) == m_chosen;
    painter.setPen(QPen(chosen ? palette().color(QPalette::Text) : bright, chosen ? 2 : 1));
    painter.setBrush(bright);
    painter.drawPolygon(mark);
  }
  const int now = xOf(m_time);
  painter.setPen(QPen(palette().color(QPalette::Text), 1.5));
  painter.drawLine(now, 2, now, middle + 8);
  if (hasFocus()) {
    painter.setPen(QPen(bright, 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(1, 1, -2, -2));
  }
}

void KeyFrameStrip::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || m_path.keys.empty()) {
    return;
  }
  m_chosen = keyAt(event->position().x());
  m_dragged = m_chosen > 0 ? m_chosen : -1;  // the first stays where the path begins
  emit seekWanted(m_chosen >= 0 ? m_path.keys[static_cast<std::size_t>(m_chosen)].seconds -
                                      m_path.keys.front().seconds
                                : timeAt(event->position().x()));
  update();
}

void KeyFrameStrip::mouseMoveEvent(QMouseEvent* event) {
  if (!event->buttons().testFlag(Qt::LeftButton) || m_path.keys.empty()) {
    return;
  }
  const double time = timeAt(event->position().x());
  if (m_dragged > 0) {
    emit keyMoved(m_dragged, m_path.keys.front().seconds + std::round(time / kRoundTo) * kRoundTo);
  } else if (m_chosen < 0) {
    emit seekWanted(time);
  }
}

void KeyFrameStrip::mouseReleaseEvent(QMouseEvent* /*event*/) { m_dragged = -1; }

void KeyFrameStrip::keyPressEvent(QKeyEvent* event) {
  const int last = static_cast<int>(m_path.keys.size()) - 1;
  if (event->key() == Qt::Key_Delete && m_chosen >= 0) {
    emit keyRemoved(m_chosen);
  } else if ((event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) && last >= 0) {
    m_chosen = std::clamp(m_chosen + (event->key() == Qt::Key_Left ? -1 : 1), 0, last);
    emit seekWanted(m_path.keys[static_cast<std::size_t>(m_chosen)].seconds -
                    m_path.keys.front().seconds);
    update();
  } else {
    QWidget::keyPressEvent(event);
  }
}

}  // namespace volpress::studio
