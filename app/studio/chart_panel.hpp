// Quality against size, one dot a variant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <QWidget>

#include "app/studio/chart_scale.hpp"
#include "app/studio/document.hpp"

class QComboBox;

namespace volpress::studio {

/// What the chart's vertical axis shows.
enum class QualityMeasure : std::uint8_t { Psnr, WorstPsnr, Ssim, MsSsim, Flip };

struct ChartPoint {
  EntryId entry = 0;
  std::string name;
  std::string codec;  ///< points of one codec share colour, marker and line
  double bytes = 0;
  double quality = 0;  ///< in the chosen measure
};

/// The drawing. A click on a dot reports its entry.
class ChartView : public QWidget {
  Q_OBJECT
public:
  explicit ChartView(QWidget* parent = nullptr);
  void setPoints(std::vector<ChartPoint> points, QualityMeasure measure, double originalBytes);
  void setSelected(EntryId entry);
  /// Where a dot is drawn, in this widget.
  [[nodiscard]] QPointF dotOf(const ChartPoint& point) const;
  [[nodiscard]] const std::vector<ChartPoint>& points() const { return m_points; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {320, 120}; }

signals:
  void clicked(volpress::studio::EntryId entry);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

private:
  [[nodiscard]] QRectF plotArea() const;
  [[nodiscard]] const ChartPoint* pointNear(QPointF position) const;
  [[nodiscard]] std::size_t seriesOf(const std::string& codec) const;
  void paintGrid(QPainter& painter) const;
  void paintSeries(QPainter& painter) const;
  void paintLegend(QPainter& painter) const;
  void paintHover(QPainter& painter) const;

  std::vector<ChartPoint> m_points;
  std::vector<std::string> m_series;
  QualityMeasure m_measure = QualityMeasure::Psnr;
  double m_originalBytes = 0;
  ChartAxis m_x;
  ChartAxis m_y;
  EntryId m_selected = 0;
  EntryId m_hovered = 0;
};

/// The chart with its choice of measure.
class ChartPanel : public QWidget {
  Q_OBJECT
public:
  explicit ChartPanel(QWidget* parent = nullptr);
  void showDocument(const Document& document);
  [[nodiscard]] ChartView* view() const { return m_view; }

signals:
  void entryClicked(volpress::studio::EntryId entry);

private:
  void refresh();

  QComboBox* m_measure;
  ChartView* m_view;
  std::vector<Entry> m_variants;  // without clouds
  double m_originalBytes = 0;
};

}  // namespace volpress::studio
