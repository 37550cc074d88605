#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "scene/base/files.hpp"
#include "tests/fuzz/fuzz_target.hpp"

// With VOLPRESS_WRITE_SEEDS=FOLDER the target first writes its seed inputs there.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  if (const char* folder = std::getenv("VOLPRESS_WRITE_SEEDS"); folder != nullptr) {
    std::size_t index = 0;
    for (const volpress::Bytes& seed : volpress::fuzz::seedInputs()) {
      const auto written = volpress::writeFileAtomically(
          std::string(folder) + "/seed-" + std::to_string(index++), seed);
      if (!written) {
        std::fprintf(stderr, "%s\n", written.error().message.c_str());
      }
    }
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  volpress::fuzz::runInput(std::as_bytes(std::span<const std::uint8_t>(data, size)));
  return 0;
}
