// Quality against size, one dot a variant: the drawing of the chart, and what the mouse does in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <QWidget>

#include "app/studio/chart_scale.hpp"
#include "app/studio/document.hpp"

namespace volpress::studio {

/// What the chart's vertical axis shows.
enum class QualityMeasure : std::uint8_t { Psnr, WorstPsnr, Ssim, MsSsim, Flip };

/// Where "identical" (infinite dB) sits when it has company.
inline constexpr double kIdenticalDb = 60;

struct ChartPoint {
  EntryId entry = 0;
  std::string name;
  std::string codec;  ///< points of one codec share colour, marker and line
  double bytes = 0;
  double quality = 0;       ///< in the chosen measure
  bool thrownAway = false;  ///< lies in the project's trash: drawn hollow
};

/// A click on a dot reports its entry; a drag over empty ground zooms into the box drawn, and a
/// double-click there shows everything again.
class ChartView : public QWidget {
  Q_OBJECT
public:
  explicit ChartView(QWidget* parent = nullptr);
  /// Keeps the zoom when the measure stays the same.
  void setPoints(std::vector<ChartPoint> points, QualityMeasure measure, double originalBytes,
                 const QString& originalAs = {});
  void setSelected(EntryId entry);
  /// Where a dot is drawn, in this widget.
  [[nodiscard]] QPointF dotOf(const ChartPoint& point) const;
  [[nodiscard]] const std::vector<ChartPoint>& points() const { return m_points; }
  [[nodiscard]] bool isZoomed() const { return m_zoom.has_value(); }
  void showAll();
  /// Draws the chart as it stands, without what hovering adds.
  void paintChart(QPainter& painter) const;
  [[nodiscard]] QSize minimumSizeHint() const override { return {320, 120}; }

signals:
  void clicked(volpress::studio::EntryId entry);
  void zoomed(bool zoomed);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

private:
  struct Zoom {
    double bytesLow, bytesHigh, qualityLow, qualityHigh;
  };
  [[nodiscard]] QRectF plotArea() const;
  [[nodiscard]] const ChartPoint* pointNear(QPointF position) const;
  [[nodiscard]] std::size_t seriesOf(const std::string& codec) const;
  void makeAxes();
  void zoomTo(const QRectF& box);
  void paintGrid(QPainter& painter) const;
  void paintSeries(QPainter& painter) const;
  void paintLegend(QPainter& painter) const;
  void paintHover(QPainter& painter) const;

  std::vector<ChartPoint> m_points;
  std::vector<std::string> m_series;
  QualityMeasure m_measure = QualityMeasure::Psnr;
  double m_originalBytes = 0;
  QString m_originalAs;
  ChartAxis m_x;
  ChartAxis m_y;
  std::optional<Zoom> m_zoom;
  std::optional<QPointF> m_dragFrom;  ///< where a box begins
  QRectF m_box;                       ///< being drawn
  EntryId m_selected = 0;
  EntryId m_hovered = 0;
};

}  // namespace volpress::studio
