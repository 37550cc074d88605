#include "app/studio/queue_panel.hpp"

#include <algorithm>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QScrollArea>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/studio/queue_row.hpp"
#include "app/studio/theme.hpp"

namespace volpress::studio {
namespace {

constexpr int kMostJobs = 16;
constexpr double kMostGigabytes = 1024;

bool canPause(const engine::JobStatus& job) {
  return engine::isPending(job.state) && job.state != engine::JobState::Paused;
}

}  // namespace

QueuePanel::QueuePanel(QWidget* parent) : QWidget(parent) {
  setObjectName("queue");
  setAcceptDrops(true);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  outer->addWidget(makeBar());
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
  outer->addWidget(scroll, 1);
}

QWidget* QueuePanel::makeBar() {
  auto* bar = new QWidget(this);
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(8, 4, 8, 0);
  row->setSpacing(8);
  m_pauseAll = new QToolButton(bar);
  m_pauseAll->setObjectName("pauseAll");
  m_pauseAll->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_clear = new QToolButton(bar);
  m_clear->setObjectName("clearEnded");
  m_clear->setText(tr("Clear ended"));
  m_clear->setToolTip(tr("Remove the rows of jobs that have ended; results stay"));
  row->addWidget(m_pauseAll);
  row->addWidget(m_clear);
  row->addStretch(1);
  const auto label = [&](const QString& text, QWidget* field) {
    auto* words = new QLabel(text, bar);
    words->setProperty("quiet", true);
    words->setBuddy(qobject_cast<QWidget*>(field));
    row->addWidget(words);
    row->addWidget(field);
  };
  m_running = new QSpinBox(bar);
  m_running->setObjectName("maxRunning");
  m_running->setRange(1, kMostJobs);
  m_running->setToolTip(tr("Jobs that run side by side"));
  label(tr("At a time"), m_running);
  m_memory = new QDoubleSpinBox(bar);
  m_memory->setObjectName("memoryLimit");
  m_memory->setRange(0, kMostGigabytes);
  m_memory->setDecimals(1);
  m_memory->setSingleStep(1);
  m_memory->setSuffix(tr(" GB"));
  m_memory->setSpecialValueText(tr("no limit"));
  m_memory->setToolTip(tr("A job that takes more memory is stopped, with the reason in its row"));
  label(tr("Memory"), m_memory);
  m_whenDone = new QComboBox(bar);
  m_whenDone->setObjectName("whenDone");
  m_whenDone->addItem(tr("nothing"), static_cast<int>(WhenDone::Nothing));
  m_whenDone->addItem(tr("a sound"), static_cast<int>(WhenDone::Sound));
  m_whenDone->addItem(tr("sleep"), static_cast<int>(WhenDone::Sleep));
  m_whenDone->addItem(tr("a command"), static_cast<int>(WhenDone::Command));
  m_whenDone->setToolTip(tr("What this computer does when the queue has ended"));
  label(tr("When done"), m_whenDone);
  m_command = new QLineEdit(bar);
  m_command->setObjectName("whenDoneCommand");
  m_command->setPlaceholderText(tr("command"));
  m_command->setText(QSettings().value("queue/command").toString());
  m_command->setMaximumWidth(160);
  m_command->hide();
  row->addWidget(m_command);

  connect(m_pauseAll, &QToolButton::clicked, this, [this] {
    if (std::any_of(m_jobs.begin(), m_jobs.end(), canPause)) {
      emit pauseAllWanted();
    } else {
      emit resumeAllWanted();
    }
  });
  connect(m_clear, &QToolButton::clicked, this, [this] {
    for (const engine::JobStatus& job : std::vector<engine::JobStatus>(m_jobs)) {
      if (!engine::isPending(job.state)) {
        emit removeWanted(job.id);
      }
    }
  });
  connect(m_running, &QSpinBox::valueChanged, this, &QueuePanel::sendLimits);
  connect(m_memory, &QDoubleSpinBox::valueChanged, this, &QueuePanel::sendLimits);
  connect(m_whenDone, &QComboBox::currentIndexChanged, this,
          [this] { m_command->setVisible(whenDone() == WhenDone::Command); });
  connect(m_command, &QLineEdit::editingFinished, this,
          [this] { QSettings().setValue("queue/command", m_command->text()); });
  return bar;
}

WhenDone QueuePanel::whenDone() const {
  return static_cast<WhenDone>(m_whenDone->currentData().toInt());
}

QString QueuePanel::whenDoneCommand() const { return m_command->text().trimmed(); }

void QueuePanel::sendLimits() {
  engine::QueueLimits limits;
  limits.maxRunning = static_cast<std::size_t>(m_running->value());
  limits.memoryBytes = static_cast<std::uint64_t>(m_memory->value() * 1e9);
  emit limitsWanted(limits);
}

void QueuePanel::showLimits(const engine::QueueLimits& limits) {
  const QSignalBlocker quietRunning(m_running);
  const QSignalBlocker quietMemory(m_memory);
  m_running->setValue(static_cast<int>(limits.maxRunning));
  m_memory->setValue(static_cast<double>(limits.memoryBytes) / 1e9);
}

QueueRow* QueuePanel::makeRow(std::uint64_t id) {
  auto* row = new QueueRow(id, m_list);
  const auto pass = [this, id, row](void (QueueRow::*from)(),
                                    void (QueuePanel::*to)(std::uint64_t)) {
    connect(row, from, this, [this, id, to] { emit(this->*to)(id); });
  };
  pass(&QueueRow::pauseWanted, &QueuePanel::pauseWanted);
  pass(&QueueRow::resumeWanted, &QueuePanel::resumeWanted);
  pass(&QueueRow::cancelWanted, &QueuePanel::cancelWanted);
  pass(&QueueRow::retryWanted, &QueuePanel::retryWanted);
  pass(&QueueRow::removeWanted, &QueuePanel::removeWanted);
  pass(&QueueRow::upWanted, &QueuePanel::upWanted);
  pass(&QueueRow::downWanted, &QueuePanel::downWanted);
  pass(&QueueRow::editWanted, &QueuePanel::editWanted);
  pass(&QueueRow::duplicateWanted, &QueuePanel::duplicateWanted);
  return row;
}

void QueuePanel::showJobs(const std::vector<engine::JobStatus>& jobs) {
  m_jobs = jobs;
  const bool anyToPause = std::any_of(jobs.begin(), jobs.end(), canPause);
  const bool anyPaused = std::any_of(jobs.begin(), jobs.end(), [](const auto& job) {
    return job.state == engine::JobState::Paused;
  });
  const bool resumes = !anyToPause && anyPaused;
  m_pauseAll->setText(resumes ? tr("Resume all") : tr("Pause all"));
  m_pauseAll->setIcon(icon(resumes ? "resume" : "pause", palette()));
  m_pauseAll->setEnabled(anyToPause || anyPaused);
  m_clear->setEnabled(std::any_of(jobs.begin(), jobs.end(),
                                  [](const auto& job) { return !engine::isPending(job.state); }));
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

void QueuePanel::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasFormat(QueueRow::kMime)) {
    event->acceptProposedAction();
  }
}

void QueuePanel::dragMoveEvent(QDragMoveEvent* event) {
  if (event->mimeData()->hasFormat(QueueRow::kMime)) {
    event->acceptProposedAction();
  }
}

void QueuePanel::dropEvent(QDropEvent* event) {
  const std::uint64_t id = event->mimeData()->data(QueueRow::kMime).toULongLong();
  const auto from = std::find(m_order.begin(), m_order.end(), id);
  if (from == m_order.end()) {
    return;
  }
  event->acceptProposedAction();
  // In front of the row whose middle lies below the pointer.
  const int y = m_list->mapFrom(this, event->position().toPoint()).y();
  std::size_t place = 0;
  for (const std::uint64_t other : m_order) {
    const QRect area = m_byId[other]->geometry();
    place += other != id && area.center().y() < y ? 1U : 0U;
  }
  emit moveWanted(id, place);
}

}  // namespace volpress::studio
