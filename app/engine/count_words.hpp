// Numbers of things, for people.
#pragma once

#include <cstdint>
#include <string>

namespace volpress::engine {

/// "1,234,567".
[[nodiscard]] std::string describeCount(std::uint64_t count);

}  // namespace volpress::engine
