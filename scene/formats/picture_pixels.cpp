#include "scene/formats/picture_pixels.hpp"

#include <memory>

#include <png.h>
#include <turbojpeg.h>

#include "scene/formats/gltf_materials.hpp"
#include "scene/formats/picture_size.hpp"

namespace volpress::formats {
namespace {

// PNG's deflate packs 1032 to 1, WebP and JPEG a large picture of one colour more.
constexpr std::uint64_t kMostPixelsPerByte = 8192;
constexpr std::uint64_t kAnyPixels = 1'000'000;

Result<RgbaImage> decodePng(ByteView file) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&header, file.data(), file.size()) == 0) {
    return fail(ErrorCode::CorruptData, "not a readable PNG: {}", header.message);
  }
  header.format = PNG_FORMAT_RGBA;
  RgbaImage image{header.width, header.height, {}};
  image.pixels.resize(PNG_IMAGE_SIZE(header));
  if (png_image_finish_read(&header, nullptr, image.pixels.data(), 0, nullptr) == 0) {
    return fail(ErrorCode::CorruptData, "damaged PNG: {}", header.message);
  }
  return image;
}

Result<RgbaImage> decodeJpeg(ByteView file, const PictureSize& size) {
  struct Close {
    void operator()(void* handle) const { tjDestroy(handle); }
  };
  const std::unique_ptr<void, Close> decoder(tjInitDecompress());
  if (decoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the JPEG library cannot start");
  }
  RgbaImage image{
      static_cast<std::uint32_t>(size.width), static_cast<std::uint32_t>(size.height), {}};
  image.pixels.resize(4 * size.width * size.height);
  if (tjDecompress2(decoder.get(), reinterpret_cast<const unsigned char*>(file.data()), file.size(),
                    image.pixels.data(), static_cast<int>(size.width), 0,
                    static_cast<int>(size.height), TJPF_RGBA, TJFLAG_ACCURATEDCT) != 0 &&
      tjGetErrorCode(decoder.get()) == TJERR_FATAL) {
    return fail(ErrorCode::CorruptData, "damaged JPEG: {}", tjGetErrorStr2(decoder.get()));
  }
  return image;
}

}  // namespace

Result<RgbaImage> decodePicture(ByteView file) {
  VOLPRESS_TRY(const PictureSize size, parsePictureSize(file));
  const std::uint64_t pixels = std::uint64_t{size.width} * size.height;
  if (pixels == 0 || pixels > kMaxPicturePixels ||
      pixels > file.size() * kMostPixelsPerByte + kAnyPixels) {
    return fail(ErrorCode::CorruptData, "the picture claims {} x {} pixels in {} bytes", size.width,
                size.height, file.size());
  }
  const std::string type = pictureMimeType(file);
  return type == "image/png" ? decodePng(file)
                             : (type == "image/jpeg" ? decodeJpeg(file, size) : decodeWebp(file));
}

}  // namespace volpress::formats
