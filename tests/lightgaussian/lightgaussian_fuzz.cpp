#include <array>

#include "compressors/lightgaussian/lightgaussian.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 15> kNames{"scene",        "positions", "scales", "rotations",
                                             "opacities",    "sh0",       "shN",    "shN-mask",
                                             "shN-codebook", "shN-index", "sh",     "sh-mask",
                                             "sh-codebook",  "sh-index",  "padding"};

Bytes chunkList(std::size_t count, unsigned degree, ParamSet params) {
  params["passes"] = std::int64_t{0};
  return chunkListOf(compressors::lightGaussianCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {chunkList(3, 0, {}), chunkList(60, 1, {}),
          chunkList(60, 2, {{"layout", std::string("faithful")}, {"codebook", std::int64_t{5}}}),
          chunkList(20, 3, {{"vq_ratio", 0.0}})};
}

void runInput(ByteView input) { runChunkList(compressors::lightGaussianCodec(), kNames, input); }

}  // namespace volpress::fuzz
