#include "app/studio/chart_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr double kDot = 5;       // radius, logical pixels
constexpr double kGrab = 12;     // how far from a dot a click still means it
constexpr double kLeastBox = 8;  // of a zoom; less is a click that slipped

struct QualityLine {
  double decibels;
  const char* words;
};
constexpr std::array kQualityLines{QualityLine{32, "preview"}, QualityLine{38, "high"},
                                   QualityLine{45, "visually lossless"}};

bool isDecibel(QualityMeasure measure) {
  return measure == QualityMeasure::Psnr || measure == QualityMeasure::WorstPsnr;
}

QString qualityText(double value, QualityMeasure measure) {
  if (isDecibel(measure)) {
    return value >= kIdenticalDb ? QObject::tr("%1 dB or more").arg(kIdenticalDb)
                                 : QString::fromStdString(decibelText(value));
  }
  return QString::number(value, 'f', 4);
}

/// A different shape for each series, so that colour is never the only sign.
void drawMarker(QPainter& painter, QPointF at, std::size_t series, double radius) {
  QPainterPath path;
  const double r = radius;
  switch (series % 4) {
    case 0: path.addEllipse(at, r, r); break;
    case 1: path.addRect(QRectF(at.x() - r * 0.9, at.y() - r * 0.9, 1.8 * r, 1.8 * r)); break;
    case 2:
      path.addPolygon(QPolygonF({at + QPointF(0, -1.25 * r), at + QPointF(1.25 * r, 0),
                                 at + QPointF(0, 1.25 * r), at + QPointF(-1.25 * r, 0)}));
      path.closeSubpath();
      break;
    default:
      path.addPolygon(QPolygonF({at + QPointF(0, -1.2 * r), at + QPointF(1.15 * r, 0.9 * r),
                                 at + QPointF(-1.15 * r, 0.9 * r)}));
      path.closeSubpath();
      break;
  }
  painter.drawPath(path);
}

}  // namespace

ChartView::ChartView(QWidget* parent) : QWidget(parent) {
  setObjectName("chartView");
  setMouseTracking(true);
  setPoints({}, QualityMeasure::Psnr, 0);
}

void ChartView::setPoints(std::vector<ChartPoint> points, QualityMeasure measure,
                          double originalBytes, const QString& originalAs) {
  m_points = std::move(points);
  m_originalBytes = originalBytes;
  m_originalAs = originalAs;
  m_series.clear();
  for (const ChartPoint& point : m_points) {
    if (std::find(m_series.begin(), m_series.end(), point.codec) == m_series.end()) {
      m_series.push_back(point.codec);
    }
  }
  if (measure != m_measure) {
    m_measure = measure;
    showAll();
  }
  makeAxes();
}

void ChartView::makeAxes() {
  if (m_zoom) {
    m_x = sizeAxisBetween(m_zoom->bytesLow, m_zoom->bytesHigh);
    m_y = valueAxisBetween(m_zoom->qualityLow, m_zoom->qualityHigh);
    update();
    return;
  }
  std::vector<double> sizes;
  std::vector<double> qualities;
  for (const ChartPoint& point : m_points) {
    sizes.push_back(point.bytes);
    qualities.push_back(point.quality);
  }
  if (m_originalBytes > 0) {
    sizes.push_back(m_originalBytes);
  }
  if (qualities.empty() && isDecibel(m_measure)) {
    qualities = {30, 45};
  }
  m_x = makeSizeAxis(sizes);
  m_y = makeValueAxis(qualities, isDecibel(m_measure) ? 8 : 0.02);
  update();
}

void ChartView::zoomTo(const QRectF& box) {
  const QRectF area = plotArea();
  const QRectF kept = box.intersected(area);
  if (kept.width() < kLeastBox || kept.height() < kLeastBox) {
    return;
  }
  const auto across = [&](double x) { return m_x.fromUnit((x - area.left()) / area.width()); };
  const auto up = [&](double y) { return m_y.fromUnit((area.bottom() - y) / area.height()); };
  m_zoom = Zoom{across(kept.left()), across(kept.right()), up(kept.bottom()), up(kept.top())};
  makeAxes();
  emit zoomed(true);
}

void ChartView::showAll() {
  if (m_zoom) {
    m_zoom.reset();
    makeAxes();
    emit zoomed(false);
  }
}

void ChartView::setSelected(EntryId entry) {
  m_selected = entry;
  update();
}

