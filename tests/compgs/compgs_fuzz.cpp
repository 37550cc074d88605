#include <array>

#include "compressors/compgs/compgs.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 11> kNames{
    "scene",    "positions",       "hyper-tables", "entropy-networks",
    "networks", "hyper-reference", "reference",    "hyper-residual",
    "residual", "scales",          "padding"};

Bytes chunkList(std::size_t count, unsigned degree, ParamSet params) {
  params["fit_steps"] = std::int64_t{2};
  params["network_bits"] = std::int64_t{4};
  return chunkListOf(compressors::compGsCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  // Networks take kilobytes whatever the scene, and every truncation of the first seed is tried: it
  // ends within them.
  Bytes first = chunkList(3, 0, {});
  first.resize(600);
  return {first, chunkList(60, 1, {}), chunkList(30, 0, {{"hyperprior", false}}),
          chunkList(1, 3, {})};
}

void runInput(ByteView input) { runChunkList(compressors::compGsCodec(), kNames, input); }

}  // namespace volpress::fuzz
