#include "scene/base/task_runner.hpp"

#include <algorithm>

#include <tbb/blocked_range.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace volpress {
namespace {

class TbbRunner final : public TaskRunner {
public:
  explicit TbbRunner(std::size_t threads)
      : m_threads(threads != 0 ? threads
                               : static_cast<std::size_t>(tbb::info::default_concurrency())),
        m_arena(static_cast<int>(m_threads)) {}

  [[nodiscard]] std::size_t concurrency() const noexcept override { return m_threads; }

  void parallelFor(std::size_t count, std::size_t grain,
                   const std::function<void(std::size_t, std::size_t)>& body) override {
    grain = std::max<std::size_t>(grain, 1);
    const std::size_t blocks = (count + grain - 1) / grain;
    if (blocks <= 1 || m_threads == 1) {
      SerialRunner().parallelFor(count, grain, body);
      return;
    }
    m_arena.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, blocks,
          [&](std::size_t block) { body(block * grain, std::min(count, (block + 1) * grain)); },
          tbb::simple_partitioner());
    });
  }

private:
  std::size_t m_threads;
  tbb::task_arena m_arena;
};

}  // namespace

std::unique_ptr<TaskRunner> makeThreadRunner(std::size_t threads) {
  return std::make_unique<TbbRunner>(threads);
}

}  // namespace volpress
