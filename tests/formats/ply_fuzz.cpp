// The reader of float PLY against damaged files.
#include "scene/formats/ply.hpp"

#include "tests/formats/reader_fuzz.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  GaussianCloud cloud = testing::randomCloud(2, 1, 2);
  cloud.extras.push_back({"t", {1, 2}});
  const std::string ascii =
      "ply\nformat ascii 1.0\nelement face 1\nproperty list uchar int v\nelement vertex 1\n"
      "property float x\nproperty float y\nproperty float z\nproperty list char short odd\n"
      "property float opacity\nproperty float scale_0\nproperty float scale_1\n"
      "property double rot_0\nproperty float rot_1\nproperty float rot_2\n"
      "property float rot_3\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n"
      "end_header\n2 5 6\n1 2 3 1 9 0.5 -1 -2 1 0 0 0 255 128 0\n";
  std::string big = ascii;
  big.replace(big.find("ascii"), 5, "binary_big_endian");
  const Bytes asciiBytes(viewBytes(ascii).begin(), viewBytes(ascii).end());
  const Bytes bigBytes(viewBytes(big).begin(), viewBytes(big).end());
  return {encodedSeed(formats::plyFormat(), testing::randomCloud(1, 0, 1)),
          encodedSeed(formats::plyFormat(), cloud), asciiBytes, bigBytes};
}

void runInput(ByteView input) { checkReader(formats::plyFormat(), input); }

}  // namespace volpress::fuzz
