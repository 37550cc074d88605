#include "compressors/fpo/fpo.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "compressors/fpo/leaf_model.hpp"
#include "scene/formats/fourier_npz.hpp"
#include "scene/formats/npy.hpp"
#include "scene/types/sample_voxels.hpp"
#include "tests/voxels/coded_voxels.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedVoxels;
using testing::codeVoxels;
using testing::MadeVoxels;

constexpr float kThickness = 0.01F;

float alphaOf(float sigma) { return 1 - std::exp(-kThickness * std::max(0.0F, sigma)); }

/// Mean error in opacity over the frames of a curve.
float errorOf(const std::vector<float>& wanted, const std::function<float(std::size_t)>& got) {
  float sum = 0;
  for (std::size_t t = 0; t < wanted.size(); ++t) {
    sum += std::abs(alphaOf(got(t)) - alphaOf(wanted[t]));
  }
  return sum / static_cast<float>(wanted.size());
}

/// The four ways of section 4's table: FPO, least squares of the density, FPO++, least squares of
/// its logarithm.
std::array<float, 4> errorsOf(const std::vector<float>& curve) {
  constexpr unsigned kTerms = 31;
  const auto seriesAt = [&](const std::vector<float>& terms, bool augmented, std::size_t t) {
    std::vector<double> basis(kTerms);
    const auto period = static_cast<double>(curve.size() + (augmented ? 2 : 0));
    for (unsigned i = 0; i < kTerms; ++i) {
      basis[i] = fourierBasis(i, static_cast<double>(t + (augmented ? 1 : 0)), period);
    }
    return evaluateSeries(terms, basis);
  };
  const auto squares = [&](std::vector<float> values, bool augmented) {
    fpo::SeriesFit fit(values.size(), augmented);
    fit.weigh(std::vector<double>(values.size(), 1.0), kTerms);
    return fit.fit(values);
  };
  std::vector<float> logarithm(curve.size());
  std::transform(curve.begin(), curve.end(), logarithm.begin(),
                 [](float sigma) { return std::log1p(sigma); });
  const auto fpo = seriesOf(curve, kTerms, false);
  const auto linear = squares(curve, false);
  const auto plus =
      seriesOf(encodeDensity(curve, kTerms, true, FourierDensity::Logarithmic, true), kTerms, true);
  const auto log = squares(logarithm, true);
  const auto sigma = [](float series) {
    return densityOfSeries(series, FourierDensity::Logarithmic, 0);
  };
  return {errorOf(curve, [&](std::size_t t) { return seriesAt(fpo, false, t); }),
          errorOf(curve, [&](std::size_t t) { return seriesAt(linear, false, t); }),
          errorOf(curve, [&](std::size_t t) { return sigma(seriesAt(plus, true, t)); }),
          errorOf(curve, [&](std::size_t t) { return sigma(seriesAt(log, true, t)); })};
}

TEST(Fourier, BasisIsOrthogonalAndSumsHalveHarmonics) {
  constexpr unsigned kPeriod = 60;
  for (unsigned a = 0; a < 31; ++a) {
    for (unsigned b = 0; b < 31; ++b) {
      double sum = 0;
      for (unsigned t = 0; t < kPeriod; ++t) {
        sum += fourierBasis(a, t, kPeriod) * fourierBasis(b, t, kPeriod);
      }
      ASSERT_NEAR(sum / kPeriod, a != b ? 0 : a == 0 ? 1 : 0.5, 1e-6);
    }
  }
  std::vector<float> wave(kPeriod);
  for (unsigned t = 0; t < kPeriod; ++t) {
    wave[t] = static_cast<float>(fourierBasis(3, t, kPeriod));
  }
  EXPECT_NEAR(seriesOf(wave, 31, false)[3], 0.5F, 1e-3F);
  fpo::SeriesFit fit(kPeriod, false);
  fit.weigh(std::vector<double>(kPeriod, 1.0), 31);
  EXPECT_NEAR(fit.fit(wave)[3], 1.0F, 1e-3F);
}

