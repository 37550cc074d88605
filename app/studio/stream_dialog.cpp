#include "app/studio/stream_dialog.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"

namespace volpress::studio {
namespace {

constexpr std::array<int, 4> kRungs{10, 25, 50, 80};  // Mbit/s
constexpr int kPreviewWidth = 480, kPreviewHeight = 270;
constexpr int kProgressSteps = 1000;
constexpr int kDelay = 300;           // milliseconds
constexpr double kTrials = 1.0;       // encodes of a rung besides the one that is kept
constexpr double kUsualFrame = 0.4;   // seconds that a frame takes where nothing is known
constexpr double kPlayerBytes = 5e5;  // page, player and poster

void polishAgain(QWidget* widget) {
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

}  // namespace

StreamDialog::StreamDialog(std::vector<StreamChoice> choices, EntryId chosen, const QString& folder,
                           QWidget* parent)
    : QDialog(parent), m_choices(std::move(choices)) {
  setObjectName("streamDialog");
  setWindowTitle(tr("Export as streamable video"));
  m_delay = new QTimer(this);
  m_delay->setSingleShot(true);
  m_delay->setInterval(kDelay);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(16, 16, 16, 16);
  whole->setSpacing(16);
  auto* columns = new QHBoxLayout();
  columns->setSpacing(24);
  auto* left = new QVBoxLayout();
  auto* right = new QVBoxLayout();
  columns->addLayout(left, 1);
  columns->addLayout(right);
  whole->addLayout(columns);
  makeForm(*left);
  makePreview(*right);
  m_folder->setText(QDir(folder).filePath("clip-web"));
  m_progress = new QProgressBar(this);
  m_progress->setObjectName("streamProgress");
  m_progress->setRange(0, kProgressSteps);
  m_progress->setTextVisible(false);
  m_progress->hide();
  whole->addWidget(m_progress);
  m_note = new QLabel(this);
  m_note->setObjectName("streamNote");
  m_note->setWordWrap(true);
  m_note->setProperty("quiet", true);
  whole->addWidget(m_note);
  auto* buttons = new QHBoxLayout();
  const auto button = [&](const char* name, const QString& text) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    return made;
  };
  m_openBrowser = button("streamBrowser", tr("Open in browser"));
  m_openFolder = button("streamFolderOpen", tr("Open folder"));
  m_cancel = button("streamCancel", tr("Close"));
  m_start = button("streamStart", tr("Export"));
  m_start->setProperty("primary", true);
  m_start->setDefault(true);
  m_openBrowser->hide();
  m_openFolder->hide();
  buttons->addWidget(m_openBrowser);
  buttons->addWidget(m_openFolder);
  buttons->addStretch(1);
  buttons->addWidget(m_cancel);
  buttons->addWidget(m_start);
  whole->addLayout(buttons);

