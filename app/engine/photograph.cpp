#include "app/engine/photograph.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <turbojpeg.h>

#include "app/engine/png_image.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::engine {
namespace {

// An 8 x 8 block of one colour takes a few bits with arithmetic or optimised Huffman coding.
constexpr std::uint64_t kMaxJpegPixelsPerByte = 1024;
// A lossless WebP of one colour takes no bits a pixel, whatever its size. Up to a million pixels
// that passes for a picture; a larger photograph has something in it.
constexpr std::uint64_t kAnyWebpPixels = 1'000'000;
constexpr std::uint64_t kMaxWebpPixelsPerByte = 8192;
constexpr std::uint8_t kPng[] = {0x89, 'P', 'N', 'G'};
constexpr std::uint8_t kRiff[] = {'R', 'I', 'F', 'F'};

bool startsWith(ByteView file, std::span<const std::uint8_t> magic) {
  return file.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), file.begin(),
                    [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
}

float fromByte(std::uint8_t sample) { return static_cast<float>(sample) / 255.0F; }

Result<Image> decodeJpeg(ByteView file) {
  struct Close {
    void operator()(void* handle) const { tjDestroy(handle); }
  };
  const std::unique_ptr<void, Close> decoder(tjInitDecompress());
  if (decoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the JPEG library cannot start");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  int width = 0;
  int height = 0;
  int sampling = 0;
  int space = 0;
  if (tjDecompressHeader3(decoder.get(), bytes, file.size(), &width, &height, &sampling, &space) !=
      0) {
    return fail(ErrorCode::CorruptData, "not a readable JPEG: {}", tjGetErrorStr2(decoder.get()));
  }
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (width <= 0 || height <= 0 || pixels > kMaxPhotographPixels ||
      pixels > file.size() * kMaxJpegPixelsPerByte) {
    return fail(ErrorCode::CorruptData, "JPEG claims {} x {} pixels in {} bytes, the limit is {}",
                width, height, file.size(), kMaxPhotographPixels);
  }
  std::vector<std::uint8_t> samples(3 * pixels);
  if (tjDecompress2(decoder.get(), bytes, file.size(), samples.data(), width, 0, height, TJPF_RGB,
                    TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING) != 0) {
    return fail(ErrorCode::CorruptData, "damaged JPEG: {}", tjGetErrorStr2(decoder.get()));
  }
  Image image = makeImage(static_cast<std::size_t>(width), static_cast<std::size_t>(height));
  std::transform(samples.begin(), samples.end(), image.pixels.begin(), fromByte);
  return image;
}

Result<Image> decodeWebpPhotograph(ByteView file) {
  VOLPRESS_TRY(const formats::WebpSize size, formats::readWebpSize(file));
  const std::uint64_t limit =
      std::min(kMaxPhotographPixels, std::max(kAnyWebpPixels, kMaxWebpPixelsPerByte * file.size()));
  if (size.pixels() > limit) {
    return fail(ErrorCode::CorruptData, "WebP claims {} x {} pixels in {} bytes, the limit is {}",
                size.width, size.height, file.size(), limit);
  }
  VOLPRESS_TRY(const formats::RgbaImage decoded, formats::decodeWebp(file));
  Image image = makeImage(decoded.width, decoded.height);
  for (std::size_t i = 0; i < image.pixels.size() / 3; ++i) {
    const float alpha = fromByte(decoded.pixels[4 * i + 3]);
    for (std::size_t c = 0; c < 3; ++c) {
      image.pixels[3 * i + c] = alpha * fromByte(decoded.pixels[4 * i + c]);
    }
  }
  return image;
}

}  // namespace

Result<Image> decodePhotograph(ByteView file) {
  constexpr std::uint8_t kJpeg[] = {0xFF, 0xD8, 0xFF};
  if (startsWith(file, kPng)) {
    return decodePng(file);
  }
  if (startsWith(file, kJpeg)) {
    return decodeJpeg(file);
  }
  if (startsWith(file, kRiff)) {
    return decodeWebpPhotograph(file);
  }
  return fail(ErrorCode::NotThisFormat, "neither PNG nor JPEG nor WebP");
}

Result<Image> readPhotograph(const std::filesystem::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto image = decodePhotograph(file.bytes());
  if (!image) {
    return withContext(std::move(image).error(), path.string());
  }
  return image;
}

bool hasOpacity(ByteView file) {
  // Colour types 4 and 6 of PNG; the alpha flag of an extended WebP, and that of a lossless one.
  constexpr std::size_t kPngColorType = 25;
  constexpr std::size_t kWebpKind = 15;
  constexpr std::size_t kWebpFlags = 20;
  constexpr std::size_t kWebpLosslessFlags = 24;
  if (file.size() <= kPngColorType) {
    return false;
  }
  if (startsWith(file, kPng)) {
    return (file[kPngColorType] & std::byte{4}) != std::byte{0};
  }
  if (!startsWith(file, kRiff)) {
    return false;
  }
  return (file[kWebpKind] == std::byte{'X'} &&
          (file[kWebpFlags] & std::byte{0x10}) != std::byte{0}) ||
         (file[kWebpKind] == std::byte{'L'} &&
          (file[kWebpLosslessFlags] & std::byte{0x10}) != std::byte{0});
}

}  // namespace volpress::engine
