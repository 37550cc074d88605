#include "compressors/picture_format_codecs.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/param_builders.hpp"
#include "scene/formats/avif_image.hpp"
#include "scene/formats/gltf_materials.hpp"
#include "scene/formats/jpeg_image.hpp"
#include "scene/formats/jxl_image.hpp"
#include "scene/formats/picture_pixels.hpp"

namespace volpress::compressors {
namespace {

using formats::RgbaImage;

/// A lossy AVIF or JPEG XL of one colour takes few bits, whatever its size.
constexpr std::uint64_t kAnyPixels = 1'000'000;
constexpr std::uint64_t kMostPixelsPerByte = 8192;
constexpr std::int64_t kBestAvif = 63;

RgbaImage pixelsOf(const Image& picture) {
  RgbaImage image{
      static_cast<std::uint32_t>(picture.width), static_cast<std::uint32_t>(picture.height), {}};
  image.pixels.resize(4 * picture.width * picture.height, 255);
  for (std::size_t k = 0; k < picture.pixels.size(); ++k) {
    const float value = std::clamp(picture.pixels[k], 0.0F, 1.0F);
    image.pixels[k / 3 * 4 + k % 3] = static_cast<std::uint8_t>(std::lround(255 * value));
  }
  return image;
}

Image pictureOf(const RgbaImage& image) {
  Image picture = makeImage(image.width, image.height);
  for (std::size_t k = 0; k < picture.pixels.size(); ++k) {
    picture.pixels[k] = static_cast<float>(image.pixels[k / 3 * 4 + k % 3]) / 255.0F;
  }
  return picture;
}

std::uint64_t mostPixels(ByteView file) {
  return std::min<std::uint64_t>(formats::kMaxPicturePixels,
                                 kAnyPixels + kMostPixelsPerByte * file.size());
}

/// A library's format.
class PictureFormatCodec final : public PictureCodec {
public:
  struct Library {
    bool (*recognises)(ByteView head);
    Result<Bytes> (*encode)(const RgbaImage& image, const ParamSet& params);
    Result<RgbaImage> (*decode)(ByteView file);
  };
  PictureFormatCodec(CodecInfo info, Library library)
      : m_info(std::move(info)), m_library(library) {}

  [[nodiscard]] const CodecInfo& info() const override { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const override { return m_library.recognises(head); }
  [[nodiscard]] Result<Bytes> encode(const Image& picture, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(picture, params));
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return m_library.encode(pixelsOf(picture), params);
  }
  [[nodiscard]] Result<Image> decode(ByteView file, RunContext& /*context*/) const override {
    VOLPRESS_TRY(const RgbaImage image, m_library.decode(file));
    return pictureOf(image);
  }
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    return std::vector<ByteShare>{{"picture", file.size()}};
  }

private:
  CodecInfo m_info;
  Library m_library;
};

CodecInfo infoOf(const char* id, const char* label, const char* summary, ParamSpec knob) {
  CodecInfo info;
  info.id = id;
  info.label = label;
  info.summary = summary;
  info.extension = std::string(".") + id;
  info.qualityKnob = knob.id;
  info.params = {std::move(knob)};
  info.lost = "fine detail; transparency";
  return info;
}

ParamSpec qualityParam(std::int64_t value, double least, double most) {
  return numberParam("quality", "Quality", "The library's own scale; less is smaller and coarser.",
                     "", "Quality", value, ParamRange{least, most, 1, false});
}

}  // namespace

const PictureCodec& jpegCodec() {
  static const PictureFormatCodec kCodec(
      [] {
        CodecInfo info = infoOf("jpeg", "JPEG", "The format of 1992, by libjpeg-turbo.",
                                qualityParam(75, 1, 100));
        info.paper = "ITU-T T.81";
        info.extension = ".jpg";
        return info;
      }(),
      {[](ByteView head) { return formats::pictureMimeType(head) == "image/jpeg"; },
       [](const RgbaImage& image, const ParamSet& params) {
         return formats::encodeJpeg(image, static_cast<int>(paramInt(params, "quality")));
       },
       formats::decodePicture});
  return kCodec;
}

const PictureCodec& webpCodec() {
  static const PictureFormatCodec kCodec(
      [] {
        CodecInfo info =
            infoOf("webp", "WebP", "Key frames of VP8, by libwebp.", qualityParam(75, 0, 100));
        info.paper = "RFC 6386, RFC 9649";
        return info;
      }(),
      {[](ByteView head) { return formats::pictureMimeType(head) == "image/webp"; },
       [](const RgbaImage& image, const ParamSet& params) {
         return formats::encodeLossyWebp(image, static_cast<int>(paramInt(params, "quality")));
       },
       formats::decodePicture});
  return kCodec;
}

const PictureCodec& avifCodec() {
  static const PictureFormatCodec kCodec(
      [] {
        CodecInfo info = infoOf("avif", "AVIF", "Key frames of AV1, by libavif and libaom.",
                                qualityParam(40, 0, kBestAvif));
        info.paper = "AV1 Image File Format 1.1, AOM";
        return info;
      }(),
      {formats::isAvif,
       [](const RgbaImage& image, const ParamSet& params) {
         return formats::encodeAvif(image,
                                    static_cast<int>(kBestAvif - paramInt(params, "quality")));
       },
       [](ByteView file) { return formats::decodeAvif(file, mostPixels(file)); }});
  return kCodec;
}

const PictureCodec& jpegXlCodec() {
  static const PictureFormatCodec kCodec(
      [] {
        CodecInfo info =
            infoOf("jxl", "JPEG XL", "The format meant to follow JPEG, by libjxl.",
                   numberParam("distance", "Distance",
                               "Butteraugli distance aimed at; more is smaller and coarser, 1 is "
                               "about invisible.",
                               "", "Quality", 1.5, ParamRange{0.05, 15, 0.05, true}));
        info.paper = "ISO/IEC 18181";
        return info;
      }(),
      {formats::isJpegXl,
       [](const RgbaImage& image, const ParamSet& params) {
         return formats::encodeJpegXl(image, paramReal(params, "distance"));
       },
       [](ByteView file) { return formats::decodeJpegXl(file, mostPixels(file)); }});
  return kCodec;
}

}  // namespace volpress::compressors
