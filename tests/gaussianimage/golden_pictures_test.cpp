// Files of pictures that earlier versions wrote must decode to what they meant then:
// tests/data/golden/picture holds `<codec>_v<version>[_<what>].vpc`, each with the PNG it stands
// for beside it.
#include <gtest/gtest.h>

#include <filesystem>

#include "compressors/picture_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/picture_pixels.hpp"
#include "tests/support/golden_scene.hpp"

namespace volpress::compressors {
namespace {

TEST(GoldenPictures, DecodeToWhatTheyStandFor) {
  const auto expectSame = [](const Image& picture, const std::filesystem::path& plain) {
    const auto png = MappedFile::open(plain);
    ASSERT_TRUE(png) << png.error().message;
    const auto expected = formats::decodePicture(png->bytes());
    ASSERT_TRUE(expected) << expected.error().message;
    ASSERT_EQ(picture.width, expected->width);
    ASSERT_EQ(picture.height, expected->height);
    for (std::size_t k = 0; k < picture.pixels.size(); ++k) {
      // A sum may be rounded to the neighbouring byte on another machine.
      const auto byte = static_cast<float>(expected->pixels[k / 3 * 4 + k % 3]);
      ASSERT_NEAR(255 * picture.pixels[k], byte, 1.01F) << k;
    }
  };
  ::volpress::testing::expectGoldenFilesDecode("picture", ".png", pictureCodecForContent,
                                               expectSame);
}

}  // namespace
}  // namespace volpress::compressors
