// Loops over splats that report progress and can be cancelled.
#pragma once

#include <atomic>

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Runs `body(begin, end)` over [0, count) in blocks of `grain` splats on the context's runner.
/// Cancelled, saying that `task` was, when the context's stop asks for it.
template <typename Body>
[[nodiscard]] Result<void> forEachBlock(IoContext& context, std::size_t count, std::size_t grain,
                                        const char* task, const Body& body) {
  std::atomic<std::size_t> done{0};
  context.runner.parallelFor(count, grain, [&](std::size_t begin, std::size_t end) {
    if (context.stop.stop_requested()) {
      return;
    }
    body(begin, end);
    const std::size_t sum = done.fetch_add(end - begin) + end - begin;
    context.progress.report(static_cast<double>(sum) / static_cast<double>(count));
  });
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "{} was cancelled", task);
  }
  return {};
}

}  // namespace volpress::formats
