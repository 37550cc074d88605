// The camera path: key frames on a time line, preview, movie.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include "app/engine/camera_path.hpp"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSlider;
class QToolButton;

namespace volpress::studio {

class KeyFrameStrip;

/// Edits a path. The window shows what `previewed` says and keeps what `pathChanged` says.
class PathPanel : public QWidget {
  Q_OBJECT
public:
  explicit PathPanel(QWidget* parent = nullptr);
  void setPath(engine::CameraPath path);
  [[nodiscard]] const engine::CameraPath& path() const { return m_path; }
  void setReady(bool ready);
  /// Appends the view two seconds after the last key frame.
  void addKey(const engine::Viewpoint& view);
  /// Plays from the present time, or stops.
  void togglePlaying();
  [[nodiscard]] bool playing() const { return m_timer.isActive(); }

signals:
  void pathChanged();
  void previewed(const volpress::engine::Viewpoint& view);
  void addKeyWanted();
  void fromBookmarksWanted(double seconds);
  void turntableWanted(double seconds);
  void movieWanted();
  void saveWanted();
  void openWanted();

private:
  void changed();
  void showTime();
  void seek(double seconds);
  void step();

  engine::CameraPath m_path;
  double m_time = 0;
  bool m_ready = false;
  QTimer m_timer;
  QElapsedTimer m_clock;
  KeyFrameStrip* m_strip;
  QToolButton* m_play;
  QToolButton* m_add;
  QToolButton* m_fill;
  QToolButton* m_movie;
  QToolButton* m_more;
  QLabel* m_timeText;
  QDoubleSpinBox* m_seconds;
  QCheckBox* m_closed;
  QComboBox* m_pace;
  bool m_filling = false;
};

}  // namespace volpress::studio
