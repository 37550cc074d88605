#include "app/studio/timeline_strip.hpp"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr double kMargin = 12;
constexpr double kRuler = 20;
constexpr double kCache = 3;  // height of the line of decoded frames
constexpr double kBottom = 6;
constexpr double kGrab = 6;
constexpr double kLabelRoom = 64;  // between numbers of the ruler
constexpr std::size_t kSamples = 8;

QColor faded(QColor color, int alpha) {
  color.setAlpha(alpha);
  return color;
}

/// 1, 2 or 5 times a power of ten, at least `least`.
std::size_t roundStep(double least) {
  std::size_t unit = 1;
  while (true) {
    for (const std::size_t factor : {1U, 2U, 5U}) {
      if (static_cast<double>(unit * factor) >= least) {
        return unit * factor;
      }
    }
    unit *= 10;
  }
}

}  // namespace

TimelineStrip::TimelineStrip(QWidget* parent) : QWidget(parent) {
  setObjectName("timelineStrip");
  setAccessibleName(tr("Timeline"));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumHeight(68);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setMouseTracking(true);
}

void TimelineStrip::showClip(std::shared_ptr<const engine::ClipSource> clip, std::size_t frames,
                             double rate, const QString& letter, std::vector<float> psnr) {
  m_clip = std::move(clip);
  m_frames = std::max<std::size_t>(1, frames);
  m_rate = rate;
  m_letter = letter;
  m_psnr = std::move(psnr);
  m_still = {};
  update();
}

void TimelineStrip::showRange(std::size_t first, std::size_t last) {
  if (first != m_first || last != m_last) {
    m_first = first;
    m_last = last;
    m_still = {};
    update();
  }
}

void TimelineStrip::showPosition(std::size_t frame, bool late) {
  if (frame != m_frame || late != m_late) {
    m_frame = frame;
    m_late = late;
    update();
  }
}

void TimelineStrip::showReady(std::vector<std::pair<std::size_t, std::size_t>> ranges) {
  if (ranges != m_ready) {
    m_ready = std::move(ranges);
    update();
  }
}

QRectF TimelineStrip::graph() const {
  return {kMargin, kRuler, std::max(1.0, width() - 2 * kMargin),
          std::max(1.0, height() - kRuler - kBottom - kCache)};
}

double TimelineStrip::xOf(std::size_t frame) const {
  const QRectF area = graph();
  return area.left() + area.width() * static_cast<double>(frame) / static_cast<double>(m_frames);
}

std::size_t TimelineStrip::frameAt(double x) const {
  const QRectF area = graph();
  const double place = std::clamp((x - area.left()) / area.width(), 0.0, 1.0);
  return std::min(m_frames - 1, static_cast<std::size_t>(place * static_cast<double>(m_frames)));
}

void TimelineStrip::paintRuler(QPainter& painter) const {
  const double perFrame = graph().width() / static_cast<double>(m_frames);
  const std::size_t step = roundStep(kLabelRoom / perFrame);
  const std::size_t minor = std::max<std::size_t>(1, step / (step % 5 == 0 ? 5 : 2));
  const QColor quiet = quietText(palette());
  for (std::size_t frame = 0; frame < m_frames; frame += minor) {
    const double x = std::floor(xOf(frame)) + 0.5;
    const bool major = frame % step == 0;
    painter.setPen(faded(quiet, major ? 170 : 80));
    painter.drawLine(QPointF(x, kRuler - (major ? 6 : 3)), QPointF(x, kRuler - 1));
    if (major && x + 40 < width()) {
      painter.setPen(quiet);
      painter.drawText(QRectF(x + 4, 1, 80, kRuler - 4), Qt::AlignLeft | Qt::AlignVCenter,
                       QString::number(frame));
    }
  }
}

