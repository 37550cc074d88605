#include <cstdlib>

#include "compressors/coding/weight_coder.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

using coding::WeightLayout;

constexpr std::size_t kCount = 300;

/// The first byte picks a layout.
WeightLayout layoutOf(std::byte pick) {
  const auto bits = static_cast<unsigned>(pick);
  return {1U + (bits & 31U), 1U + (bits >> 5)};
}

}  // namespace

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const unsigned pick : {0x00U, 0x63U, 0x1FU, 0xFFU}) {
    std::vector<std::int32_t> values(kCount);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<std::int32_t>(i * i % 11) - 5;
    }
    values[20] = pick == 0xFF ? coding::kMostWeight : 40;
    Bytes seed{static_cast<std::byte>(pick)};
    const Bytes coded = coding::encodeWeights(values, layoutOf(seed[0]));
    seed.insert(seed.end(), coded.begin(), coded.end());
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

void runInput(ByteView input) {
  if (input.empty()) {
    return;
  }
  for (const auto decode : {coding::decodeWeights, coding::decodeDependent}) {
    const auto values = decode(input.subspan(1), kCount, layoutOf(input[0]));
    if (values && coding::dependentLevels(*values).size() != kCount) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
