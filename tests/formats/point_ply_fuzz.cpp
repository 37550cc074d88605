#include <cstdlib>

#include "scene/formats/point_ply.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

constexpr std::string_view kProperties =
    "element vertex 2\nproperty float x\nproperty float y\nproperty double z\n"
    "property uchar red\nproperty uchar green\nproperty ushort blue\nend_header\n";

}  // namespace

std::vector<Bytes> seedInputs() {
  ByteWriter binary;
  binary.append("ply\nformat binary_little_endian 1.0\n");
  binary.append(kProperties);
  for (int i = 0; i < 2; ++i) {
    binary.write(1.5F);
    binary.write(-2.5F);
    binary.write(3.0);
    binary.write(std::uint8_t{255});
    binary.write(std::uint8_t{7});
    binary.write(std::uint16_t{65535});
  }
  ByteWriter ascii;
  ascii.append("ply\nformat ascii 1.0\n");
  ascii.append(kProperties);
  ascii.append("1 2 3 4 5 6\n-1 -2 -3 4 5 6\n");
  return {std::move(binary).take(), std::move(ascii).take()};
}

void runInput(ByteView input) {
  PosedImages into;
  if (formats::parsePointPly(input, into) && into.points.size() != into.pointColors.size()) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
