// The Vulkan picture of a sum of 2-D Gaussians against the software one's.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "renderer/software/gaussian_picture.hpp"
#include "renderer/vulkan/vulkan_gaussian_picture.hpp"
#include "tests/gaussianimage/test_pictures.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

/// The acceptance check of the two renderers: no channel differs by 1e-4.
TEST(VulkanPicture, AgreesWithTheSoftwarePicture) {
  VOLPRESS_NEED_VULKAN();
  // Sides that are no multiples of a tile, Gaussians beyond the border, without an area, not
  // finite.
  renderer::GaussianPicture picture = testing::randomGaussians(83, 61, 150, 6, 3);
  picture.centres[0] = -9;
  picture.centres[3] = 70;
  picture.shapes[3 * 7] = 0;
  picture.centres[2 * 9] = std::numeric_limits<float>::quiet_NaN();
  picture.shapes[3 * 11 + 2] = std::numeric_limits<float>::infinity();
  const auto runner = makeThreadRunner();
  renderer::PicturePlanes expected(picture.width, picture.height);
  renderer::PlacedGaussians(picture, *runner).draw(picture.colors, expected);
  const auto drawn = renderer::drawGaussianPictureByVulkan(testing::sharedContext(), picture);
  ASSERT_TRUE(drawn) << drawn.error().message;
  float most = 0;
  for (std::size_t y = 0; y < picture.height; ++y) {
    for (std::size_t x = 0; x < picture.width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        most = std::max(most, std::fabs(drawn->pixels[3 * (y * picture.width + x) + c] -
                                        expected.row(c, y)[x]));
      }
    }
  }
  RecordProperty("most", std::to_string(most));
  EXPECT_LT(most, 1e-4F);

  renderer::GaussianPicture none;
  EXPECT_EQ(renderer::drawGaussianPictureByVulkan(testing::sharedContext(), none).error().code,
            ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace volpress
