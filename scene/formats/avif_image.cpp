#include "scene/formats/avif_image.hpp"

#include <algorithm>
#include <memory>

#include <avif/avif.h>

namespace volpress::formats {
namespace {

struct DestroyImage {
  void operator()(avifImage* image) const { avifImageDestroy(image); }
};
struct DestroyEncoder {
  void operator()(avifEncoder* encoder) const { avifEncoderDestroy(encoder); }
};
struct DestroyDecoder {
  void operator()(avifDecoder* decoder) const { avifDecoderDestroy(decoder); }
};
using ImagePtr = std::unique_ptr<avifImage, DestroyImage>;

constexpr int kSpeed = 4;  // 0 slowest .. 10; 6 is the tools' own

avifROData dataOf(ByteView bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

bool isAvif(ByteView head) {
  if (head.size() < 12) {
    return false;
  }
  const std::string_view text = viewText(head.first(12));
  return text.substr(4) == "ftypavif" || text.substr(4) == "ftypavis";
}

Result<Bytes> encodeAvif(const RgbaImage& image, int quantiser) {
  if (quantiser < AVIF_QUANTIZER_BEST_QUALITY || quantiser > AVIF_QUANTIZER_WORST_QUALITY) {
    return fail(ErrorCode::InvalidParameter, "AVIF quantiser is {}, allowed are 0 to 63",
                quantiser);
  }
  const ImagePtr planes(avifImageCreate(image.width, image.height, 8, AVIF_PIXEL_FORMAT_YUV420));
  const std::unique_ptr<avifEncoder, DestroyEncoder> encoder(avifEncoderCreate());
  if (planes == nullptr || encoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the AVIF library cannot start");
  }
  planes->colorPrimaries = AVIF_COLOR_PRIMARIES_BT709;
  planes->transferCharacteristics = AVIF_TRANSFER_CHARACTERISTICS_SRGB;
  planes->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT601;
  planes->yuvRange = AVIF_RANGE_FULL;
  avifRGBImage pixels{};
  avifRGBImageSetDefaults(&pixels, planes.get());
  pixels.format = AVIF_RGB_FORMAT_RGBA;
  pixels.ignoreAlpha = AVIF_TRUE;
  pixels.pixels = const_cast<std::uint8_t*>(image.pixels.data());  // only read
  pixels.rowBytes = 4 * image.width;
  encoder->maxThreads = 1;
  encoder->speed = kSpeed;
  encoder->minQuantizer = quantiser;
  encoder->maxQuantizer = quantiser;
  avifRWData output = AVIF_DATA_EMPTY;
  avifResult code = avifImageRGBToYUV(planes.get(), &pixels);
  if (code == AVIF_RESULT_OK) {
    code = avifEncoderWrite(encoder.get(), planes.get(), &output);
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(output.data);
  Bytes packed(bytes, bytes + output.size);
  avifRWDataFree(&output);
  if (code != AVIF_RESULT_OK) {
    return fail(ErrorCode::Internal, "the AVIF library cannot pack {} x {} pixels: {}", image.width,
                image.height, avifResultToString(code));
  }
  return packed;
}

Result<RgbaImage> decodeAvif(ByteView file, std::uint64_t mostPixels) {
  const std::unique_ptr<avifDecoder, DestroyDecoder> decoder(avifDecoderCreate());
  if (decoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the AVIF library cannot start");
  }
  decoder->maxThreads = 1;
  decoder->imageSizeLimit = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      std::max<std::uint64_t>(mostPixels, 1), AVIF_DEFAULT_IMAGE_SIZE_LIMIT));
  decoder->imageCountLimit = 1;
  const avifROData data = dataOf(file);
  avifResult code = avifDecoderSetIOMemory(decoder.get(), data.data, data.size);
  if (code == AVIF_RESULT_OK) {
    code = avifDecoderParse(decoder.get());
  }
  if (code == AVIF_RESULT_OK) {
    code = avifDecoderNextImage(decoder.get());
  }
  if (code != AVIF_RESULT_OK) {
    return fail(ErrorCode::CorruptData, "not a readable AVIF of at most {} pixels: {}", mostPixels,
                avifResultToString(code));
  }
  RgbaImage image{decoder->image->width, decoder->image->height, {}};
  image.pixels.resize(std::size_t{4} * image.width * image.height);
  avifRGBImage pixels{};
  avifRGBImageSetDefaults(&pixels, decoder->image);
  pixels.format = AVIF_RGB_FORMAT_RGBA;
  pixels.depth = 8;
  pixels.pixels = image.pixels.data();
  pixels.rowBytes = 4 * image.width;
  code = avifImageYUVToRGB(decoder->image, &pixels);
  if (code != AVIF_RESULT_OK) {
    return fail(ErrorCode::CorruptData, "damaged AVIF: {}", avifResultToString(code));
  }
  return image;
}

}  // namespace volpress::formats