TEST(Fourier, FitsCurvesAsTheTableSays) {
  std::vector<float> constant(60, 200.0F);
  std::vector<float> pulse(60);
  std::vector<float> step(60);
  std::vector<float> ramp(60);
  for (std::size_t t = 0; t < 60; ++t) {
    pulse[t] = t >= 20 && t < 25 ? 200.0F : 0.0F;
    step[t] = t < 30 ? 50.0F : 300.0F;
    ramp[t] = 5 * static_cast<float>(t);
  }
  const auto expectRow = [](const std::vector<float>& curve, const std::array<float, 4>& wanted) {
    const auto got = errorsOf(curve);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(got[i], wanted[i], std::max(0.05F * wanted[i], 0.001F)) << "column " << i;
    }
  };
  expectRow(constant, {0, 0, 0.1353F, 0});
  expectRow(pulse, {0.0970F, 0.0351F, 0.0146F, 0.0220F});
  expectRow(step, {0.1647F, 0.0317F, 0.3282F, 0.0146F});
  expectRow(ramp, {0.1181F, 0.0245F, 0.0946F, 0.0263F});
}

MadeVoxels movingCube(std::size_t frames, bool still = false) {
  VoxelSampleOptions options;
  options.resolution = 32;
  options.frames = 60;
  options.tree = true;
  options.still = still;
  return {frames, [options](std::size_t frame, TaskRunner& runner) {
            return sampleVoxels(options, frame, runner);
          }};
}

ParamSet complete(const ParamSet& given) {
  return completeParams(fpoCodec().info().params, given).value();
}

FourierTree fourierTree(const VoxelSource& source, const ParamSet& given, TaskRunner& runner) {
  Progress progress;
  RunContext context{runner, progress, {}};
  auto tree = encodeFourierTree(source, complete(given), context);
  EXPECT_TRUE(tree) << tree.error().message;
  return tree ? std::move(*tree) : FourierTree();
}

TEST(Fourier, KeepsItsFileAndRefusesOthers) {
  const auto runner = makeThreadRunner(2);
  FourierTree tree = fourierTree(movingCube(8), {{"mode", std::string("exact")}}, *runner);
  tree.densityTerms = 31;  // as the published setting; the clip is too short for so many
  tree.data.assign(tree.shape.child.size() * tree.dimension(), 0.5F);
  EXPECT_EQ(tree.dimension(), 166U);
  const Bytes file = formats::writeFourierFile(tree).value();
  const auto again = formats::readFourierFile(file);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->data, tree.data);
  EXPECT_EQ(again->shape.child, tree.shape.child);
  EXPECT_EQ(again->centers, tree.centers);
  EXPECT_EQ(formats::writeFourierFile(*again).value(), file);
  FourierTree other = tree;
  other.densityTerms = 121;
  EXPECT_NE(validate(other).error().message.find("121"), std::string::npos);
  other = tree;
  other.colorTerms = 4;
  const auto refused = formats::readFourierFile(formats::writeFourierFile(other).value());
  EXPECT_FALSE(refused) << "166 values are not LFC31_4_9";
}

TEST(Fourier, IsContinuousAndTakesShortClips) {
  SerialRunner runner;
  for (const std::size_t frames : {1U, 2U}) {
    const FourierTree tree = fourierTree(movingCube(frames), {}, runner);
    ASSERT_TRUE(validate(tree));
    EXPECT_GT(testing::psnrOfVoxels(*movingCube(frames).load(0, runner, {}), frameOf(tree, 0), 40,
                                    runner),
              30);
  }
  const FourierTree tree = fourierTree(movingCube(5), {}, runner);
  const VoxelTree a = frameOf(tree, 1.5);
  const VoxelTree b = frameOf(tree, 1.51);
  for (std::size_t cell = 0; cell < tree.shape.child.size(); ++cell) {
    const float before = a.data[(cell + 1) * a.dimension() - 1];
    const float after = b.data[(cell + 1) * b.dimension() - 1];
    float bound = 0;
    for (unsigned i = 0; i < tree.densityTerms; ++i) {
      bound += std::abs(tree.data[(cell + 1) * tree.dimension() - tree.densityTerms + i]) *
               static_cast<float>(i + 1) * std::numbers::pi_v<float> * 0.01F /
               static_cast<float>(tree.period());
    }
    if (before > 0 && after > 0) {
      ASSERT_LE(std::abs(std::log1p(after) - std::log1p(before)), bound + 1e-3F);
    }
  }
}

