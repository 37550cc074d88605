#include "app/studio/painter_canvas.hpp"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>

#include "app/studio/overlay_words.hpp"

namespace volpress::studio {
namespace {

QRectF rectOf(const PixelRect& rect) { return QRectF(rect.x, rect.y, rect.width, rect.height); }

class QtPainter final : public OverlayPainter {
public:
  QtPainter(QPainter& painter, float scale) : m_painter(painter) {
    QFont font = painter.font();
    font.setPixelSize(static_cast<int>(kFontPixels * scale));
    painter.setFont(font);
    painter.setRenderHint(QPainter::Antialiasing);
  }

  float textWidth(const std::string& text) override {
    return static_cast<float>(
        QFontMetricsF(m_painter.font()).horizontalAdvance(QString::fromStdString(text)));
  }
  float textHeight() override {
    return static_cast<float>(QFontMetricsF(m_painter.font()).height());
  }
  void text(float x, float y, OverlayColor color, const std::string& text) override {
    m_painter.setPen(colorOf(color));
    const double ascent = QFontMetricsF(m_painter.font()).ascent();
    m_painter.drawText(pointOf(x, y) + QPointF(0, ascent), QString::fromStdString(text));
  }
  void fill(const OverlayRect& rect, OverlayColor color, float radius) override {
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(colorOf(color));
    const auto corner = static_cast<double>(radius);
    m_painter.drawRoundedRect(rectOf(rect), corner, corner);
  }
  void frame(const OverlayRect& rect, OverlayColor color, float thickness) override {
    usePen(color, thickness);
    m_painter.drawRect(rectOf(rect));
  }
  void line(float x0, float y0, float x1, float y1, OverlayColor color, float thickness) override {
    usePen(color, thickness);
    m_painter.drawLine(pointOf(x0, y0), pointOf(x1, y1));
  }
  void disc(float x, float y, float radius, OverlayColor color) override {
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(colorOf(color));
    m_painter.drawEllipse(pointOf(x, y), static_cast<double>(radius), static_cast<double>(radius));
  }
  void ring(float x, float y, float radius, OverlayColor color, float thickness) override {
    usePen(color, thickness);
    m_painter.drawEllipse(pointOf(x, y), static_cast<double>(radius), static_cast<double>(radius));
  }
  void pushClip(const OverlayRect& rect) override {
    m_painter.save();
    m_painter.setClipRect(rectOf(rect), Qt::IntersectClip);
  }
  void popClip() override { m_painter.restore(); }

private:
  static constexpr float kFontPixels = 13;
  static QColor colorOf(OverlayColor color) {
    return QColor(color.red, color.green, color.blue, color.alpha);
  }
  static QPointF pointOf(float x, float y) {
    return QPointF(static_cast<double>(x), static_cast<double>(y));
  }
  static QRectF rectOf(const OverlayRect& rect) {
    return QRectF(pointOf(rect.x, rect.y),
                  QSizeF(static_cast<double>(rect.width), static_cast<double>(rect.height)));
  }
  void usePen(OverlayColor color, float thickness) {
    m_painter.setBrush(Qt::NoBrush);
    m_painter.setPen(QPen(colorOf(color), static_cast<double>(thickness)));
  }

  QPainter& m_painter;
};

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
  for (const FramePane& pane : frame->panes) {
    if (pane.pixels == nullptr) {
      continue;
    }
    const QImage image(pane.pixels->rgba.data(), static_cast<int>(pane.pixels->width),
                       static_cast<int>(pane.pixels->height), QImage::Format_RGBX8888);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, pane.smooth);
    painter.setClipRect(rectOf(pane.visible));
    painter.drawImage(rectOf(pane.picture), image);
  }
  painter.setClipping(false);
  QtPainter words(painter, frame->overlay.scale);
  drawOverlay(words, frame->overlay, static_cast<float>(width() * ratio),
              static_cast<float>(height() * ratio));
}

Result<bool> PainterSink::show(const ViewportFrame& frame) {
  m_canvas.deliver(frame);
  return true;
}

Result<double> PainterSink::measure(const GaussianCloud& /*cloud*/, const Camera& /*camera*/) {
  return fail(ErrorCode::UnsupportedVersion, "there is no Vulkan device to measure");
}

}  // namespace volpress::studio