std::size_t ChartView::seriesOf(const std::string& codec) const {
  const auto at = std::find(m_series.begin(), m_series.end(), codec);
  return static_cast<std::size_t>(at - m_series.begin());
}

QRectF ChartView::plotArea() const {
  const QFontMetricsF metrics(font());
  const double left = metrics.horizontalAdvance(QStringLiteral("0.0000")) + 16;
  double legend = 0;  // the key stands beside the plot, where it covers no dot
  for (const std::string& name : m_series) {
    legend = std::max(legend, metrics.horizontalAdvance(QString::fromStdString(name)) + 34);
  }
  return QRectF(rect()).adjusted(left, 10, -16 - legend, -metrics.height() - 12);
}

QPointF ChartView::dotOf(const ChartPoint& point) const {
  const QRectF area = plotArea();
  return {area.left() + m_x.toUnit(point.bytes) * area.width(),
          area.bottom() - m_y.toUnit(point.quality) * area.height()};
}

const ChartPoint* ChartView::pointNear(QPointF position) const {
  const ChartPoint* nearest = nullptr;
  double best = kGrab;
  const QRectF inside = plotArea().adjusted(-kGrab, -kGrab, kGrab, kGrab);
  for (const ChartPoint& point : m_points) {
    if (!inside.contains(dotOf(point))) {
      continue;  // zoomed away
    }
    const QPointF away = dotOf(point) - position;
    const double distance = std::hypot(away.x(), away.y());
    if (distance <= best) {
      best = distance;
      nearest = &point;
    }
  }
  return nearest;
}

void ChartView::paintGrid(QPainter& painter) const {
  const QRectF area = plotArea();
  const QFontMetricsF metrics(font());
  const QColor line = hairline(palette());
  const QColor quiet = quietText(palette());
  for (const ChartTick& tick : m_x.ticks) {
    const double x = area.left() + m_x.toUnit(tick.value) * area.width();
    painter.setPen(QPen(line, 1));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    painter.setPen(quiet);
    painter.drawText(QRectF(x - 40, area.bottom() + 4, 80, metrics.height()), Qt::AlignCenter,
                     QString::fromStdString(tick.text));
  }
  for (const ChartTick& tick : m_y.ticks) {
    const double y = area.bottom() - m_y.toUnit(tick.value) * area.height();
    painter.setPen(QPen(line, 1));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setPen(quiet);
    painter.drawText(QRectF(0, y - metrics.height() / 2, area.left() - 8, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, QString::fromStdString(tick.text));
  }
  if (isDecibel(m_measure)) {
    for (const QualityLine& mark : kQualityLines) {
      if (mark.decibels <= m_y.low || mark.decibels >= m_y.high) {
        continue;
      }
      const double y = area.bottom() - m_y.toUnit(mark.decibels) * area.height();
      painter.setPen(QPen(quiet, 1, Qt::DashLine));
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
      painter.setPen(quiet);
      painter.drawText(QPointF(area.left() + 6, y - 4), QString::fromUtf8(mark.words));
    }
  }
  if (m_originalBytes >= m_x.low && m_originalBytes <= m_x.high) {
    const double x = area.left() + m_x.toUnit(m_originalBytes) * area.width();
    painter.setPen(QPen(accent(palette()), 1, Qt::DashLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    const QString words =
        tr("original as %1, %2")
            .arg(m_originalAs,
                 QString::fromStdString(sizeText(static_cast<std::uint64_t>(m_originalBytes))));
    painter.setPen(accent(palette()));
    painter.drawText(QPointF(x - metrics.horizontalAdvance(words) - 6, area.bottom() - 6), words);
  }
}

void ChartView::paintSeries(QPainter& painter) const {
  painter.save();
  if (m_zoom) {
    painter.setClipRect(plotArea().adjusted(-kDot, -kDot, kDot, kDot));
  }
  for (std::size_t series = 0; series < m_series.size(); ++series) {
    std::vector<const ChartPoint*> members;
    for (const ChartPoint& point : m_points) {
      if (point.codec == m_series[series]) {
        members.push_back(&point);
      }
    }
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->bytes < b->bytes; });
    const QColor color = seriesColor(series, palette());
    painter.setPen(QPen(color, 1.5));
    for (std::size_t i = 1; i < members.size(); ++i) {
      painter.drawLine(dotOf(*members[i - 1]), dotOf(*members[i]));
    }
    for (const ChartPoint* point : members) {
      const bool lit = point->entry == m_selected || point->entry == m_hovered;
      painter.setBrush(point->thrownAway ? palette().color(QPalette::Base) : color);
      painter.setPen(lit                 ? QPen(palette().color(QPalette::Text), 2)
                     : point->thrownAway ? QPen(color, 1.5)
                                         : QPen(Qt::NoPen));
      drawMarker(painter, dotOf(*point), series, lit ? kDot + 2 : kDot);
    }
  }
  painter.restore();
}

void ChartView::paintLegend(QPainter& painter) const {
  const QFontMetricsF metrics(font());
  const double left = plotArea().right() + 16;
  const double row = metrics.height() + 4;
  for (std::size_t series = 0; series < m_series.size(); ++series) {
    const double y = plotArea().top() + row * (static_cast<double>(series) + 0.5);
    painter.setPen(Qt::NoPen);
    painter.setBrush(seriesColor(series, palette()));
    drawMarker(painter, QPointF(left + 5, y), series, kDot - 1);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QPointF(left + 18, y + metrics.ascent() / 2 - 1),
                     QString::fromStdString(m_series[series]));
  }
}

