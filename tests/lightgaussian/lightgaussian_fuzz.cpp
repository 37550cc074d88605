// Containers are checksummed, so that mutations of whole files would never get past the container.
// An input here is a list of chunks without checksums, from which a valid container is made:
// (u8 index of the name, u32 length, bytes) again and again.
#include <array>
#include <cstdlib>

#include "compressors/container/container.hpp"
#include "compressors/lightgaussian/lightgaussian.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::array<const char*, 15> kNames{"scene",        "positions", "scales", "rotations",
                                             "opacities",    "sh0",       "shN",    "shN-mask",
                                             "shN-codebook", "shN-index", "sh",     "sh-mask",
                                             "sh-codebook",  "sh-index",  "padding"};

Bytes chunkList(std::size_t count, unsigned degree, ParamSet params) {
  SerialRunner runner;
  Progress progress;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  ViewSet views{"fuzz", {{"view", lookAt({0, 0, -6}, {}, {0, 1, 0}, 0.8F, 32, 24), false}}};
  compressors::RunContext context{runner, progress, {}, rasterizer.get(), &views};
  const compressors::Codec& codec = compressors::lightGaussianCodec();
  params["passes"] = std::int64_t{0};
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
  container.codecId = "lightgaussian";
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
  return {chunkList(3, 0, {}), chunkList(60, 1, {}),
          chunkList(60, 2, {{"layout", std::string("faithful")}, {"codebook", std::int64_t{5}}}),
          chunkList(20, 3, {{"vq_ratio", 0.0}})};
}

void runInput(ByteView input) {
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  const compressors::Codec& codec = compressors::lightGaussianCodec();
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
