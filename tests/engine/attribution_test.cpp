// Matching splats, swapping attributes, and carrying errors back to splats.
#include "app/engine/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "app/engine/scene_files.hpp"
#include "app/engine/shape_alignment.hpp"
#include "app/engine/splat_errors.hpp"
#include "app/engine/view_sets.hpp"
#include "compressors/codec.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

std::vector<std::uint32_t> shuffled(std::size_t count, std::size_t kept) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::mt19937 random(7);
  for (std::size_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random() % i]);
  }
  order.resize(kept);
  return order;
}

/// Writes the ellipsoid of a splat with its axes renamed x -> y -> z -> x.
void turnAxes(GaussianCloud& cloud, std::size_t i) {
  const std::array<float, 4> q{cloud.rotations[4 * i], cloud.rotations[4 * i + 1],
                               cloud.rotations[4 * i + 2], cloud.rotations[4 * i + 3]};
  // q times (1, 1, 1, 1) / 2, a third of a turn about the diagonal: e_x -> e_y -> e_z -> e_x.
  cloud.rotations[4 * i] = (q[0] - q[1] - q[2] - q[3]) / 2;
  cloud.rotations[4 * i + 1] = (q[0] + q[1] + q[2] - q[3]) / 2;
  cloud.rotations[4 * i + 2] = (q[0] - q[1] + q[2] + q[3]) / 2;
  cloud.rotations[4 * i + 3] = (q[0] + q[1] - q[2] + q[3]) / 2;
  std::rotate(&cloud.logScales[3 * i], &cloud.logScales[3 * i + 1], &cloud.logScales[3 * i] + 3);
}

class Attributes : public ::testing::Test {
protected:
  Result<ReferencePictures> reference(const std::shared_ptr<const GaussianCloud>& cloud,
                                      std::string_view views = "orbit:4") {
    ViewOptions options;
    options.maxWidth = 320;
    options.maxHeight = 240;
    VOLPRESS_TRY(ViewSet set, makeViewSet(views, *cloud, {}, *m_rasterizer, options));
    return ReferencePictures::make(*m_rasterizer, cloud, std::move(set));
  }
  Result<Attribution> attribute(const std::shared_ptr<const GaussianCloud>& original,
                                const std::shared_ptr<const GaussianCloud>& result) {
    VOLPRESS_TRY(ReferencePictures pictures, reference(original));
    return attributeError(pictures, original, result, m_context);
  }

  std::unique_ptr<TaskRunner> m_runner = makeThreadRunner();
  std::unique_ptr<renderer::Rasterizer> m_rasterizer = renderer::makeSoftwareRasterizer(*m_runner);
  Progress m_progress;
  MeasureContext m_context{*m_runner, m_progress, {}};
};

TEST_F(Attributes, matchFindsReorderedPrunedAndMovedSplats) {
  const GaussianCloud original = testing::randomCloud(3000, 1, 3);
  const std::vector<std::uint32_t> order = shuffled(original.count, 2600);
  GaussianCloud result = gatherSplats(original, order);
  std::mt19937 random(5);
  for (std::size_t i = 0; i < result.count; ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      // A fine grid of positions, colours fitted anew, axes named anew.
      float& place = result.means[3 * i + axis];
      place = std::round(place * 2000) / 2000;
      result.shDc[3 * i + axis] += static_cast<float>(random() % 100) * 2e-3F;
    }
    if (i % 3 == 0) {
      turnAxes(result, i);
    }
  }
  const auto match = matchSplats(original, result, *m_runner, {});
  ASSERT_TRUE(match.has_value());
  EXPECT_FALSE(match->sameOrder);
  EXPECT_EQ(match->matched, result.count);
  EXPECT_EQ(match->originalOf, order);
}

TEST_F(Attributes, matchTellsAddedSplatsAndSplatsInOneOrder) {
  const GaussianCloud original = testing::randomCloud(500, 0, 3);
  const auto same = matchSplats(original, original, *m_runner, {});
  ASSERT_TRUE(same.has_value());
  EXPECT_TRUE(same->sameOrder);
  EXPECT_EQ(same->matched, 500U);

  std::vector<std::uint32_t> order = shuffled(500, 500);
  order.push_back(0);
  GaussianCloud result = gatherSplats(original, order);
  result.means[std::size_t{3} * 500] += 40;  // far from everything
  const auto match = matchSplats(original, result, *m_runner, {});
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->matched, 500U);
  EXPECT_EQ(match->originalOf.back(), kNoSplat);
  const auto empty = matchSplats(GaussianCloud(), result, *m_runner, {});
  ASSERT_TRUE(empty.has_value());
  EXPECT_EQ(empty->matched, 0U);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = matchSplats(original, result, *m_runner, stop.get_token());
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

