#include <cstdlib>

#include "compressors/coding/octree_positions.hpp"
#include "scene/base/morton.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<coding::GridPoint> points;
  for (std::uint32_t i = 0; i < 60; ++i) {
    points.push_back({i * 7 % 256, i * i % 256, 100 + i / 20});
  }
  std::vector<Bytes> seeds{coding::encodePositions(points, 8).value().bytes};
  points.resize(3000, {1, 1, 1});
  seeds.push_back(coding::encodePositions(points, 21).value().bytes);
  return seeds;
}

void runInput(ByteView input) {
  const auto points = coding::decodePositions(input);
  if (!points) {
    return;
  }
  std::uint64_t previous = 0;
  for (const coding::GridPoint& point : *points) {
    const std::uint64_t key = mortonCode(point.x, point.y, point.z);
    if (key < previous) {
      std::abort();
    }
    previous = key;
  }
}

}  // namespace volpress::fuzz
