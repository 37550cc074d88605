// The progress of a job made of steps, each of which has a progress of its own.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "scene/base/progress.hpp"

namespace volpress::engine {

/// Weighted stages. A codec divides the `Progress` it is given into stages as it likes; here these
/// become parts of the whole job's. Thread-safe; the fraction only rises.
class StagedProgress {
public:
  /// Names the stages; called once, before the first `enter`.
  void setStages(std::vector<Progress::Stage> stages);
  /// Begins stage `index`; everything before it counts as done. The progress of that stage stays
  /// valid as long as this object.
  Progress& enter(std::size_t index);
  void finish();
  [[nodiscard]] Progress::Snapshot snapshot() const;

private:
  mutable std::mutex m_mutex;
  std::vector<Progress::Stage> m_stages;
  std::vector<std::unique_ptr<Progress>> m_inner;
  std::size_t m_stage = 0;
  bool m_finished = false;
};

}  // namespace volpress::engine
