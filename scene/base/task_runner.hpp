// Data-parallel loops. The runner is handed in, so that tests run serially, the studio uses its
// pool, and results do not depend on which.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace volpress {

/// Runs loops over index ranges. Bodies must write disjoint data; whatever is merged afterwards
/// must be merged in index order, so that 1 and N threads give the same bytes.
class TaskRunner {
public:
  virtual ~TaskRunner() = default;

  /// Number of threads a loop may use, at least 1.
  [[nodiscard]] virtual std::size_t concurrency() const noexcept = 0;

  /// Calls `body(begin, end)` so that the half-open ranges cover [0, count) exactly once. Ranges
  /// start at multiples of `grain` (>= 1) and, but for the last, are `grain` long.
  virtual void parallelFor(std::size_t count, std::size_t grain,
                           const std::function<void(std::size_t, std::size_t)>& body) = 0;
};

/// Runs everything on the calling thread.
class SerialRunner final : public TaskRunner {
public:
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 1; }
  void parallelFor(std::size_t count, std::size_t grain,
                   const std::function<void(std::size_t, std::size_t)>& body) override;
};

/// A oneTBB arena of `threads` threads (0: all of the machine's).
[[nodiscard]] std::unique_ptr<TaskRunner> makeThreadRunner(std::size_t threads = 0);

}  // namespace volpress
