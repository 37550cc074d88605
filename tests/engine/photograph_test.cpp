// Photographs: reading them, and taking the lens out of them.
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include "app/engine/photo_set.hpp"
#include "app/engine/photograph.hpp"
#include "app/engine/photograph_orientation.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/undistortion.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/webp_image.hpp"
#include "tests/engine/exif_note.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

/// Red rises to the right, green downwards: bilinear interpolation is exact on it.
Image slopes(std::size_t width, std::size_t height) {
  Image image = makeImage(width, height);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      float* pixel = image.pixels.data() + 3 * (y * width + x);
      pixel[0] = (static_cast<float>(x) + 0.5F) / static_cast<float>(width);
      pixel[1] = (static_cast<float>(y) + 0.5F) / static_cast<float>(height);
      pixel[2] = 0.25F;
    }
  }
  return image;
}

Bytes jpegOf(const Image& image) {
  std::vector<std::uint8_t> samples(image.pixels.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::uint8_t>(std::lround(255 * image.pixels[i]));
  }
  tjhandle encoder = tjInitCompress();
  unsigned char* data = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(encoder, samples.data(), static_cast<int>(image.width), 0,
                        static_cast<int>(image.height), TJPF_RGB, &data, &size, TJSAMP_444, 98, 0),
            0);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  Bytes file(bytes, bytes + size);
  tjFree(data);
  tjDestroy(encoder);
  return file;
}

TEST(Photograph, JpegPngAndWebpAreRead) {
  const Image image = slopes(40, 24);
  const auto jpeg = decodePhotograph(jpegOf(image));
  ASSERT_TRUE(jpeg) << jpeg.error().message;
  ASSERT_EQ(jpeg->pixels.size(), image.pixels.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    ASSERT_NEAR(jpeg->pixels[i], image.pixels[i], 6 / 255.0F) << i;
  }
  const auto png = decodePhotograph(*encodePng(image));
  ASSERT_TRUE(png);
  EXPECT_NEAR(png->pixels[0], image.pixels[0], 0.5 / 255);

  const formats::RgbaImage halfClear{2, 1, {200, 100, 0, 255, 200, 100, 0, 51}};
  const auto webp = decodePhotograph(*formats::encodeWebp(halfClear, 0));
  ASSERT_TRUE(webp);
  EXPECT_NEAR(webp->pixels[0], 200 / 255.0, 1e-6);
  EXPECT_NEAR(webp->pixels[3], 0.2 * 200 / 255.0, 1e-6);  // over black
  EXPECT_TRUE(hasOpacity(*formats::encodeWebp(halfClear, 0)));
  EXPECT_FALSE(hasOpacity(*formats::encodeWebp({2, 1, {1, 2, 3, 255, 4, 5, 6, 255}}, 0)));
  EXPECT_FALSE(hasOpacity(*encodePng(image)));
  EXPECT_FALSE(hasOpacity(jpegOf(image)));
}

TEST(Photograph, DamagedOnesAreRefused) {
  const Bytes jpeg = jpegOf(slopes(40, 24));
  const auto cut = decodePhotograph(ByteView(jpeg).first(jpeg.size() / 2));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::CorruptData);
  EXPECT_EQ(decodePhotograph(ByteView(jpeg).first(3)).error().code, ErrorCode::CorruptData);
  EXPECT_EQ(decodePhotograph(viewBytes("GIF89a...")).error().code, ErrorCode::NotThisFormat);
}

TEST(Photograph, FlatWebpsArePicturesOnlyWhileTheyAreSmall) {
  const auto flat = [](std::uint32_t side) {
    return *formats::encodeWebp(
        {side, side, std::vector<std::uint8_t>(std::size_t{4} * side * side, 128)}, 0);
  };
  const auto small = decodePhotograph(flat(500));
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_EQ(small->width, 500);
  // Some 30 bytes that would unfold to half a gigabyte, and to more for a larger side.
  const auto large = decodePhotograph(flat(5000));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::CorruptData);
  EXPECT_NE(large.error().message.find("5000 x 5000"), std::string::npos) << large.error().message;
}

TEST(Photograph, TurnsTheWayItsFileSays) {
  // Where the picture's top left pixel lies in the file, and the one right of it: EXIF 2.3's table
  // of the visual side that the file's first row and first column are.
  struct Corner {
    std::size_t x, y, rightX, rightY;
  };
  constexpr std::size_t kWidth = 3;
  constexpr std::size_t kHeight = 2;
  constexpr Corner kCorners[] = {{0, 0, 1, 0}, {2, 0, 1, 0}, {2, 1, 1, 1}, {0, 1, 1, 1},
                                 {0, 0, 0, 1}, {0, 1, 0, 0}, {2, 1, 2, 0}, {2, 0, 2, 1}};
  Image stored = makeImage(kWidth, kHeight, 1);
  for (std::size_t i = 0; i < stored.pixels.size(); ++i) {
    stored.pixels[i] = static_cast<float>(i);
  }
  for (unsigned orientation = 1; orientation <= 8; ++orientation) {
    const Image turned = upright(stored, orientation);
    EXPECT_EQ(turned.width, orientation < 5 ? kWidth : kHeight) << orientation;
    EXPECT_EQ(turned.height, orientation < 5 ? kHeight : kWidth) << orientation;
    const Corner& corner = kCorners[orientation - 1];
    EXPECT_EQ(turned.pixels[0], stored.pixels[corner.y * kWidth + corner.x]) << orientation;
    EXPECT_EQ(turned.pixels[1], stored.pixels[corner.rightY * kWidth + corner.rightX])
        << orientation;
  }
}

