// One thread for slow work, so that the window never waits: loading, decoding, export, picking.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <QObject>

#include "app/studio/scene_tasks.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::studio {

/// Runs tasks one after another, in the order given. Results come back on the thread that owns
/// `receiver`, and not at all once the receiver is gone.
class Background {
public:
  explicit Background(QObject* receiver);
  ~Background();  ///< drops what waits, asks what runs to stop, and waits for it
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// `work` runs on the thread; what it returns is called on the receiver's thread.
  using Finish = std::function<void()>;
  using Work = std::function<Finish(TaskContext&)>;
  void post(std::string title, Work work);

  /// Runs `work` and hands its result to `done` on the receiver's thread.
  template <typename Run, typename Done>
  void run(const std::string& title, Run work, Done done) {
    post(title,
         [work = std::move(work), done = std::move(done)](TaskContext& context) mutable -> Finish {
           // Shared, because std::function must be copyable and results need not be.
           auto result = std::make_shared<decltype(work(context))>(work(context));
           return [result, done = std::move(done)]() mutable { done(std::move(*result)); };
         });
  }

  /// Asks the running task to stop and drops the waiting ones.
  void cancelAll();
  /// Asks all tasks to stop: those that wait are still run, and so end as cancelled for whoever
  /// waits for them.
  void stopAll();

  struct Activity {
    std::string title;
    double fraction = 0;
    std::string stage;
    std::string detail;  ///< "frame 3/48"
  };
  /// What runs now; polled by the status bar.
  [[nodiscard]] std::optional<Activity> activity() const;

private:
  struct Task {
    std::string title;
    Work work;
    std::stop_source stop{};
  };
  void loop(const std::stop_token& stop);

  QObject* m_receiver;
  std::unique_ptr<TaskRunner> m_runner;
  mutable std::mutex m_mutex;
  std::condition_variable_any m_wake;
  std::deque<Task> m_tasks;
  std::string m_title;                   // of the running task
  std::shared_ptr<Progress> m_progress;  // of the running task, null when idle
  std::stop_source m_taskStop;
  std::jthread m_thread;  // last: it uses all of the above
};

}  // namespace volpress::studio
