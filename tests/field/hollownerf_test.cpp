#include "compressors/hollownerf/hollownerf.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

#include "compressors/fields/contributions.hpp"
#include "compressors/fields/network_weights.hpp"
#include "compressors/fields/pruning.hpp"
#include "compressors/fields/ray_learner.hpp"
#include "compressors/hollownerf/student.hpp"
#include "tests/field/reference_field.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::hollownerf {
namespace {

using fields::SaliencyGrid;
using fields::SaliencyMask;
using fields::ViewingRays;

ViewingRays raysOf(const HashGridField& field, std::size_t views, std::size_t side,
                   std::uint64_t seed, TaskRunner& runner) {
  return fields::viewingRays(std::make_shared<const HashGridField>(field), views, side * side, seed,
                             runner, {})
      .value();
}

/// Of pictures from cameras that nothing learnt from.
struct Difference {
  double psnr = 0;
  double largest = 0;
};
Difference compare(const HashGridField& field, const HashGridField& other, TaskRunner& runner) {
  const renderer::FieldRenderer renderer(runner);
  const OccupiedBall ball = occupiedBall(field);
  Difference difference;
  double sum = 0;
  double count = 0;
  const auto a = renderer.prepare(std::make_shared<const HashGridField>(field)).value();
  const auto b = renderer.prepare(std::make_shared<const HashGridField>(other)).value();
  for (int i = 0; i < 4; ++i) {
    const float angle = 0.4F + 1.57F * static_cast<float>(i);
    const Camera camera = lookAt(
        {ball.centre[0] + 2.4F * ball.radius * std::cos(angle), ball.centre[1] - 0.4F * ball.radius,
         ball.centre[2] + 2.4F * ball.radius * std::sin(angle)},
        ball.centre, {0, -1, 0}, 0.8F, 48, 48);
    const Image left = renderer.render(*a, camera, {}).value().picture.color;
    const Image right = renderer.render(*b, camera, {}).value().picture.color;
    for (std::size_t p = 0; p < left.pixels.size(); ++p) {
      const auto d = static_cast<double>(left.pixels[p] - right.pixels[p]);
      sum += d * d;
      count += 1;
      difference.largest = std::max(difference.largest, std::fabs(d));
    }
  }
  difference.psnr = -10 * std::log10(sum / count + 1e-12);
  return difference;
}

TEST(SaliencyMask, StandsForOccupancy) {
  for (const unsigned bits : {5U, 6U, 7U}) {
    const HashGridField field = testing::randomField(2);
    const SaliencyMask mask = fields::maskOf(field.occupancy, bits);
    const std::vector<std::uint8_t> occupancy = fields::maskOccupancy(mask);
    std::size_t lost = 0;
    for (std::size_t i = 0; i < occupancy.size(); ++i) {
      lost += (field.occupancy[i] & ~occupancy[i]) != 0 ? 1U : 0U;
    }
    EXPECT_EQ(lost, 0U) << bits;
    if (bits == 7) {
      EXPECT_EQ(occupancy, field.occupancy);
    }
    const Bytes stream = fields::encodeMask(mask);
    const auto decoded = fields::decodeMask(stream, mask.cascades);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->bits, bits);
    EXPECT_EQ(decoded->cells, mask.cells);
    EXPECT_LT(stream.size(), bits == 7 ? 9000U : 3000U);
    EXPECT_FALSE(fields::decodeMask(stream, 1));
    for (std::size_t size = 0; bits == 5 && size + 1 < stream.size();
         size += 1 + stream.size() / 12) {
      EXPECT_FALSE(fields::decodeMask(ByteView(stream).first(size), mask.cascades));
    }
  }
}

TEST(SaliencyGrid, InterpolatesBetweenCentres) {
  const HashGridField field = testing::randomField(1);
  SaliencyGrid grid(field, 5);
  for (std::size_t i = 0; i < grid.values.size(); ++i) {
    grid.values[i] = 0;
  }
  const SaliencyGrid::Place centre = grid.around({(7 + 0.5F) / 32, (3 + 0.5F) / 32, 0.5F / 32});
  float sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    sum += centre.weights[i];
    if (centre.weights[i] > 0.999F) {
      grid.values[centre.cells[i]] = 1;
    }
  }
  EXPECT_NEAR(sum, 1, 1e-5);
  EXPECT_NEAR(grid.at(centre), 1, 1e-5);
  EXPECT_NEAR(grid.at(grid.around({8.0F / 32, (3 + 0.5F) / 32, 0.5F / 32})), 0.5, 1e-4);
  EXPECT_NEAR(grid.at(grid.around({9.5F / 32, (3 + 0.5F) / 32, 0.5F / 32})), 0, 1e-5);
}

