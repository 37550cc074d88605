#include "scene/formats/jxl_image.hpp"

#include <algorithm>
#include <memory>

#include <jxl/decode.h>
#include <jxl/encode.h>

namespace volpress::formats {
namespace {

constexpr double kLeastDistance = 0.05;
constexpr double kMostDistance = 15;
constexpr int kEffort = 7;  // 1 fastest .. 9; 7 is the tools' own
constexpr JxlPixelFormat kRgba{4, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
constexpr JxlPixelFormat kRgb{3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};

struct DestroyEncoder {
  void operator()(JxlEncoder* encoder) const { JxlEncoderDestroy(encoder); }
};
struct DestroyDecoder {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};

const std::uint8_t* dataOf(ByteView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

bool isJpegXl(ByteView head) {
  const JxlSignature signature =
      JxlSignatureCheck(dataOf(head), std::min<std::size_t>(head.size(), 16));
  return signature == JXL_SIG_CODESTREAM || signature == JXL_SIG_CONTAINER;
}

Result<Bytes> encodeJpegXl(const RgbaImage& image, double distance) {
  if (!(distance >= kLeastDistance && distance <= kMostDistance)) {
    return fail(ErrorCode::InvalidParameter, "JPEG XL distance is {}, allowed are {} to {}",
                distance, kLeastDistance, kMostDistance);
  }
  const std::unique_ptr<JxlEncoder, DestroyEncoder> encoder(JxlEncoderCreate(nullptr));
  if (encoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the JPEG XL library cannot start");
  }
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = image.width;
  info.ysize = image.height;
  info.bits_per_sample = 8;
  info.num_color_channels = 3;
  info.uses_original_profile = JXL_FALSE;
  JxlColorEncoding color;
  JxlColorEncodingSetToSRGB(&color, JXL_FALSE);
  std::vector<std::uint8_t> rgb;
  rgb.reserve(image.pixels.size() / 4 * 3);
  for (std::size_t i = 0; i < image.pixels.size(); i += 4) {
    rgb.insert(rgb.end(), &image.pixels[i], &image.pixels[i] + 3);
  }
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  bool works =
      JxlEncoderSetBasicInfo(encoder.get(), &info) == JXL_ENC_SUCCESS &&
      JxlEncoderSetColorEncoding(encoder.get(), &color) == JXL_ENC_SUCCESS &&
      JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, kEffort) ==
          JXL_ENC_SUCCESS &&
      JxlEncoderSetFrameDistance(settings, static_cast<float>(distance)) == JXL_ENC_SUCCESS &&
      JxlEncoderAddImageFrame(settings, &kRgb, rgb.data(), rgb.size()) == JXL_ENC_SUCCESS;
  JxlEncoderCloseInput(encoder.get());
  Bytes bytes(1 << 16);
  std::size_t filled = 0;
  while (works) {
    auto* next = reinterpret_cast<std::uint8_t*>(bytes.data() + filled);
    std::size_t room = bytes.size() - filled;
    const JxlEncoderStatus status = JxlEncoderProcessOutput(encoder.get(), &next, &room);
    filled = bytes.size() - room;
    if (status == JXL_ENC_SUCCESS) {
      bytes.resize(filled);
      return bytes;
    }
    works = status == JXL_ENC_NEED_MORE_OUTPUT;
    bytes.resize(2 * bytes.size());
  }
  return fail(ErrorCode::Internal, "the JPEG XL library cannot pack {} x {} pixels (code {})",
              image.width, image.height, static_cast<int>(JxlEncoderGetError(encoder.get())));
}

Result<RgbaImage> decodeJpegXl(ByteView file, std::uint64_t mostPixels) {
  const std::unique_ptr<JxlDecoder, DestroyDecoder> decoder(JxlDecoderCreate(nullptr));
  if (decoder == nullptr) {
    return fail(ErrorCode::OutOfMemory, "the JPEG XL library cannot start");
  }
  RgbaImage image;
  if (JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE) ==
          JXL_DEC_SUCCESS &&
      JxlDecoderSetInput(decoder.get(), dataOf(file), file.size()) == JXL_DEC_SUCCESS) {
    JxlDecoderCloseInput(decoder.get());
    while (true) {
      const JxlDecoderStatus status = JxlDecoderProcessInput(decoder.get());
      if (status == JXL_DEC_BASIC_INFO) {
        JxlBasicInfo info;
        if (JxlDecoderGetBasicInfo(decoder.get(), &info) != JXL_DEC_SUCCESS) {
          break;
        }
        const std::uint64_t pixels = std::uint64_t{info.xsize} * info.ysize;
        if (pixels == 0 || pixels > mostPixels) {
          return fail(ErrorCode::CorruptData, "the JPEG XL has {} x {} pixels, allowed are {}",
                      info.xsize, info.ysize, mostPixels);
        }
        image.width = info.xsize;
        image.height = info.ysize;
      } else if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER && image.width != 0) {
        image.pixels.resize(std::size_t{4} * image.width * image.height);
        if (JxlDecoderSetImageOutBuffer(decoder.get(), &kRgba, image.pixels.data(),
                                        image.pixels.size()) != JXL_DEC_SUCCESS) {
          break;
        }
      } else if (status == JXL_DEC_FULL_IMAGE && !image.pixels.empty()) {
        return image;
      } else {
        break;
      }
    }
  }
  return fail(ErrorCode::CorruptData, "the {} bytes of JPEG XL are damaged or cut short",
              file.size());
}

}  // namespace volpress::formats
