// Integer arrays, one row a splat, coded with adaptive contexts: what was coded at a nearby splat
// and in the channel before.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::coding {

/// int32 values; `resize` does not zero.
using SymbolArray = std::vector<std::int32_t, UninitialisedAllocator<std::int32_t>>;

/// How an array of rows * channels integers (row-major) is laid out for the coder.
struct SymbolLayout {
  std::size_t rows = 0;
  std::size_t channels = 1;
  /// Channels c with c % chain != 0 see channel c - 1 of their row as context: 3 for vectors and
  /// colours, 1 for channels that do not know of each other. Chains, and blocks of about 100,000
  /// rows of each, are coded in parallel.
  std::size_t chain = 1;
  /// For each row the index of an earlier row that resembles it (`nearestEarlier`; row 0 is
  /// ignored), or empty: then it is the row before.
  std::span<const std::uint32_t> neighbours;
};

/// Codes any int32 values. Best where rows are in Morton order. `neighbours`, when given, has
/// layout.rows entries, each below its own row's index. The same bytes on any number of threads.
/// Cancelled when `stop` asks for it.
[[nodiscard]] Result<Bytes> encodeSymbols(std::span<const std::int32_t> values,
                                          const SymbolLayout& layout, TaskRunner& runner,
                                          const std::stop_token& stop = {});

/// The rows * channels values. The bytes are untrusted; the layout is the caller's, who must have
/// justified its row count (the result takes 4 bytes a value whatever the stream's length).
/// CorruptData when the stream does not end exactly with the last value.
[[nodiscard]] Result<SymbolArray> decodeSymbols(ByteView stream, const SymbolLayout& layout,
                                                TaskRunner& runner,
                                                const std::stop_token& stop = {});

}  // namespace volpress::coding
