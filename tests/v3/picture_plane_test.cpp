// Pictures of whole numbers over time.
#include "compressors/v3/picture_plane.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace volpress::compressors::v3 {
namespace {

std::vector<std::int32_t> decodeAll(ByteView bytes, std::size_t side, std::size_t frames) {
  auto decoder = PictureDecoder::open(bytes, side, frames).value();
  std::vector<std::int32_t> all;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto picture = decoder.next().value();
    all.insert(all.end(), picture.begin(), picture.end());
  }
  EXPECT_TRUE(decoder.finish());
  return all;
}

TEST(PicturePlane, anyNumbersComeBack) {
  constexpr std::size_t kSide = 24, kFrames = 4;
  std::mt19937 random(7);
  std::vector<std::int32_t> values(kSide * kSide * kFrames);
  for (std::int32_t& value : values) {
    value = static_cast<std::int32_t>(random() % 131072) - 65536;
  }
  EXPECT_EQ(decodeAll(encodePicture(values, kSide, kFrames), kSide, kFrames), values);
}

TEST(PicturePlane, whatStandsStillAndWhatIsSmoothCostsLittle) {
  constexpr std::size_t kSide = 64, kFrames = 10;
  std::vector<std::int32_t> values;
  for (std::size_t frame = 0; frame < kFrames; ++frame) {
    for (std::size_t y = 0; y < kSide; ++y) {
      for (std::size_t x = 0; x < kSide; ++x) {
        // A slope, of which one block changes.
        const bool changes = x < 8 && y < 8;
        values.push_back(static_cast<std::int32_t>(3 * x + 5 * y + (changes ? frame : 0)));
      }
    }
  }
  const Bytes bytes = encodePicture(values, kSide, kFrames);
  EXPECT_LT(bytes.size(), 700U);
  EXPECT_EQ(decodeAll(bytes, kSide, kFrames), values);
}

TEST(PicturePlane, pixelsAreDistinctAndBlocksStayTogether) {
  for (const std::size_t splats : {1U, 64U, 65U, 1000U}) {
    const std::size_t side = pictureSide(splats);
    EXPECT_EQ(side % kBlock, 0U);
    EXPECT_GE(side * side, splats);
    for (const PictureLayout layout : {PictureLayout::Rows, PictureLayout::Blocks}) {
      std::vector<std::uint32_t> pixels = pixelsOf(splats, layout);
      for (std::size_t i = 0; layout == PictureLayout::Blocks && i < splats; ++i) {
        const std::size_t block = i / 64;
        EXPECT_EQ(pixels[i] % side / 8, block % (side / 8));
        EXPECT_EQ(pixels[i] / side / 8, block / (side / 8));
      }
      std::sort(pixels.begin(), pixels.end());
      EXPECT_EQ(std::unique(pixels.begin(), pixels.end()), pixels.end());
      EXPECT_LT(pixels.back(), side * side);
    }
  }
  EXPECT_EQ(pictureSide(147677), 392U);
}

TEST(PicturePlane, refusesModesAndCountsThatDoNotFit) {
  const std::vector<std::int32_t> values(64, 3);
  const Bytes bytes = encodePicture(values, 8, 1);
  EXPECT_FALSE(PictureDecoder::open(bytes, 16, 1));
  EXPECT_FALSE(PictureDecoder::open(ByteView(bytes).first(3), 8, 1));
}

}  // namespace
}  // namespace volpress::compressors::v3
