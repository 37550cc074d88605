#include "app/studio/background.hpp"

#include <utility>

#include <QMetaObject>

namespace volpress::studio {

Background::Background(QObject* receiver)
    : m_receiver(receiver),
      m_runner(makeThreadRunner()),
      m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

Background::~Background() {
  cancelAll();
  m_thread.request_stop();
  m_thread.join();
}

void Background::post(std::string title, Work work) {
  {
    const std::lock_guard lock(m_mutex);
    m_tasks.push_back({std::move(title), std::move(work)});
  }
  m_wake.notify_one();
}

void Background::cancelAll() {
  const std::lock_guard lock(m_mutex);
  m_tasks.clear();
  m_taskStop.request_stop();
}

void Background::stopAll() {
  const std::lock_guard lock(m_mutex);
  for (Task& task : m_tasks) {
    task.stop.request_stop();
  }
  m_taskStop.request_stop();
}

std::optional<Background::Activity> Background::activity() const {
  std::shared_ptr<Progress> progress;
  Activity activity;
  {
    const std::lock_guard lock(m_mutex);
    if (m_progress == nullptr) {
      return std::nullopt;
    }
    progress = m_progress;
    activity.title = m_title;
  }
  const Progress::Snapshot snapshot = progress->snapshot();
  activity.fraction = snapshot.fraction;
  activity.stage = snapshot.stage;
  activity.detail = snapshot.detail;
  return activity;
}

void Background::loop(const std::stop_token& stop) {
  while (true) {
    Task task;
    std::shared_ptr<Progress> progress = std::make_shared<Progress>();
    std::stop_token taskStop;
    {
      std::unique_lock lock(m_mutex);
      if (!m_wake.wait(lock, stop, [this] { return !m_tasks.empty(); })) {
        return;
      }
      task = std::move(m_tasks.front());
      m_tasks.pop_front();
      m_title = task.title;
      m_progress = progress;
      m_taskStop = task.stop;
      taskStop = m_taskStop.get_token();
    }
    TaskContext context{*m_runner, *progress, taskStop};
    Finish finish = task.work(context);
    {
      const std::lock_guard lock(m_mutex);
      m_progress = nullptr;
    }
    if (finish && !stop.stop_requested()) {
      QMetaObject::invokeMethod(m_receiver, std::move(finish), Qt::QueuedConnection);
    }
  }
}

}  // namespace volpress::studio
