#include "scene/formats/webp_image.hpp"

#include <webp/decode.h>
#include <webp/encode.h>

namespace volpress::formats {
namespace {

constexpr int kMaxSide = 16383;
constexpr std::uint64_t kMaxPixels = std::uint64_t{1} << 28;

const std::uint8_t* dataOf(ByteView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// libwebp's picture and growing buffer, freed on every way out.
struct Encoder {
  WebPPicture picture{};
  WebPMemoryWriter writer{};

  Encoder() { WebPMemoryWriterInit(&writer); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() {
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
  }
};

}  // namespace

Result<WebpSize> readWebpSize(ByteView file) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(dataOf(file), file.size(), &features) != VP8_STATUS_OK) {
    return fail(ErrorCode::CorruptData, "no WebP image in {} bytes", file.size());
  }
  if (features.has_animation != 0) {
    return fail(ErrorCode::CorruptData, "the WebP image is animated, allowed are still ones");
  }
  if (features.width <= 0 || features.width > kMaxSide || features.height <= 0 ||
      features.height > kMaxSide) {
    return fail(ErrorCode::CorruptData, "the WebP image has {} x {} pixels, allowed are {} a side",
                features.width, features.height, kMaxSide);
  }
  const WebpSize size{static_cast<std::uint32_t>(features.width),
                      static_cast<std::uint32_t>(features.height)};
  if (size.pixels() > kMaxPixels) {
    return fail(ErrorCode::CorruptData, "the WebP image has {} pixels, allowed are {}",
                size.pixels(), kMaxPixels);
  }
  return size;
}

Result<RgbaImage> decodeWebp(ByteView file) {
  VOLPRESS_TRY(const WebpSize size, readWebpSize(file));
  RgbaImage image{size.width, size.height, {}};
  image.pixels.resize(4 * static_cast<std::size_t>(size.pixels()));
  if (WebPDecodeRGBAInto(dataOf(file), file.size(), image.pixels.data(), image.pixels.size(),
                         static_cast<int>(4 * size.width)) == nullptr) {
    return fail(ErrorCode::CorruptData, "the WebP image of {} x {} pixels is damaged or cut short",
                size.width, size.height);
  }
  return image;
}

namespace {

Result<Bytes> pack(const RgbaImage& image, const WebPConfig& config) {
  Encoder encoder;
  if (WebPPictureInit(&encoder.picture) == 0) {
    return fail(ErrorCode::Internal, "libwebp does not fit its headers");
  }
  encoder.picture.use_argb = 1;
  encoder.picture.width = static_cast<int>(image.width);
  encoder.picture.height = static_cast<int>(image.height);
  encoder.picture.writer = WebPMemoryWrite;
  encoder.picture.custom_ptr = &encoder.writer;
  if (image.width > kMaxSide || image.height > kMaxSide ||
      WebPPictureImportRGBA(&encoder.picture, image.pixels.data(),
                            static_cast<int>(4 * image.width)) == 0 ||
      WebPEncode(&config, &encoder.picture) == 0) {
    return fail(ErrorCode::Internal, "libwebp cannot pack {} x {} pixels (code {})", image.width,
                image.height, static_cast<int>(encoder.picture.error_code));
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(encoder.writer.mem);
  return Bytes(bytes, bytes + encoder.writer.size);
}

}  // namespace

Result<Bytes> encodeWebp(const RgbaImage& image, int effort) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0 || WebPConfigLosslessPreset(&config, effort) == 0) {
    return fail(ErrorCode::InvalidParameter, "WebP effort is {}, allowed are 0 to 9", effort);
  }
  config.exact = 1;  // else colours under alpha 0 are dropped
  return pack(image, config);
}

Result<Bytes> encodeLossyWebp(const RgbaImage& image, int quality) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0 || quality < 0 || quality > 100) {
    return fail(ErrorCode::InvalidParameter, "WebP quality is {}, allowed are 0 to 100", quality);
  }
  config.quality = static_cast<float>(quality);
  config.use_sharp_yuv = 1;
  return pack(image, config);
}

Result<Bytes> encodeNearLosslessWebp(const RgbaImage& image, int level) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0 || WebPConfigLosslessPreset(&config, 4) == 0 || level < 0 ||
      level > 100) {
    return fail(ErrorCode::InvalidParameter, "near-lossless level is {}, allowed are 0 to 100",
                level);
  }
  config.near_lossless = level;
  return pack(image, config);
}

}  // namespace volpress::formats
