// The line of time of a scene that moves: frames, segments, bytes, and what is decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <QPixmap>
#include <QWidget>

#include "app/engine/clip_source.hpp"

namespace volpress::studio {

/// A click or drag moves the play head; the marks of the in and out points are dragged in the
/// ruler; the wheel and the arrow keys step, Home and End go to the points.
class TimelineStrip : public QWidget {
  Q_OBJECT
public:
  explicit TimelineStrip(QWidget* parent = nullptr);

  /// What is drawn as bytes per frame, with its segments; `letter` says of which side. `psnr`: of
  /// each frame, or empty.
  void showClip(std::shared_ptr<const engine::ClipSource> clip, std::size_t frames, double rate,
                const QString& letter, std::vector<float> psnr);
  void showRange(std::size_t first, std::size_t last);
  void showPosition(std::size_t frame, bool late);
  /// Frames that are decoded, as ranges [first, last].
  void showReady(std::vector<std::pair<std::size_t, std::size_t>> ranges);

  /// Pixels from the left edge at which a frame's place begins.
  [[nodiscard]] double xOf(std::size_t frame) const;
  [[nodiscard]] std::size_t frameAt(double x) const;
  [[nodiscard]] QSize sizeHint() const override { return {480, 68}; }

signals:
  void grabbed();  ///< the play head is about to be dragged
  void seekWanted(std::size_t frame);
  void rangeWanted(std::size_t first, std::size_t last);
  void stepWanted(int frames);

protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  /// On a chapter: its range, or all again.
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  enum class Drag : std::uint8_t { None, Head, First, Last };

  [[nodiscard]] QRectF graph() const;
  [[nodiscard]] Drag markAt(QPointF place) const;
  void renderStill();
  void paintRuler(QPainter& painter) const;
  void paintBytes(QPainter& painter) const;
  void paintChapters(QPainter& painter) const;
  void paintPsnr(QPainter& painter) const;
  void paintHead(QPainter& painter) const;
  void drag(double x);

  std::shared_ptr<const engine::ClipSource> m_clip;
  std::size_t m_frames = 1;
  double m_rate = 30;
  QString m_letter;
  std::vector<float> m_psnr;
  std::size_t m_first = 0;
  std::size_t m_last = 0;
  std::size_t m_frame = 0;
  bool m_late = false;
  std::vector<std::pair<std::size_t, std::size_t>> m_ready;
  Drag m_drag = Drag::None;
  QPixmap m_still;  ///< what does not move with the play head
};

}  // namespace volpress::studio