/// The loss of rays through a gate in double precision, over the samples that the marcher gives.
double referenceLoss(const HashGridField& field, const SaliencyGrid& grid,
                     const std::vector<fields::LearningRay>& rays) {
  const renderer::FieldMarcher marcher(field, field.occupancy);
  double loss = 0;
  for (const fields::LearningRay& ray : rays) {
    renderer::FieldMarcher::Walk walk = marcher.start(ray.ray, ray.jitter);
    renderer::FieldSample at;
    std::array<double, 3> color{};
    std::array<double, 3> direction{};
    double transmittance = 1;
    while (marcher.next(ray.ray, walk, at)) {
      std::array<double, 3> place{};
      std::array<float, 3> inBox{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        direction[axis] = static_cast<double>(ray.ray.direction[axis]);
        inBox[axis] =
            marcher.inBox(std::fma(ray.ray.direction[axis], at.distance, ray.ray.origin[axis]));
        place[axis] = static_cast<double>(inBox[axis]);
      }
      const SaliencyGrid::Place cells = grid.around(inBox);
      double gate = 0;
      for (std::size_t i = 0; i < cells.cells.size(); ++i) {
        gate += static_cast<double>(cells.weights[i]) *
                static_cast<double>(grid.values[cells.cells[i]]);
      }
      const auto sample = testing::referenceSample(field, place, direction, gate);
      const double opacity =
          1 - std::exp(-gate * std::exp(sample.logit) * static_cast<double>(at.step));
      for (std::size_t c = 0; c < 3; ++c) {
        color[c] += transmittance * opacity / (1 + std::exp(-sample.raw[c]));
      }
      transmittance *= 1 - opacity;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      const double d = color[c] + transmittance * static_cast<double>(ray.background[c]) -
                       static_cast<double>(ray.target[c]);
      loss += d * d / (3 * static_cast<double>(rays.size()));
    }
  }
  return loss;
}

TEST(SaliencyGrid, GradientsAreThoseOfDifferences) {
  HashGridField field = makeField({GridKind::Hash, GridInterpolation::Linear, 2, 2, 8, 4}, 1);
  std::mt19937 random(4);
  std::uniform_real_distribution<float> between(-1, 1);
  for (std::size_t i = 0; i < field.parameters.size(); ++i) {
    field.parameters[i] = (i < field.gridFirst() ? 0.3F : 1.0F) * between(random);
  }
  field.occupancy = testing::occupancyWhere(
      1, [](const auto& p) { return std::hypot(p[0] - 0.5F, p[1] - 0.5F, p[2] - 0.5F) < 0.12F; });
  SerialRunner runner;
  SaliencyGrid grid(field, 5);
  for (float& value : grid.values) {
    value = 0.6F + 0.3F * between(random);
  }
  std::vector<fields::LearningRay> rays(2);
  const Camera camera = lookAt({1.4F, 0.9F, -0.6F}, {0.5F, 0.5F, 0.5F}, {0, -1, 0}, 0.8F, 64, 64);
  for (std::size_t i = 0; i < rays.size(); ++i) {
    rays[i].ray = renderer::rayThrough(camera, 30.0F + 3 * static_cast<float>(i), 31.0F);
    rays[i].target = {0.9F, 0.1F, 0.5F};
    rays[i].background = {0.2F, 0.7F, 0.4F};
  }
  FloatArray gradient, gateGradient;
  gradient.assign(field.parameters.size(), 0.0F);
  gateGradient.assign(grid.values.size(), 0.0F);
  const fields::LearningOutcome outcome =
      fields::RayLearner(field, runner)
          .accumulate(fields::LearningLoss::Square,
                      {field.parameters.data(), field.parameters.size()}, field.occupancy, rays,
                      {gradient.data(), gradient.size()},
                      {&grid, {gateGradient.data(), gateGradient.size()}});
  EXPECT_NEAR(outcome.loss, referenceLoss(field, grid, rays), 1e-5);
  const auto check = [&](const FloatArray& slopes, std::size_t first, FloatArray& variables,
                         const auto& loss) {
    float largest = 0;
    for (std::size_t i = first; i < slopes.size(); ++i) {
      largest = std::max(largest, std::fabs(slopes[i]));
    }
    ASSERT_GT(largest, 0);
    std::size_t checked = 0;
    for (std::size_t i = first; i < slopes.size() && checked < 4; ++i) {
      if (std::fabs(slopes[i]) < 0.1F * largest) {
        continue;
      }
      constexpr float kStep = 5e-5F;
      const float kept = variables[i];
      variables[i] = kept + kStep;
      const auto high = static_cast<double>(variables[i]);
      const double up = loss();
      variables[i] = kept - kStep;
      const double slope = (up - loss()) / (high - static_cast<double>(variables[i]));
      variables[i] = kept;
      EXPECT_NEAR(static_cast<double>(slopes[i]), slope, 1e-3 * std::fabs(slope)) << i;
      ++checked;
    }
    EXPECT_EQ(checked, 4U);
  };
  const auto loss = [&] { return referenceLoss(field, grid, rays); };
  check(gateGradient, 0, grid.values, loss);
  check(gradient, field.gridFirst(), field.parameters, loss);
}