TEST(Photograph, APictureIsUprightAndAPhotographToLearnFromAsStored) {
  const Bytes file = testing::withOrientation(jpegOf(slopes(40, 24)), 6);
  EXPECT_EQ(exifOrientation(file), 6);
  EXPECT_EQ(exifOrientation(jpegOf(slopes(8, 8))), 1);
  EXPECT_EQ(exifOrientation(testing::withOrientation(jpegOf(slopes(8, 8)), 9)), 1);
  EXPECT_EQ(decodePhotograph(file)->width, 40);

  const std::filesystem::path path = testing::scratchFolder("upright") / "phone.jpg";
  ASSERT_TRUE(writeFileAtomically(path, file));
  SerialRunner runner;
  Progress progress;
  const auto loaded = loadPicture(path, runner, progress, {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->picture->width, 24);
  ASSERT_EQ(loaded->picture->height, 40);
  // The file's first column, dark red, is the picture's top; its last row, bright green, the left.
  EXPECT_NEAR(loaded->picture->pixels[0], 0.5 / 40, 6 / 255.0);
  EXPECT_NEAR(loaded->picture->pixels[1], 23.5 / 24, 6 / 255.0);
}

TEST(Undistortion, APinholePhotographStaysAsItIs) {
  const Image photo = slopes(30, 20);
  Lens lens;
  lens.fx = 25;
  lens.fy = 26;
  lens.cx = 14;
  lens.cy = 11;
  const auto made = Undistortion::make(lens, 30, 20, 30, 20);
  ASSERT_TRUE(made);
  const Image picture = made->apply(photo);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) {
    ASSERT_NEAR(picture.pixels[i], photo.pixels[i], 1e-5F) << i;
  }
  const Camera camera = made->cameraOf({});
  EXPECT_NEAR(camera.fx, 25, 1e-4);
  EXPECT_NEAR(camera.cy, 11, 1e-4);
}

TEST(Undistortion, SmallerPicturesAverageAndScaleTheCamera) {
  Image photo = makeImage(4, 2);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) {
    photo.pixels[i] = static_cast<float>(i);
  }
  Lens lens;
  lens.fx = lens.fy = 8;
  lens.cx = 2;
  lens.cy = 1;
  const auto made = Undistortion::make(lens, 4, 2, 2, 1);
  ASSERT_TRUE(made);
  const Image picture = made->apply(photo);
  // Red of the left half: samples 0, 3, 12 and 15.
  EXPECT_NEAR(picture.pixels[0], 7.5F, 1e-5F);
  EXPECT_NEAR(picture.pixels[3], 13.5F, 1e-5F);
  EXPECT_NEAR(made->cameraOf({}).fx, 4, 1e-5);
  EXPECT_NEAR(made->cameraOf({}).cx, 1, 1e-5);
}

TEST(Undistortion, EveryPixelSeesItsRayAndThePhotographFillsThePicture) {
  const std::size_t width = 300;
  const std::size_t height = 200;
  for (const double k1 : {-0.12, 0.15}) {
    Lens lens;
    lens.model = LensModel::OpenCv;
    lens.fx = 260;
    lens.fy = 255;
    lens.cx = 156;
    lens.cy = 97;
    lens.extras = {k1, 0.02, 0.002, -0.003};
    const auto made = Undistortion::make(lens, width, height, width, height);
    ASSERT_TRUE(made);
    const Image picture = made->apply(slopes(width, height));
    const Camera camera = made->cameraOf({});
    double least = 1;
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t x = 0; x < width; ++x) {
        const double rayX = (static_cast<double>(x) + 0.5 - static_cast<double>(camera.cx)) /
                            static_cast<double>(camera.fx);
        const double rayY = (static_cast<double>(y) + 0.5 - static_cast<double>(camera.cy)) /
                            static_cast<double>(camera.fy);
        const auto seen = projectRay(lens, rayX, rayY);
        ASSERT_TRUE(seen);
        const double u = (*seen)[0] / static_cast<double>(width);
        const double v = (*seen)[1] / static_cast<double>(height);
        ASSERT_GE(u, 0);
        ASSERT_LE(u, 1);
        ASSERT_GE(v, 0);
        ASSERT_LE(v, 1);
        least = std::min({least, u, 1 - u, v, 1 - v});
        const float* pixel = picture.pixels.data() + 3 * (y * width + x);
        const double edge = 0.5 / static_cast<double>(height);  // outer half pixels are clamped
        ASSERT_NEAR(static_cast<double>(pixel[0]), u, edge);
        ASSERT_NEAR(static_cast<double>(pixel[1]), v, edge);
      }
    }
    EXPECT_LT(least, 0.01);  // no more is cut off than must be
  }
}

