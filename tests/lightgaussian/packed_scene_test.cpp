#include "compressors/lightgaussian/packed_scene.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/coding/luma_chroma.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

/// R diag(s^2) R^T, straight from the definition.
Matrix covariance(const std::array<double, 3>& logScales, const std::array<double, 4>& q) {
  const double n = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
  const double w = q[0];
  const double x = q[1];
  const double y = q[2];
  const double z = q[3];
  const Matrix r{
      {{(w * w + x * x - y * y - z * z) / n, 2 * (x * y - w * z) / n, 2 * (x * z + w * y) / n},
       {2 * (x * y + w * z) / n, (w * w - x * x + y * y - z * z) / n, 2 * (y * z - w * x) / n},
       {2 * (x * z - w * y) / n, 2 * (y * z + w * x) / n, (w * w - x * x - y * y + z * z) / n}}};
  Matrix result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        result[i][j] += r[i][k] * std::exp(2 * logScales[k]) * r[j][k];
      }
    }
  }
  return result;
}

Matrix covarianceOf(const GaussianCloud& cloud, std::size_t i) {
  std::array<double, 3> s{};
  std::array<double, 4> q{};
  for (std::size_t k = 0; k < 3; ++k) {
    s[k] = static_cast<double>(cloud.logScales[3 * i + k]);
  }
  for (std::size_t k = 0; k < 4; ++k) {
    q[k] = static_cast<double>(cloud.rotations[4 * i + k]);
  }
  return covariance(s, q);
}

double largestEntry(const Matrix& m) {
  double largest = 0;
  for (const auto& row : m) {
    for (const double value : row) {
      largest = std::max(largest, std::abs(value));
    }
  }
  return largest;
}

TEST(CanonicalEllipsoid, DescribesTheSameGaussian) {
  const GaussianCloud cloud = testing::randomCloud(500, 0, 4);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const coding::CanonicalEllipsoid canonical =
        coding::canonicalEllipsoid(cloud.logScales.data() + 3 * i, cloud.rotations.data() + 4 * i);
    EXPECT_GE(canonical.logScales[0], canonical.logScales[1]);
    EXPECT_GE(canonical.logScales[1], canonical.logScales[2]);
    for (std::size_t k = 1; k < 4; ++k) {
      EXPECT_GE(canonical.rotation[0] + 1e-12, std::abs(canonical.rotation[k]));
    }
    const Matrix before = covarianceOf(cloud, i);
    const Matrix after = covariance(canonical.logScales, canonical.rotation);
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(before[r][c], after[r][c], 1e-6 * largestEntry(before)) << "splat " << i;
      }
    }
  }
}

TEST(LumaChroma, KeepsLengthsAndInverts) {
  const std::array<float, 3> rgb{0.3F, -1.2F, 2.5F};
  std::array<float, 3> lumaChroma{};
  std::array<float, 3> back{};
  coding::toLumaChroma(rgb.data(), lumaChroma.data());
  coding::fromLumaChroma(lumaChroma.data(), back.data());
  double length = 0;
  double lengthBefore = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(back[c], rgb[c], 1e-6);
    length += std::pow(static_cast<double>(lumaChroma[c]), 2);
    lengthBefore += std::pow(static_cast<double>(rgb[c]), 2);
  }
  EXPECT_NEAR(length, lengthBefore, 1e-5);
}

TEST(PackedGeometry, ErrorsStayWithinHalfAStep) {
  const GaussianCloud cloud = testing::randomCloud(2000, 0, 8);
  Settings settings;
  settings.positionBits = 11.5;
  SerialRunner runner;
  std::vector<std::uint32_t> order;
  const PackedGeometry geometry = *packGeometry(cloud, settings, {}, order);
  GaussianCloud decoded = gatherSplats(cloud, order);
  unpackGeometry(geometry, decoded, runner);
  ASSERT_TRUE(validate(decoded));
  for (std::size_t i = 0; i < decoded.count; ++i) {
    const std::size_t from = order[i];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(decoded.means[3 * i + axis], cloud.means[3 * from + axis],
                  0.5001 * static_cast<double>(geometry.grid.cell));
    }
    const coding::CanonicalEllipsoid canonical = coding::canonicalEllipsoid(
        cloud.logScales.data() + 3 * from, cloud.rotations.data() + 4 * from);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(static_cast<double>(decoded.logScales[3 * i + axis]), canonical.logScales[axis],
                  0.5001 * static_cast<double>(settings.scaleStep));
    }
    const double opacity = 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[from])));
    const double after = 1 / (1 + std::exp(-static_cast<double>(decoded.opacityLogits[i])));
    EXPECT_NEAR(after, opacity, 0.8 * static_cast<double>(settings.opacityStep));
  }
}

TEST(PackedGeometry, SurvivesExtremeSplats) {
  const GaussianCloud cloud = testing::extremeCloud(500, 2, 8);
  SerialRunner runner;
  std::vector<std::uint32_t> order;
  const PackedGeometry geometry = *packGeometry(cloud, Settings{}, {}, order);
  GaussianCloud decoded = gatherSplats(cloud, order);
  unpackGeometry(geometry, decoded, runner);
  EXPECT_TRUE(validate(decoded));
}

TEST(PackedColors, RoundTripWithinTheSteps) {
  const GaussianCloud cloud = testing::randomCloud(300, 3, 5);
  SerialRunner runner;
  PackedColors colors;
  colors.shDegree = 3;
  colors.colorStep = 0.05F;
  colors.shStep = 0.04F;
  packBaseColors(cloud, colors);
  packDirectSh(cloud, colors);
  GaussianCloud decoded = cloud;
  unpackBaseColors(colors, decoded, runner);
  unpackSh(colors, decoded, runner);
  // Half a step in each of three orthogonal directions; the dead zone allows a little more.
  for (std::size_t i = 0; i < cloud.shDc.size(); ++i) {
    ASSERT_NEAR(decoded.shDc[i], cloud.shDc[i], 0.05 * 0.87);
  }
  for (std::size_t i = 0; i < cloud.shRest.size(); ++i) {
    ASSERT_NEAR(decoded.shRest[i], cloud.shRest[i], 0.04 * 1.08);
  }
}

}  // namespace
}  // namespace volpress::compressors::lightgaussian
