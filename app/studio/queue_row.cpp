#include "app/studio/queue_row.hpp"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDrag>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/codec_cards.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kLogHeight = 88;

QString titleOf(const engine::JobSpec& spec) {
  if (!spec.title.empty()) {
    return QString::fromStdString(spec.title);
  }
  const compressors::CodecInfo* card = codecCard(spec.codec);
  QString title = QString::fromStdString(card == nullptr ? spec.codec : card->label);
  if (!spec.preset.empty()) {
    title += " · " + QString::fromStdString(spec.preset);
  }
  return spec.overrides.empty() ? title : title + QObject::tr(" (changed)");
}

QString stateText(const engine::JobStatus& job) {
  switch (job.state) {
    case engine::JobState::Queued: return QObject::tr("waiting");
    case engine::JobState::Pausing: return QObject::tr("pausing");
    case engine::JobState::Paused: return QObject::tr("paused");
    case engine::JobState::Interrupted: return QObject::tr("interrupted, will resume");
    case engine::JobState::Running: {
      const QString stage = QString::fromStdString(job.stage);
      const QString detail = QString::fromStdString(job.detail);
      const QString text = detail.isEmpty() ? stage : stage + " " + detail;
      return text.trimmed().isEmpty() ? QObject::tr("starting") : text;
    }
    case engine::JobState::Done:
      if (job.evaluation) {
        return QString::fromStdString(sizeText(job.evaluation->fileBytes) + "   " +
                                      ratioText(job.evaluation->ratio()) + "   " +
                                      decibelText(job.evaluation->meanPsnr()));
      }
      return QObject::tr("done");
    case engine::JobState::Failed:
      return QObject::tr("failed: %1").arg(QString::fromStdString(job.error));
    case engine::JobState::Cancelled: return QObject::tr("cancelled");
  }
  return {};
}

QString timeText(const engine::JobStatus& job) {
  if (job.state == engine::JobState::Paused && job.secondsLeft) {
    return QObject::tr("%1 left then").arg(QString::fromStdString(clockText(*job.secondsLeft)));
  }
  if (job.state == engine::JobState::Running) {
    return job.secondsLeft
               ? QObject::tr("%1 left").arg(QString::fromStdString(clockText(*job.secondsLeft)))
               : QString::fromStdString(clockText(job.secondsRunning));
  }
  if (job.state == engine::JobState::Done) {
    return QObject::tr("took %1").arg(QString::fromStdString(clockText(job.secondsRunning)));
  }
  return {};
}

void setColor(QLabel* label, const QColor& color) {
  QPalette palette = label->palette();
  if (palette.color(QPalette::WindowText) != color) {
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
  }
}

void setTextOnce(QLabel* label, const QString& text) {
  if (label->text() != text) {
    label->setText(text);
  }
}

QString settingsText(const engine::JobSpec& spec) {
  QStringList parts;
  parts << QString::fromStdString(spec.codec +
                                  (spec.preset.empty() ? std::string() : ":" + spec.preset));
  for (const auto& [id, value] : spec.overrides) {
    parts << QString::fromStdString(id + " = " + formatParamValue(value));
  }
  parts << QObject::tr("views %1").arg(QString::fromStdString(spec.views));
  if (!spec.photos.dataset.empty()) {
    parts
        << QObject::tr("photographs %1").arg(QString::fromStdString(spec.photos.dataset.string()));
  }
  return parts.join(QStringLiteral("   "));
}

QString resourcesText(const engine::JobStatus& job) {
  QStringList parts;
  if (job.memoryBytes > 0) {
    parts << QObject::tr("memory %1").arg(QString::fromStdString(sizeText(job.memoryBytes)));
  }
  if (job.peakMemoryBytes > 0) {
    parts << QObject::tr("at most %1").arg(QString::fromStdString(sizeText(job.peakMemoryBytes)));
  }
  if (job.cpuSeconds > 0) {
    parts << QObject::tr("processor %1").arg(QString::fromStdString(secondsText(job.cpuSeconds)));
  }
  if (job.evaluation && job.evaluation->encodes > 1) {
    parts << QObject::tr("%n encodes", nullptr, static_cast<int>(job.evaluation->encodes));
    for (const auto& [id, value] : job.evaluation->settled) {
      parts << QString::fromStdString(id + " = " + formatParamValue(value));
    }
    if (!job.evaluation->missedTarget.empty()) {
      parts << QObject::tr("target missed: %1")
                   .arg(QString::fromStdString(job.evaluation->missedTarget));
    }
  }
  return parts.isEmpty() ? QObject::tr("not started yet") : parts.join(QStringLiteral("   "));
}

}  // namespace

