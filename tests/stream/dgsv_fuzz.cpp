#include <algorithm>
#include <cstdlib>

#include "compressors/stream/dgsv.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/stream/clip_bytes.hpp"

namespace volpress::fuzz {

using namespace compressors;

std::vector<Bytes> seedInputs() {
  ClipInfo info;
  info.codec = "TEST";
  info.frameCount = 9;
  info.segmentCount = 2;
  info.maxSplats = 10;
  info.layerCount = 2;
  info.parameters = "{}";
  info.codecInit = Bytes(5);
  std::vector<Bytes> seeds;
  seeds.push_back(testing::writeClip(
      info, {{0, 0, 5, {Bytes(9), Bytes(3)}}, {1, 5, 4, {Bytes(1), Bytes(40)}}}));
  seeds.push_back(testing::writeClip(info, {{1, 5, 4, {Bytes(200), Bytes(40)}}}));
  return seeds;
}

void runInput(ByteView input) {
  for (const Bytes& bytes : {Bytes(input.begin(), input.end()),
                             testing::repairClip(Bytes(input.begin(), input.end()))}) {
    // As a player reads it: records at the front, the rest unseen.
    const auto head =
        readClipHead(bytes, ByteView(bytes).subspan(std::min<std::size_t>(bytes.size(), 40)));
    if (head) {
      const auto size = bytes.size() - std::min<std::size_t>(bytes.size(), 88);
      (void)readClipIndex(ByteView(bytes).last(size), *head, bytes.size());
    }
    const auto clip = ClipFile::open(bytes);
    if (!clip) {
      continue;
    }
    std::uint64_t frame = 0;
    for (std::size_t entry = 0; entry < clip->entries().size(); ++entry) {
      const ClipFile::Entry& listed = clip->entries()[entry];
      if (listed.firstFrame < frame || listed.index >= clip->info().segmentCount) {
        std::abort();
      }
      frame = listed.firstFrame + std::uint64_t{listed.frameCount};
      const auto layers = clip->layers(entry);
      if (layers && (layers->empty() || layers->size() > clip->info().layerCount)) {
        std::abort();
      }
    }
    if (frame > clip->info().frameCount) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
