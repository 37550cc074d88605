// The reader of .ksplat against damaged files.
#include "scene/formats/ksplat.hpp"

#include "tests/formats/ksplat_files.hpp"
#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  return {testing::quantisedKsplat(2), testing::quantisedKsplat(1),
          testing::ksplatFile(0, {testing::floatSection(2, 3), testing::floatSection(0, 0),
                                  testing::floatSection(1, 1)})};
}

void runInput(ByteView input) {
  checkReader(formats::ksplatFormat(), input);
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  context.options.openTruncated = true;
  const auto cloud = formats::ksplatFormat().decode(input, context);
  if (cloud && !validate(*cloud)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
