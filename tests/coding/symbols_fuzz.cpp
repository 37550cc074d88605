#include <cstdlib>

#include "compressors/coding/symbol_coder.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

using coding::SymbolLayout;

/// The first byte picks a layout, so that wide and narrow, chained and single channels are met.
SymbolLayout layoutOf(std::byte pick) {
  const auto bits = static_cast<unsigned>(pick);
  return {20U + (bits & 15U) * 4, 1U + (bits >> 4 & 3U), 1U + (bits >> 6), {}};
}

}  // namespace

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const unsigned pick : {0x11U, 0x00U, 0xA3U, 0xFFU}) {
    const SymbolLayout layout = layoutOf(static_cast<std::byte>(pick));
    std::vector<std::int32_t> values(layout.rows * layout.channels);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<std::int32_t>((i * i) % 23) - 11;
    }
    if (pick == 0xFF) {
      values[7] = 1 << 30;
    }
    SerialRunner serial;
    Bytes seed{static_cast<std::byte>(pick)};
    const Bytes coded = coding::encodeSymbols(values, layout, serial).value();
    seed.insert(seed.end(), coded.begin(), coded.end());
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

void runInput(ByteView input) {
  if (input.empty()) {
    return;
  }
  const SymbolLayout layout = layoutOf(input[0]);
  SerialRunner serial;
  const auto values = coding::decodeSymbols(input.subspan(1), layout, serial);
  if (values && values->size() != layout.rows * layout.channels) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
