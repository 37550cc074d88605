#include "compressors/hifi4g/hifi4g.hpp"
#include "tests/dualgs/clip_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() { return clipSeeds(hifi4gCodec(), {{"nodes", std::int64_t{6}}}); }

void runInput(ByteView input) { decodePacked(hifi4gCodec(), input); }

}  // namespace volpress::fuzz
