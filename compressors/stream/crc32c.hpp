// The checksum of the clip container.
#pragma once

#include <cstdint>

#include "scene/base/bytes.hpp"

namespace volpress::compressors {

/// CRC-32C (Castagnoli, reflected, as in RFC 3720); "123456789" gives 0xE3069283.
[[nodiscard]] std::uint32_t crc32c(ByteView bytes) noexcept;

}  // namespace volpress::compressors
