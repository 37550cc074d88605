#include "app/studio/movie_dialog.hpp"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

#include "app/engine/video_writer.hpp"

namespace volpress::studio {
namespace {

constexpr int kProgressSteps = 1000;

}  // namespace

MovieDialog::MovieDialog(const engine::CameraPath& path, QStringList names, const QString& folder,
                         QWidget* parent)
    : QDialog(parent), m_path(path), m_names(std::move(names)) {
  setObjectName("movieDialog");
  setWindowTitle(tr("Export movie"));
  setMinimumWidth(520);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 16, 16, 16);
  column->setSpacing(16);
  auto* form = new QFormLayout();
  form->setSpacing(8);
  m_style = new QComboBox(this);
  m_style->setObjectName("movieStyle");
  m_style->addItem(tr("One side alone"));
  if (m_names.size() > 1) {
    m_style->addItem(tr("Wipe, A left and B right"));
    m_style->addItem(tr("Side by side"));
    m_style->addItem(tr("Difference of A and B"));
    m_style->addItem(tr("FLIP error of B against A"));
  }
  form->addRow(tr("Show"), m_style);
  m_side = new QComboBox(this);
  m_side->setObjectName("movieSide");
  for (int i = 0; i < m_names.size(); ++i) {
    m_side->addItem(QStringLiteral("%1  %2").arg(QChar('A' + i)).arg(m_names[i]));
  }
  form->addRow(tr("Side"), m_side);
  m_size = new QComboBox(this);
  m_size->setObjectName("movieSize");
  for (const QSize size : {QSize(1280, 720), QSize(1920, 1080), QSize(3840, 2160),
                           QSize(1080, 1080), QSize(1080, 1920), QSize(640, 360)}) {
    m_size->addItem(tr("%1 × %2").arg(size.width()).arg(size.height()), size);
  }
  form->addRow(tr("Size"), m_size);
  m_rate = new QDoubleSpinBox(this);
  m_rate->setObjectName("movieRate");
  m_rate->setRange(1, 240);
  m_rate->setDecimals(2);
  m_rate->setValue(path.framesPerSecond);
  m_rate->setSuffix(tr(" frames/s"));
  form->addRow(tr("Rate"), m_rate);
  m_kind = new QComboBox(this);
  m_kind->setObjectName("movieKind");
  const std::vector<std::string> encoders = engine::videoEncoders();
  if (!encoders.empty()) {
    m_kind->addItem(tr("MP4 movie (%1)").arg(QString::fromStdString(encoders.front())), true);
  }
  m_kind->addItem(tr("Folder of PNG frames"), false);
  form->addRow(tr("Write"), m_kind);
  m_quality = new QSpinBox(this);
  m_quality->setObjectName("movieQuality");
  m_quality->setRange(0, 51);
  m_quality->setValue(18);
  m_quality->setToolTip(
      tr("The encoder's rate factor: 0 is best, 51 is smallest, 18 looks lossless"));
  form->addRow(tr("Rate factor"), m_quality);
  auto* place = new QHBoxLayout();
  m_output = new QLineEdit(QDir(folder).filePath("camera-path.mp4"), this);
  m_output->setObjectName("movieOutput");
  m_browse = new QPushButton(tr("Choose…"), this);
  place->addWidget(m_output, 1);
  place->addWidget(m_browse);
  form->addRow(tr("Save as"), place);
  column->addLayout(form);
  m_note = new QLabel(this);
  m_note->setObjectName("movieNote");
  m_note->setWordWrap(true);
  m_note->setProperty("quiet", true);
  column->addWidget(m_note);
  m_progress = new QProgressBar(this);
  m_progress->setObjectName("movieProgress");
  m_progress->setRange(0, kProgressSteps);
  m_progress->setTextVisible(false);
  m_progress->hide();
  column->addWidget(m_progress);
  auto* buttons = new QHBoxLayout();
  buttons->addStretch(1);
  m_cancel = new QPushButton(tr("Close"), this);
  m_cancel->setObjectName("movieCancel");
  m_start = new QPushButton(tr("Export"), this);
  m_start->setObjectName("movieStart");
  m_start->setProperty("primary", true);
  m_start->setDefault(true);
  buttons->addWidget(m_cancel);
  buttons->addWidget(m_start);
  column->addLayout(buttons);