TEST(Admm, ProjectsOntoTheLargestCellsAndPullsTheOthers) {
  fields::Admm admm;
  admm.penalty = 2;
  const FloatArray logits{4, 1, 2, 2, -3};
  const std::vector<std::uint64_t> rank{0, 0, 1, 5, 0};
  admm.update(logits, 2, rank);
  // Of two alike the one that adds more to pictures; U waits until s could follow.
  EXPECT_EQ(admm.split, (FloatArray{4, -4, -4, 4, -4}));
  EXPECT_EQ(admm.dual, FloatArray(5, 0.0F));
  EXPECT_NEAR(admm.primalResidual, std::sqrt(0 + 25 + 36 + 4 + 1), 1e-6);
  // The slope of penalty / 2 (s - Z + U)^2.
  EXPECT_FLOAT_EQ(admm.pull(2, 2), 2 * (2 + 4));
  EXPECT_FLOAT_EQ(admm.pull(0, 4), 0);
  // A cell that does not give way comes back in place of the weakest.
  admm.update({4, -4, 3, 1, -4}, 2, rank);
  EXPECT_EQ(admm.split, (FloatArray{4, -4, 4, -4, -4}));
  // Sets that stay as they are while s is far from them ask for more penalty, and less of U.
  fields::Admm far;
  far.update({0, 0}, 1, {1, 0});
  far.update({0, 0}, 1, {1, 0});
  EXPECT_EQ(far.penalty, 2 * fields::Admm().penalty);
  EXPECT_EQ(far.dual, (FloatArray{-2, 2}));
}

/// The acceptance check of hollowing: at least nine tenths of what lies inside an opaque ball goes,
/// and from outside hardly anything shows.
TEST(Hollowing, EmptiesASolidBall) {
  const HashGridField field = testing::solidBall();
  const auto runner = makeThreadRunner(2);
  const ViewingRays rays = raysOf(field, 24, 48, 3, *runner);
  const auto sums = fields::cellContributions(field, rays, *runner, {});
  for (const unsigned bits : {6U, 7U}) {
    const SaliencyMask start = fields::maskOf(field.occupancy, bits);
    const SaliencyMask mask = fields::salientCells(fields::overMask(sums, start), start, 0.999);
    const std::vector<std::uint8_t> inner = testing::occupancyWhere(1, [](const auto& p) {
      return std::hypot(p[0] - 0.5F, p[1] - 0.5F, p[2] - 0.5F) < testing::kBallRadius - 0.05F;
    });
    const SaliencyMask inside = fields::maskOf(inner, bits);
    std::size_t left = 0;
    for (std::size_t i = 0; i < mask.cells.size(); ++i) {
      left += inside.cells[i] != 0 && mask.cells[i] != 0 ? 1U : 0U;
      EXPECT_LE(mask.cells[i], start.cells[i]);
    }
    EXPECT_LT(static_cast<double>(left), 0.1 * static_cast<double>(inside.count())) << bits;
    HashGridField hollow = field;
    hollow.occupancy = fields::maskOccupancy(mask);
    const Difference difference = compare(field, hollow, *runner);
    EXPECT_GT(difference.psnr, 45) << bits;
    EXPECT_LT(255 * difference.largest, bits == 6 ? 2 : 16);
    RecordProperty("psnr", std::to_string(difference.psnr));
    RecordProperty("largest", std::to_string(255 * difference.largest));
    EXPECT_LT(fields::encodeMask(mask).size(), bits == 6 ? 3000U : 12000U);
    const SaliencyMask lean = fields::leanCells(field, start, rays, 1e-4, 1, *runner, {});
    EXPECT_LT(lean.count(), start.count() / 2) << bits;
    hollow.occupancy = fields::maskOccupancy(lean);
    EXPECT_GT(compare(field, hollow, *runner).psnr, 36) << bits;
  }
}

