#include "compressors/compact3dgs/residual_books.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "compressors/coding/canonical_rotation.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

TEST(ResidualBooks, ValuesAreSumsOfOneEntryOfEachStage) {
  SerialRunner runner;
  ResidualBooks books;
  books.stages = {{{0, 0, 0, 10, 0, 0}, {}}, {{1, 0, 0, -2, 0, 0}, {}}};
  const FloatArray values{11, 0, 0, 7.5F, 0, 0, -2.5F, 0, 0};
  assignRows(values, books, runner);
  EXPECT_EQ(books.stages[0].labels, (std::vector<std::uint32_t>{1, 1, 0}));
  EXPECT_EQ(books.stages[1].labels, (std::vector<std::uint32_t>{0, 1, 1}));
  FloatArray sums(9);
  sumEntries(books, sums, runner);
  EXPECT_EQ(sums, (FloatArray{11, 0, 0, 8, 0, 0, -2, 0, 0}));
}

TEST(ResidualBooks, HaveAllCodesEvenOfFewRows) {
  SerialRunner runner;
  const FloatArray values{1, 2, 3, 1, 2, 3};
  const auto books = trainResidualBooks(values, 3, 2, 8, {}, 1, runner, {});
  ASSERT_TRUE(books);
  ASSERT_EQ(books->stages.size(), 2U);
  EXPECT_EQ(books->stages[1].entries.size(), 24U);
  FloatArray sums(6);
  sumEntries(*books, sums, runner);
  EXPECT_EQ(sums, values);
}

/// R S S R^T of a splat.
std::array<double, 9> covariance(const GaussianCloud& cloud, std::size_t splat) {
  double norm = 0;
  std::array<double, 4> q{};
  for (std::size_t c = 0; c < 4; ++c) {
    q[c] = static_cast<double>(cloud.rotations[4 * splat + c]);
    norm += q[c] * q[c];
  }
  const double scale = 2 / norm;
  const auto [w, x, y, z] = q;
  const std::array<double, 9> r{
      1 - scale * (y * y + z * z), scale * (x * y - w * z),     scale * (x * z + w * y),
      scale * (x * y + w * z),     1 - scale * (x * x + z * z), scale * (y * z - w * x),
      scale * (x * z - w * y),     scale * (y * z + w * x),     1 - scale * (x * x + y * y)};
  std::array<double, 9> sum{};
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      for (std::size_t k = 0; k < 3; ++k) {
        const double variance = std::exp(2 * static_cast<double>(cloud.logScales[3 * splat + k]));
        sum[3 * a + b] += r[3 * a + k] * variance * r[3 * b + k];
      }
    }
  }
  return sum;
}

/// The median over splats of |C' - C| / |C| (Frobenius) for so many stages of 64 codes.
double medianCovarianceError(const GaussianCloud& cloud, std::size_t stages, TaskRunner& runner) {
  GaussianCloud seen = cloud;
  const auto quantise = [&](FloatArray& values, std::size_t dimension) {
    sumEntries(trainResidualBooks(values, dimension, stages, 64, {}, 1, runner, {}).value(), values,
               runner);
  };
  quantise(seen.logScales, 3);
  quantise(seen.rotations, 4);
  std::vector<double> errors;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto exact = covariance(cloud, i);
    const auto rounded = covariance(seen, i);
    double off = 0;
    double size = 0;
    for (std::size_t c = 0; c < 9; ++c) {
      off += (rounded[c] - exact[c]) * (rounded[c] - exact[c]);
      size += exact[c] * exact[c];
    }
    errors.push_back(std::sqrt(off / size));
  }
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2),
                   errors.end());
  return errors[errors.size() / 2];
}

/// The published six stages of 64 codes keep covariances to 3 %, and every stage gains.
TEST(ResidualBooks, SixStagesKeepCovariances) {
  auto runner = makeThreadRunner(2);
  GaussianCloud cloud = makeSampleScene(3, 0.05, *runner);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto canonical =
        coding::canonicalEllipsoid(&cloud.logScales[3 * i], &cloud.rotations[4 * i]);
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] = static_cast<float>(canonical.logScales[c]);
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] = static_cast<float>(canonical.rotation[c]);
    }
  }
  double last = 1e9;
  for (const std::size_t stages : {1U, 2U, 3U, 4U, 5U, 6U}) {
    const double error = medianCovarianceError(cloud, stages, *runner);
    EXPECT_LT(error, last) << stages;
    last = error;
  }
  EXPECT_LT(last, 0.03);
}

}  // namespace
}  // namespace volpress::compressors::compact3dgs
