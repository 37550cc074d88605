#include "compressors/dualgs/dualgs.hpp"
#include "tests/dualgs/clip_fuzz.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::uint32_t kLayers = 4;  // a part of the splats, all, SH order 1, refinement

}  // namespace

std::vector<Bytes> seedInputs() {
  return clipSeeds(dualgsCodec(),
                   {{"joints", std::int64_t{6}}, {"first_layer", 0.25}, {"refine", true}});
}

void runInput(ByteView input) { decodePacked(dualgsCodec(), input, kLayers); }

}  // namespace volpress::fuzz