void ChartView::paintHover(QPainter& painter) const {
  const auto at = std::find_if(m_points.begin(), m_points.end(), [this](const ChartPoint& point) {
    return point.entry == m_hovered;
  });
  if (at == m_points.end()) {
    return;
  }
  QString words = QStringLiteral("%1   %2   %3")
                      .arg(QString::fromStdString(at->name),
                           QString::fromStdString(sizeText(static_cast<std::uint64_t>(at->bytes))),
                           qualityText(at->quality, m_measure));
  if (at->thrownAway) {
    words += "   " + tr("(in the trash)");
  }
  const QFontMetricsF metrics(font());
  QRectF box(0, 0, metrics.horizontalAdvance(words) + 16, metrics.height() + 8);
  box.moveCenter(dotOf(*at) - QPointF(0, 22));
  const QRectF bounds = QRectF(rect()).adjusted(4, 4, -4, -4);
  box.moveLeft(
      std::clamp(box.left(), bounds.left(), std::max(bounds.left(), bounds.right() - box.width())));
  if (box.top() < bounds.top()) {
    box.moveTop(dotOf(*at).y() + 12);
  }
  painter.setPen(QPen(hairline(palette()), 1));
  painter.setBrush(palette().color(QPalette::ToolTipBase));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(palette().color(QPalette::ToolTipText));
  painter.drawText(box, Qt::AlignCenter, words);
}

void ChartView::paintChart(QPainter& painter) const {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(tabularFont(font()));
  painter.fillRect(rect(), palette().color(QPalette::Base));
  paintGrid(painter);
  paintSeries(painter);
  paintLegend(painter);
}

void ChartView::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  paintChart(painter);
  paintHover(painter);
  if (m_points.empty()) {
    painter.setPen(quietText(palette()));
    painter.drawText(plotArea(), Qt::AlignCenter, tr("Finished jobs appear here as dots."));
  }
  if (!m_box.isEmpty()) {
    QColor fill = accent(palette());
    painter.setPen(QPen(fill, 1));
    fill.setAlpha(40);
    painter.setBrush(fill);
    painter.drawRect(m_box);
  }
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
  if (m_dragFrom) {
    m_box = QRectF(*m_dragFrom, event->position()).normalized().intersected(plotArea());
    update();
    return;
  }
  const ChartPoint* point = pointNear(event->position());
  const EntryId hovered = point == nullptr ? 0 : point->entry;
  if (hovered != m_hovered) {
    m_hovered = hovered;
    setCursor(hovered != 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
  }
}

void ChartView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) {
    return;
  }
  const ChartPoint* point = pointNear(event->position());
  if (point != nullptr) {
    emit clicked(point->entry);
  } else if (!m_points.empty() && plotArea().contains(event->position())) {
    m_dragFrom = event->position();
  }
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && m_dragFrom) {
    const QRectF box = m_box;
    m_dragFrom.reset();
    m_box = {};
    zoomTo(box);
    update();
  }
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && pointNear(event->position()) == nullptr) {
    showAll();
  }
}

void ChartView::leaveEvent(QEvent* event) {
  m_hovered = 0;
  update();
  QWidget::leaveEvent(event);
}

}  // namespace volpress::studio
