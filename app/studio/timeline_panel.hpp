// The bar under the viewport while something moves: transport, time, and the line of frames.
#pragma once

#include <QList>
#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QSpinBox;

namespace volpress::studio {

class TimelineStrip;

class TimelinePanel : public QWidget {
  Q_OBJECT
public:
  /// `transport`, then `marks`, become buttons.
  TimelinePanel(const QList<QAction*>& transport, const QList<QAction*>& marks,
                QWidget* parent = nullptr);

  [[nodiscard]] TimelineStrip& strip() const { return *m_strip; }
  void showLength(std::size_t frames, double rate);
  void showPosition(std::size_t frame, bool late);
  void showSpeed(double speed);
  /// Pictures shown a second while playing, and how many there should be; 0: not playing.
  void showPace(double shown, double wanted);

signals:
  void frameWanted(std::size_t frame);
  void speedWanted(double speed);

private:
  QSpinBox* m_frame = nullptr;
  QLabel* m_count = nullptr;
  QLabel* m_time = nullptr;
  QLabel* m_pace = nullptr;
  QComboBox* m_speed = nullptr;
  TimelineStrip* m_strip = nullptr;
  std::size_t m_frames = 1;
  double m_rate = 30;
};

}  // namespace volpress::studio
