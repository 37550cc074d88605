// The input is a block; the JSON beside it stays the same.
#include <cstdlib>
#include <filesystem>

#include "scene/base/files.hpp"
#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  SerialRunner runner;
  ClipOptions options;
  options.frames = 3;
  options.splats = 40;
  GaussianSequence clip(makeSampleClip(options, {}, runner));
  const std::filesystem::path folder = testing::scratchFolder("seeds");
  Progress progress;
  DgsOptions write;
  write.entries = 4;
  if (!writeDgs(clip, folder, write, runner, progress, {})) {
    std::abort();
  }
  const MappedFile file = MappedFile::open(folder / "Data" / "Block0.dgsblk").value();
  return {Bytes(file.bytes().begin(), file.bytes().end())};
}

void runInput(ByteView input) {
  static const std::filesystem::path kFolder = testing::scratchFolder("fuzz");
  static const bool kReady = [] {
    std::error_code code;
    std::filesystem::create_directories(kFolder / "Data", code);
    constexpr std::string_view kJson = R"({"version":"1.1","frame_count":3,"block_size":20})";
    return writeFileAtomically(kFolder / "clip.dgs", viewBytes(kJson)).has_value();
  }();
  if (!kReady || !writeFileAtomically(kFolder / "Data" / "Block0.dgsblk", input)) {
    return;
  }
  const auto opened = openDgs(kFolder / "clip.dgs");
  if (!opened) {
    return;
  }
  SerialRunner runner;
  for (std::size_t frame = 0; frame < 3; ++frame) {
    const auto cloud = opened->frames->load(frame, runner, {});
    if (cloud && !validate(*cloud)) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
