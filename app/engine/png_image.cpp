#include "app/engine/png_image.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <png.h>

#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

constexpr std::uint64_t kMaxPixels = 64'000'000;
// Deflate expands at most 1032 to 1; a row of a palette picture of 1 bit makes 8 pixels a byte.
constexpr std::uint64_t kMaxPixelsPerByte = 1032 * 8;

std::uint8_t toByte(float value) {
  // The comparison is written so that NaN becomes 0.
  const float clamped = value > 0 ? std::min(value, 1.0F) : 0.0F;
  return static_cast<std::uint8_t>(std::lround(clamped * 255.0F));
}

}  // namespace

Result<Bytes> encodePng(const Image& image) {
  if ((image.channels != 1 && image.channels != 3 && image.channels != 4) || image.width == 0 ||
      image.height == 0 || image.width * image.height > kMaxPixels ||
      image.pixels.size() != image.width * image.height * image.channels) {
    return fail(ErrorCode::InvalidParameter,
                "a picture of {} x {} with {} channels is no PNG; 1, 3 or 4 channels and up to {} "
                "pixels are",
                image.width, image.height, image.channels, kMaxPixels);
  }
  std::vector<std::uint8_t> samples(image.pixels.size());
  std::transform(image.pixels.begin(), image.pixels.end(), samples.begin(), toByte);

  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = image.channels == 1   ? PNG_FORMAT_GRAY
               : image.channels == 3 ? PNG_FORMAT_RGB
                                     : PNG_FORMAT_RGBA;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  Bytes file(size);
  if (png_image_write_to_memory(&png, file.data(), &size, 0, samples.data(), 0, nullptr) == 0) {
    return fail(ErrorCode::Internal, "the PNG library cannot write a picture of {} x {}: {}",
                image.width, image.height, static_cast<const char*>(png.message));
  }
  file.resize(size);
  return file;
}

Result<Image> decodePng(ByteView file) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&png, file.data(), file.size()) == 0) {
    return fail(ErrorCode::CorruptData, "not a readable PNG: {}",
                static_cast<const char*>(png.message));
  }
  const std::uint64_t pixels = std::uint64_t{png.width} * png.height;
  if (pixels > kMaxPixels || pixels > file.size() * kMaxPixelsPerByte) {
    const std::uint64_t width = png.width;
    const std::uint64_t height = png.height;
    png_image_free(&png);
    return fail(ErrorCode::CorruptData, "PNG claims {} x {} pixels in {} bytes, the limit is {}",
                width, height, file.size(), kMaxPixels);
  }
  png.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> samples(PNG_IMAGE_SIZE(png));
  const png_color background{0, 0, 0};
  if (png_image_finish_read(&png, &background, samples.data(), 0, nullptr) == 0) {
    return fail(ErrorCode::CorruptData, "damaged PNG: {}", static_cast<const char*>(png.message));
  }
  Image image = makeImage(png.width, png.height);
  std::transform(samples.begin(), samples.end(), image.pixels.begin(),
                 [](std::uint8_t sample) { return static_cast<float>(sample) / 255.0F; });
  return image;
}

Result<void> writePng(const std::filesystem::path& path, const Image& image) {
  auto file = encodePng(image);
  if (!file) {
    return withContext(std::move(file).error(), path.string());
  }
  return writeFileAtomically(path, *file);
}

Result<Image> readPng(const std::filesystem::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto image = decodePng(file.bytes());
  if (!image) {
    return withContext(std::move(image).error(), path.string());
  }
  return image;
}

}  // namespace volpress::engine
