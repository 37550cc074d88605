#include "app/studio/queue_panel.hpp"

#include <algorithm>

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/display_text.hpp"
#include "app/studio/theme.hpp"
#include "compressors/codec.hpp"

namespace volpress::studio {
namespace {

QString titleOf(const engine::JobSpec& spec) {
  const compressors::Codec* codec = compressors::findCodec(spec.codec);
  QString title = QString::fromStdString(codec == nullptr ? spec.codec : codec->info().label);
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
    case engine::JobState::Interrupted: return QObject::tr("interrupted, will start anew");
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

}  // namespace

QueueRow::QueueRow(std::uint64_t id, QWidget* parent) : QFrame(parent) {
  setObjectName(QStringLiteral("job.%1").arg(id));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 4, 8, 4);
  row->setSpacing(12);
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
  m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_time = new QLabel(this);
  m_time->setObjectName("time");
  m_time->setFont(tabularFont(font()));
  m_time->setProperty("quiet", true);
  row->addWidget(m_title);
  row->addWidget(m_bar);
  row->addWidget(m_percent);
  row->addWidget(m_state, 1);
  row->addWidget(m_time);
  m_up = addButton("up", tr("Move up"), &QueueRow::upWanted);
  m_down = addButton("down", tr("Move down"), &QueueRow::downWanted);
  m_retry = addButton("retry", tr("Run again"), &QueueRow::retryWanted);
  m_copy = addButton("copy", tr("Copy the command line that repeats this job"), nullptr);
  m_cancel = addButton("cancel", tr("Cancel"), &QueueRow::cancelWanted);
  m_remove = addButton("remove", tr("Remove from the list"), &QueueRow::removeWanted);
  connect(m_copy, &QToolButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setText(m_command); });
  m_up->setObjectName("up");
  m_down->setObjectName("down");
  m_retry->setObjectName("retry");
  m_cancel->setObjectName("cancel");
  m_remove->setObjectName("remove");
}

QToolButton* QueueRow::addButton(const QString& iconName, const QString& tip,
                                 void (QueueRow::*signal)()) {
  auto* button = new QToolButton(this);
  button->setIcon(icon(iconName, palette()));
  button->setToolTip(tip);
  button->setAccessibleName(tip);
  if (signal != nullptr) {
    connect(button, &QToolButton::clicked, this, signal);
  }
  layout()->addWidget(button);
  return button;
}

void QueueRow::show(const engine::JobStatus& job) {
  using engine::JobState;
  const bool waiting = job.state == JobState::Queued;
  const bool ended = !engine::isPending(job.state);
  const bool failed = job.state == JobState::Failed;
  setTextOnce(m_title, titleOf(job.spec));
  m_title->setToolTip(QString::fromStdString(job.spec.input.string()));
  const double fraction = job.state == JobState::Done ? 1.0 : job.fraction;
  m_bar->setValue(static_cast<int>(fraction * 1000));
  // Why a job failed needs the room more than how far it came.
  m_bar->setVisible(!failed);
  m_percent->setVisible(!failed);
  setTextOnce(m_percent,
              waiting ? QString() : QStringLiteral("%1 %").arg(fraction * 100, 0, 'f', 0));
  setTextOnce(m_state, stateText(job));
  m_state->setToolTip(failed ? QString::fromStdString(job.error) : QString());
  setColor(m_state, failed ? warningText(palette()) : palette().color(QPalette::WindowText));
  setTextOnce(m_time, timeText(job));
  m_command = QString::fromStdString(job.commandLine);
  m_up->setVisible(waiting);
  m_down->setVisible(waiting);
  m_retry->setVisible(failed || job.state == JobState::Cancelled);
  m_cancel->setVisible(!ended);
  m_remove->setVisible(ended);
}

QueuePanel::QueuePanel(QWidget* parent) : QWidget(parent) {
  setObjectName("queue");
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list = new QWidget(scroll);
  m_rows = new QVBoxLayout(m_list);
  m_rows->setContentsMargins(0, 4, 0, 4);
  m_rows->setSpacing(0);
  m_empty = new QLabel(tr("Jobs appear here. Choose a codec on the right and press Add to queue."),
                       m_list);
  m_empty->setObjectName("queueEmpty");
  m_empty->setProperty("quiet", true);
  m_empty->setMargin(12);
  m_rows->addWidget(m_empty);
  m_rows->addStretch(1);
  scroll->setWidget(m_list);
  outer->addWidget(scroll);
}

QueueRow* QueuePanel::makeRow(std::uint64_t id) {
  auto* row = new QueueRow(id, m_list);
  connect(row, &QueueRow::cancelWanted, this, [this, id] { emit cancelWanted(id); });
  connect(row, &QueueRow::retryWanted, this, [this, id] { emit retryWanted(id); });
  connect(row, &QueueRow::removeWanted, this, [this, id] { emit removeWanted(id); });
  connect(row, &QueueRow::upWanted, this, [this, id] { emit upWanted(id); });
  connect(row, &QueueRow::downWanted, this, [this, id] { emit downWanted(id); });
  return row;
}

void QueuePanel::showJobs(const std::vector<engine::JobStatus>& jobs) {
  std::vector<std::uint64_t> order;
  for (const engine::JobStatus& job : jobs) {
    order.push_back(job.id);
    QueueRow*& row = m_byId[job.id];
    if (row == nullptr) {
      row = makeRow(job.id);
    }
    row->show(job);
  }
  m_empty->setVisible(jobs.empty());
  if (order == m_order) {
    return;
  }
  for (auto at = m_byId.begin(); at != m_byId.end();) {
    if (std::find(order.begin(), order.end(), at->first) == order.end()) {
      at->second->deleteLater();
      at = m_byId.erase(at);
    } else {
      m_rows->removeWidget(at->second);
      ++at;
    }
  }
  int place = 1;  // after the hint for an empty queue
  for (const std::uint64_t id : order) {
    m_rows->insertWidget(place++, m_byId[id]);
    m_byId[id]->setVisible(true);
  }
  m_order = order;
}

}  // namespace volpress::studio
