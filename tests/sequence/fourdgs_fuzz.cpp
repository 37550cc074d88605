#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "scene/base/files.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/fourdgs_layout.hpp"
#include "scene/sequence/fourdgs_stream.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::fuzz {

namespace {

/// A clip of 60 Gaussians with `keyframeEvery`.
Bytes clipOf(std::size_t keyframeEvery) {
  SerialRunner runner;
  ClipOptions options;
  options.frames = 4;
  options.splats = 60;
  GaussianSequence clip(makeSampleClip(options, {}, runner));
  const std::filesystem::path path = testing::scratchFolder("seeds") / "seed.4dgs";
  fourdgs::WriteOptions write;
  write.keyframeEvery = keyframeEvery;
  Progress progress;
  if (!fourdgs::writeFourdgs(clip, path, write, runner, progress, {})) {
    std::abort();
  }
  const MappedFile file = MappedFile::open(path).value();
  return Bytes(file.bytes().begin(), file.bytes().end());
}

/// Puts the track of an object behind the header. No delta may refer to places in the file.
void insertTrack(Bytes& bytes) {
  ByteWriter content;
  content.write(std::uint32_t{3});
  content.write(std::uint8_t{0});
  content.write(std::uint32_t{2});
  content.write(std::array<double, 8>{0, 0, 0, 0, 1, 0, 0, 0});
  content.write(std::array<double, 8>{1, 0, 1, 0, 0, 2, 0, 0});
  ByteWriter record;
  fourdgs::writeRecord(record, fourdgs::kObjectTrack, content.bytes());
  ByteReader reader(bytes);
  if (!reader.take(fourdgs::kMagic.size(), "magic") || !fourdgs::readRecord(reader)) {
    std::abort();
  }
  const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(reader.offset());
  bytes.insert(at, record.bytes().begin(), record.bytes().end());
}

}  // namespace

std::vector<Bytes> seedInputs() {
  Bytes tracked = clipOf(1);
  insertTrack(tracked);
  return {clipOf(3), std::move(tracked)};
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
