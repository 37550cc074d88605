#include "compressors/stream/crc32c.hpp"

#include <array>

namespace volpress::compressors {
namespace {

/// Eight tables: a step takes eight bytes (Kounavis and Berry 2005).
constexpr auto kTables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? value >> 1 ^ 0x82F63B78U : value >> 1;
    }
    tables[0][i] = value;
  }
  for (std::size_t t = 1; t < tables.size(); ++t) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[t - 1][i];
      tables[t][i] = before >> 8 ^ tables[0][before & 255U];
    }
  }
  return tables;
}();

}  // namespace

std::uint32_t crc32c(ByteView bytes) noexcept {
  std::uint32_t crc = 0xFFFFFFFFU;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, bytes.data() + i, sizeof(block));
    block ^= crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      crc ^= kTables[7 - k][block >> (8 * k) & 255U];
    }
  }
  for (; i < bytes.size(); ++i) {
    crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<std::uint32_t>(bytes[i])) & 255U];
  }
  return ~crc;
}

}  // namespace volpress::compressors
