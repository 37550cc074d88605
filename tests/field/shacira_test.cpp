#include "compressors/shacira/shacira.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

#include "compressors/fields/distillation.hpp"
#include "compressors/fields/latents.hpp"
#include "compressors/fields/viewing_rays.hpp"
#include "tests/field/test_fields.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::fields {
namespace {

/// A level as a codec sees it: correlated numbers, most of them small.
LevelLatents someLatents(const GridLevel& shape, unsigned dims) {
  LevelLatents level;
  level.dims = dims;
  std::mt19937 random(6);
  std::normal_distribution<double> normal(0, 1.5);
  for (std::size_t e = 0; e < shape.entries; ++e) {
    if (random() % 4 != 0) {
      level.entries.push_back(shape.first + e);
      for (unsigned k = 0; k < dims; ++k) {
        level.values.push_back(static_cast<std::int32_t>(std::lround(normal(random))));
      }
    }
  }
  level.values[5] = 30000;
  level.values[6] = -123456;
  return level;
}

TEST(LatentCoder, RoundTripsAndIsAboutAsSmallAsTheEntropy) {
  GridEncoding encoding{GridKind::Hash, GridInterpolation::Linear, 3, 4, 14, 16, 2.2F};
  for (const GridLevel& shape : gridLevels(encoding)) {
    const LevelLatents level = someLatents(shape, 3);
    const Bytes stream = encodeValues(level, shape);
    LevelLatents decoded;
    decoded.dims = 3;
    decoded.entries = level.entries;
    ASSERT_TRUE(decodeValues(stream, shape, decoded));
    EXPECT_EQ(decoded.values, level.values);
    EXPECT_FALSE(decodeValues(ByteView(stream).first(stream.size() - 7), shape, decoded));
    // The values are independent: their differential entropy is what they cost.
    const double entropy = 0.5 * std::log2(2 * 3.141592653589793 * 2.718281828459045 * 2.25);
    const double bits = entropy * static_cast<double>(level.values.size());
    RecordProperty("over", std::to_string(static_cast<double>(8 * stream.size()) / bits));
    EXPECT_LT(static_cast<double>(8 * stream.size()), 1.01 * bits + 8 * 64);
  }
}

TEST(LogisticBits, SumsToOneAndHasTheSlopesOfDifferences) {
  for (const double h : {-1.0, 0.3, 2.0}) {
    double sum = 0;
    for (int v = -400; v <= 400; ++v) {
      sum += std::exp2(-logisticBits(v, h, 0.4).bits);
    }
    EXPECT_NEAR(sum, 1, 1e-4);
    for (const double value : {-2.3, 0.1, 1.7}) {
      constexpr double kStep = 1e-5;
      const LogisticBits at = logisticBits(value, h, 0.4);
      const auto slope = [&](double dv, double dh, double db) {
        return (logisticBits(value + dv, h + dh, 0.4 + db).bits -
                logisticBits(value - dv, h - dh, 0.4 - db).bits) /
               (2 * kStep);
      };
      EXPECT_NEAR(at.ofValue, slope(kStep, 0, 0), 1e-3 * std::fabs(at.ofValue) + 1e-6);
      EXPECT_NEAR(at.ofH, slope(0, kStep, 0), 1e-3 * std::fabs(at.ofH) + 1e-6);
      EXPECT_NEAR(at.ofB, slope(0, 0, kStep), 1e-3 * std::fabs(at.ofB) + 1e-6);
    }
  }
}

TEST(Annealing, FollowsItsSlopeAndEndsAtTheNearerInteger) {
  for (const double latent : {-1.7, 0.2, 3.45}) {
    for (const double tau : {1.0, 0.4}) {
      constexpr double kStep = 1e-6;
      const double slope = (annealed(latent + kStep, tau, 0.3, -0.2).value -
                            annealed(latent - kStep, tau, 0.3, -0.2).value) /
                           (2 * kStep);
      EXPECT_NEAR(annealed(latent, tau, 0.3, -0.2).ofLatent, slope, 1e-3 * std::fabs(slope) + 1e-6);
    }
  }
  EXPECT_NEAR(annealed(2.2, 0.05, 0, 0).value, 2, 1e-6);
  EXPECT_NEAR(annealed(2.8, 0.05, 0, 0).value, 3, 1e-6);
}

Bytes encodeField(const HashGridField& field, ParamSet overrides,
                  const std::filesystem::path& scratch, std::stop_token stop, TaskRunner& runner) {
  const compressors::FieldCodec& codec = compressors::shaciraCodec();
  overrides["views"] = std::int64_t{4};
  overrides["view_side"] = std::int64_t{16};
  overrides["occupancy"] = std::string("exact");  // so few rays miss cells that others need
  Progress progress;
  compressors::RunContext context{runner, progress, std::move(stop), nullptr, nullptr, 1, scratch};
  context.checkpointSeconds = 0;
  auto file =
      codec.encode(field, compressors::resolveParams(codec.info(), "", overrides).value(), context);
  return file ? std::move(*file) : Bytes();
}

/// Mean squared error of a few pictures of `decoded`.
double pictureError(const HashGridField& field, const HashGridField& decoded, TaskRunner& runner) {
  const auto draw = [&](const HashGridField& one) {
    return fields::viewingRays(std::make_shared<const HashGridField>(one), 6, 48 * 48, 7, runner,
                               {})
        .value()
        .pixels;
  };
  const auto wanted = draw(field);
  const auto found = draw(decoded);
  double sum = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const auto difference = static_cast<double>(found[i].color[c] - wanted[i].color[c]);
      sum += difference * difference;
    }
  }
  return sum / (3 * static_cast<double>(wanted.size()));
}

