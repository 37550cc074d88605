#include "compressors/stages/packed_numbers.hpp"

#include <cmath>

namespace volpress::compressors {

Result<float> readPositive(ByteReader& reader, std::string_view field) {
  VOLPRESS_TRY(const float value, reader.read<float>(field));
  if (!(value > 0) || !std::isfinite(value)) {
    return fail(ErrorCode::CorruptData, "{} is {}, it must be positive", field, value);
  }
  return value;
}

Result<coding::SymbolArray> readSymbols(const Container& container, const char* name,
                                        const coding::SymbolLayout& layout,
                                        const std::stop_token& stop, TaskRunner& runner) {
  VOLPRESS_TRY(const ByteView stream, container.require(name));
  auto symbols = coding::decodeSymbols(stream, layout, runner, stop);
  if (!symbols) {
    return withContext(symbols.error(), fmt::format("chunk '{}'", name));
  }
  return symbols;
}

}  // namespace volpress::compressors