TEST(Pruning, KeepsAsManyCellsAsAreAskedFor) {
  const HashGridField field = testing::solidBall();
  const auto runner = makeThreadRunner(2);
  const ViewingRays rays = raysOf(field, 12, 32, 3, *runner);
  const SaliencyMask start = fields::maskOf(field.occupancy, 5);
  const auto sums = fields::overMask(fields::cellContributions(field, rays, *runner, {}), start);
  HashGridField pruned = field;
  Progress progress;
  compressors::RunContext context{*runner, progress, {}};
  const std::size_t kept = start.count() * 6 / 10;
  const auto mask = fields::prune(pruned, sums, rays, {5, 128, 256, kept, 1}, context);
  ASSERT_TRUE(mask) << mask.error().message;
  EXPECT_NEAR(static_cast<double>(mask->count()), static_cast<double>(kept),
              0.02 * static_cast<double>(kept));
  EXPECT_EQ(pruned.occupancy, fields::maskOccupancy(*mask));
  EXPECT_GT(compare(field, pruned, *runner).psnr, 30);
  std::vector<double> residuals;  // |s - Z|
  for (const std::string& line : context.log) {
    const std::size_t at = line.find("residuals ");
    if (at != std::string::npos) {
      residuals.push_back(std::stod(line.substr(at + std::string_view("residuals ").size())));
    }
  }
  ASSERT_GE(residuals.size(), 4U);
  RecordProperty("middle", std::to_string(residuals[residuals.size() / 2]));
  RecordProperty("last", std::to_string(residuals.back()));
  EXPECT_LT(residuals.back(), residuals[residuals.size() / 2]);
}

TEST(Student, HalvesHashedLevelsAlone) {
  const HashGridField field = testing::randomField(1);
  FloatArray sensitivity;
  sensitivity.assign(field.parameters.size(), 1.0F);
  const auto small = shrunken(field, 1, sensitivity);
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_TRUE(validate(*small));
  EXPECT_EQ(small->grid.tableBits + 1, field.grid.tableBits);
  const std::vector<GridLevel> before = gridLevels(field.grid);
  const std::vector<GridLevel> after = gridLevels(small->grid);
  const std::size_t features = field.grid.features;
  for (std::size_t l = 0; l < before.size(); ++l) {
    const float* from = field.parameters.data() + field.gridFirst() + before[l].first * features;
    const float* to = small->parameters.data() + field.gridFirst() + after[l].first * features;
    if (before[l].entries == after[l].entries) {
      EXPECT_TRUE(std::equal(from, from + before[l].entries * features, to)) << l;
    } else if (before[l].hashed) {
      ASSERT_EQ(before[l].entries, 2 * after[l].entries);
      for (std::size_t i = 0; i < after[l].entries * features; ++i) {
        ASSERT_NEAR(to[i], 0.5F * (from[i] + from[i + after[l].entries * features]), 1e-3F);
      }
    }
  }
  EXPECT_FALSE(shrunken(field, 3, sensitivity));
}

