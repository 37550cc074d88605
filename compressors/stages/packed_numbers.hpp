// Reading the numbers that packed layouts are made of.
#pragma once

#include <stop_token>
#include <string_view>

#include "compressors/coding/symbol_coder.hpp"
#include "compressors/container/container.hpp"
#include "scene/base/bytes.hpp"

namespace volpress::compressors {

/// A float that is a size or a step. CorruptData naming `field` when it is not finite and positive.
[[nodiscard]] Result<float> readPositive(ByteReader& reader, std::string_view field);

/// The symbols of a chunk. The errors of coding::decodeSymbols, with the chunk's name.
[[nodiscard]] Result<coding::SymbolArray> readSymbols(const Container& container, const char* name,
                                                      const coding::SymbolLayout& layout,
                                                      const std::stop_token& stop,
                                                      TaskRunner& runner);

}  // namespace volpress::compressors