void TimelineStrip::paintBytes(QPainter& painter) const {
  if (m_clip == nullptr) {
    return;
  }
  const engine::ClipFacts& facts = m_clip->facts();
  const QRectF area = graph();
  const auto columns = static_cast<std::size_t>(area.width());
  std::vector<double> bytes(columns);
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t from = frameAt(area.left() + static_cast<double>(column));
    const std::size_t to =
        std::max(from + 1, frameAt(area.left() + static_cast<double>(column) + 1));
    const std::size_t step = std::max<std::size_t>(1, (to - from) / kSamples);
    for (std::size_t frame = from; frame < to; frame += step) {
      bytes[column] = std::max(bytes[column], static_cast<double>(facts.bytesOf(frame)));
    }
  }
  const double most = std::max(1.0, *std::max_element(bytes.begin(), bytes.end()));
  QPainterPath outline(QPointF(area.left(), area.bottom()));
  for (std::size_t column = 0; column < columns; ++column) {
    const double x = area.left() + static_cast<double>(column);
    const double y = area.bottom() - bytes[column] / most * area.height() * 0.82;
    outline.lineTo(x, y);
    outline.lineTo(x + 1, y);
  }
  outline.lineTo(area.right(), area.bottom());
  outline.closeSubpath();
  painter.fillPath(outline, faded(quietText(palette()), 70));
  // Segments, thinned where they would be a wall.
  if (facts.pieces.size() > 1 && facts.pieces.front().frameCount > 1 &&
      area.width() / static_cast<double>(facts.pieces.size()) >= 4) {
    painter.setPen(faded(palette().color(QPalette::Text), 90));
    for (const engine::ClipPiece& piece : facts.pieces) {
      const double x = std::floor(xOf(piece.firstFrame)) + 0.5;
      painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
  }
}

void TimelineStrip::paintChapters(QPainter& painter) const {
  const auto& chapters = m_clip->facts().chapters;
  const QRectF area = graph();
  for (std::size_t i = 0; i < chapters.size(); ++i) {
    const double left = xOf(chapters[i].firstFrame);
    const double right = i + 1 < chapters.size() ? xOf(chapters[i + 1].firstFrame) : area.right();
    if (i > 0) {
      painter.setPen(faded(palette().color(QPalette::Text), 90));
      painter.drawLine(QPointF(left, area.top()), QPointF(left, area.bottom()));
    }
    const QRectF place(left + 6, area.top(), right - left - 8, area.height());
    painter.setPen(quietText(palette()));
    painter.drawText(
        place, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(QString::fromStdString(chapters[i].name), Qt::ElideRight,
                                         static_cast<int>(place.width())));
  }
}

void TimelineStrip::paintPsnr(QPainter& painter) const {
  if (m_psnr.size() < 2) {
    return;
  }
  const auto [low, high] = std::minmax_element(m_psnr.begin(), m_psnr.end());
  const double base = std::min<double>(*low, *high - 3);  // noise must not look like a swing
  const double span = static_cast<double>(*high) - base;
  const QRectF area = graph();
  QPainterPath line;
  const std::size_t step = std::max<std::size_t>(
      1, m_psnr.size() / static_cast<std::size_t>(std::max(1.0, area.width())));
  for (std::size_t frame = 0; frame < m_psnr.size(); frame += step) {
    const QPointF place(
        (xOf(frame) + xOf(frame + 1)) / 2,
        area.bottom() - 3 -
            (static_cast<double>(m_psnr[frame]) - base) / span * (area.height() - 8));
    frame == 0 ? line.moveTo(place) : line.lineTo(place);
  }
  painter.setPen(QPen(seriesColor(1, palette()), 1.2));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(line);
}