  for (const StreamChoice& item : m_choices) {
    m_variant->addItem(item.name);
    if (item.id == chosen) {
      m_variant->setCurrentIndex(m_variant->count() - 1);
    }
  }
  connect(m_variant, &QComboBox::currentIndexChanged, this, &StreamDialog::variantChosen);
  connect(m_line, &QComboBox::currentIndexChanged, this, &StreamDialog::askForPicture);
  connect(m_poster, &QSlider::valueChanged, m_posterNumber, &QSpinBox::setValue);
  connect(m_posterNumber, &QSpinBox::valueChanged, m_poster, &QSlider::setValue);
  connect(m_posterNumber, &QSpinBox::valueChanged, this, &StreamDialog::askForPicture);
  connect(m_delay, &QTimer::timeout, this, &StreamDialog::previewWanted);
  connect(m_browse, &QPushButton::clicked, this, &StreamDialog::browse);
  connect(m_browseSound, &QPushButton::clicked, this, &StreamDialog::browseSound);
  connect(m_folder, &QLineEdit::textChanged, this,
          [this](const QString& text) { m_start->setEnabled(!text.trimmed().isEmpty()); });
  connect(m_openBrowser, &QPushButton::clicked, this, &StreamDialog::browserWanted);
  connect(m_openFolder, &QPushButton::clicked, this, &StreamDialog::folderWanted);
  connect(m_start, &QPushButton::clicked, this, [this] {
    setRunning(true);
    emit startWanted();
  });
  connect(m_cancel, &QPushButton::clicked, this, [this] {
    if (m_running) {
      emit cancelWanted();
    } else {
      reject();
    }
  });
  variantChosen();
}

void StreamDialog::makeForm(QVBoxLayout& column) {
  auto* form = new QFormLayout();
  form->setSpacing(8);
  m_variant = new QComboBox(this);
  m_variant->setObjectName("streamVariant");
  form->addRow(tr("Clip"), m_variant);
  m_title = new QLineEdit(this);
  m_title->setObjectName("streamTitle");
  form->addRow(tr("Title"), m_title);
  auto* rungs = new QHBoxLayout();
  for (const int megabits : kRungs) {
    auto* rung = new QCheckBox(QString::number(megabits), this);
    rung->setObjectName(QStringLiteral("streamRung%1").arg(megabits));
    connect(rung, &QCheckBox::toggled, this, &StreamDialog::estimate);
    rungs->addWidget(rung);
    m_rungs.push_back(rung);
  }
  rungs->addWidget(new QLabel(tr("Mbit/s"), this));
  rungs->addStretch(1);
  form->addRow(tr("Slower lines"), rungs);
  m_form = new QComboBox(this);
  m_form->setObjectName("streamForm");
  m_form->addItem(tr("One file a line (needs range requests)"));
  m_form->addItem(tr("One file a segment"));
  form->addRow(tr("Write"), m_form);
  auto* heard = new QHBoxLayout();
  m_sound = new QLineEdit(this);
  m_sound->setObjectName("streamSound");
  m_sound->setPlaceholderText(tr("None"));
  m_sound->setToolTip(tr("A file with sound that plays with the clip; what is longer is cut off"));
  m_browseSound = new QPushButton(tr("Choose…"), this);
  m_browseSound->setAccessibleName(tr("Choose a sound"));
  heard->addWidget(m_sound, 1);
  heard->addWidget(m_browseSound);
  form->addRow(tr("Sound"), heard);
  auto* place = new QHBoxLayout();
  m_folder = new QLineEdit(this);
  m_folder->setObjectName("streamFolder");
  m_folder->setMinimumWidth(240);
  m_browse = new QPushButton(tr("Choose…"), this);
  place->addWidget(m_folder, 1);
  place->addWidget(m_browse);
  form->addRow(tr("Folder"), place);
  column.addLayout(form);
  m_estimate = new QLabel(this);
  m_estimate->setObjectName("streamEstimate");
  m_estimate->setWordWrap(true);
  m_estimate->setProperty("quiet", true);
  column.addWidget(m_estimate);
  column.addStretch(1);
}

void StreamDialog::makePreview(QVBoxLayout& column) {
  m_picture = new QLabel(this);
  m_picture->setObjectName("streamPicture");
  m_picture->setFixedSize(kPreviewWidth, kPreviewHeight);
  m_picture->setAlignment(Qt::AlignCenter);
  m_picture->setStyleSheet("background: #0f1115; color: #8a919e");  // the page's own colours
  column.addWidget(m_picture);
  auto* poster = new QHBoxLayout();
  poster->addWidget(new QLabel(tr("Poster"), this));
  m_poster = new QSlider(Qt::Horizontal, this);
  m_poster->setObjectName("streamPoster");
  m_poster->setAccessibleName(tr("The frame that the poster shows"));
  m_posterNumber = new QSpinBox(this);
  m_posterNumber->setObjectName("streamPosterNumber");
  poster->addWidget(m_poster, 1);
  poster->addWidget(m_posterNumber);
  column.addLayout(poster);
  auto* line = new QHBoxLayout();
  line->addWidget(new QLabel(tr("What they see"), this));
  m_line = new QComboBox(this);
  m_line->setObjectName("streamLine");
  line->addWidget(m_line, 1);
  column.addLayout(line);
  m_pictureWords = new QLabel(this);
  m_pictureWords->setObjectName("streamPictureWords");
  m_pictureWords->setProperty("quiet", true);
  m_pictureWords->setWordWrap(true);
  column.addWidget(m_pictureWords);
  column.addStretch(1);
}

const StreamChoice& StreamDialog::choice() const {
  return m_choices[static_cast<std::size_t>(std::max(0, m_variant->currentIndex()))];
}

void StreamDialog::variantChosen() {
  const StreamChoice& item = choice();
  m_title->setText(item.name);
  const int last = static_cast<int>(item.frameCount) - 1;
  m_poster->setRange(0, last);
  m_posterNumber->setRange(0, last);
  const QSignalBlocker quiet(m_line);
  m_line->clear();
  m_line->addItem(tr("with all of it (%1 Mbit/s)").arg(item.megabits, 0, 'f', 1), 0.0);
  for (std::size_t k = 0; k < kRungs.size(); ++k) {
    const bool below = kRungs[k] < item.megabits;
    m_rungs[k]->setEnabled(below);
    m_rungs[k]->setChecked(below);
    m_rungs[k]->setToolTip(
        below ? tr("The clip is encoded again for lines of %1 Mbit/s").arg(kRungs[k])
              : tr("The clip itself takes no more than %1 Mbit/s").arg(item.megabits, 0, 'f', 1));
    if (below) {
      m_line->addItem(tr("on %1 Mbit/s").arg(kRungs[k]), static_cast<double>(kRungs[k]));
    }
  }
  estimate();
  askForPicture();
}

void StreamDialog::askForPicture() {
  if (m_running) {
    return;
  }
  m_pictureWords->setText(previewMegabits() > 0 ? tr("Encoding a segment for this line…")
                                                : tr("Drawing…"));
  m_delay->start();
}

void StreamDialog::estimate() {
  const StreamChoice& item = choice();
  const double seconds = static_cast<double>(item.frameCount) / item.framesPerSecond;
  double bytes = kPlayerBytes + item.megabits * 1e6 / 8 * seconds;
  for (const double rung : rungs()) {
    bytes += rung * 1e6 / 8 * seconds;
  }
  const double once = item.encodeSeconds > 0 ? item.encodeSeconds
                                             : kUsualFrame * static_cast<double>(item.frameCount);
  const double work = once * (1 + kTrials) * static_cast<double>(rungs().size());
  m_estimate->setText(
      tr("%1 s of video at %2 Mbit/s. The folder takes about %3%4.")
          .arg(seconds, 0, 'f', 1)
          .arg(item.megabits, 0, 'f', 1)
          .arg(QString::fromStdString(sizeText(static_cast<std::uint64_t>(bytes))))
          .arg(rungs().empty()
                   ? QString()
                   : tr(", its encoding about %1").arg(QString::fromStdString(secondsText(work)))));
}

std::vector<double> StreamDialog::rungs() const {
  std::vector<double> chosen;
  for (std::size_t k = 0; k < kRungs.size(); ++k) {
    if (kRungs[k] < choice().megabits && m_rungs[k]->isChecked()) {
      chosen.push_back(kRungs[k]);
    }
  }
  return chosen;
}

std::size_t StreamDialog::posterFrame() const {
  return static_cast<std::size_t>(m_posterNumber->value());
}
QString StreamDialog::title() const { return m_title->text().trimmed(); }
QString StreamDialog::folder() const { return m_folder->text().trimmed(); }
bool StreamDialog::split() const { return m_form->currentIndex() == 1; }
QString StreamDialog::sound() const { return m_sound->text().trimmed(); }
double StreamDialog::previewMegabits() const { return m_line->currentData().toDouble(); }

void StreamDialog::showPicture(const QImage& picture, const QString& words) {
  m_picture->setPixmap(QPixmap::fromImage(picture).scaled(m_picture->size(), Qt::KeepAspectRatio,
                                                          Qt::SmoothTransformation));
  m_pictureWords->setText(words);
}

void StreamDialog::showPictureProblem(const QString& problem) {
  m_picture->setPixmap({});
  m_pictureWords->setText(problem);
}

void StreamDialog::browse() {
  auto* dialog = new QFileDialog(this, tr("Export into a folder"), folder());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, m_folder, &QLineEdit::setText);
  dialog->open();
}

