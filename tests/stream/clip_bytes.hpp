// Clips as bytes, made by our own writer, and their checksums made right after a change.
#pragma once

#include <fstream>
#include <iterator>

#include "compressors/stream/crc32c.hpp"
#include "compressors/stream/dgsv.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::testing {

inline Bytes readWhole(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  return file ? Bytes(file->bytes().begin(), file->bytes().end()) : Bytes{};
}

/// The bytes of a clip that holds `segments`.
inline Bytes writeClip(const compressors::ClipInfo& info,
                       const std::vector<compressors::ClipSegment>& segments) {
  const auto path = scratchFolder("clip-bytes") / "clip.dgsv";
  auto writer = compressors::ClipWriter::create(path, info).value();
  for (const compressors::ClipSegment& segment : segments) {
    if (!writer.add(segment)) {
      return {};
    }
  }
  (void)writer.finish().value();
  return readWhole(path);
}

/// Makes the checksums of records, segment headers, layers and tail fit their bytes, so that
/// mutations reach what lies behind them. Anything that is not in place is left alone.
inline Bytes repairClip(Bytes bytes) {
  using compressors::crc32c;
  const auto read = [&bytes](std::size_t at, auto& value) {
    if (at > bytes.size() || bytes.size() - at < sizeof(value)) {
      return false;
    }
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    return true;
  };
  const auto write = [&bytes](std::size_t at, std::uint32_t value) {
    if (at <= bytes.size() && bytes.size() - at >= sizeof(value)) {
      std::memcpy(bytes.data() + at, &value, sizeof(value));
    }
  };
  const auto sum = [&bytes](std::size_t at, std::size_t size) {
    return crc32c(ByteView(bytes).subspan(at, size));
  };
  std::size_t at = 0;
  std::uint64_t length = 0;
  while (read(at + 8, length) && length <= bytes.size() - at - 16) {
    const std::size_t payload = at + 16;
    const auto size = static_cast<std::size_t>(length);
    std::uint32_t layers = 0;
    if (std::memcmp(bytes.data() + at, "SEGM", 4) == 0 && read(payload + 12, layers) &&
        layers <= compressors::kMaxLayers && size >= 20 + 12 * layers) {
      std::size_t blob = payload + 20 + 12 * layers;
      for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::size_t place = payload + 16 + 12 * layer;
        std::uint64_t bytesOfLayer = 0;
        if (!read(place, bytesOfLayer) || bytesOfLayer > payload + size - blob) {
          break;
        }
        write(place + 8, sum(blob, static_cast<std::size_t>(bytesOfLayer)));
        blob += static_cast<std::size_t>(bytesOfLayer);
      }
      write(payload + 16 + 12 * layers, sum(payload, 16 + 12 * layers));
    }
    write(payload + size, sum(payload, size));
    at = payload + size + 4;
    at += (8 - at % 8) % 8;
  }
  if (bytes.size() >= 32) {
    write(bytes.size() - 12, sum(bytes.size() - 32, 20));
  }
  return bytes;
}

}  // namespace volpress::testing
