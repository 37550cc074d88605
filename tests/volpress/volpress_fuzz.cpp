// Containers are checksummed, so that mutations of whole files would never get past the container.
// An input here is a list of chunks without checksums, from which a valid container is made:
// (u8 index of the name, u32 length, bytes) again and again.
#include <array>
#include <cstdlib>

#include "compressors/container/container.hpp"
#include "compressors/volpress/volpress.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 19> kNames{
    "scene",       "positions", "grades", "opacities", "scales",      "rotations", "sh0",
    "offsets",     "shN",       "extras", "padding",   "positions.2", "grades.2",  "scales.2",
    "opacities.2", "sh0.2",     "shN.2",  "offsets.2", "rotations.2"};

Bytes chunkList(std::size_t count, unsigned degree, ParamSet params) {
  SerialRunner runner;
  Progress progress;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  ViewSet views{"fuzz", {{"view", lookAt({0, 0, -6}, {}, {0, 1, 0}, 0.8F, 32, 24), false}}};
  compressors::RunContext context{runner, progress, {}, rasterizer.get(), &views};
  const compressors::Codec& codec = compressors::volpressCodec();
  const Bytes file = codec
                         .encode(Scene(testing::randomCloud(count, degree, count)),
                                 *completeParams(codec.info().params, params), context)
                         .value();
  ByteWriter list;
  const compressors::Container container = compressors::readContainer(file).value();
  for (const compressors::Chunk& chunk : container.chunks) {
    for (std::size_t name = 0; name < kNames.size(); ++name) {
      if (chunk.name == kNames[name]) {
        list.write(static_cast<std::uint8_t>(name));
      }
    }
    list.write(static_cast<std::uint32_t>(chunk.data.size()));
    list.append(chunk.data);
  }
  return std::move(list).take();
}

compressors::Container containerOf(ByteView list) {
  compressors::Container container;
  container.codecId = "volpress";
  container.parameters = "{}";
  ByteReader reader(list);
  while (reader.remaining() > 0) {
    const auto name = reader.read<std::uint8_t>("name");
    const auto length = reader.read<std::uint32_t>("length");
    if (!name || !length) {
      break;
    }
    const std::size_t size = std::min<std::size_t>(*length, reader.remaining());
    const ByteView data = reader.take(size, "data").value();
    const char* const known = kNames[*name % kNames.size()];
    if (container.find(known) == nullptr) {
      container.chunks.push_back({known, Bytes(data.begin(), data.end())});
    }
  }
  return container;
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {chunkList(3, 0, {}), chunkList(60, 1, {}), chunkList(40, 0, {{"use_views", false}}),
          chunkList(30, 2, {{"mode", std::string("lossless")}}),
          chunkList(60, 3, {{"quality", 90.0}})};
}

void runInput(ByteView input) {
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  const compressors::Codec& codec = compressors::volpressCodec();
  if (codec.decode(input, context)) {
    std::abort();  // a list of chunks is no container
  }
  const auto file = compressors::writeContainer(containerOf(input));
  if (!file) {
    return;
  }
  const auto scene = codec.decode(*file, context);
  if (scene && (!validate(std::get<GaussianCloud>(*scene)) || !codec.breakdown(*file))) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