TEST(Undistortion, ALensWithoutAPinholePictureIsRefused) {
  Lens lens;
  lens.fx = 0;
  EXPECT_EQ(Undistortion::make(lens, 30, 20, 30, 20).error().code, ErrorCode::InvalidParameter);
  Lens folded;
  folded.model = LensModel::SimpleRadial;
  folded.fx = folded.fy = 10;
  folded.cx = 1e4;  // looks past the picture altogether
  folded.cy = 10;
  folded.extras = {0.1};
  EXPECT_FALSE(Undistortion::make(folded, 20, 20, 20, 20));
}

class PhotoSetTest : public ::testing::Test {
protected:
  /// A transforms.json of `count` cameras around the origin, with pictures.
  void writeSet(std::size_t count) const {
    std::string frames;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = fmt::format("images/{:02}.png", i);
      ASSERT_TRUE(writePng(m_folder / name, slopes(32, 24)));
      frames += fmt::format(
          "{}{{\"file_path\":\"{}\",\"transform_matrix\":[[1,0,0,{}],[0,1,0,0],[0,0,1,4],"
          "[0,0,0,1]]}}",
          i == 0 ? "" : ",", name, i);
    }
    const std::string text =
        "{\"fl_x\":30,\"fl_y\":30,\"cx\":16,\"cy\":12,\"w\":32,\"h\":24,\"frames\":[" + frames +
        "]}";
    ASSERT_TRUE(writeFileAtomically(m_folder / "transforms.json", viewBytes(text)));
  }
  Result<PhotoSet> load(const PhotoOptions& options) const {
    SerialRunner runner;
    Progress progress;
    return loadPhotos(options, runner, progress, {});
  }
  void SetUp() override { std::filesystem::create_directories(m_folder / "images"); }

  std::filesystem::path m_folder = testing::scratchFolder("photo-set");
};

TEST_F(PhotoSetTest, EveryEighthIsHeldOut) {
  writeSet(10);
  PhotoOptions options;
  options.dataset = m_folder;
  const auto set = load(options);
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->learnt.views.size(), 8U);
  ASSERT_EQ(set->heldOut.size(), 2U);
  EXPECT_EQ(set->heldOut[1].name, "images/08.png");
  EXPECT_EQ(set->heldOut[0].photo.width, 32U);
  EXPECT_TRUE(set->warnings.empty());
  options.holdout = 0;
  EXPECT_EQ(load(options)->learnt.views.size(), 10U);
}

TEST_F(PhotoSetTest, PicturesAreMadeSmaller) {
  writeSet(2);
  PhotoOptions options;
  options.dataset = m_folder;
  options.downscale = 2;
  const auto half = load(options);
  ASSERT_TRUE(half);
  EXPECT_EQ(half->learnt.views[0].camera.width, 16U);
  EXPECT_NEAR(half->learnt.views[0].camera.fx, 15, 1e-4);
  options.longestSide = 8;
  EXPECT_EQ(load(options)->learnt.views[0].photo.height, 6U);
}

TEST_F(PhotoSetTest, MissingPhotographsAreLeftOutAndOtherFoldersSearched) {
  writeSet(3);
  std::filesystem::remove(m_folder / "images/01.png");
  PhotoOptions options;
  options.dataset = m_folder;
  const auto set = load(options);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->learnt.views.size() + set->heldOut.size(), 2U);
  ASSERT_EQ(set->warnings.size(), 1U);
  EXPECT_NE(set->warnings[0].find("01.png"), std::string::npos);

  std::filesystem::rename(m_folder / "images", m_folder / "elsewhere");
  const auto none = load(options);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::InvalidParameter);
  options.images = m_folder / "elsewhere";
  EXPECT_EQ(load(options)->learnt.views.size(), 1U);
}

TEST_F(PhotoSetTest, TheFoxIsReadWithItsLensTakenOut) {
  const auto model = testing::realData("nerf/fox_colmap");
  const auto images = testing::realData("nerf/fox/images");
  if (!model || !images) {
    GTEST_SKIP() << "the fox photographs are not on this machine";
  }
  PhotoOptions options;
  options.dataset = *model;
  options.images = *images;
  options.downscale = 8;
  const auto set = load(options);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->learnt.views.size(), 43U);
  EXPECT_EQ(set->heldOut.size(), 7U);
  EXPECT_EQ(set->heldOut[0].name, "0001.jpg");
  EXPECT_EQ(set->learnt.points.size(), 3U * 11749);
  const Camera& camera = set->learnt.views[0].camera;
  EXPECT_EQ(camera.width, 68U);
  // The calibrated focal length, an eighth of 687.8, a little longer for what is cut off.
  EXPECT_NEAR(camera.fx, 86.0, 2);
}

}  // namespace
}  // namespace volpress::engine
