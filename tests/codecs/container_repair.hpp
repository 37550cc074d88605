// Makes a damaged container's checksums right again, so that tests reach the code behind them.
#pragma once

#include <algorithm>
#include <cstring>

#include "scene/base/bytes.hpp"

namespace volpress::testing {

/// Follows the header as compressors/container/FORMAT.md lays it out, as far as the bytes allow,
/// and rewrites the checksums of chunks and header.
inline Bytes repairContainer(Bytes bytes) {
  const auto number = [&bytes](std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) {
      value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    }
    return value;
  };
  const auto put = [&bytes](std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i) {
      bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
    }
  };
  struct Entry {
    std::size_t at;
    std::uint64_t packed;
  };
  std::vector<Entry> entries;
  std::size_t at = 20 + number(6, 1) + number(12, 4);
  const std::uint64_t chunks = number(16, 4);
  while (entries.size() < chunks && at + 28 <= bytes.size()) {
    entries.push_back({at, number(at + 12, 8)});
    at += 28 + number(at, 1);
  }
  std::size_t data = at + 8;
  for (const Entry& entry : entries) {
    if (data > bytes.size() || entry.packed > bytes.size() - data) {
      break;
    }
    const auto size = static_cast<std::size_t>(entry.packed);
    put(entry.at + 20, hashBytes(ByteView(bytes).subspan(data, size)));
    data += size;
  }
  if (at <= bytes.size()) {
    put(at, hashBytes(ByteView(bytes).first(at)));
  }
  return bytes;
}

}  // namespace volpress::testing
