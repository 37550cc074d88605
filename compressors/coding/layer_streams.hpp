// The layers of a segment as one static rANS stream each, behind what only the first layer has.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/rans.hpp"

namespace volpress::coding {

/// Values of one layer, gathered for the static coder.
struct LayerValues {
  std::vector<std::int32_t> values;
  std::vector<std::uint8_t> contexts;

  /// Returns `value`, as a decoder in the same place does.
  std::int32_t add(std::uint8_t context, std::int32_t value) {
    values.push_back(value);
    contexts.push_back(context);
    return value;
  }
};

/// The bytes of each layer: a varint of the count of values and their stream, in the first one
/// behind `front`.
[[nodiscard]] std::vector<Bytes> writeLayers(Bytes front, std::span<const LayerValues> layers,
                                             std::size_t contextCount);

/// Opens the streams of up to `most` layers, the first of them behind what was read of `first`, a
/// reader of layers[0]. CorruptData where a count (`field` in errors) or a stream is damaged. The
/// layers' bytes must outlive the decoders.
[[nodiscard]] Result<std::vector<RansDecoder>> openLayers(const ByteReader& first,
                                                          std::span<const ByteView> layers,
                                                          std::size_t most,
                                                          std::size_t contextCount,
                                                          const char* field);

}  // namespace volpress::coding
