// The reader of compressed PLY against damaged files.
#include "scene/formats/compressed_ply.hpp"

#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  return {encodedSeed(formats::compressedPlyFormat(), testing::randomCloud(1, 0, 1)),
          encodedSeed(formats::compressedPlyFormat(), testing::randomCloud(300, 1, 2)),
          encodedSeed(formats::compressedPlyFormat(), testing::extremeCloud(20, 3, 3))};
}

void runInput(ByteView input) { checkReader(formats::compressedPlyFormat(), input); }

}  // namespace volpress::fuzz
