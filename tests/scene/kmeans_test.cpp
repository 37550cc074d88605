#include "scene/base/kmeans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace volpress {
namespace {

// Points around `centres` random places, as SH vectors are: clustered, with falling spread.
std::vector<float> clusteredPoints(std::size_t count, std::size_t dimension, std::size_t centres,
                                   std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto normal = [&] {
    double sum = 0;
    for (int i = 0; i < 12; ++i) {
      sum += static_cast<double>(random() >> 11) * 0x1p-53;
    }
    return static_cast<float>(sum - 6);
  };
  std::vector<float> places(centres * dimension);
  for (float& value : places) {
    value = normal();
  }
  std::vector<float> points(count * dimension);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = random() % centres;
    for (std::size_t d = 0; d < dimension; ++d) {
      points[i * dimension + d] =
          places[place * dimension + d] + 0.3F * normal() / static_cast<float>(1 + d % 7);
    }
  }
  return points;
}

double squaredDistance(const float* a, const float* b, std::size_t dimension) {
  double sum = 0;
  for (std::size_t d = 0; d < dimension; ++d) {
    const double difference = static_cast<double>(a[d]) - static_cast<double>(b[d]);
    sum += difference * difference;
  }
  return sum;
}

double inertia(std::span<const float> points, std::size_t dimension, const KMeansResult& result) {
  double sum = 0;
  for (std::size_t i = 0; i < result.labels.size(); ++i) {
    sum += squaredDistance(points.data() + i * dimension,
                           result.centroids.data() + result.labels[i] * dimension, dimension);
  }
  return sum;
}

// Plain Lloyd from every (n/k)-th point, with the exhaustive search.
KMeansResult plainLloyd(std::span<const float> points, std::size_t dimension, std::size_t clusters,
                        int iterations, TaskRunner& runner) {
  const std::size_t count = points.size() / dimension;
  KMeansResult result;
  for (std::size_t k = 0; k < clusters; ++k) {
    const float* row = points.data() + k * count / clusters * dimension;
    result.centroids.insert(result.centroids.end(), row, row + dimension);
  }
  for (int i = 0; i <= iterations; ++i) {
    result.labels = nearestCentroids(points, dimension, result.centroids, runner);
    if (i == iterations) {
      break;
    }
    std::vector<double> sums(result.centroids.size(), 0);
    std::vector<double> sizes(clusters, 0);
    for (std::size_t p = 0; p < count; ++p) {
      sizes[result.labels[p]] += 1;
      for (std::size_t d = 0; d < dimension; ++d) {
        sums[result.labels[p] * dimension + d] += static_cast<double>(points[p * dimension + d]);
      }
    }
    for (std::size_t k = 0; k < clusters; ++k) {
      for (std::size_t d = 0; d < dimension && sizes[k] > 0; ++d) {
        result.centroids[k * dimension + d] =
            static_cast<float>(sums[k * dimension + d] / sizes[k]);
      }
    }
  }
  return result;
}

TEST(NearestCentroids, AgreesWithScalarSearch) {
  SerialRunner runner;
  for (const std::size_t dimension : {1U, 3U, 24U, 45U}) {
    for (const std::size_t clusters : {1U, 15U, 16U, 17U, 63U, 65U, 300U}) {
      const std::vector<float> points = clusteredPoints(200, dimension, 20, 7);
      const std::vector<float> centroids = clusteredPoints(clusters, dimension, 20, 8);
      const std::vector<std::uint32_t> labels =
          nearestCentroids(points, dimension, centroids, runner);
      for (std::size_t i = 0; i < labels.size(); ++i) {
        double best = 1e300;
        for (std::size_t k = 0; k < clusters; ++k) {
          best = std::min(best, squaredDistance(points.data() + i * dimension,
                                                centroids.data() + k * dimension, dimension));
        }
        ASSERT_LT(labels[i], clusters);
        const double found = squaredDistance(points.data() + i * dimension,
                                             centroids.data() + labels[i] * dimension, dimension);
        ASSERT_LE(found, best * (1 + 1e-5) + 1e-12) << dimension << " " << clusters << " " << i;
      }
    }
  }
}

TEST(NearestCentroids, TiesGoToTheLowerIndex) {
  SerialRunner runner;
  std::vector<float> centroids(2 * 100, 5.0F);
  for (const std::size_t k : {37U, 53U, 98U}) {
    centroids[2 * k] = centroids[2 * k + 1] = 1.0F;
  }
  const std::vector<float> points = {1.0F, 1.0F, 5.0F, 5.0F};
  const std::vector<std::uint32_t> expected = {37, 0};
  EXPECT_EQ(nearestCentroids(points, 2, centroids, runner), expected);
}