void StreamDialog::browseSound() {
  const QFileInfo present(sound().isEmpty() ? folder() : sound());
  auto* dialog = new QFileDialog(this, tr("Choose a sound"), present.path(),
                                 tr("Sounds and movies (*.wav *.flac *.mp3 *.ogg *.opus *.m4a "
                                    "*.aac *.mp4 *.mov *.mkv *.webm);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, m_sound, &QLineEdit::setText);
  dialog->open();
}

void StreamDialog::setRunning(bool running) {
  m_running = running;
  for (QWidget* widget :
       std::initializer_list<QWidget*>{m_variant, m_title, m_form, m_sound, m_browseSound, m_folder,
                                       m_browse, m_poster, m_posterNumber, m_line, m_start}) {
    widget->setEnabled(!running);
  }
  for (std::size_t k = 0; k < kRungs.size(); ++k) {
    m_rungs[k]->setEnabled(!running && kRungs[k] < choice().megabits);
  }
  m_progress->setVisible(running);
  m_progress->setValue(0);
  m_openBrowser->hide();
  m_openFolder->hide();
  m_cancel->setText(running ? tr("Cancel") : tr("Close"));
}

void StreamDialog::showProgress(double fraction, const QString& words) {
  m_progress->setValue(static_cast<int>(fraction * kProgressSteps));
  m_note->setText(words);
}

void StreamDialog::showEnd(const QString& text, bool written, bool failed) {
  setRunning(false);
  m_note->setText(text);
  m_note->setProperty("quiet", !failed);
  polishAgain(m_note);
  m_openBrowser->setVisible(written);
  m_openFolder->setVisible(written);
}

}  // namespace volpress::studio
