// The Vulkan picture of a hash-grid field against the software one's.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "renderer/software/field_renderer.hpp"
#include "renderer/vulkan/vulkan_field.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using renderer::FieldBlending;
using renderer::FieldRenderOptions;
using testing::picturePsnr;

constexpr double kRequiredDb = 50;

/// Small: CPU devices take a second for a thousand pixels.
Camera cameraAt(float x, float y, float z) {
  return lookAt({x, y, z}, {0.5F, 0.5F, 0.5F}, {0, 1, 0}, 0.9F, 17, 13);
}

void expectAgreement(HashGridField field, const FieldRenderOptions& options = {}) {
  const auto shared = std::make_shared<const HashGridField>(std::move(field));
  const auto runner = makeThreadRunner();
  const renderer::FieldRenderer software(*runner);
  const auto prepared = software.prepare(shared);
  ASSERT_TRUE(prepared) << prepared.error().message;
  const auto vulkan = renderer::VulkanFieldRenderer::create(testing::sharedContext());
  ASSERT_TRUE(vulkan) << vulkan.error().message;
  const auto uploaded = (*vulkan)->upload(*shared, (*prepared)->occupancy());
  ASSERT_TRUE(uploaded) << uploaded.error().message;
  EXPECT_GE((*uploaded)->deviceBytes(), 4 * shared->parameters.size());
  const Camera camera = cameraAt(1.4F, -0.2F, 1.1F);
  const auto expected = software.render(**prepared, camera, options);
  ASSERT_TRUE(expected) << expected.error().message;
  const auto drawn = (*vulkan)->render(**uploaded, camera, options);
  ASSERT_TRUE(drawn) << drawn.error().message;
  EXPECT_GE(picturePsnr(expected->picture.color, drawn->color), kRequiredDb);
  EXPECT_GE(picturePsnr(expected->picture.alpha, drawn->alpha), kRequiredDb);
  // Something is there to agree on.
  const auto& alpha = drawn->alpha.pixels;
  EXPECT_GT(*std::max_element(alpha.begin(), alpha.end()), 0.1F);
}

TEST(VulkanField, agreesWithTheSoftwarePicture) {
  VOLPRESS_NEED_VULKAN();
  expectAgreement(testing::solidBall());
  expectAgreement(testing::randomField(4));
}

TEST(VulkanField, agreesInEveryKindOfEncodingAndBlending) {
  VOLPRESS_NEED_VULKAN();
  HashGridField field = testing::randomField(1, 7);
  field.background = {0.3F, 0.6F, 0.2F, 0.5F};
  field.exposure = 0.7F;
  FieldRenderOptions options;
  options.blending = FieldBlending::Original;
  expectAgreement(field, options);
  field.isHdr = true;
  expectAgreement(field, options);
  field.isHdr = false;
  field.grid.interpolation = GridInterpolation::Smoothstep;
  expectAgreement(field);
  options.skipsEmpty = false;
  options.background = {1, 1, 1, 1};
  expectAgreement(field, options);
}

TEST(VulkanField, refusesWhatItCannotDraw) {
  VOLPRESS_NEED_VULKAN();
  const auto vulkan = renderer::VulkanFieldRenderer::create(testing::sharedContext());
  ASSERT_TRUE(vulkan) << vulkan.error().message;
  HashGridField wide = testing::randomField(1);
  wide.density.inputs = 136;
  const auto refused = (*vulkan)->upload(wide, wide.occupancy);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidParameter);
  const HashGridField field = testing::randomField(1);
  const auto uploaded = (*vulkan)->upload(field, field.occupancy);
  ASSERT_TRUE(uploaded) << uploaded.error().message;
  Camera none = cameraAt(0, 0, -1);
  none.width = 0;
  EXPECT_EQ((*vulkan)->render(**uploaded, none, {}).error().code, ErrorCode::InvalidParameter);
  std::stop_source stop;
  stop.request_stop();
  FieldRenderOptions stopped;
  stopped.stop = stop.get_token();
  EXPECT_EQ((*vulkan)->render(**uploaded, cameraAt(0, 0, -1), stopped).error().code,
            ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress
