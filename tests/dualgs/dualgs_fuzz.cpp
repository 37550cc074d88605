#include "compressors/dualgs/dualgs.hpp"
#include "tests/dualgs/clip_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() { return clipSeeds(dualgsCodec(), {{"joints", std::int64_t{6}}}); }

void runInput(ByteView input) { decodePacked(dualgsCodec(), input); }

}  // namespace volpress::fuzz
