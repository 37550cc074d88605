#include "compressors/gaussianimage/gaussianimage.hpp"
#include "compressors/picture_codec.hpp"
#include "compressors/picture_format_codecs.hpp"

namespace volpress::compressors {

std::span<const PictureCodec* const> allPictureCodecs() {
  static const PictureCodec* const kCodecs[] = {&gaussianImageCodec(), &jpegCodec(), &webpCodec(),
                                                &avifCodec(), &jpegXlCodec()};
  return kCodecs;
}

const PictureCodec* findPictureCodec(std::string_view id) {
  for (const PictureCodec* codec : allPictureCodecs()) {
    if (codec->info().id == id) {
      return codec;
    }
  }
  return nullptr;
}

const PictureCodec* pictureCodecForContent(ByteView head) {
  for (const PictureCodec* codec : allPictureCodecs()) {
    if (codec->recognises(head)) {
      return codec;
    }
  }
  return nullptr;
}

}  // namespace volpress::compressors
