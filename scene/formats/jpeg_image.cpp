#include "scene/formats/jpeg_image.hpp"

#include <memory>

#include <turbojpeg.h>

namespace volpress::formats {

Result<Bytes> encodeJpeg(const RgbaImage& image, int quality) {
  struct Close {
    void operator()(void* handle) const { tjDestroy(handle); }
  };
  struct Free {
    void operator()(unsigned char* bytes) const { tjFree(bytes); }
  };
  if (quality < 1 || quality > 100) {
    return fail(ErrorCode::InvalidParameter, "JPEG quality is {}, allowed are 1 to 100", quality);
  }
  const std::unique_ptr<void, Close> encoder(tjInitCompress());
  if (encoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the JPEG library cannot start");
  }
  unsigned char* written = nullptr;
  unsigned long size = 0;
  // Progressive files come with Huffman tables of their own.
  const int code = tjCompress2(encoder.get(), image.pixels.data(), static_cast<int>(image.width), 0,
                               static_cast<int>(image.height), TJPF_RGBA, &written, &size,
                               TJSAMP_420, quality, TJFLAG_ACCURATEDCT | TJFLAG_PROGRESSIVE);
  const std::unique_ptr<unsigned char, Free> owner(written);
  if (code != 0) {
    return fail(ErrorCode::Internal, "the JPEG library cannot pack {} x {} pixels: {}", image.width,
                image.height, tjGetErrorStr2(encoder.get()));
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(written);
  return Bytes(bytes, bytes + size);
}

}  // namespace volpress::formats
