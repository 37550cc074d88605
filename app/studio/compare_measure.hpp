// A thread that measures how close the pictures on the screen are, beside the one that draws them.
// Qt-free.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "app/studio/viewport_frame.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::studio {

/// Measures the newest pictures it was given; older ones that still wait are dropped. Any thread.
class ViewMeasurer {
public:
  using Pictures = std::array<std::shared_ptr<const DrawnPicture>, kMaxSides>;

  /// `measured` is called on the measurer's thread after each set of pictures.
  explicit ViewMeasurer(std::function<void()> measured);
  ~ViewMeasurer();  ///< waits for the pair in work
  ViewMeasurer(const ViewMeasurer&) = delete;
  ViewMeasurer& operator=(const ViewMeasurer&) = delete;

  /// Asks for B, C and D against A, as far as they are there. Never waits.
  void request(Pictures pictures);

  /// What is known of a pair of pictures. `measured` without `quality`: it could not be measured.
  struct Answer {
    bool measured = false;
    std::optional<SideQuality> quality;
  };
  [[nodiscard]] Answer recall(const std::shared_ptr<const DrawnPicture>& reference,
                              const std::shared_ptr<const DrawnPicture>& test);

private:
  struct Known {
    std::weak_ptr<const DrawnPicture> reference;
    std::weak_ptr<const DrawnPicture> test;
    std::optional<SideQuality> quality;
  };
  void loop(const std::stop_token& stop);

  std::function<void()> m_measured;
  std::unique_ptr<TaskRunner> m_runner;
  std::mutex m_mutex;
  std::condition_variable_any m_wake;
  std::optional<Pictures> m_next;
  std::list<Known> m_known;  // newest first
  std::jthread m_thread;     // last: it uses all of the above
};

}  // namespace volpress::studio