TEST_F(Attributes, alignedShapesNameTheirAxesAsTheOriginalDoes) {
  const GaussianCloud original = testing::randomCloud(300, 0, 9);
  GaussianCloud result = original;
  for (std::size_t i = 0; i < result.count; ++i) {
    for (std::size_t turns = 0; turns < i % 3; ++turns) {
      turnAxes(result, i);
    }
  }
  const auto match = matchSplats(original, result, *m_runner, {});
  ASSERT_TRUE(match.has_value());
  const GaussianCloud aligned = alignShapes(original, result, *match, *m_runner);
  for (std::size_t i = 0; i < result.count; ++i) {
    float along = 0;  // of the two quaternions; 1 or -1: the same rotation
    for (std::size_t c = 0; c < 4; ++c) {
      along += aligned.rotations[4 * i + c] * original.rotations[4 * i + c];
    }
    for (std::size_t axis = 0; axis < 3; ++axis) {
      ASSERT_FLOAT_EQ(aligned.logScales[3 * i + axis], original.logScales[3 * i + axis]) << i;
    }
    // Half turns about an axis leave the ellipsoid as it is, and are left.
    const bool same = std::abs(std::abs(along) - 1) < 1e-5F || std::abs(along) < 1e-5F;
    ASSERT_TRUE(same) << i << ": " << along;
  }
}

TEST_F(Attributes, mixedCloudsTakeWhatTheyAreTold) {
  const GaussianCloud original = testing::randomCloud(40, 2, 1);
  GaussianCloud result = gatherSplats(withShDegree(original, 1), shuffled(40, 30));
  for (float& logit : result.opacityLogits) {
    logit += 1;
  }
  const auto match = matchSplats(original, result, *m_runner, {});
  ASSERT_TRUE(match.has_value());
  const GaussianCloud none = mixClouds(original, result, *match, 0);
  EXPECT_EQ(none.count, 40U);
  EXPECT_EQ(none.shRest, original.shRest);
  EXPECT_EQ(none.means, original.means);
  const GaussianCloud fewer =
      mixClouds(original, result, *match, attributeBit(SplatAttribute::Count));
  EXPECT_EQ(fewer.count, 30U);
  const GaussianCloud opacity =
      mixClouds(original, result, *match, attributeBit(SplatAttribute::Opacity));
  ASSERT_EQ(opacity.count, 40U);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    changed += opacity.opacityLogits[i] != original.opacityLogits[i] ? 1U : 0U;
  }
  EXPECT_EQ(changed, 30U);
  EXPECT_EQ(opacity.shRest, original.shRest);
  const GaussianCloud view =
      mixClouds(original, result, *match, attributeBit(SplatAttribute::ViewColor));
  for (std::size_t j = 0; j < result.count; ++j) {
    const std::size_t at = std::size_t{match->originalOf[j]} * 24;
    EXPECT_EQ(view.shRest[at + 8], original.shRest[at + 8]);  // band 1 is kept
    EXPECT_EQ(view.shRest[at + 9], 0);                        // band 2 is lost
  }
  ASSERT_TRUE(validate(mixClouds(original, result, *match, kAllAttributes)).has_value());
}

TEST_F(Attributes, oneChangedAttributeHasTheWholeError) {
  const auto original = std::make_shared<const GaussianCloud>(testing::randomCloud(2000, 1, 4));
  auto result = std::make_shared<GaussianCloud>(*original);
  for (float& logit : result->opacityLogits) {
    logit -= 0.5F;
  }
  const auto attribution = attribute(original, result);
  ASSERT_TRUE(attribution.has_value()) << attribution.error().message;
  EXPECT_TRUE(attribution->sameOrder);
  EXPECT_GT(attribution->total, 0);
  for (const AttributeError& error : attribution->errors) {
    if (error.attribute == SplatAttribute::Opacity) {
      EXPECT_DOUBLE_EQ(error.alone, attribution->total);
      EXPECT_DOUBLE_EQ(error.without, 0);
      EXPECT_DOUBLE_EQ(error.share, attribution->total);
    } else {
      EXPECT_EQ(error.share, 0) << splatAttributeId(error.attribute);
    }
  }
  EXPECT_NEAR(attribution->explainedDecibels(), 0, 1e-9);
}

