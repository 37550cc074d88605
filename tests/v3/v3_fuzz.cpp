#include "compressors/v3/v3.hpp"
#include "tests/dualgs/clip_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() { return clipSeeds(v3Codec(), {}); }

void runInput(ByteView input) { decodePacked(v3Codec(), input); }

}  // namespace volpress::fuzz
