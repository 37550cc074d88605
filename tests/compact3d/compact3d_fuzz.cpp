#include <array>

#include "compressors/compact3d/compact3d.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 12> kNames{
    "scene",        "positions",          "opacities",       "sh0-codebook",
    "sh0-index",    "shN-codebook",       "shN-index",       "scales-codebook",
    "scales-index", "rotations-codebook", "rotations-index", "padding"};

Bytes chunkList(std::size_t count, unsigned degree, const ParamSet& params) {
  return chunkListOf(compressors::compact3dCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  const ParamSet faithful{{"layout", std::string("faithful")}, {"scale_codebook", std::int64_t{5}}};
  return {chunkList(3, 0, {}), chunkList(60, 1, {{"sh_codebook", std::int64_t{4}}}),
          chunkList(60, 2, faithful), chunkList(40, 3, {{"quality", 20.0}}),
          chunkList(1, 3, faithful)};
}

void runInput(ByteView input) { runChunkList(compressors::compact3dCodec(), kNames, input); }

}  // namespace volpress::fuzz