TEST(KMeans, FindsSeparatedClusters) {
  SerialRunner runner;
  std::vector<float> points;
  for (int i = 0; i < 300; ++i) {
    points.push_back(static_cast<float>(100 * (i % 3)) + static_cast<float>(i % 5));
    points.push_back(static_cast<float>(-50 * (i % 3)) + static_cast<float>(i % 7));
  }
  KMeansOptions options;
  options.clusters = 3;
  const auto result = kMeans(points, 2, {}, options, runner);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->centroids.size(), 6U);
  for (std::size_t i = 3; i < 300; ++i) {
    EXPECT_EQ(result->labels[i], result->labels[i % 3]);
  }
  EXPECT_NEAR(result->centroids[2 * result->labels[1]], 102, 0.01);
}

TEST(KMeans, WeightsPullCentroids) {
  SerialRunner runner;
  const std::vector<float> points = {0, 1, 10, 11};
  const std::vector<float> weights = {3, 1, 1, 0};
  KMeansOptions options;
  options.clusters = 2;
  const auto result = kMeans(points, 1, weights, options, runner);
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->centroids[result->labels[0]], 0.25, 1e-6);
  EXPECT_NEAR(result->centroids[result->labels[2]], 10, 1e-4);
  EXPECT_EQ(result->labels[2], result->labels[3]);
}

TEST(KMeans, KeepsDistinctVectorsExactly) {
  SerialRunner runner;
  std::vector<float> points;
  for (int i = 0; i < 1000; ++i) {
    points.push_back(static_cast<float>(i % 10));
    points.push_back(static_cast<float>(i % 2));
  }
  for (const std::size_t clusters : {50U, 2000U}) {
    KMeansOptions options;
    options.clusters = clusters;
    const auto result = kMeans(points, 2, {}, options, runner);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->centroids.size(), 20U);
    EXPECT_EQ(inertia(points, 2, *result), 0);
  }
}