TEST(NetworkWeights, RoundTripAndFallInSizeWithLambda) {
  HashGridField field = testing::randomField(1);
  FloatArray sensitivity;
  sensitivity.assign(field.parameters.size(), 1e-3F);
  std::size_t before = ~std::size_t{0};
  for (const double lambda : {1e-9, 1e-8, 1e-7, 1e-6}) {
    const Bytes stream = fields::encodeNetworkWeights(field, sensitivity, lambda);
    EXPECT_LT(stream.size(), before);
    before = stream.size();
    HashGridField decoded = field;
    ASSERT_TRUE(fields::decodeNetworkWeights(stream, decoded));
    double error = 0;
    for (std::size_t i = 0; i < field.gridFirst(); ++i) {
      const auto d = static_cast<double>(field.parameters[i] - decoded.parameters[i]);
      error += d * d / static_cast<double>(field.gridFirst());
    }
    // About step^2 / 12, and twice that for what rounding gives away.
    EXPECT_LT(error, 3 * 6 * lambda / (std::log(2.0) * 1e-3) / 12 + 1e-6) << lambda;
    for (std::size_t size = 0; size < stream.size(); size += 1 + stream.size() / 50) {
      EXPECT_FALSE(fields::decodeNetworkWeights(ByteView(stream).first(size), decoded));
    }
  }
}

Result<Bytes> encodeField(const HashGridField& field, ParamSet overrides, TaskRunner& runner,
                          const std::filesystem::path& scratch = {}, std::stop_token stop = {}) {
  const compressors::FieldCodec& codec = compressors::hollowNerfCodec();
  overrides.insert({"views", std::int64_t{16}});
  overrides.insert({"view_side", std::int64_t{40}});
  Progress progress;
  compressors::RunContext context{runner, progress, std::move(stop), nullptr, nullptr, 1, scratch};
  context.checkpointSeconds = 0;
  return codec.encode(field, compressors::resolveParams(codec.info(), "", overrides).value(),
                      context);
}

HashGridField decodeField(ByteView file, TaskRunner& runner) {
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  return compressors::hollowNerfCodec().decode(file, context).value();
}

TEST(HollowNerf, FallsInSizeWithQuality) {
  const HashGridField field = testing::solidBall();
  const auto runner = makeThreadRunner(2);
  std::size_t before = ~std::size_t{0};
  double better = 200;
  for (const double quality : {50.0, 40.0, 30.0}) {
    const auto file = encodeField(
        field,
        {{"quality", quality}, {"steps", std::int64_t{30}}, {"prune_steps", std::int64_t{0}}},
        *runner);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_LT(file->size(), before);
    const double psnr = compare(field, decodeField(*file, *runner), *runner).psnr;
    EXPECT_LT(psnr, better + 0.1) << quality;
    EXPECT_GT(psnr, quality - 8);
    before = file->size();
    better = psnr;
  }
}

TEST(HollowNerf, ShrunkenTablesDecodeAndAreSmaller) {
  const HashGridField field = testing::solidBall();
  const auto runner = makeThreadRunner(2);
  const ParamSet params{{"steps", std::int64_t{20}},
                        {"prune_steps", std::int64_t{64}},
                        {"views", std::int64_t{8}},
                        {"view_side", std::int64_t{24}}};
  const auto whole = encodeField(field, params, *runner);
  ParamSet shrunk = params;
  shrunk["shrink"] = std::int64_t{1};
  const auto half = encodeField(field, shrunk, *runner);
  ASSERT_TRUE(whole && half);
  EXPECT_LT(half->size(), whole->size());
  const HashGridField decoded = decodeField(*half, *runner);
  EXPECT_EQ(decoded.grid.tableBits + 1, field.grid.tableBits);
  EXPECT_GT(compare(field, decoded, *runner).psnr, 24);
}

TEST(HollowNerf, GoesOnAfterAStopToTheSameBytes) {
  const HashGridField field = testing::solidBall();
  const auto runner = makeThreadRunner(2);
  const ParamSet params{{"steps", std::int64_t{8}},
                        {"prune_steps", std::int64_t{16}},
                        {"views", std::int64_t{4}},
                        {"view_side", std::int64_t{16}}};
  const auto whole = encodeField(field, params, *runner);
  ASSERT_TRUE(whole);
  const std::filesystem::path scratch = testing::scratchFolder("hollownerf_state");
  Result<Bytes> parts = fail(ErrorCode::Cancelled, "not begun");
  for (int attempt = 0; attempt < 40 && !parts; ++attempt) {
    std::stop_source source;
    std::jthread stopper([&source, attempt] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300 + 300 * attempt));
      source.request_stop();
    });
    parts = encodeField(field, params, *runner, scratch, source.get_token());
    stopper.request_stop();
  }
  ASSERT_TRUE(parts);
  EXPECT_EQ(*parts, *whole);
  EXPECT_TRUE(std::filesystem::is_empty(scratch));
}

}  // namespace
}  // namespace volpress::hollownerf
