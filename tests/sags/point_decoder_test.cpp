// Decoding points: gradients against central differences, and what is the same from everywhere.
#include "compressors/sags/point_decoder.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace volpress::compressors::sags {
namespace {

struct Case {
  const char* name;
  bool shapesSeeView;
  bool asSeen;
  unsigned shDegree;
  bool subset;
};

class PointDecoderTest : public ::testing::TestWithParam<Case> {
protected:
  PointDecoderTest() : m_decoder(shapeOf(GetParam())) {
    std::mt19937 random(11);
    std::vector<coding::GridPoint> keys;
    keys.reserve(30);
    for (int i = 0; i < 30; ++i) {
      keys.push_back({static_cast<std::uint32_t>(random() % 100),
                      static_cast<std::uint32_t>(random() % 100),
                      static_cast<std::uint32_t>(random() % 100)});
    }
    coding::PositionGrid grid;
    grid.origin = {-1, -1, -1};
    grid.cell = 0.02F;
    grid.bits = 7;
    m_points =
        buildPoints(keys, {{0, 1}, {2, 3}, {4, 29}, {5, 6}, {5, 7}}, grid, m_runner, {}).value();
    m_weights = m_decoder.freshWeights(30, 3);
    std::normal_distribution<float> normal;
    for (float& value : m_weights[kFeatures]) {
      value = normal(random);
    }
    for (float& value : m_weights[kGrid]) {
      value = 0.5F * normal(random);
    }
    for (float& value : m_weights[kSizes]) {
      value = -1 + 0.3F * normal(random);
    }
    for (float& value : m_weights[kAffine]) {
      value += 0.2F * normal(random);
    }
    for (const Part part : {kOpacity, kColor, kShape}) {
      const bool seesView = part == kColor || GetParam().shapesSeeView;
      clearKinks(m_weights[part], m_decoder.xWidth(), seesView ? 4 : 0);
    }
    m_weights[kOpacity].back() = 2;
    if (GetParam().subset) {
      m_tape.rows = {1, 4, 6, 20, 31, 33, 34};
    }
    m_tape.eye = GetParam().asSeen ? &m_eye : nullptr;
    const std::size_t rows = GetParam().subset ? 7 : 35;
    const std::size_t rest = GetParam().asSeen ? 0 : 3 * shRestCount(GetParam().shDegree);
    const auto draw = [&](FloatArray& pull, std::size_t count) {
      pull.resize(count);
      for (float& value : pull) {
        value = normal(random);
      }
    };
    draw(m_pull.means, 3 * rows);
    draw(m_pull.logScales, 3 * rows);
    draw(m_pull.rotations, 4 * rows);
    draw(m_pull.opacityLogits, rows);
    draw(GetParam().asSeen ? m_pull.colors : m_pull.shDc, 3 * rows);
    draw(m_pull.shRest, rest * rows);
    draw(m_opacityPull, rows);
  }

  static DecoderShape shapeOf(const Case& of) {
    DecoderShape shape;
    shape.features = 5;
    shape.tableBits = 5;
    shape.shDegree = of.shDegree;
    shape.shapesSeeView = of.shapesSeeView;
    shape.viewDistance = 2;
    shape.place = {{0, 0, 0}, 1};
    return shape;
  }

  /// Biases that keep every hidden unit well on or well off, and small last weights: differences
  /// in floats need steps that would cross kinks.
  static void clearKinks(FloatArray& head, std::size_t inputs, std::size_t view) {
    const std::size_t second = 32 * (inputs + 1 + view);
    for (std::size_t i = 0; i < 32; ++i) {
      head[32 * inputs + i] = i % 2 == 0 ? 5 : -5;
      head[second + 32 * 32 + i] = i % 2 == 0 ? 8 : -8;
    }
    for (std::size_t i = second + 32 * 33; i < head.size(); ++i) {
      head[i] *= 0.1F;
    }
  }

  /// A linear function of everything that is decoded.
  double loss() {
    GaussianCloud cloud;
    FloatArray colors;
    m_decoder.decode(m_points, m_weights, m_tape, cloud, colors, m_runner);
    double sum = 0;
    const auto add = [&sum](const FloatArray& values, const FloatArray& pull) {
      for (std::size_t i = 0; i < pull.size(); ++i) {
        sum += static_cast<double>(values[i]) * static_cast<double>(pull[i]);
      }
    };
    add(cloud.means, m_pull.means);
    add(cloud.logScales, m_pull.logScales);
    add(cloud.rotations, m_pull.rotations);
    add(cloud.opacityLogits, m_pull.opacityLogits);
    add(GetParam().asSeen ? colors : cloud.shDc, GetParam().asSeen ? m_pull.colors : m_pull.shDc);
    add(cloud.shRest, m_pull.shRest);
    add(m_tape.opacityOut, m_opacityPull);
    return sum;
  }

