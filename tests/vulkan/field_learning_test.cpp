// Learning fields on the GPU against learning them on the CPU.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>

#include "compressors/fields/ray_learner.hpp"
#include "compressors/fields/viewing_rays.hpp"
#include "compressors/shacira/shacira.hpp"
#include "renderer/vulkan/vulkan_field_learner.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using fields::LearningLoss;
using fields::LearningOutcome;
using fields::LearningRay;

constexpr double kRelative = 1e-3;  // of gradients

/// Rays from around a field towards its middle; the last one misses it.
std::vector<LearningRay> raysAt(std::size_t count, float away) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> unit(0, 1);
  std::vector<LearningRay> rays;
  const Camera camera =
      lookAt({0.5F + away, 0.9F, 0.5F - away}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.5F, 64, 64);
  while (rays.size() < count) {
    LearningRay ray;
    ray.ray = renderer::rayThrough(camera, 64 * unit(random), 64 * unit(random));
    ray.jitter = unit(random);
    ray.nearest = 0.05F;
    ray.target = {0.9F, 0.1F, 0.2F};  // all pull the same way: few signs of sums hang on rounding
    ray.background = {unit(random), unit(random), unit(random)};
    rays.push_back(ray);
  }
  rays.back().ray.origin = {0.5F, 900, 0.5F};
  return rays;
}

double distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += std::pow(static_cast<double>(a[i] - b[i]), 2);
  }
  return std::sqrt(sum);
}

/// A small ball, opaque after a few dozen samples, with two hidden layers in all. Smooth: of the
/// grain of `randomField` a place that is off by its last bit sees another.
HashGridField smallField(unsigned aabbScale) {
  HashGridField field =
      makeField({GridKind::Hash, GridInterpolation::Linear, 2, 2, 8, 4}, aabbScale);
  field.grid.growth = 2;
  field.grid.growthIsStored = true;
  field.density = {8, 16, 1, 8, 8};
  field.color = {24, 16, 1, 3, 8};
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  std::mt19937 random(3);
  std::uniform_real_distribution<float> unit(0, 1);
  for (std::size_t i = 0; i < field.parameters.size(); ++i) {
    const bool ofColor = i >= field.colorFirst() && i < field.gridFirst();
    field.parameters[i] =
        ofColor ? 2 * unit(random) - 1 : (i < field.colorFirst() ? 0.35F : 1.0F) * unit(random);
  }
  const float radius = 0.14F * static_cast<float>(aabbScale);
  field.occupancy = testing::occupancyWhere(field.cascades(), [&](const std::array<float, 3>& p) {
    return std::hypot(p[0] - 0.5F, p[1] - 0.5F, p[2] - 0.5F) < radius;
  });
  return field;
}

double length(std::span<const float> a) { return distance(a, std::vector<float>(a.size(), 0.0F)); }

/// Both gradients of the same rays, group by group: networks, then the levels of the grid.
void expectAgreement(const std::shared_ptr<renderer::VulkanContext>& context,
                     const HashGridField& field, LearningLoss loss, std::size_t count, float away) {
  const auto learner = renderer::makeVulkanFieldLearner(context);
  ASSERT_TRUE(learner) << learner.error().message;
  const std::vector<LearningRay> rays = raysAt(count, away);
  const std::span<const float> parameters(field.parameters.data(), field.parameters.size());
  SerialRunner runner;
  std::vector<float> expected(parameters.size(), 0.0F);
  const LearningOutcome wanted = fields::RayLearner(field, runner)
                                     .accumulate(loss, parameters, field.occupancy, rays, expected);
  // What is there already stays; the second time the bits are the same.
  std::vector<float> found(parameters.size(), 0.0F);
  std::vector<float> again = found;
  for (std::vector<float>* gradient : {&found, &again}) {
    const auto outcome =
        (*learner)->accumulate(field, loss, parameters, field.occupancy, rays, *gradient);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_NEAR(outcome->loss, wanted.loss, 1e-5 * wanted.loss);
    EXPECT_NEAR(outcome->squaredError, wanted.squaredError, 1e-5 * wanted.squaredError);
    // Rounding decides at the borders of cells and of what is opaque.
    for (const auto of : {&LearningOutcome::marched, &LearningOutcome::learnt}) {
      const auto samples = static_cast<double>(wanted.*of);
      EXPECT_NEAR(static_cast<double>((*outcome).*of), samples, 1 + 1e-3 * samples);
    }
  }
  EXPECT_EQ(found, again);
  EXPECT_GT(wanted.learnt, 5 * count);
  std::vector<std::size_t> ends{field.colorFirst(), field.gridFirst()};
  for (const GridLevel& level : gridLevels(field.grid)) {
    ends.push_back(ends.back() + level.entries * field.grid.features);
  }
  double worst = 0;
  std::size_t first = 0;
  for (const std::size_t end : ends) {
    const auto part = [&](const std::vector<float>& all) {
      return std::span<const float>(all).subspan(first, end - first);
    };
    const double size = length(part(expected));
    EXPECT_GT(size, 0) << first;
    worst = std::max(worst, distance(part(expected), part(found)) / size);
    first = end;
  }
  EXPECT_LT(worst, kRelative);
  ::testing::Test::RecordProperty(std::to_string(wanted.learnt) + " samples",
                                  std::to_string(worst));
}

