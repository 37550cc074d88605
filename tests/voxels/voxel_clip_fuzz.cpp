// Clips of voxel fields. The first byte chooses the codec; then the codec's part of INIT and the
// layers, each with its length.
#include <cstdlib>

#include "scene/types/sample_voxels.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/voxels/coded_voxels.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  SerialRunner runner;
  std::vector<Bytes> seeds;
  const auto codecs = compressors::allVoxelCodecs();
  for (std::size_t index = 0; index < codecs.size(); ++index) {
    VoxelSampleOptions options;
    options.resolution = 8;
    options.frames = 8;
    options.tree = codecs[index]->info().id == "fpo";
    const testing::MadeVoxels source(3, [options](std::size_t frame, TaskRunner& own) {
      return sampleVoxels(options, frame, own);
    });
    const testing::CodedVoxels coded = testing::codeVoxels(*codecs[index], source, {}, runner);
    ByteWriter out;
    out.write(static_cast<std::uint8_t>(index));
    out.write(static_cast<std::uint16_t>(coded.init.size()));
    out.append(coded.init);
    for (const Bytes& layer : coded.segments[0]) {
      out.write(static_cast<std::uint16_t>(layer.size()));
      out.append(layer);
    }
    seeds.push_back(std::move(out).take());
  }
  return seeds;
}

void runInput(ByteView input) {
  ByteReader reader(input);
  const auto index = reader.read<std::uint8_t>("codec");
  const auto codecs = compressors::allVoxelCodecs();
  std::vector<ByteView> parts;
  while (index && reader.remaining() != 0 && parts.size() < 8) {
    const auto size = reader.read<std::uint16_t>("size");
    const auto bytes = size ? reader.take(*size, "bytes") : Result<ByteView>(reader.rest());
    parts.push_back(bytes ? *bytes : reader.rest());
    if (!bytes) {
      break;
    }
  }
  if (parts.size() < 2) {
    return;
  }
  const auto decoder = codecs[*index % codecs.size()]->open(parts[0]);
  if (!decoder) {
    return;
  }
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  const auto frames = (*decoder)->openSegment(3, std::span(parts).subspan(1), context);
  for (std::size_t k = 0; frames && k < 3; ++k) {
    const auto field = (*frames)->next(context);
    if (!field) {
      return;
    }
    if (!validate(*field)) {
      std::abort();
    }
  }
  if (frames) {
    (void)(*frames)->finish();
  }
}

}  // namespace volpress::fuzz
