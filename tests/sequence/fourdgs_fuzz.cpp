#include <cstdlib>
#include <filesystem>

#include "scene/base/files.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  SerialRunner runner;
  ClipOptions options;
  options.frames = 4;
  options.splats = 60;
  GaussianSequence clip(makeSampleClip(options, {}, runner));
  const std::filesystem::path folder = testing::scratchFolder("seeds");
  fourdgs::WriteOptions write;
  write.keyframeEvery = 3;
  Progress progress;
  const auto path = folder / "seed.4dgs";
  if (!fourdgs::writeFourdgs(clip, path, write, runner, progress, {})) {
    std::abort();
  }
  const MappedFile file = MappedFile::open(path).value();
  return {Bytes(file.bytes().begin(), file.bytes().end())};
}

void runInput(ByteView input) {
  static const std::filesystem::path kFolder = testing::scratchFolder("fuzz");
  const auto path = kFolder / "input.4dgs";
  if (!writeFileAtomically(path, input)) {
    return;
  }
  const auto opened = fourdgs::openFourdgs(path);
  SerialRunner runner;
  for (std::size_t frame = 0; opened && frame < 4 && frame < opened->frames->frameCount();
       ++frame) {
    const auto cloud = opened->frames->load(frame, runner, {});
    if (cloud && !validate(*cloud)) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
