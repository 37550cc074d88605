#include "compressors/gaussianimage/gaussianimage.hpp"
#include "compressors/picture_codec.hpp"
#include "compressors/picture_format_codecs.hpp"

namespace volpress::compressors {

namespace {

std::vector<const PictureCodec*>& codecList() {
  static std::vector<const PictureCodec*> codecs = {&gaussianImageCodec(), &jpegCodec(),
                                                    &webpCodec(), &avifCodec(), &jpegXlCodec()};
  return codecs;
}

}  // namespace

std::span<const PictureCodec* const> allPictureCodecs() { return codecList(); }

void addPictureCodec(const PictureCodec& codec) { codecList().push_back(&codec); }

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
