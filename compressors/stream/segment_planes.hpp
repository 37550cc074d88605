// What segments of planes over time and books of colours have in common, whatever the codec.
#pragma once

#include <cstdint>
#include <span>

#include "compressors/stream/crc32c.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors {

/// A digest of a frame's whole numbers: lists of planes' numbers, then of books' labels.
template <typename Numbers, typename Labels>
[[nodiscard]] std::uint32_t digestOf(const Numbers& planes, const Labels& books) {
  ByteWriter sums;
  for (const auto& numbers : planes) {
    sums.write(crc32c(std::as_bytes(numbers)));
  }
  for (const auto& labels : books) {
    sums.write(crc32c(std::as_bytes(labels)));
  }
  return crc32c(sums.bytes());
}

/// Checks that all of these decoders have come to the end of their bytes.
template <typename Decoders>
[[nodiscard]] Result<void> finishAll(const Decoders& decoders) {
  for (const auto& decoder : decoders) {
    VOLPRESS_CHECK(decoder.finish());
  }
  return {};
}

}  // namespace volpress::compressors
