#include "app/studio/painter_canvas.hpp"

#include <algorithm>

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>

namespace volpress::studio {
namespace {

const QColor kPlate(18, 18, 18, 190);
const QColor kText(236, 236, 236);
const QColor kQuiet(176, 176, 176);
const QColor kAccent(110, 168, 254);
const QColor kLine(255, 255, 255, 210);

QRectF rectOf(const PixelRect& rect) { return QRectF(rect.x, rect.y, rect.width, rect.height); }

void paintPlate(QPainter& painter, const QRectF& rect, double radius) {
  painter.setPen(Qt::NoPen);
  painter.setBrush(kPlate);
  painter.drawRoundedRect(rect, radius, radius);
}

void paintLabel(QPainter& painter, const OverlayLabel& label, double scale) {
  const QFontMetricsF metrics(painter.font());
  const double pad = 6 * scale;
  const double gap = 10 * scale;
  const QString letter = QString::fromStdString(label.letter);
  const QString name = QString::fromStdString(label.name);
  const QString numbers = QString::fromStdString(label.numbers);
  double width =
      2 * pad + metrics.horizontalAdvance(letter) + gap + metrics.horizontalAdvance(name);
  if (!numbers.isEmpty()) {
    width += gap + metrics.horizontalAdvance(numbers);
  }
  const QRectF plate(static_cast<double>(label.x), static_cast<double>(label.y),
                     std::min(width, static_cast<double>(label.maxWidth)), metrics.height() + pad);
  if (plate.width() < metrics.horizontalAdvance(letter) + 2 * pad) {
    return;
  }
  painter.save();
  paintPlate(painter, plate, 4 * scale);
  painter.setClipRect(plate, Qt::IntersectClip);
  double x = plate.left() + pad;
  const double y = plate.top() + pad / 2 + metrics.ascent();
  painter.setPen(kAccent);
  painter.drawText(QPointF(x, y), letter);
  x += metrics.horizontalAdvance(letter) + gap;
  painter.setPen(kText);
  painter.drawText(QPointF(x, y), name);
  x += metrics.horizontalAdvance(name) + gap;
  painter.setPen(kQuiet);
  painter.drawText(QPointF(x, y), numbers);
  painter.restore();
}

void paintOverlay(QPainter& painter, const OverlayModel& overlay, double width, double height) {
  const double scale = static_cast<double>(overlay.scale);
  QFont font = painter.font();
  font.setPixelSize(static_cast<int>(13 * scale));
  painter.setFont(font);
  painter.setRenderHint(QPainter::Antialiasing);
  const QFontMetricsF metrics(font);
  if (overlay.wipeX >= 0) {
    painter.setPen(QPen(kLine, (overlay.wipeHovered ? 3 : 1.5) * scale));
    painter.drawLine(QPointF(overlay.wipeX, 0), QPointF(overlay.wipeX, height));
    const double radius = 14 * scale;
    const QPointF center(overlay.wipeX, height / 2);
    painter.setBrush(kPlate);
    painter.setPen(QPen(overlay.wipeHovered ? kAccent : kLine, 1.5 * scale));
    painter.drawEllipse(center, radius, radius);
    painter.setPen(kText);
    const QRectF left(center.x() - radius, center.y() - radius, radius, 2 * radius);
    painter.drawText(left, Qt::AlignCenter, QStringLiteral("A"));
    painter.drawText(left.translated(radius, 0), Qt::AlignCenter, QStringLiteral("B"));
  }
  painter.setOpacity(overlay.dimmed ? 0.4 : 1.0);
  for (const OverlayLabel& label : overlay.labels) {
    paintLabel(painter, label, scale);
  }
  painter.setOpacity(1);
  if (overlay.pivot) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(kAccent, 1.5 * scale));
    painter.drawEllipse(
        QPointF(static_cast<double>((*overlay.pivot)[0]), static_cast<double>((*overlay.pivot)[1])),
        6 * scale, 6 * scale);
  }
  const QString hud = QString::fromStdString(overlay.hud);
  if (!hud.isEmpty()) {
    const double pad = 6 * scale;
    const double margin = 8 * scale;
    const double plateHeight = metrics.height() + pad;
    const QRectF plate(margin, height - margin - plateHeight,
                       std::min(width - 2 * margin, metrics.horizontalAdvance(hud) + 2 * pad),
                       plateHeight);
    paintPlate(painter, plate, 4 * scale);
    painter.setPen(kQuiet);
    painter.drawText(plate.adjusted(pad, 0, 0, 0), Qt::AlignVCenter, hud);
  }
}

}  // namespace

PainterCanvas::PainterCanvas(QWidget* parent) : QWidget(parent) {
  setObjectName("viewportCanvas");
  setMouseTracking(true);
  setAcceptDrops(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
}

void PainterCanvas::deliver(const ViewportFrame& frame) {
  {
    const std::lock_guard lock(m_mutex);
    m_frame = frame;
  }
  QMetaObject::invokeMethod(this, qOverload<>(&QWidget::update), Qt::QueuedConnection);
}

void PainterCanvas::paintEvent(QPaintEvent* /*event*/) {
  std::optional<ViewportFrame> frame;
  {
    const std::lock_guard lock(m_mutex);
    frame = m_frame;
  }
  QPainter painter(this);
  painter.fillRect(rect(), QColor(18, 18, 18));
  if (!frame) {
    return;
  }
  const double ratio = devicePixelRatioF();
  painter.scale(1 / ratio, 1 / ratio);  // the frame speaks of device pixels
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  for (std::size_t side = 0; side < 2; ++side) {
    const PaneLayout& pane = frame->layout.panes[side];
    const auto& picture = frame->pictures[side];
    if (!pane.shown || picture == nullptr) {
      continue;
    }
    const QImage image(picture->rgba.data(), static_cast<int>(picture->color.width),
                       static_cast<int>(picture->color.height), QImage::Format_RGBX8888);
    painter.setClipRect(rectOf(pane.visible));
    painter.drawImage(rectOf(pane.picture), image);
  }
  painter.setClipping(false);
  paintOverlay(painter, frame->overlay, width() * ratio, height() * ratio);
}

Result<bool> PainterSink::show(const ViewportFrame& frame) {
  m_canvas.deliver(frame);
  return true;
}

Result<double> PainterSink::measure(const GaussianCloud& /*cloud*/, const Camera& /*camera*/) {
  return fail(ErrorCode::UnsupportedVersion, "there is no Vulkan device to measure");
}

}  // namespace volpress::studio
