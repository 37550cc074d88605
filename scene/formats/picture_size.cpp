#include "scene/formats/picture_size.hpp"

#include <algorithm>

#include <webp/decode.h>

#include "scene/base/files.hpp"

namespace volpress::formats {
namespace {

std::uint32_t byteAt(ByteView bytes, std::size_t at) {
  return std::to_integer<std::uint32_t>(bytes[at]);
}

std::size_t bigEndian16(ByteView bytes, std::size_t at) {
  return std::size_t{byteAt(bytes, at)} << 8 | byteAt(bytes, at + 1);
}

bool startsWith(ByteView file, std::string_view magic) {
  return file.size() >= magic.size() && viewText(file.first(magic.size())) == magic;
}

/// ISO/IEC 15948: the signature, then IHDR with width and height, big-endian.
Result<PictureSize> pngSize(ByteView file) {
  if (file.size() < 24) {
    return fail(ErrorCode::CorruptData, "the PNG header breaks off after {} bytes", file.size());
  }
  return PictureSize{bigEndian16(file, 16) << 16 | bigEndian16(file, 18),
                     bigEndian16(file, 20) << 16 | bigEndian16(file, 22)};
}

/// ITU T.81, B.2: marker segments up to the frame header.
Result<PictureSize> jpegSize(ByteView file) {
  std::size_t at = 2;
  while (at + 4 <= file.size()) {
    if (byteAt(file, at) != 0xFF) {
      return failAt(ErrorCode::CorruptData, at, "a JPEG marker is expected");
    }
    const std::uint32_t marker = byteAt(file, at + 1);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    const bool isFrameHeader =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (isFrameHeader) {
      if (at + 9 > file.size()) {
        break;
      }
      return PictureSize{bigEndian16(file, at + 7), bigEndian16(file, at + 5)};
    }
    at += 2 + bigEndian16(file, at + 2);
  }
  return fail(ErrorCode::CorruptData, "the JPEG ends before its frame header");
}

}  // namespace

Result<PictureSize> parsePictureSize(ByteView file) {
  Result<PictureSize> size =
      fail(ErrorCode::NotThisFormat, "this is no picture of a known kind (PNG, JPEG, WebP)");
  if (startsWith(file, "\x89PNG\r\n\x1a\n")) {
    size = pngSize(file);
  } else if (startsWith(file, "\xFF\xD8\xFF")) {
    size = jpegSize(file);
  } else if (startsWith(file, "RIFF")) {
    int width = 0;
    int height = 0;
    if (WebPGetInfo(reinterpret_cast<const std::uint8_t*>(file.data()), file.size(), &width,
                    &height) != 0) {
      size = PictureSize{static_cast<std::size_t>(width), static_cast<std::size_t>(height)};
    }
  }
  if (size && (size->width == 0 || size->height == 0)) {
    return fail(ErrorCode::CorruptData, "the picture is {} x {} pixels", size->width, size->height);
  }
  return size;
}

Result<PictureSize> readPictureSize(const std::filesystem::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto size = parsePictureSize(file.bytes());
  if (!size) {
    return withContext(size.error(), path.string());
  }
  return size;
}

}  // namespace volpress::formats