QueueRow::QueueRow(std::uint64_t id, QWidget* parent) : QFrame(parent), m_id(id) {
  setObjectName(QStringLiteral("job.%1").arg(id));
  setFocusPolicy(Qt::StrongFocus);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_line = new QHBoxLayout();
  m_line->setContentsMargins(8, 4, 8, 4);
  m_line->setSpacing(8);
  column->addLayout(m_line);
  m_fold = new QToolButton(this);
  m_fold->setObjectName("fold");
  m_fold->setToolTip(tr("Log, parameters, resources and command"));
  m_fold->setAccessibleName(m_fold->toolTip());
  connect(m_fold, &QToolButton::clicked, this, [this] { setOpen(!m_open); });
  m_title = new QLabel(this);
  m_title->setObjectName("title");
  m_title->setMinimumWidth(150);
  m_bar = new QProgressBar(this);
  m_bar->setObjectName("progress");
  m_bar->setRange(0, 1000);
  m_bar->setTextVisible(false);
  m_bar->setFixedWidth(120);
  m_percent = new QLabel(this);
  m_percent->setObjectName("percent");
  m_percent->setFont(tabularFont(font()));
  m_percent->setMinimumWidth(44);
  m_percent->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_state = new QLabel(this);
  m_state->setObjectName("state");
  m_state->setFont(tabularFont(font()));
  m_state->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_time = new QLabel(this);
  m_time->setObjectName("time");
  m_time->setFont(tabularFont(font()));
  m_time->setProperty("quiet", true);
  m_line->addWidget(m_fold);
  m_line->addWidget(m_title);
  m_line->addWidget(m_bar);
  m_line->addWidget(m_percent);
  m_line->addWidget(m_state, 1);
  m_line->addWidget(m_time);
  m_pause = addButton("pause", "pause", tr("Pause: it keeps what it has done so far"),
                      &QueueRow::pauseWanted);
  m_resume = addButton("resume", "resume", tr("Go on"), &QueueRow::resumeWanted);
  m_edit = addButton("edit", "edit", tr("Change its settings"), &QueueRow::editWanted);
  m_up = addButton("up", "up", tr("Move up"), &QueueRow::upWanted);
  m_down = addButton("down", "down", tr("Move down"), &QueueRow::downWanted);
  m_retry = addButton("retry", "retry", tr("Run again"), &QueueRow::retryWanted);
  m_copy = addButton("copy", "copy", tr("Copy the command line that repeats this job"), nullptr);
  connect(m_copy, &QToolButton::clicked, this, &QueueRow::copyCommand);
  m_cancel = addButton("cancel", "cancel", tr("Cancel"), &QueueRow::cancelWanted);
  m_remove = addButton("remove", "remove", tr("Remove from the list"), &QueueRow::removeWanted);
  makeDetails();
  setOpen(false);
}

QToolButton* QueueRow::addButton(const QString& iconName, const QString& name, const QString& tip,
                                 void (QueueRow::*signal)()) {
  auto* button = new QToolButton(this);
  button->setObjectName(name);
  button->setIcon(icon(iconName, palette()));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  if (signal != nullptr) {
    connect(button, &QToolButton::clicked, this, signal);
  }
  m_line->addWidget(button);
  return button;
}

void QueueRow::makeDetails() {
  m_details = new QWidget(this);
  m_details->setObjectName("details");
  auto* column = new QVBoxLayout(m_details);
  column->setContentsMargins(40, 0, 12, 8);
  column->setSpacing(4);
  for (auto [label, name] :
       {std::pair{&m_settings, "settings"}, std::pair{&m_resources, "resources"},
        std::pair{&m_commandText, "command"}}) {
    *label = new QLabel(m_details);
    (*label)->setObjectName(name);
    (*label)->setProperty("quiet", true);
    (*label)->setWordWrap(true);
    (*label)->setTextFormat(Qt::PlainText);
    (*label)->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(*label);
  }
  m_log = new QPlainTextEdit(m_details);
  m_log->setObjectName("jobLog");
  m_log->setReadOnly(true);
  m_log->setFixedHeight(kLogHeight);
  m_log->setFont(tabularFont(font()));
  column->addWidget(m_log);
  layout()->addWidget(m_details);
}

void QueueRow::setOpen(bool open) {
  m_open = open;
  m_fold->setIcon(icon(open ? "chevron-down" : "chevron-right", palette()));
  m_details->setVisible(open);
  if (open) {
    showDetails(m_job);
  }
}

