// Pictures of meshes: PNG, JPEG and WebP.
#include <cstdlib>

#include <turbojpeg.h>

#include "scene/formats/picture_pixels.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/mesh/test_meshes.hpp"

namespace volpress::fuzz {
namespace {

Bytes jpegSeed() {
  const std::vector<unsigned char> pixels(3 * 16 * 16, 100);
  unsigned char* packed = nullptr;
  unsigned long size = 0;
  tjhandle encoder = tjInitCompress();
  tjCompress2(encoder, pixels.data(), 16, 0, 16, TJPF_RGB, &packed, &size, TJSAMP_444, 60, 0);
  const auto* data = reinterpret_cast<const std::byte*>(packed);
  Bytes bytes(data, data + size);
  tjFree(packed);
  tjDestroy(encoder);
  return bytes;
}

}  // namespace

std::vector<Bytes> seedInputs() {
  formats::RgbaImage image{8, 8, std::vector<std::uint8_t>(256, 77)};
  return {testing::gridMesh(2).textures[0].bytes, jpegSeed(),
          formats::encodeWebp(image, 3).value()};
}

void runInput(ByteView input) {
  const auto image = formats::decodePicture(input);
  if (image && image->pixels.size() != std::size_t{4} * image->width * image->height) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
