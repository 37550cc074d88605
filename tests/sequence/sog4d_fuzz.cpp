#include <cstdlib>
#include <filesystem>

#include "scene/base/files.hpp"
#include "scene/sequence/sog4d_file.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/sequence/sog4d_sample.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() { return {testing::sog4dSample()}; }

void runInput(ByteView input) {
  static const std::filesystem::path kFolder = testing::scratchFolder("fuzz");
  const auto path = kFolder / "input.sog4d";
  if (!writeFileAtomically(path, input)) {
    return;
  }
  const auto opened = openSog4d(path);
  SerialRunner runner;
  for (std::size_t frame = 0; opened && frame < 3 && frame < (*opened)->frameCount(); ++frame) {
    const auto cloud = (*opened)->load(frame, runner, {});
    if (cloud && !validate(*cloud)) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
