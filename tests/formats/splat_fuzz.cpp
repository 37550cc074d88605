// The reader of .splat against damaged files.
#include "scene/formats/splat.hpp"

#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  return {encodedSeed(formats::splatFormat(), testing::randomCloud(3, 0, 1)),
          encodedSeed(formats::splatFormat(), testing::extremeCloud(40, 0, 2))};
}

void runInput(ByteView input) { checkReader(formats::splatFormat(), input); }

}  // namespace volpress::fuzz
