// Frames of a moving scene, decoded ahead of the play head on threads, within a budget of bytes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/engine/clip_source.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::engine {

/// Where someone looks, and what comes next.
struct PlayHead {
  std::size_t frame = 0;
  std::size_t first = 0;  ///< in point
  std::size_t last = 0;   ///< out point, included
  bool forward = true;
  bool loop = true;
  std::size_t stride = 1;  ///< only every stride-th frame from `first` on is wanted
  std::size_t ahead = 30;  ///< wanted frames to decode ahead, as far as the budget goes
};

struct PlayerOptions {
  /// Of decoded frames. At least one frame is held, however large it is.
  std::uint64_t budgetBytes = std::uint64_t{512} << 20;
  std::size_t threads = 0;  ///< 0: the machine's
};

/// Decodes what the head needs next. Frames that fall out of the window are dropped, the one that
/// is needed last first. No call but the destructor ever waits for a frame. All calls are
/// thread-safe.
class ClipPlayer {
public:
  explicit ClipPlayer(std::shared_ptr<const ClipSource> source, PlayerOptions options = {});
  ~ClipPlayer();  ///< asks the decoders to stop and waits for them
  ClipPlayer(const ClipPlayer&) = delete;
  ClipPlayer& operator=(const ClipPlayer&) = delete;

  [[nodiscard]] const std::shared_ptr<const ClipSource>& source() const noexcept {
    return m_source;
  }
  /// Moves the head; frames and points outside of the clip are brought into it.
  void follow(PlayHead head);
  void setBudget(std::uint64_t bytes);
  /// Asks the decoders to stop, for good; once `isIdle`, the destructor has nothing to wait for.
  void retire();
  [[nodiscard]] bool isIdle() const noexcept { return m_working == 0; }

  enum class State : std::uint8_t {
    Ready,
    Coming,
    Lost,  ///< cannot be decoded: `problem` says why
  };
  struct Frame {
    State state = State::Coming;
    ClipFrame shown;  ///< Ready
  };
  [[nodiscard]] Frame frame(std::size_t index) const;

  /// Frames that are ready, as ranges [first, last], ascending.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> readyRanges() const;
  [[nodiscard]] std::uint64_t heldBytes() const;
  [[nodiscard]] std::uint64_t decodedFrames() const;  ///< since the start
  /// Why some frames are lost; empty while none is.
  [[nodiscard]] std::string problem() const;

private:
  struct Held {
    ClipFrame shown;
    std::uint64_t bytes = 0;
  };
  /// A piece in work.
  struct Job {
    std::size_t piece = 0;
    std::size_t next = 0;  ///< the frame that it hands out next
    std::size_t end = 0;
    std::stop_source stop;
  };

  void work(const std::stop_token& stop);
  [[nodiscard]] Result<void> take(Job& job, std::size_t frame, ClipFrame&& shown);
  void store(std::size_t frame, ClipFrame&& shown);
  void evict();
  void replan(bool jumped);
  // All below are called with the mutex held.
  [[nodiscard]] std::optional<std::size_t> rankOf(std::size_t frame) const;
  [[nodiscard]] std::size_t room() const;
  [[nodiscard]] std::size_t jobsAllowed() const;
  [[nodiscard]] std::size_t capacity() const;
  [[nodiscard]] std::size_t window() const;
  [[nodiscard]] bool isMissing(std::size_t frame) const;
  [[nodiscard]] std::optional<std::size_t> bestRank(std::size_t from, std::size_t end) const;
  struct Need {
    std::size_t piece = 0;
    std::size_t rank = 0;
  };
  [[nodiscard]] std::optional<Need> mostNeeded() const;

  std::shared_ptr<const ClipSource> m_source;
  std::uint64_t m_budget;
  mutable std::mutex m_mutex;
  std::condition_variable_any m_wake;
  PlayHead m_head;
  std::map<std::size_t, Held> m_frames;
  std::uint64_t m_held = 0;
  std::uint64_t m_largest = 0;  ///< bytes of the largest frame so far
  std::uint64_t m_decoded = 0;
  std::set<std::size_t> m_lost;  ///< pieces
  std::string m_problem;
  std::list<Job> m_jobs;
  std::atomic<std::size_t> m_working{0};  ///< threads that have not ended
  std::size_t m_workers = 1;
  std::size_t m_threadsEach = 1;
  std::vector<std::jthread> m_threads;  // last: they use all of the above
};

}  // namespace volpress::engine