TEST(Fourier, UnionHoldsEveryLeaf) {
  SerialRunner runner;
  const MadeVoxels source = movingCube(6);
  TreeUnion together;
  std::size_t sum = 0;
  for (std::size_t frame = 0; frame < 6; ++frame) {
    const auto tree = std::get<VoxelTree>(*source.load(frame, runner, {}));
    together.add(tree.shape);
    sum += leavesOf(tree.shape).size();
  }
  EXPECT_LE(leavesOf(together.shape()).size(), sum);
  for (std::size_t frame = 0; frame < 6; ++frame) {
    const auto tree = std::get<VoxelTree>(*source.load(frame, runner, {}));
    for (const TreeLeaf& leaf : leavesOf(tree.shape)) {
      ASSERT_GE(cellAt(together.shape(), leaf.middle).depth, leaf.depth);
    }
  }
}

TEST(Fpo, FitsBetterThanThePaperAndCodesSmaller) {
  const auto runner = makeThreadRunner(2);
  const MadeVoxels source = movingCube(20);
  const FourierTree exact = fourierTree(source, {{"mode", std::string("exact")}}, *runner);
  const FourierTree squares = fourierTree(source, {}, *runner);
  const CodedVoxels coded = codeVoxels(fpoCodec(), source, {}, *runner);
  std::array<double, 3> psnr{};
  for (const std::size_t frame : {2U, 11U}) {
    const VoxelField wanted = *source.load(frame, *runner, {});
    psnr[0] +=
        testing::psnrOfVoxels(wanted, frameOf(exact, static_cast<double>(frame)), 40, *runner) / 2;
    psnr[1] +=
        testing::psnrOfVoxels(wanted, frameOf(squares, static_cast<double>(frame)), 40, *runner) /
        2;
    psnr[2] += testing::psnrOfVoxels(wanted, coded.frames[frame], 40, *runner) / 2;
  }
  EXPECT_GE(psnr[1], psnr[0] + 3);
  EXPECT_GE(psnr[2], psnr[1] - 0.5);
  const Bytes plain = formats::writeFourierFile(squares, formats::ZipPacking::Deflated).value();
  EXPECT_LE(static_cast<double>(coded.bytes), 0.35 * static_cast<double>(plain.size()));
}

TEST(Fpo, StandstillCostsOneFrame) {
  const auto runner = makeThreadRunner(2);
  const CodedVoxels many = codeVoxels(fpoCodec(), movingCube(14, true), {}, *runner);
  const CodedVoxels one = codeVoxels(fpoCodec(), movingCube(1, true), {}, *runner);
  EXPECT_LE(static_cast<double>(many.bytes), 1.1 * static_cast<double>(one.bytes));
}

TEST(Fpo, EveryPrefixOfLayersDecodesAndThreadsAgree) {
  const auto two = makeThreadRunner(2);
  SerialRunner one;
  const MadeVoxels source = movingCube(12);
  const CodedVoxels coded = codeVoxels(fpoCodec(), source, {}, *two);
  EXPECT_EQ(coded.segments, codeVoxels(fpoCodec(), source, {}, one).segments);
  ASSERT_EQ(coded.segments[0].size(), 4U);
  const VoxelField wanted = *source.load(7, one, {});
  double before = 0;
  for (std::size_t layers = 1; layers <= 4; ++layers) {
    const auto part =
        testing::decodeVoxels(fpoCodec(), coded.init, coded.segments[0], 12, *two, layers);
    const double psnr = testing::psnrOfVoxels(wanted, part[7], 40, *two);
    EXPECT_GE(psnr, before - 0.05) << layers;
    before = psnr;
  }
}

}  // namespace
}  // namespace volpress::compressors