TEST(KMeans, RefusesWrongLengthsAndStops) {
  SerialRunner runner;
  KMeansOptions options;
  options.clusters = 2;
  const std::vector<float> points(30, 1.0F);
  const std::vector<float> weights(7, 1.0F);
  EXPECT_EQ(kMeans(points, 4, {}, options, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(kMeans(points, 0, {}, options, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(kMeans(points, 3, weights, options, runner).error().code, ErrorCode::InvalidParameter);
  EXPECT_TRUE(kMeans({}, 3, {}, options, runner));
  std::stop_source stop;
  stop.request_stop();
  options.stop = stop.get_token();
  EXPECT_EQ(kMeans(points, 3, {}, options, runner).error().code, ErrorCode::Cancelled);
}

TEST(KMeans, ExhaustiveSolutionIsNoWorseThanPlainLloyd) {
  const auto runner = makeThreadRunner(2);
  const std::vector<float> points = clusteredPoints(8000, 24, 150, 3);
  KMeansOptions options;
  options.clusters = 128;
  const auto result = kMeans(points, 24, {}, options, *runner);
  ASSERT_TRUE(result);
  EXPECT_LT(inertia(points, 24, *result),
            1.02 * inertia(points, 24, plainLloyd(points, 24, 128, 10, *runner)));
}

// 24,000 * 4,096 * 24 is beyond the exhaustive limit.
TEST(KMeans, BoundedSolutionIsCloseToPlainLloyd) {
  const auto runner = makeThreadRunner(2);
  for (const std::size_t centres : {300U, 24000U}) {
    const std::vector<float> points = clusteredPoints(24000, 24, centres, 4);
    KMeansOptions options;
    options.clusters = 4096;
    const auto result = kMeans(points, 24, {}, options, *runner);
    ASSERT_TRUE(result);
    EXPECT_LE(result->centroids.size(), 4096U * 24);
    EXPECT_GT(result->centroids.size(), 4000U * 24);
    const double bounded = inertia(points, 24, *result);
    KMeansResult exact = *result;
    exact.labels = nearestCentroids(points, 24, result->centroids, *runner);
    RecordProperty("overExactLabels", std::to_string(bounded / inertia(points, 24, exact)));
    EXPECT_LT(bounded, 1.02 * inertia(points, 24, exact));
    const double plain = inertia(points, 24, plainLloyd(points, 24, 4096, 10, *runner));
    RecordProperty("overPlainLloyd", std::to_string(bounded / plain));
    EXPECT_LT(bounded, 1.03 * plain) << centres;
  }
}

TEST(KMeans, SameBytesOnAnyThreadCount) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  for (const std::size_t clusters : {100U, 5000U}) {
    const std::vector<float> points = clusteredPoints(20000, 24, 500, 5);
    KMeansOptions options;
    options.clusters = clusters;
    options.iterations = 4;
    const auto one = kMeans(points, 24, {}, options, serial);
    const auto many = kMeans(points, 24, {}, options, *threads);
    ASSERT_TRUE(one && many);
    EXPECT_EQ(one->centroids, many->centroids);
    EXPECT_EQ(one->labels, many->labels);
  }
}

// Most points equal: one cell must not swallow the clusters, nor the time.
TEST(KMeans, BoundedSearchSurvivesManyEqualPoints) {
  const auto runner = makeThreadRunner(2);
  std::vector<float> points = clusteredPoints(30000, 24, 30000, 6);
  std::fill(points.begin(), points.begin() + 24 * 20000, 0.0F);
  KMeansOptions options;
  options.clusters = 4096;
  options.iterations = 4;
  const auto result = kMeans(points, 24, {}, options, *runner);
  ASSERT_TRUE(result);
  EXPECT_GT(result->centroids.size(), 3900U * 24);
  EXPECT_EQ(std::set<std::uint32_t>(result->labels.begin(), result->labels.begin() + 20000).size(),
            1U);
}

double cost1d(std::span<const float> values, const KMeansResult& result) {
  return inertia(values, 1, result);
}

// The optimum by dynamic programming over all values.
double optimum1d(std::vector<float> values, std::size_t levels) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const auto cost = [&](std::size_t begin, std::size_t end) {
    double mean = 0;
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) {
      mean += static_cast<double>(values[i]) / static_cast<double>(end - begin);
    }
    for (std::size_t i = begin; i < end; ++i) {
      sum += (static_cast<double>(values[i]) - mean) * (static_cast<double>(values[i]) - mean);
    }
    return sum;
  };
  std::vector<double> best(n + 1, 1e300);
  best[0] = 0;
  for (std::size_t level = 0; level < levels; ++level) {
    std::vector<double> next(n + 1, 1e300);
    for (std::size_t end = 1; end <= n; ++end) {
      for (std::size_t begin = 0; begin < end; ++begin) {
        if (best[begin] < 1e299) {
          next[end] = std::min(next[end], best[begin] + cost(begin, end));
        }
      }
    }
    best = std::move(next);
  }
  return best[n];
}

TEST(KMeans1d, ReachesTheOptimumOnSmallSets) {
  SerialRunner runner;
  const std::vector<float> values = clusteredPoints(150, 1, 9, 11);
  for (const std::size_t levels : {1U, 2U, 5U, 12U}) {
    const KMeansResult result = kMeans1d(values, levels, 10, runner);
    EXPECT_EQ(result.centroids.size(), levels);
    EXPECT_TRUE(std::is_sorted(result.centroids.begin(), result.centroids.end()));
    EXPECT_NEAR(cost1d(values, result), optimum1d(values, levels),
                1e-5 * optimum1d(values, 1) / static_cast<double>(levels));
  }
}

TEST(KMeans1d, LabelsNameTheNearestLevel) {
  const auto runner = makeThreadRunner(2);
  const std::vector<float> values = clusteredPoints(100000, 1, 40, 12);
  const KMeansResult result = kMeans1d(values, 256, 10, *runner);
  ASSERT_EQ(result.centroids.size(), 256U);
  for (std::size_t i = 0; i < values.size(); i += 97) {
    const float found = std::abs(values[i] - result.centroids[result.labels[i]]);
    for (const float level : result.centroids) {
      ASSERT_LE(found, std::abs(values[i] - level) + 1e-6F);
    }
  }
  // A uniform quantiser of 256 levels has step^2 / 12; the clusters must do much better than it.
  const double extent = static_cast<double>(result.centroids.back() - result.centroids.front());
  EXPECT_LT(cost1d(values, result) / 1e5, extent * extent / (256.0 * 256 * 12));
}

TEST(KMeans1d, FewDistinctValuesAreKept) {
  SerialRunner runner;
  const std::vector<float> values = {3, -1, 3, 7.25F, -1, 1e6F};
  const KMeansResult result = kMeans1d(values, 256, 10, runner);
  const std::vector<float> levels = {-1, 3, 7.25F, 1e6F};
  const std::vector<std::uint32_t> labels = {1, 0, 1, 2, 0, 3};
  EXPECT_EQ(result.centroids, levels);
  EXPECT_EQ(result.labels, labels);
  EXPECT_TRUE(kMeans1d({}, 256, 10, runner).centroids.empty());
}

}  // namespace
}  // namespace volpress
