// Key frames as marks on a line of time.
#pragma once

#include <QWidget>

#include "app/engine/camera_path.hpp"

namespace volpress::studio {

/// A click or drag on the line moves the time, a drag on a mark moves the key frame, Delete removes
/// the chosen one; arrow keys step from key frame to key frame.
class KeyFrameStrip : public QWidget {
  Q_OBJECT
public:
  explicit KeyFrameStrip(QWidget* parent = nullptr);
  void showPath(const engine::CameraPath& path, double time);
  [[nodiscard]] int chosen() const { return m_chosen; }
  /// Pixels from the left edge at which a time lies.
  [[nodiscard]] int xOf(double seconds) const;
  [[nodiscard]] QSize sizeHint() const override { return {400, 56}; }

signals:
  void seekWanted(double seconds);
  void keyMoved(int key, double seconds);
  void keyRemoved(int key);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  [[nodiscard]] double timeAt(double x) const;
  [[nodiscard]] int keyAt(double x) const;

  engine::CameraPath m_path;
  double m_time = 0;
  double m_length = 1;  ///< seconds that the line shows
  int m_chosen = -1;
  int m_dragged = -1;
};

}  // namespace volpress::studio
