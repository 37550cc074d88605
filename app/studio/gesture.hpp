// Which changes belong to one movement of a hand, so that one undo takes them back together.
#pragma once

#include <cstdint>

namespace volpress::studio {

/// A number that is the same for changes of one thing that follow each other within about a second,
/// and of its own for each such run; never 0. `ends`: the next change begins another run. For the
/// GUI thread.
std::uint64_t gestureOf(const void* thing, bool ends = false);

}  // namespace volpress::studio
