#include <cstdlib>

#include "compressors/coding/temporal_plane.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

namespace {
constexpr std::size_t kRows = 40, kFrames = 6;
}

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  for (const int scale : {1, 90, 100000}) {
    std::vector<std::int32_t> values(kRows * kFrames);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = scale * static_cast<std::int32_t>((i * 37 + i / kRows) % 11) - 3 * scale;
    }
    seeds.push_back(coding::encodePlane(values, kRows, kFrames));
  }
  return seeds;
}

void runInput(ByteView input) {
  auto plane = coding::PlaneDecoder::open(input, kRows, kFrames);
  if (!plane) {
    return;
  }
  std::vector<std::int32_t> values;
  for (std::size_t frame = 0; frame < kFrames; ++frame) {
    const auto row = plane->next();
    values.insert(values.end(), row.begin(), row.end());
  }
  if (plane->finish()) {
    // What was accepted can be written and read again.
    const Bytes again = coding::encodePlane(values, kRows, kFrames);
    auto second = coding::PlaneDecoder::open(again, kRows, kFrames);
    for (std::size_t frame = 0; frame < kFrames; ++frame) {
      const auto row = second.value().next();
      if (!std::equal(row.begin(), row.end(), &values[frame * kRows])) {
        std::abort();
      }
    }
  }
}

}  // namespace volpress::fuzz