/// All that stays while the play head moves.
void TimelineStrip::renderStill() {
  const qreal ratio = devicePixelRatioF();
  m_still = QPixmap(size() * ratio);
  m_still.setDevicePixelRatio(ratio);
  m_still.fill(palette().color(QPalette::Window));
  QPainter painter(&m_still);
  painter.setRenderHint(QPainter::Antialiasing);
  QFont small = tabularFont(font());
  small.setPointSizeF(font().pointSizeF() * 0.85);
  painter.setFont(small);
  const QRectF area = graph();
  painter.fillRect(area.adjusted(0, 0, 0, kCache), palette().color(QPalette::Base));
  paintRuler(painter);
  paintBytes(painter);
  paintPsnr(painter);
  const bool named = m_clip != nullptr && !m_clip->facts().chapters.empty();
  if (named) {
    paintChapters(painter);
  } else if (!m_letter.isEmpty()) {
    const QString words =
        m_psnr.empty() ? tr("bytes of %1").arg(m_letter) : tr("bytes and dB of %1").arg(m_letter);
    painter.setPen(quietText(palette()));
    painter.drawText(area.adjusted(6, 2, -6, 0), Qt::AlignRight | Qt::AlignTop, words);
  }
  // What will not be played steps back.
  const double in = xOf(m_first);
  const double out = xOf(m_last + 1);
  const QColor shade = faded(palette().color(QPalette::Window), 190);
  painter.fillRect(QRectF(QPointF(area.left(), area.top()), QPointF(in, area.bottom())), shade);
  painter.fillRect(QRectF(QPointF(out, area.top()), QPointF(area.right(), area.bottom())), shade);
  painter.setPen(QPen(palette().color(QPalette::Text), 1.6));
  const double top = kRuler - 7;
  painter.drawPolyline(
      QPolygonF({{in + 5, top}, {in, top}, {in, area.bottom()}, {in + 5, area.bottom()}}));
  painter.drawPolyline(
      QPolygonF({{out - 5, top}, {out, top}, {out, area.bottom()}, {out - 5, area.bottom()}}));
}

void TimelineStrip::paintHead(QPainter& painter) const {
  const QColor bright = m_late ? warningText(palette()) : accent(palette());
  const QRectF area = graph();
  const double left = xOf(m_frame);
  const double wide = xOf(m_frame + 1) - left;
  if (wide >= 4) {
    painter.fillRect(QRectF(left, area.top(), wide, area.height()), faded(bright, 60));
  }
  const double x = wide >= 4 ? left + wide / 2 : left;
  painter.setPen(QPen(bright, 1.5));
  painter.drawLine(QPointF(x, kRuler - 2), QPointF(x, area.bottom() + kCache));
  const QString number = QString::number(m_frame);
  const double plate = painter.fontMetrics().horizontalAdvance(number) + 10;
  const double at = std::clamp(x - plate / 2, 1.0, std::max(1.0, width() - plate - 1));
  painter.setPen(Qt::NoPen);
  // Numbers of the ruler do not peek out beside the plate.
  painter.fillRect(QRectF(at - 8, 1, plate + 16, kRuler - 8), palette().color(QPalette::Window));
  painter.setBrush(bright);
  painter.drawRoundedRect(QRectF(at, 1, plate, kRuler - 4), 3, 3);
  painter.setPen(palette().color(QPalette::HighlightedText));
  painter.drawText(QRectF(at, 1, plate, kRuler - 4), Qt::AlignCenter, number);
}

void TimelineStrip::paintEvent(QPaintEvent* /*event*/) {
  if (m_still.isNull()) {
    renderStill();
  }
  QPainter painter(this);
  painter.drawPixmap(0, 0, m_still);
  painter.setRenderHint(QPainter::Antialiasing);
  QFont small = tabularFont(font());
  small.setPointSizeF(font().pointSizeF() * 0.85);
  painter.setFont(small);
  const QRectF area = graph();
  for (const auto& [first, last] : m_ready) {
    painter.fillRect(
        QRectF(QPointF(xOf(first), area.bottom()), QPointF(xOf(last + 1), area.bottom() + kCache)),
        faded(accent(palette()), 150));
  }
  paintHead(painter);
  if (hasFocus()) {
    painter.setPen(QPen(accent(palette()), 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
  }
}

void TimelineStrip::resizeEvent(QResizeEvent* event) {
  m_still = {};
  QWidget::resizeEvent(event);
}

void TimelineStrip::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    m_still = {};
    update();
  }
  QWidget::changeEvent(event);
}

