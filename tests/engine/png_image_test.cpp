#include "app/engine/png_image.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

Image ramp(std::size_t channels) {
  Image image = makeImage(19, 7, channels);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<float>(i % 256) / 255.0F;
  }
  return image;
}

TEST(PngImage, colourComesBackWhole) {
  const auto file = encodePng(ramp(3));
  ASSERT_TRUE(file);
  const auto back = decodePng(*file);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->width, 19U);
  EXPECT_EQ(back->height, 7U);
  EXPECT_EQ(back->pixels, ramp(3).pixels);
}

TEST(PngImage, valuesAreClampedAndRounded) {
  Image image = makeImage(5, 1, 1);
  image.pixels = {-3.0F, 2.0F, std::numeric_limits<float>::quiet_NaN(), 0.5F, 100.4F / 255.0F};
  const auto back = decodePng(*encodePng(image));
  ASSERT_TRUE(back);
  const std::vector<float> wanted{0, 255, 0, 128, 100};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(back->pixels[3 * i], wanted[i] / 255.0F) << i;
  }
}

TEST(PngImage, refusesWhatIsNoPicture) {
  EXPECT_FALSE(encodePng(makeImage(0, 4)));
  EXPECT_FALSE(encodePng(makeImage(4, 4, 2)));
  EXPECT_FALSE(decodePng(viewBytes("not a picture")));
  EXPECT_FALSE(decodePng(ByteView()));
}

TEST(PngImage, everyTruncationIsAnError) {
  const Bytes file = *encodePng(ramp(3));
  for (std::size_t size = 0; size < file.size(); ++size) {
    if (size >= file.size() - 12) {
      continue;  // the end marker's chunk alone may be missing
    }
    EXPECT_FALSE(decodePng(ByteView(file).first(size))) << size;
  }
}

TEST(PngImage, hugeHeaderIsRefusedBeforeAllocation) {
  Bytes file = *encodePng(ramp(3));
  // Width and height, big-endian, at 16 and 20; the checksum no longer matches either.
  file[16] = std::byte{0x10};
  file[20] = std::byte{0x10};
  const auto back = decodePng(file);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::CorruptData);
}

TEST(PngImage, fileErrorsNameThePath) {
  const auto folder = testing::scratchFolder("png");
  ASSERT_TRUE(writePng(folder / "a.png", ramp(3)));
  EXPECT_TRUE(readPng(folder / "a.png"));
  const auto missing = writePng(folder / "none" / "a.png", ramp(3));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("none/a.png"), std::string::npos);
}

}  // namespace
}  // namespace volpress::engine
