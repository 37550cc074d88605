// Memory that repeated work uses again, so that only the first time pays for its pages.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace volpress {

/// Hands out scratch memory to whichever threads do the same work at the same time.
template <typename Scratch>
class ScratchPool {
public:
  /// Gives the memory back when it goes.
  struct GiveBack {
    ScratchPool* pool;
    void operator()(Scratch* scratch) const { pool->give(std::unique_ptr<Scratch>(scratch)); }
  };
  using Loan = std::unique_ptr<Scratch, GiveBack>;

  [[nodiscard]] Loan take() {
    const std::lock_guard lock(m_mutex);
    if (m_free.empty()) {
      m_free.push_back(std::make_unique<Scratch>());
    }
    Loan loan(m_free.back().release(), GiveBack{this});
    m_free.pop_back();
    return loan;
  }

private:
  void give(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(m_mutex);
    m_free.push_back(std::move(scratch));
  }

  std::mutex m_mutex;
  std::vector<std::unique_ptr<Scratch>> m_free;
};

}  // namespace volpress