TimelineStrip::Drag TimelineStrip::markAt(QPointF place) const {
  if (place.y() > kRuler + 4) {
    return Drag::Head;
  }
  const double first = std::abs(place.x() - xOf(m_first));
  const double last = std::abs(place.x() - xOf(m_last + 1));
  if (std::min(first, last) > kGrab) {
    return Drag::Head;
  }
  return first < last ? Drag::First : Drag::Last;
}

void TimelineStrip::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) {
    return;
  }
  m_drag = markAt(event->position());
  if (m_drag == Drag::Head) {
    emit grabbed();
    drag(event->position().x());
  }
}

void TimelineStrip::mouseMoveEvent(QMouseEvent* event) {
  if (m_drag != Drag::None) {
    drag(event->position().x());
    return;
  }
  setCursor(markAt(event->position()) == Drag::Head ? Qt::ArrowCursor : Qt::SizeHorCursor);
  const std::size_t frame = frameAt(event->position().x());
  const double seconds = static_cast<double>(frame) / m_rate;
  QString tip = tr("Frame %1, %2 s").arg(frame).arg(seconds, 0, 'f', 2);
  if (m_clip != nullptr) {
    const engine::ClipFacts& facts = m_clip->facts();
    const engine::ClipChapter* chapter = facts.chapterOf(frame);
    tip += QStringLiteral(", ") +
           (chapter != nullptr
                ? tr("%1 (double click: this alone)").arg(QString::fromStdString(chapter->name))
                : QString::fromStdString(sizeText(facts.bytesOf(frame))));
  }
  if (frame < m_psnr.size()) {
    tip += QStringLiteral(", ") +
           QString::fromStdString(decibelText(static_cast<double>(m_psnr[frame])));
  }
  setToolTip(tip);
}

void TimelineStrip::mouseDoubleClickEvent(QMouseEvent* event) {
  const std::size_t frame = frameAt(event->position().x());
  const engine::ClipChapter* chapter =
      m_clip != nullptr ? m_clip->facts().chapterOf(frame) : nullptr;
  if (chapter == nullptr || event->button() != Qt::LeftButton) {
    QWidget::mouseDoubleClickEvent(event);
    return;
  }
  const auto& chapters = m_clip->facts().chapters;
  const bool isLast = chapter == &chapters.back();
  const std::size_t last = (isLast ? m_frames : (chapter + 1)->firstFrame) - 1;
  const bool isShown = m_first == chapter->firstFrame && m_last == last;
  emit rangeWanted(isShown ? 0 : chapter->firstFrame, isShown ? m_frames - 1 : last);
}

void TimelineStrip::drag(double x) {
  if (m_drag == Drag::Head) {
    emit seekWanted(frameAt(x));
  } else if (m_drag == Drag::First) {
    emit rangeWanted(std::min(frameAt(x), m_last), m_last);
  } else if (m_drag == Drag::Last) {
    // The mark stands behind the last frame.
    const std::size_t at = frameAt(x - graph().width() / static_cast<double>(m_frames) / 2);
    emit rangeWanted(m_first, std::max(at, m_first));
  }
}

void TimelineStrip::mouseReleaseEvent(QMouseEvent* /*event*/) { m_drag = Drag::None; }

void TimelineStrip::wheelEvent(QWheelEvent* event) {
  if (event->angleDelta().y() != 0) {
    emit stepWanted(event->angleDelta().y() > 0 ? -1 : 1);
  }
  event->accept();
}

void TimelineStrip::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left: emit stepWanted(-1); return;
    case Qt::Key_Right: emit stepWanted(1); return;
    case Qt::Key_Home: emit seekWanted(m_first); return;
    case Qt::Key_End: emit seekWanted(m_last); return;
    default: QWidget::keyPressEvent(event);
  }
}

}  // namespace volpress::studio
