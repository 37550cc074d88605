#include <array>

#include "compressors/mesongs/mesongs.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 11> kNames{"scene",     "positions",  "steps",  "opacities",
                                             "rotations", "sh0",        "scales", "shN-codebook",
                                             "shN-index", "quantisers", "padding"};

Bytes chunkList(std::size_t count, unsigned degree, const ParamSet& params) {
  return chunkListOf(compressors::mesonGsCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  const ParamSet faithful{{"layout", std::string("faithful")}, {"blocks", std::int64_t{3}}};
  return {chunkList(3, 0, {}), chunkList(60, 1, {{"blocks", std::int64_t{4}}}),
          chunkList(60, 2, faithful), chunkList(40, 3, {{"codebook", std::int64_t{5}}}),
          chunkList(1, 3, faithful)};
}

void runInput(ByteView input) { runChunkList(compressors::mesonGsCodec(), kNames, input); }

}  // namespace volpress::fuzz
