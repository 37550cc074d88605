#include "compressors/sags/point_graph.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace volpress::compressors::sags {
namespace {

using coding::GridPoint;

/// Three points on a line, 3 and 1 apart, one feature each: everything by hand.
TEST(PointGraph, GathersAsByHand) {
  SerialRunner runner;
  const std::vector<GridPoint> line{{0, 0, 0}, {3, 0, 0}, {4, 0, 0}};
  const PointGraph graph = connect(line, 1, runner, {}).value();
  ASSERT_EQ(graph.each, 2U);
  // Every point names both others: d is how much the largest is above it.
  const FloatArray features{1, 5, 2};
  FloatArray local;
  FloatArray spare;
  std::vector<std::uint32_t> source;
  aggregate(graph, 1, features, local, source, spare, runner);
  EXPECT_EQ(source, (std::vector<std::uint32_t>{1, 1, 1}));
  // d = (4, 0, 3); nearness of 0: 1/3 and 1/4, of 1: 1/3 and 1, of 2: 1/4 and 1; a third of the
  // weighted sum, and half of that.
  const auto gathered = [](double first, double second, double weight) {
    return (first * weight + second * (1 - weight)) / 3;
  };
  EXPECT_NEAR(local[0], 1 + 0.5 * gathered(0, 3, 4.0 / 7), 1e-6);
  EXPECT_NEAR(local[1], 5 + 0.5 * gathered(4, 3, 1.0 / 4), 1e-6);
  EXPECT_NEAR(local[2], 2 + 0.5 * gathered(4, 0, 1.0 / 5), 1e-6);
}

TEST(PointGraph, GradientsAgreeWithDifferences) {
  std::mt19937 random(7);
  std::vector<GridPoint> points;
  points.reserve(60);
  for (int i = 0; i < 60; ++i) {
    points.push_back({static_cast<std::uint32_t>(random() % 1000),
                      static_cast<std::uint32_t>(random() % 1000),
                      static_cast<std::uint32_t>(random() % 1000)});
  }
  SerialRunner runner;
  const auto threads = makeThreadRunner(2);
  constexpr std::size_t kWidth = 3;
  const PointGraph graph = connect(points, 0.01, runner, {}).value();
  std::normal_distribution<float> normal;
  FloatArray features(points.size() * kWidth);
  FloatArray pull(features.size());
  for (std::size_t i = 0; i < features.size(); ++i) {
    features[i] = normal(random);
    pull[i] = normal(random);
  }
  FloatArray local;
  FloatArray spare;
  std::vector<std::uint32_t> source;
  const auto loss = [&] {
    aggregate(graph, kWidth, features, local, source, spare, runner);
    double sum = 0;
    for (std::size_t i = 0; i < local.size(); ++i) {
      sum += static_cast<double>(local[i]) * static_cast<double>(pull[i]);
    }
    return sum;
  };
  static_cast<void>(loss());
  FloatArray gradient;
  gradient.assign(features.size(), 0.0F);
  pullAggregate(graph, kWidth, source, pull, gradient, spare, runner);
  FloatArray again;
  again.assign(features.size(), 0.0F);
  pullAggregate(graph, kWidth, source, pull, again, spare, *threads);
  EXPECT_EQ(gradient, again);
  double worst = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    // The function is piecewise linear: far from ties any step gives its slope.
    constexpr float kStep = 1e-3F;
    const float kept = features[i];
    features[i] = kept + kStep;
    const double above = loss();
    features[i] = kept - kStep;
    const double below = loss();
    features[i] = kept;
    const double slope = (above - below) / (2 * static_cast<double>(kStep));
    worst = std::max(
        worst, std::abs(slope - static_cast<double>(gradient[i])) / std::max(1.0, std::abs(slope)));
  }
  EXPECT_LT(worst, 1e-3);
}

TEST(PointGraph, APointAloneKeepsItsFeatures) {
  SerialRunner runner;
  const std::vector<GridPoint> one{{5, 5, 5}};
  const PointGraph graph = connect(one, 1, runner, {}).value();
  FloatArray local;
  FloatArray spare;
  std::vector<std::uint32_t> source;
  aggregate(graph, 2, {1, -2}, local, source, spare, runner);
  EXPECT_EQ(local, (FloatArray{1, -2}));
}

}  // namespace
}  // namespace volpress::compressors::sags
