#include <array>

#include "compressors/volpress/volpress.hpp"
#include "tests/codecs/chunk_list.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 21> kNames{
    "scene",       "positions", "grades", "opacities", "scales",      "rotations", "sh0",
    "offsets",     "shN",       "extras", "padding",   "positions.2", "grades.2",  "scales.2",
    "opacities.2", "sh0.2",     "shN.2",  "offsets.2", "rotations.2", "palette",   "palette.2"};

Bytes chunkList(std::size_t count, unsigned degree, const ParamSet& params) {
  return chunkListOf(compressors::volpressCodec(), kNames, count, degree, params);
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {chunkList(3, 0, {}),
          chunkList(60, 1, {}),
          chunkList(40, 0, {{"use_views", false}}),
          chunkList(30, 2, {{"mode", std::string("lossless")}}),
          chunkList(60, 3, {{"quality", 90.0}}),
          chunkListOf(compressors::volpressCodec(), kNames, testing::sharedShCloud(60, 2, 5, 3),
                      {{"quality", 90.0}})};
}

void runInput(ByteView input) { runChunkList(compressors::volpressCodec(), kNames, input); }

}  // namespace volpress::fuzz
