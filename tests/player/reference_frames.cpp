// Writes what the player's decoder makes of a clip on this machine, for comparison with
// WebAssembly: for each frame u32 digest, u32 splats, f32 SH scale, u32 words, the words, 3 f32 a
// splat.
#include <cstdio>
#include <fstream>

#include "app/player/decoder/player_calls.hpp"
#include "compressors/stream/dgsv.hpp"
#include "scene/base/files.hpp"

namespace {

using volpress::ByteView;

template <typename T>
void put(std::ofstream& out, const T* values, std::size_t count = 1) {
  out.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(T)));
}

bool writeFrames(const char* input, const char* output) {
  const auto file = volpress::MappedFile::open(input);
  if (!file) {
    return false;
  }
  const auto clip = volpress::compressors::ClipFile::open(file->bytes());
  if (!clip || !clip->isWhole()) {
    return false;
  }
  const ByteView type = clip->typeRecord(), init = clip->initRecord();
  // The index follows FTYP in an exported clip.
  const ByteView index = file->bytes().subspan(type.size());
  if (playerHead(type.data(), type.size(), init.data(), init.size()) < 0 || playerOpen() < 0 ||
      playerIndex(index.data(), index.size(), static_cast<double>(file->bytes().size())) < 0) {
    return false;
  }
  std::ofstream out(output, std::ios::binary);
  for (std::size_t segment = 0; segment < clip->entries().size(); ++segment) {
    const auto record = clip->segmentRecord(segment);
    if (!record || playerBegin(record->data(), record->size(), segment, 8) < 0) {
      return false;
    }
    for (std::uint32_t k = 0; k < clip->entries()[segment].frameCount; ++k) {
      if (playerNext() < 0) {
        return false;
      }
      const std::uint32_t digest = playerDigest();
      const auto count = static_cast<std::uint32_t>(playerCount());
      const float scale = playerShScale();
      const auto words = static_cast<std::uint32_t>(playerTexelWords());
      put(out, &digest);
      put(out, &count);
      put(out, &scale);
      put(out, &words);
      put(out, playerTexels(), words);
      put(out, playerMeans(), std::size_t{3} * count);
    }
  }
  return static_cast<bool>(out);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3 || !writeFrames(arguments[1], arguments[2])) {
    std::fprintf(stderr, "usage: reference_frames CLIP.dgsv FRAMES (%s)\n", playerError());
    return 1;
  }
  return 0;
}
