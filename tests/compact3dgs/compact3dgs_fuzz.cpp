#include <array>

#include "compressors/compact3dgs/compact3dgs.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 11> kNames{
    "scene",        "positions",          "opacities",       "sh0",        "scales-codebook",
    "scales-index", "rotations-codebook", "rotations-index", "color-grid", "color-network",
    "padding"};

Bytes chunkList(std::size_t count, unsigned degree, ParamSet params) {
  params["mask_steps"] = std::int64_t{0};
  params["field_steps"] = std::int64_t{2};
  params["table_bits"] = std::int64_t{4};
  params["codes"] = std::int64_t{4};
  return chunkListOf(compressors::compact3dgsCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  const ParamSet faithful{{"layout", std::string("faithful")}, {"stages", std::int64_t{3}}};
  return {chunkList(3, 0, {}), chunkList(60, 1, {}), chunkList(60, 0, faithful),
          chunkList(40, 2, faithful), chunkList(1, 3, {})};
}

void runInput(ByteView input) { runChunkList(compressors::compact3dgsCodec(), kNames, input); }

}  // namespace volpress::fuzz