void QueueRow::showDetails(const engine::JobStatus& job) {
  setTextOnce(m_settings, settingsText(job.spec));
  setTextOnce(m_resources, resourcesText(job));
  setTextOnce(m_commandText, QString::fromStdString(job.commandLine));
  QStringList lines;
  for (const std::string& line : job.log) {
    lines << QString::fromStdString(line);
  }
  const QString text = lines.join('\n');
  if (m_log->toPlainText() != text) {
    m_log->setPlainText(text);
    m_log->moveCursor(QTextCursor::End);
  }
  m_log->setVisible(!lines.isEmpty());
}

void QueueRow::copyCommand() {
  QGuiApplication::clipboard()->setText(QString::fromStdString(m_job.commandLine));
}

void QueueRow::show(const engine::JobStatus& job) {
  using engine::JobState;
  m_job = job;
  const bool pending = engine::isPending(job.state);
  const bool started = job.state == JobState::Running || job.state == JobState::Pausing;
  const bool paused = job.state == JobState::Paused;
  const bool waiting = job.state == JobState::Queued || job.state == JobState::Interrupted;
  const bool untouched = (waiting || paused) && job.fraction == 0;
  const bool failed = job.state == JobState::Failed;
  setTextOnce(m_title, titleOf(job.spec));
  m_title->setToolTip(QString::fromStdString(job.spec.input.string()));
  const double fraction = job.state == JobState::Done ? 1.0 : job.fraction;
  m_bar->setValue(static_cast<int>(fraction * 1000));
  // Why a job failed needs the room more than how far it came.
  m_bar->setVisible(!failed);
  m_percent->setVisible(!failed);
  setTextOnce(m_percent,
              untouched ? QString() : QStringLiteral("%1 %").arg(fraction * 100, 0, 'f', 0));
  setTextOnce(m_state, stateText(job));
  m_state->setToolTip(failed ? QString::fromStdString(job.error)
                             : m_state->text());  // where cut off
  setColor(m_state, failed ? warningText(palette()) : palette().color(QPalette::WindowText));
  setTextOnce(m_time, timeText(job));
  m_pause->setVisible(started || waiting);
  m_pause->setEnabled(job.state != JobState::Pausing);
  m_resume->setVisible(paused);
  m_edit->setVisible(untouched);
  m_up->setVisible(waiting || paused);
  m_down->setVisible(waiting || paused);
  m_retry->setVisible(failed || job.state == JobState::Cancelled);
  m_cancel->setVisible(pending);
  m_remove->setVisible(!pending);
  if (m_open) {
    showDetails(job);
  }
}

void QueueRow::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->button() == Qt::LeftButton ? event->pos() : QPoint();
}

void QueueRow::mouseMoveEvent(QMouseEvent* event) {
  if (m_pressed.isNull() ||
      (event->pos() - m_pressed).manhattanLength() < QApplication::startDragDistance()) {
    return;
  }
  m_pressed = {};
  auto* drag = new QDrag(this);
  auto* carried = new QMimeData();
  carried->setData(kMime, QByteArray::number(static_cast<qulonglong>(m_id)));
  drag->setMimeData(carried);
  drag->setPixmap(grab(QRect(0, 0, width(), m_line->geometry().height())));
  drag->exec(Qt::MoveAction);
}

void QueueRow::mouseReleaseEvent(QMouseEvent* event) {
  if (!m_pressed.isNull() && event->button() == Qt::LeftButton) {
    m_pressed = {};
    setOpen(!m_open);
  }
}

void QueueRow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) {
    setOpen(!m_open);
  } else if (event->key() == Qt::Key_Delete && m_remove->isVisibleTo(this)) {
    emit removeWanted();
  } else {
    QFrame::keyPressEvent(event);
  }
}

void QueueRow::contextMenuEvent(QContextMenuEvent* event) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (const QToolButton* button :
       {m_pause, m_resume, m_edit, m_up, m_down, m_retry, m_cancel, m_remove}) {
    if (button->isVisibleTo(this)) {
      menu->addAction(button->icon(), button->toolTip(), button, &QToolButton::click);
    }
  }
  menu->addSeparator();
  menu->addAction(tr("Duplicate with other settings"), this, &QueueRow::duplicateWanted);
  menu->addAction(tr("Copy the command line"), this, &QueueRow::copyCommand);
  menu->popup(event->globalPos());
}

}  // namespace volpress::studio