TEST(VulkanFieldLearner, GradientsAreThoseOfTheCpu) {
  VOLPRESS_NEED_VULKAN();
  renderer::ContextOptions options;
  options.validation = true;
  const auto context = renderer::VulkanContext::create(options);
  ASSERT_TRUE(context) << context.error().message;
  expectAgreement(*context, testing::solidBall(), LearningLoss::Huber, 40, 0.7F);
  expectAgreement(*context, smallField(4), LearningLoss::Probe, 60, 1.9F);
  HashGridField field = smallField(1);
  field.isHdr = true;
  field.grid.interpolation = GridInterpolation::Smoothstep;
  expectAgreement(*context, field, LearningLoss::Square, 60, 0.7F);
  // Of what is not installed it says nothing.
  EXPECT_EQ((*context)->validationErrors(), 0U) << (*context)->firstValidationError();
}

TEST(VulkanFieldLearner, RefusesWhatItCannotLearn) {
  VOLPRESS_NEED_VULKAN();
  const auto learner = renderer::makeVulkanFieldLearner(testing::sharedContext());
  ASSERT_TRUE(learner) << learner.error().message;
  HashGridField wide = testing::randomField(1);
  wide.density.inputs = 136;
  std::vector<float> gradient(wide.parameters.size(), 0.0F);
  const auto refused = (*learner)->accumulate(wide, LearningLoss::Square,
                                              {wide.parameters.data(), wide.parameters.size()},
                                              wide.occupancy, raysAt(2, 0.7F), gradient);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidParameter);
}

/// Acceptance check 8 of SHACIRA: the same fine-tune on both devices.
TEST(VulkanFieldLearner, FineTunesAsTheCpuDoes) {
  VOLPRESS_NEED_VULKAN();
  const auto learner = renderer::makeVulkanFieldLearner(testing::sharedContext());
  ASSERT_TRUE(learner) << learner.error().message;
  const HashGridField field = smallField(1);
  const auto runner = makeThreadRunner();
  const auto draw = [&](const HashGridField& one) {
    return fields::viewingRays(std::make_shared<const HashGridField>(one), 4, 32 * 32, 7, *runner,
                               {})
        .value()
        .pixels;
  };
  const auto wanted = draw(field);
  const compressors::FieldCodec& codec = compressors::shaciraCodec();
  const ParamSet params = compressors::resolveParams(codec.info(), "",
                                                     {{"views", std::int64_t{4}},
                                                      {"view_side", std::int64_t{16}},
                                                      {"steps", std::int64_t{10}},
                                                      {"quality", 45.0},
                                                      {"occupancy", std::string("exact")}})
                              .value();
  std::array<double, 3> psnr{};
  for (std::size_t run = 0; run < 3; ++run) {
    Progress progress;
    compressors::RunContext context{*runner, progress, {}, nullptr, nullptr, 1, {}, {}};
    context.fieldLearner = run == 1 ? learner->get() : nullptr;
    ParamSet of = params;
    if (run == 2) {
      of["steps"] = std::int64_t{0};
    }
    const auto file = codec.encode(field, of, context);
    ASSERT_TRUE(file) << file.error().message;
    const auto found = draw(codec.decode(*file, context).value());
    double sum = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      sum += std::pow(distance(found[i].color, wanted[i].color), 2);
    }
    psnr[run] = -10 * std::log10(sum / (3 * static_cast<double>(wanted.size())));
  }
  RecordProperty("cpu", std::to_string(psnr[0]));
  RecordProperty("vulkan", std::to_string(psnr[1]));
  RecordProperty("untuned", std::to_string(psnr[2]));
  EXPECT_NEAR(psnr[0], psnr[1], 0.1);
  EXPECT_GT(std::fabs(psnr[1] - psnr[2]), 0.05);  // without any
}

}  // namespace
}  // namespace volpress