  /// The error of `gradient` against differences along it, relative to its norm.
  double errorAlong(FloatArray& values, const FloatArray& gradient) {
    double norm = 0;
    for (const float part : gradient) {
      norm += static_cast<double>(part) * static_cast<double>(part);
    }
    norm = std::sqrt(norm);
    const FloatArray kept = values;
    const auto lossAt = [&](double way) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(static_cast<double>(kept[i]) +
                                       way * static_cast<double>(gradient[i]) / norm);
      }
      return loss();
    };
    // So far that the loss changes by what floats tell well and curvature does not yet matter for,
    // and not so far that another feature becomes the largest.
    constexpr double kChange = 0.05;
    constexpr double kFurthest = 0.02;
    const double step = std::min(kChange / norm, kFurthest);
    const double found = (lossAt(step) - lossAt(-step)) / (2 * step);
    values = kept;
    return std::abs(found - norm) / norm;
  }

  PointDecoder m_decoder;
  Points m_points;
  Weights m_weights;
  Tape m_tape;
  std::array<float, 3> m_eye{0.5F, -3, 1};
  renderer::CloudGradients m_pull;
  FloatArray m_opacityPull;
  SerialRunner m_runner;
};

TEST_P(PointDecoderTest, GradientsOfEveryPartAgreeWithDifferences) {
  static_cast<void>(loss());
  Weights gradient;
  for (std::size_t part = 0; part < kParts; ++part) {
    gradient[part].assign(m_weights[part].size(), 0.0F);
  }
  m_decoder.pullBack(m_points, m_weights, m_tape, {m_pull, m_opacityPull}, gradient, m_runner);
  for (std::size_t part = 0; part < kParts; ++part) {
    EXPECT_LT(errorAlong(m_weights[part], gradient[part]), 1e-3) << "part " << part;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, PointDecoderTest,
                         ::testing::Values(Case{"Baked", false, false, 2, false},
                                           Case{"BakedOneColour", false, false, 0, false},
                                           Case{"BakedSomeRows", false, false, 1, true},
                                           Case{"BakedAllSeeView", true, false, 1, false},
                                           Case{"AsSeen", false, true, 2, false},
                                           Case{"AsSeenAllSeeView", true, true, 2, true}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(PointDecoderTest, AMidPointPullsHalfAtBothEnds) {
  static_cast<void>(loss());
  // Only the mid-point of 0 and 1 is pulled at, and only at its own size.
  renderer::CloudGradients one = m_pull;
  FloatArray none(m_opacityPull.size(), 0.0F);
  for (FloatArray* values : {&one.means, &one.rotations, &one.opacityLogits, &one.shDc, &one.shRest,
                             &one.colors, &one.logScales}) {
    std::fill(values->begin(), values->end(), 0.0F);
  }
  const std::size_t row = GetParam().subset ? 4 : 31;  // point 31: half way between 2 and 3
  one.logScales[3 * row] = 2;
  Weights gradient;
  for (std::size_t part = 0; part < kParts; ++part) {
    gradient[part].assign(m_weights[part].size(), 0.0F);
  }
  m_decoder.pullBack(m_points, m_weights, m_tape, {one, none}, gradient, m_runner);
  EXPECT_EQ(gradient[kSizes][kSizeWidth * 2 + 3], 1);
  EXPECT_EQ(gradient[kSizes][kSizeWidth * 3 + 3], 1);
  EXPECT_EQ(gradient[kSizes][kSizeWidth * 4 + 3], 0);
}

TEST_P(PointDecoderTest, ThreadsAndOtherViewsChangeNothing) {
  const auto threads = makeThreadRunner(2);
  GaussianCloud first;
  GaussianCloud second;
  FloatArray colors;
  FloatArray again;
  m_decoder.decode(m_points, m_weights, m_tape, first, colors, m_runner);
  Tape other = m_tape;
  const std::array<float, 3> elsewhere{9, 9, 9};
  other.eye = &elsewhere;
  m_decoder.decode(m_points, m_weights, other, second, again, *threads);
  if (!GetParam().shapesSeeView) {
    EXPECT_EQ(first.logScales, second.logScales);
    EXPECT_EQ(first.opacityLogits, second.opacityLogits);
  }
  EXPECT_EQ(first.means, second.means) << "where points are does not depend on the view";
  m_decoder.decode(m_points, m_weights, m_tape, second, again, *threads);
  EXPECT_EQ(first.means, second.means);
  EXPECT_EQ(first.logScales, second.logScales);
  EXPECT_EQ(first.rotations, second.rotations);
  EXPECT_EQ(first.shDc, second.shDc);
  EXPECT_EQ(first.shRest, second.shRest);
  EXPECT_EQ(colors, again);
}

TEST(OpacityHead, IsTheTanhOfWhatItSays) {
  for (const float out : {0.01F, 0.3F, 1.0F, 3.0F}) {
    const double opacity = std::tanh(static_cast<double>(out));
    EXPECT_NEAR(logitOf(out), std::log(opacity / (1 - opacity)), 1e-4) << out;
    EXPECT_NEAR(opacityOutOf(logitOf(out)), out, 1e-4) << out;
  }
  // What is not above zero is not drawn: below 1/255.
  EXPECT_LT(logitOf(-1), -10);
  EXPECT_LT(logitOf(0), -10);
}

}  // namespace
}  // namespace volpress::compressors::sags
