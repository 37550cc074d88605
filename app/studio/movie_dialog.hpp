// How a camera path becomes a movie, and how far it is.
#pragma once

#include <QDialog>

#include "app/engine/path_movie.hpp"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace volpress::studio {

/// Chooses; its owner draws the movie and tells the dialog. Closing it does not stop the drawing.
class MovieDialog : public QDialog {
  Q_OBJECT
public:
  /// `names`: what stands on the sides, A first.
  MovieDialog(const engine::CameraPath& path, QStringList names, const QString& folder,
              QWidget* parent = nullptr);

  [[nodiscard]] engine::MovieSettings settings() const;
  [[nodiscard]] double framesPerSecond() const;
  /// Which sides the chosen style shows.
  [[nodiscard]] std::vector<std::size_t> sides() const;

  void showProgress(double fraction, const QString& detail);
  /// An empty `problem` is success.
  void showEnd(const QString& text, bool failed);

signals:
  void startWanted();
  void cancelWanted();

private:
  void choiceChanged();
  void outputKindChanged();
  void browse();
  void setRunning(bool running);

  engine::CameraPath m_path;
  QStringList m_names;
  QComboBox* m_style;
  QComboBox* m_side;
  QComboBox* m_size;
  QDoubleSpinBox* m_rate;
  QComboBox* m_kind;
  QSpinBox* m_quality;
  QLineEdit* m_output;
  QPushButton* m_browse;
  QLabel* m_note;
  QProgressBar* m_progress;
  QPushButton* m_start;
  QPushButton* m_cancel;
  bool m_running = false;
};

}  // namespace volpress::studio
