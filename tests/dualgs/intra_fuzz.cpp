#include "compressors/intra/intra.hpp"
#include "tests/dualgs/clip_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() { return clipSeeds(intraCodec(), {}); }

void runInput(ByteView input) { decodePacked(intraCodec(), input); }

}  // namespace volpress::fuzz
