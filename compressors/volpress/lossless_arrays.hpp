// Every bit of every number: floats by their bytes, or by the few values that occur.
#pragma once

#include <stop_token>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "compressors/volpress/volpress_file.hpp"

namespace volpress::compressors::own {

/// Columns of floats, `channels` interleaved, coded together.
[[nodiscard]] Result<Bytes> encodeFloats(std::span<const float> values, std::size_t channels,
                                         TaskRunner& runner, const std::stop_token& stop);
/// `values` is sized by the caller, who must have justified it; the bytes are untrusted.
[[nodiscard]] Result<void> decodeFloats(ByteView stream, std::size_t channels,
                                        std::span<float> values, TaskRunner& runner,
                                        const std::stop_token& stop);

/// The chunks of a lossless file.
[[nodiscard]] Result<std::vector<Chunk>> encodeLossless(const GaussianCloud& cloud,
                                                        RunContext& context);
[[nodiscard]] Result<GaussianCloud> readLossless(const Container& container,
                                                 const VolpressHeader& header,
                                                 std::uint64_t fileBytes, TaskRunner& runner,
                                                 const std::stop_token& stop);

}  // namespace volpress::compressors::own