TEST_F(Attributes, compensationCountsAgainstItsPartner) {
  // Opacities and colours change so that each makes good for a part of the other's harm.
  auto original = std::make_shared<GaussianCloud>(testing::randomCloud(2000, 0, 4));
  std::fill(original->opacityLogits.begin(), original->opacityLogits.end(), -3.0F);
  std::fill(original->shDc.begin(), original->shDc.end(), 0.5F);
  auto result = std::make_shared<GaussianCloud>(*original);
  for (float& logit : result->opacityLogits) {
    logit -= 0.1F;  // thinner by a tenth
  }
  for (float& color : result->shDc) {
    color = ((0.5F + kSh0 * color) * 1.05F - 0.5F) / kSh0;  // brighter by a twentieth
  }
  const auto attribution = attribute(original, result);
  ASSERT_TRUE(attribution.has_value());
  const auto& opacity = attribution->errors[static_cast<std::size_t>(SplatAttribute::Opacity)];
  const auto& color = attribution->errors[static_cast<std::size_t>(SplatAttribute::BaseColor)];
  EXPECT_GT(opacity.alone, attribution->total);
  EXPECT_LT(color.share, color.alone);
  EXPECT_GT(attribution->aloneDecibels(), 1);
  EXPECT_NEAR(attribution->explainedDecibels(), 0, 0.1);
}

TEST_F(Attributes, errorsSitOnTheSplatsThatCauseThem) {
  GaussianCloud cloud;
  resizeCloud(cloud, 3, 0);
  cloud.means = {-1, 0, 0, 1, 0, 0, 0, 60, 0};
  cloud.logScales.assign(9, std::log(0.25F));
  cloud.rotations = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
  cloud.opacityLogits = {6, 6, 6};
  cloud.shDc.assign(9, 0.0F);
  const auto original = std::make_shared<const GaussianCloud>(cloud);
  cloud.shDc[3] = 0.3F / kSh0;  // the red of the second: 0.5 becomes 0.8
  const auto result = std::make_shared<const GaussianCloud>(cloud);
  ViewSet views;
  views.views.push_back({"front", lookAt({0, 0, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, 160, 120), false});
  auto pictures = ReferencePictures::make(*m_rasterizer, original, views);
  ASSERT_TRUE(pictures.has_value());
  const auto errors = splatErrors(*pictures, result, m_context);
  ASSERT_TRUE(errors.has_value());
  ASSERT_EQ(errors->size(), 3U);
  EXPECT_NEAR((*errors)[0], 0, 1e-4F);
  // At the middle of the splat 0.3 in one of three channels; less towards its rim.
  EXPECT_LT((*errors)[1], 0.3F / std::sqrt(3.0F));
  EXPECT_GT((*errors)[1], 0.5F * 0.3F / std::sqrt(3.0F));
  EXPECT_EQ((*errors)[2], 0);  // no view shows it
}

/// The sum of the single-attribute shares explains the whole error, on real scenes and codecs.
TEST_F(Attributes, sharesExplainTheErrorOfRealScenes) {
  std::size_t measured = 0;
  for (const char* scene :
       {"splats/biker.compressed.ply", "splats/fox_sh3.ply", "splats/nerf_chair.splat"}) {
    const auto path = testing::realData(scene);
    if (!path) {
      continue;
    }
    const auto loaded = loadScene(*path, *m_runner, m_progress, {});
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    auto pictures = reference(loaded->cloud, "orbit:3");
    ASSERT_TRUE(pictures.has_value()) << pictures.error().message;
    for (const char* id : {"spz", "sog"}) {
      const compressors::Codec* codec = compressors::findCodec(id);
      ASSERT_NE(codec, nullptr);
      const auto params = compressors::resolveParams(codec->info(), "", {});
      ASSERT_TRUE(params.has_value());
      compressors::RunContext run{*m_runner, m_progress, {}};
      const auto bytes = codec->encode(*loaded->scene, *params, run);
      ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
      const auto decoded = codec->decode(*bytes, run);
      ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
      const auto attribution = attributeError(
          *pictures, loaded->cloud,
          std::make_shared<const GaussianCloud>(std::get<GaussianCloud>(*decoded)), m_context);
      ASSERT_TRUE(attribution.has_value()) << attribution.error().message;
      std::printf("%-28s %-4s total %.2f dB, shares %+.3f dB, alone %+.3f dB of it\n", scene, id,
                  metrics::psnrFromError(attribution->total), attribution->explainedDecibels(),
                  attribution->aloneDecibels());
      EXPECT_EQ(attribution->matched, loaded->cloud->count) << scene << " " << id;
      EXPECT_LT(std::abs(attribution->explainedDecibels()), 1) << scene << " " << id;
      // Neither codec fits one attribute to another, so the errors alone do it too.
      EXPECT_LT(std::abs(attribution->aloneDecibels()), 1) << scene << " " << id;
      ++measured;
    }
  }
  if (measured == 0) {
    GTEST_SKIP() << "no real scenes on this machine";
  }
}

}  // namespace
}  // namespace volpress::engine