/// Whose features show: in the fog of `randomField` dropping all of them costs 48 dB only.
HashGridField patternedField() {
  HashGridField field = testing::randomField(1);
  for (std::size_t i = field.gridFirst(); i < field.parameters.size(); ++i) {
    field.parameters[i] *= 16;
  }
  return field;
}

/// With a vanishing step and all dimensions the features come back to the rounding of halves, and
/// the pictures with them.
TEST(Latents, ReproduceTheTableAtAVanishingStep) {
  const HashGridField field = patternedField();
  SerialRunner runner;
  const std::vector<std::uint8_t> flags = touchedEntries(field, runner);
  FloatArray sensitivity;
  sensitivity.assign(gridParameters(field.grid), 1.0F);
  const auto levels = fitLatents(field, codedEntries(field, flags), sensitivity, {1e-7, 8}, runner);
  std::vector<float> table(gridParameters(field.grid), 0.0F);
  const float* original = field.parameters.data() + field.gridFirst();
  for (const LevelLatents& level : levels) {
    EXPECT_EQ(level.dims, field.grid.features);
    decodeLatents(level, field.grid.features, true, table);
    for (const std::size_t entry : level.entries) {
      for (std::size_t f = 0; f < field.grid.features; ++f) {
        const std::size_t i = entry * field.grid.features + f;
        ASSERT_NEAR(table[i], original[i], 2e-3F + 2e-3F * std::fabs(original[i]));
      }
    }
  }
  HashGridField again = field;
  std::copy(table.begin(), table.end(),
            again.parameters.begin() + static_cast<std::ptrdiff_t>(field.gridFirst()));
  const double psnr = -10 * std::log10(pictureError(field, again, runner));
  RecordProperty("psnr", std::to_string(psnr));
  EXPECT_GE(psnr, 55);
}

/// What an encoding weighs and how far its pictures are from the field's.
struct Outcome {
  std::size_t bytes = 0;
  double error = 0;
};
Outcome measure(const HashGridField& field, double quality, std::int64_t steps,
                TaskRunner& runner) {
  const Bytes file = encodeField(field, {{"quality", quality}, {"steps", steps}}, {}, {}, runner);
  EXPECT_FALSE(file.empty());
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  const auto decoded = compressors::shaciraCodec().decode(file, context);
  EXPECT_TRUE(decoded) << decoded.error().message;
  return decoded ? Outcome{file.size(), pictureError(field, *decoded, runner)} : Outcome{};
}

TEST(Shacira, FallsInSizeWithQuality) {
  const HashGridField field = patternedField();
  const auto runner = makeThreadRunner(2);
  const Outcome fine = measure(field, 60, 0, *runner);
  const Outcome middle = measure(field, 45, 0, *runner);
  const Outcome coarse = measure(field, 30, 0, *runner);
  EXPECT_LT(fine.error, 1e-4);
  EXPECT_LT(coarse.bytes + 500, middle.bytes);
  EXPECT_LT(middle.bytes + 500, fine.bytes);
  EXPECT_LT(fine.error, middle.error);
  EXPECT_LT(middle.error, coarse.error);
}

TEST(Shacira, FineTuningBringsThePicturesBack) {
  const HashGridField field = patternedField();
  const auto runner = makeThreadRunner(2);
  const Outcome plain = measure(field, 45, 0, *runner);
  const Outcome tuned = measure(field, 45, 60, *runner);
  EXPECT_LT(static_cast<double>(tuned.bytes), 1.02 * static_cast<double>(plain.bytes));
  EXPECT_LT(tuned.error, 0.5 * plain.error);
}

TEST(Shacira, GoesOnAfterAStopToTheSameBytes) {
  const HashGridField field = testing::randomField(1);
  const auto runner = makeThreadRunner(2);
  const ParamSet params{{"steps", std::int64_t{12}}};
  const Bytes whole = encodeField(field, params, {}, {}, *runner);
  ASSERT_FALSE(whole.empty());
  const std::filesystem::path scratch = testing::scratchFolder("shacira_state");
  Bytes parts;
  for (int attempt = 0; attempt < 40 && parts.empty(); ++attempt) {
    std::stop_source source;
    std::jthread stopper([&source, attempt] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300 + 300 * attempt));
      source.request_stop();
    });
    parts = encodeField(field, params, scratch, source.get_token(), *runner);
    stopper.request_stop();
  }
  EXPECT_EQ(parts, whole);
}

}  // namespace
}  // namespace volpress::fields
