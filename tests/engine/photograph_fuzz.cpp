// Photographs of unknown origin.
#include <cstdlib>

#include <turbojpeg.h>

#include "app/engine/photograph.hpp"
#include "app/engine/photograph_orientation.hpp"
#include "app/engine/png_image.hpp"
#include "scene/formats/webp_image.hpp"
#include "tests/engine/exif_note.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {
namespace {

Bytes smallJpeg() {
  const std::vector<std::uint8_t> samples(8 * 8 * 3, 90);
  tjhandle encoder = tjInitCompress();
  unsigned char* data = nullptr;
  unsigned long size = 0;
  if (tjCompress2(encoder, samples.data(), 8, 0, 8, TJPF_RGB, &data, &size, TJSAMP_420, 60, 0) !=
      0) {
    std::abort();
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  Bytes file(bytes, bytes + size);
  tjFree(data);
  tjDestroy(encoder);
  return file;
}

}  // namespace

std::vector<Bytes> seedInputs() {
  return {smallJpeg(), testing::withOrientation(smallJpeg(), 6),
          *engine::encodePng(makeImage(5, 4, 3, 0.5F)),
          *formats::encodeWebp({2, 2, std::vector<std::uint8_t>(16, 128)}, 0)};
}

void runInput(ByteView input) {
  const auto image = engine::decodePhotograph(input);
  if (image && (image->channels != 3 || image->pixels.size() != 3 * image->width * image->height ||
                image->pixels.empty())) {
    std::abort();
  }
  const unsigned orientation = engine::exifOrientation(input);
  if (orientation < 1 || orientation > 8) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
