// Containers are checksummed, so that mutations of whole files would never get past the container.
// A chunk list has no checksums, and a valid container is made from any bytes: (u8 index of the
// name, u32 length, bytes) again and again.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/codecs/native_look.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::fuzz {

/// The chunks of what `codec` makes of a cloud, seen by one small view.
[[nodiscard]] inline Bytes chunkListOf(const compressors::Codec& codec,
                                       std::span<const char* const> names, GaussianCloud cloud,
                                       const ParamSet& params) {
  SerialRunner runner;
  Progress progress;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  ViewSet views{"fuzz", {{"view", lookAt({0, 0, -6}, {}, {0, 1, 0}, 0.8F, 32, 24), false}}};
  compressors::RunContext context{runner, progress, {}, rasterizer.get(), &views};
  const Bytes file =
      codec.encode(Scene(std::move(cloud)), *completeParams(codec.info().params, params), context)
          .value();
  ByteWriter list;
  const compressors::Container container = compressors::readContainer(file).value();
  for (const compressors::Chunk& chunk : container.chunks) {
    const auto name = std::find(names.begin(), names.end(), chunk.name);
    list.write(static_cast<std::uint8_t>(name - names.begin()));
    list.write(static_cast<std::uint32_t>(chunk.data.size()));
    list.append(chunk.data);
  }
  return std::move(list).take();
}

/// Those of a random cloud.
[[nodiscard]] inline Bytes chunkListOf(const compressors::Codec& codec,
                                       std::span<const char* const> names, std::size_t count,
                                       unsigned degree, const ParamSet& params) {
  return chunkListOf(codec, names, testing::randomCloud(count, degree, count), params);
}

/// The container of a chunk list; a name that comes again is left out.
[[nodiscard]] inline compressors::Container containerOf(const compressors::Codec& codec,
                                                        std::span<const char* const> names,
                                                        ByteView list) {
  compressors::Container container;
  container.codecId = codec.info().id;
  container.codecVersion = codec.info().formatVersion;
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
    const char* const known = names[*name % names.size()];
    if (container.find(known) == nullptr) {
      container.chunks.push_back({known, Bytes(data.begin(), data.end())});
    }
  }
  return container;
}

/// Decodes the container of a chunk list and holds the codec to its promises.
inline void runChunkList(const compressors::Codec& codec, std::span<const char* const> names,
                         ByteView list) {
  SerialRunner runner;
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  if (codec.decode(list, context)) {
    std::abort();  // a list of chunks is no container
  }
  const auto file = compressors::writeContainer(containerOf(codec, names, list));
  if (!file) {
    return;
  }
  runNativeLook(codec, *file, context);
  const auto scene = codec.decode(*file, context);
  if (scene && (!validate(std::get<GaussianCloud>(*scene)) || !codec.breakdown(*file))) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
