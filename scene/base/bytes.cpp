#include "scene/base/bytes.hpp"

#include <xxhash.h>

namespace volpress {

std::uint64_t hashBytes(ByteView bytes, std::uint64_t seed) noexcept {
  return XXH64(bytes.data(), bytes.size(), seed);
}

}  // namespace volpress
