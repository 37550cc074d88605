// How a clip becomes a folder that plays on the web, and what people will see of it.
#pragma once

#include <filesystem>
#include <vector>

#include <QDialog>
#include <QImage>

#include "app/studio/document.hpp"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSlider;
class QSpinBox;
class QTimer;
class QVBoxLayout;

namespace volpress::studio {

/// A clip that can be exported.
struct StreamChoice {
  EntryId id = 0;
  QString name;
  std::filesystem::path clip;    ///< a whole .dgsv
  std::filesystem::path frames;  ///< what it was made of; empty: not known
  std::size_t frameCount = 1;
  double framesPerSecond = 30;
  double megabits = 0;       ///< a second, of all its layers
  double encodeSeconds = 0;  ///< that its encode took; 0: not known
};

/// Chooses; its owner makes pictures and the folder, and tells the dialog. Shown without blocking;
/// closing it does not stop an export.
class StreamDialog : public QDialog {
  Q_OBJECT
public:
  /// `choices` has one at least; `chosen` is the one to begin with.
  StreamDialog(std::vector<StreamChoice> choices, EntryId chosen, const QString& folder,
               QWidget* parent = nullptr);

  [[nodiscard]] const StreamChoice& choice() const;
  [[nodiscard]] std::vector<double> rungs() const;  ///< Mbit/s, of those that are ticked
  [[nodiscard]] std::size_t posterFrame() const;
  [[nodiscard]] QString title() const;
  [[nodiscard]] QString folder() const;
  [[nodiscard]] bool split() const;
  [[nodiscard]] QString sound() const;  ///< a file; empty: none
  /// The line whose picture is wanted, Mbit/s; 0: the clip as it is.
  [[nodiscard]] double previewMegabits() const;

  void showPicture(const QImage& picture, const QString& words);
  /// `problem`: the picture could not be made.
  void showPictureProblem(const QString& problem);
  void showProgress(double fraction, const QString& words);
  /// After an export: `folder` was written, or `text` says why not.
  void showEnd(const QString& text, bool written, bool failed);

signals:
  void previewWanted();
  void startWanted();
  void cancelWanted();
  void browserWanted();
  void folderWanted();

private:
  void makeForm(QVBoxLayout& column);
  void makePreview(QVBoxLayout& column);
  void variantChosen();
  void estimate();
  void browse();
  void browseSound();
  void askForPicture();
  void setRunning(bool running);

  std::vector<StreamChoice> m_choices;
  QComboBox* m_variant;
  QLineEdit* m_title;
  std::vector<QCheckBox*> m_rungs;
  QComboBox* m_form;
  QLineEdit* m_sound;
  QPushButton* m_browseSound;
  QLineEdit* m_folder;
  QPushButton* m_browse;
  QSlider* m_poster;
  QSpinBox* m_posterNumber;
  QComboBox* m_line;
  QLabel* m_picture;
  QLabel* m_pictureWords;
  QLabel* m_estimate;
  QProgressBar* m_progress;
  QLabel* m_note;
  QPushButton* m_openBrowser;
  QPushButton* m_openFolder;
  QPushButton* m_start;
  QPushButton* m_cancel;
  QTimer* m_delay;  ///< between the last change and the picture that is asked for
  bool m_running = false;
};

}  // namespace volpress::studio