  connect(m_style, &QComboBox::currentIndexChanged, this, &MovieDialog::choiceChanged);
  connect(m_rate, &QDoubleSpinBox::valueChanged, this, &MovieDialog::choiceChanged);
  connect(m_kind, &QComboBox::currentIndexChanged, this, &MovieDialog::outputKindChanged);
  connect(m_browse, &QPushButton::clicked, this, &MovieDialog::browse);
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
  outputKindChanged();
  choiceChanged();
}

void MovieDialog::choiceChanged() {
  m_side->setEnabled(m_style->currentIndex() == 0);
  engine::CameraPath path = m_path;
  path.framesPerSecond = m_rate->value();
  const auto frames = static_cast<qulonglong>(engine::pathFrames(path));
  m_note->setText(tr("%1 frames, %2 seconds. Drawn by the reference renderer, as measured pictures "
                     "are.")
                      .arg(frames)
                      .arg(static_cast<double>(frames) / m_rate->value(), 0, 'f', 1));
}

void MovieDialog::outputKindChanged() {
  const bool movie = m_kind->currentData().toBool();
  m_quality->setEnabled(movie);
  QString name = m_output->text();
  if (movie && !name.endsWith(".mp4", Qt::CaseInsensitive)) {
    m_output->setText(name + ".mp4");
  } else if (!movie && name.endsWith(".mp4", Qt::CaseInsensitive)) {
    m_output->setText(name.chopped(4));
  }
}

std::vector<std::size_t> MovieDialog::sides() const {
  const auto style = static_cast<engine::CompareStyle>(m_style->currentIndex());
  if (style == engine::CompareStyle::Single) {
    return {static_cast<std::size_t>(std::max(0, m_side->currentIndex()))};
  }
  const std::size_t wanted = engine::picturesOf(style)[1];
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < std::min(wanted, static_cast<std::size_t>(m_names.size())); ++i) {
    all.push_back(i);
  }
  return all;
}

double MovieDialog::framesPerSecond() const { return m_rate->value(); }

engine::MovieSettings MovieDialog::settings() const {
  engine::MovieSettings settings;
  settings.output = m_output->text().trimmed().toStdString();
  const QSize size = m_size->currentData().toSize();
  settings.width = static_cast<std::size_t>(size.width());
  settings.height = static_cast<std::size_t>(size.height());
  settings.compare.style = static_cast<engine::CompareStyle>(m_style->currentIndex());
  settings.quality = m_quality->value();
  return settings;
}

void MovieDialog::browse() {
  auto* dialog =
      new QFileDialog(this, tr("Export movie as"), QFileInfo(m_output->text()).absolutePath());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setOption(QFileDialog::DontConfirmOverwrite, !m_kind->currentData().toBool());
  dialog->selectFile(QFileInfo(m_output->text()).fileName());
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    m_output->setText(path);
    outputKindChanged();
  });
  dialog->open();
}

void MovieDialog::setRunning(bool running) {
  m_running = running;
  for (QWidget* choice : std::initializer_list<QWidget*>{m_style, m_side, m_size, m_rate, m_kind,
                                                         m_quality, m_output, m_browse, m_start}) {
    choice->setEnabled(!running);
  }
  m_progress->setVisible(running);
  m_progress->setValue(0);
  m_cancel->setText(running ? tr("Cancel") : tr("Close"));
  if (!running) {
    m_side->setEnabled(m_style->currentIndex() == 0);
    m_quality->setEnabled(m_kind->currentData().toBool());
  }
}

void MovieDialog::showProgress(double fraction, const QString& detail) {
  m_progress->setValue(static_cast<int>(fraction * kProgressSteps));
  m_note->setText(tr("Drawing %1").arg(detail));
}

void MovieDialog::showEnd(const QString& text, bool failed) {
  setRunning(false);
  m_note->setText(text);
  m_note->setProperty("quiet", !failed);
  style()->unpolish(m_note);
  style()->polish(m_note);
}

}  // namespace volpress::studio
