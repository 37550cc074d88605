#include "scene/types/lens.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace volpress {
namespace {

Lens lens(LensModel model, std::array<double, kMaxLensExtras> extras) {
  return {model, 500, 480, 320, 240, extras};
}

struct Golden {
  Lens lens;
  double x;
  double y;
};

TEST(Lens, projectsAsThePublishedModelsDo) {
  // The ray (0.4, -0.25, 1), computed from COLMAP's documented formulas by an independent script.
  const std::vector<Golden> table{
      {lens(LensModel::Pinhole, {}), 520, 120},
      {lens(LensModel::SimpleRadial, {0.1}), 524.45, 117.33},
      {lens(LensModel::Radial, {0.1, 0.02}), 524.648025, 117.211185},
      {lens(LensModel::OpenCv, {0.1, 0.02, 0.003, 0.004}), 525.433025, 117.327585},
      {lens(LensModel::FullOpenCv, {0.1, 0.02, 0.003, 0.004, 0.005, 0.05, 0.01, 0.002}),
       523.0888005249145, 118.7341196850513},
      {lens(LensModel::FieldOfView, {0.9}), 521.4442995974036, 119.13342024155784},
      {lens(LensModel::Fisheye, {}), 506.8783129003789, 127.8730122597727},
      {lens(LensModel::SimpleRadialFisheye, {0.1}), 510.50864819684114, 125.69481108189537},
      {lens(LensModel::RadialFisheye, {0.1, 0.02}), 510.6496954287022, 125.61018274277869},
      {lens(LensModel::OpenCvFisheye, {0.1, 0.02, 0.003, 0.004}), 510.65487000630617,
       125.60707799621632},
      {lens(LensModel::ThinPrismFisheye, {0.1, 0.02, 0.003, 0.004, 0.005, 0.05, 0.01, 0.002}),
       512.3265361733786, 125.88620743042324},
      {lens(LensModel::RadTanThinPrismFisheye,
            {0.1, 0.02, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.01, 0.011, 0.012}),
       512.7679434690425, 127.51189636333332},
      {lens(LensModel::Division, {0.1}), 524.659775644042, 117.20413461357481},
      {lens(LensModel::ExtendedUnified, {0.6, 1.2}), 505.98309275445774, 128.4101443473254},
  };
  for (const Golden& golden : table) {
    const auto pixel = projectRay(golden.lens, 0.4, -0.25);
    ASSERT_TRUE(pixel.has_value());
    EXPECT_NEAR((*pixel)[0], golden.x, 1e-9)
        << findLensModel(static_cast<std::int64_t>(golden.lens.model))->name;
    EXPECT_NEAR((*pixel)[1], golden.y, 1e-9);
  }
}

TEST(Lens, theFieldOfViewModelIsSmoothWhereItsSeriesTakeOver) {
  for (const double omega : {0.0099, 0.0101, 0.9}) {
    for (const double x : {0.0099, 0.0101}) {
      const auto below = projectRay(lens(LensModel::FieldOfView, {omega}), x * 0.999, 0);
      const auto above = projectRay(lens(LensModel::FieldOfView, {omega}), x * 1.001, 0);
      ASSERT_TRUE(below && above);
      EXPECT_NEAR((*above)[0] - (*below)[0], 500 * x * 0.002, 0.002);
    }
  }
}

TEST(Lens, raysWithoutAPictureAreTold) {
  EXPECT_FALSE(projectRay(lens(LensModel::Division, {0.5}), 2, 0).has_value());
  EXPECT_FALSE(projectRay(lens(LensModel::ExtendedUnified, {0.6, -1}), 2, 0).has_value());
  EXPECT_FALSE(projectRay(lens(LensModel::Radial, {1e300, 1e300}), 1e200, 0).has_value());
}

TEST(Lens, aModelWithoutDistortionIsAPinhole) {
  for (const LensModelInfo& info : lensModels()) {
    const Lens plain = lens(info.model, {});
    const auto pixel = projectRay(plain, 0.4, -0.25);
    ASSERT_TRUE(pixel.has_value()) << info.name;
    const bool isPlain = std::abs((*pixel)[0] - 520) < 1e-9 && std::abs((*pixel)[1] - 120) < 1e-9;
    EXPECT_EQ(isPinhole(plain), isPlain) << info.name;
  }
  EXPECT_FALSE(isPinhole(lens(LensModel::OpenCv, {0, 0, 0, 1e-3})));
}

TEST(Lens, scalingMovesPixelsByTheFactor) {
  const Lens half = scaled(lens(LensModel::OpenCv, {0.1, 0.02, 0.003, 0.004}), 0.5, 0.25);
  const auto pixel = projectRay(half, 0.4, -0.25);
  ASSERT_TRUE(pixel.has_value());
  EXPECT_NEAR((*pixel)[0], 0.5 * 525.433025, 1e-9);
  EXPECT_NEAR((*pixel)[1], 0.25 * 117.327585, 1e-9);
}

}  // namespace
}  // namespace volpress
