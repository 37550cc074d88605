// The decoders of all codecs of pictures.
#include "compressors/picture_codec.hpp"
#include "tests/codecs/decode_anyway.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/gaussianimage/test_pictures.hpp"

namespace volpress::fuzz {

std::vector<Bytes> seedInputs() {
  std::vector<Bytes> seeds;
  const Image picture = testing::testPicture(24, 20);
  for (const compressors::PictureCodec* codec : compressors::allPictureCodecs()) {
    SerialRunner runner;
    Progress progress;
    compressors::RunContext context{runner, progress, {}};
    ParamSet little;
    if (codec->info().id == "gaussianimage") {
      little = {{"gaussians", std::int64_t{24}},
                {"color_entries", std::string("8")},
                {"steps", std::int64_t{2}},
                {"tune_steps", std::int64_t{2}}};
    }
    const auto params = compressors::resolveParams(codec->info(), "", little);
    if (auto file = codec->encode(picture, params.value(), context)) {
      seeds.push_back(std::move(*file));
    }
  }
  return seeds;
}

void runInput(ByteView input) {
  testing::decodeAnyway(input, compressors::pictureCodecForContent, [](const Image& picture) {
    return !picture.pixels.empty() && picture.pixels.size() == 3 * picture.width * picture.height;
  });
}

}  // namespace volpress::fuzz
