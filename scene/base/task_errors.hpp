// What went wrong in tasks that ran side by side.
#pragma once

#include <optional>
#include <span>
#include <utility>

#include "scene/base/result.hpp"

namespace volpress {

/// The first error of several tasks, in their order.
[[nodiscard]] inline Result<void> firstError(std::span<std::optional<Error>> errors) {
  for (std::optional<Error>& error : errors) {
    if (error) {
      return tl::unexpected<Error>(std::move(*error));
    }
  }
  return {};
}

}  // namespace volpress
