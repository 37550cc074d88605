// LDR-FLIP: Andersson, Nilsson, Akenine-Moeller, Oskarsson, Astrom, Fairchild, "FLIP: A Difference
// Evaluator for Alternating Images", HPG 2020. Section numbers below are the paper's.

#include <array>
#include <cmath>
#include <numbers>

#include "renderer/metrics/metrics.hpp"
#include "renderer/metrics/planes.hpp"

namespace volpress::metrics {
namespace {

using Color = std::array<float, 3>;

// Section 4.1: exponent and break point of the colour difference.
constexpr float kColorExponent = 0.7F;
constexpr float kBreakShare = 0.4F;
constexpr float kBreakValue = 0.95F;
// Section 4.2: width of the feature detectors in degrees, and their exponent.
constexpr double kFeatureWidth = 0.082;
constexpr float kFeatureExponent = 0.5F;

// Linear sRGB to CIE XYZ of the D65 white, from the primaries of ITU-R BT.709.
constexpr std::array<std::array<double, 3>, 3> kRgbToXyz{
    {{10135552.0 / 24577794.0, 8788810.0 / 24577794.0, 4435075.0 / 24577794.0},
     {2613072.0 / 12288897.0, 8788810.0 / 12288897.0, 887015.0 / 12288897.0},
     {1425312.0 / 73733382.0, 8788810.0 / 73733382.0, 70074185.0 / 73733382.0}}};

/// The matrix with each row divided by its sum: XYZ relative to the white.
struct ColorMatrices {
  std::array<std::array<float, 3>, 3> toXyz{};
  std::array<std::array<float, 3>, 3> fromXyz{};
};

ColorMatrices makeColorMatrices() {
  std::array<std::array<double, 3>, 3> m{};
  for (std::size_t row = 0; row < 3; ++row) {
    const double sum = kRgbToXyz[row][0] + kRgbToXyz[row][1] + kRgbToXyz[row][2];
    for (std::size_t column = 0; column < 3; ++column) {
      m[row][column] = kRgbToXyz[row][column] / sum;
    }
  }
  ColorMatrices matrices;
  double determinant = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    determinant +=
        m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3]);
  }
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      matrices.toXyz[row][column] = static_cast<float>(m[row][column]);
      const std::size_t r1 = (column + 1) % 3;
      const std::size_t r2 = (column + 2) % 3;
      const std::size_t c1 = (row + 1) % 3;
      const std::size_t c2 = (row + 2) % 3;
      matrices.fromXyz[row][column] =
          static_cast<float>((m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]) / determinant);
    }
  }
  return matrices;
}

const ColorMatrices& colorMatrices() {
  static const ColorMatrices matrices = makeColorMatrices();
  return matrices;
}

Color multiply(const std::array<std::array<float, 3>, 3>& matrix, const Color& v) {
  Color result{};
  for (std::size_t row = 0; row < 3; ++row) {
    result[row] = matrix[row][0] * v[0] + matrix[row][1] * v[1] + matrix[row][2] * v[2];
  }
  return result;
}

float linearFromSrgb(float value) {
  return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

/// Linear opponent space, here named by its channels Y, Cx, Cz.
Color opponentFromLinear(const Color& rgb) {
  const Color xyz = multiply(colorMatrices().toXyz, rgb);
  return {116.0F * xyz[1] - 16.0F, 500.0F * (xyz[0] - xyz[1]), 200.0F * (xyz[1] - xyz[2])};
}

Color linearFromOpponent(const Color& opponent) {
  const float y = (opponent[0] + 16.0F) / 116.0F;
  return multiply(colorMatrices().fromXyz, {y + opponent[1] / 500.0F, y, y - opponent[2] / 200.0F});
}

/// CIELAB with the Hunt effect: chroma fades with lightness (section 4.1.3).
Color huntLab(const Color& linearRgb) {
  Color f = multiply(colorMatrices().toXyz, linearRgb);
  constexpr float kDelta = 6.0F / 29.0F;
  for (float& value : f) {
    value = value > kDelta * kDelta * kDelta ? std::cbrt(value)
                                             : value / (3 * kDelta * kDelta) + 4.0F / 29.0F;
  }
  const float lightness = 116.0F * f[1] - 16.0F;
  const float fade = 0.01F * lightness;
  return {lightness, fade * 500.0F * (f[0] - f[1]), fade * 200.0F * (f[1] - f[2])};
}

/// The HyAB distance to the power of q_c.
float colorDistance(const Color& a, const Color& b) {
  const float chroma = std::hypot(a[1] - b[1], a[2] - b[2]);
  return std::pow(std::abs(a[0] - b[0]) + chroma, kColorExponent);
}

/// Compresses large distances: 0..p_c c_max to 0..p_t, the rest to p_t..1.
float redistribute(float distance, float maxDistance) {
  const float breakPoint = kBreakShare * maxDistance;
  if (distance < breakPoint) {
    return kBreakValue / breakPoint * distance;
  }
  const float above = (distance - breakPoint) / (maxDistance - breakPoint);
  return kBreakValue + above * (1.0F - kBreakValue);
}

/// One term a sqrt(pi / b) exp(-pi^2 d^2 / b) of a contrast sensitivity filter, d in degrees.
struct SensitivityTerm {
  double a;
  double b;
};
constexpr std::array<SensitivityTerm, 1> kAchromatic{{{1, 0.0047}}};
constexpr std::array<SensitivityTerm, 1> kRedGreen{{{1, 0.0053}}};
constexpr std::array<SensitivityTerm, 2> kBlueYellow{{{34.1, 0.04}, {13.5, 0.025}}};
constexpr double kWidestTerm = 0.04;

/// Filters one channel with its contrast sensitivity function: a sum of Gaussians, each separable,
/// normalised together.
Plane<float> filterSensitivity(const Plane<float>& channel, std::span<const SensitivityTerm> terms,
                               double pixelsPerDegree, TaskRunner& runner) {
  constexpr double kPi2 = std::numbers::pi * std::numbers::pi;
  const auto radius = static_cast<std::ptrdiff_t>(
      std::ceil(3 * std::sqrt(kWidestTerm / (2 * kPi2)) * pixelsPerDegree));
  std::vector<std::vector<float>> kernels;
  std::vector<double> shares;
  double total = 0;
  for (const SensitivityTerm& term : terms) {
    std::vector<double> kernel;
    double sum = 0;
    for (std::ptrdiff_t i = -radius; i <= radius; ++i) {
      const double degrees = static_cast<double>(i) / pixelsPerDegree;
      kernel.push_back(std::exp(-kPi2 * degrees * degrees / term.b));
      sum += kernel.back();
    }
    std::vector<float> normalised;
    normalised.reserve(kernel.size());
    for (const double weight : kernel) {
      normalised.push_back(static_cast<float>(weight / sum));
    }
    kernels.push_back(std::move(normalised));
    shares.push_back(term.a * std::sqrt(std::numbers::pi / term.b) * sum * sum);
    total += shares.back();
  }
  Plane<float> result = makePlane<float>(channel.width, channel.height);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Plane<float> part = filterSeparable(channel, kernels[i], kernels[i], runner);
    const auto share = static_cast<float>(shares[i] / total);
    for (std::size_t pixel = 0; pixel < part.values.size(); ++pixel) {
      result.values[pixel] += share * part.values[pixel];
    }
  }
  return result;
}

/// Gaussian, its first and its second derivative, sampled; the derivatives' positive and negative
/// weights add up to +1 and -1 (section 4.2).
struct FeatureKernels {
  std::vector<float> smooth;
  std::vector<float> edge;
  std::vector<float> point;
};

std::vector<float> balanced(const std::vector<double>& kernel) {
  double positive = 0;
  double negative = 0;
  for (const double weight : kernel) {
    (weight > 0 ? positive : negative) += weight;
  }
  std::vector<float> result;
  result.reserve(kernel.size());
  for (const double weight : kernel) {
    result.push_back(static_cast<float>(weight > 0 ? weight / positive : -weight / negative));
  }
  return result;
}

FeatureKernels makeFeatureKernels(double pixelsPerDegree) {
  const double sigma = 0.5 * kFeatureWidth * pixelsPerDegree;
  const auto radius = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
  std::vector<double> smooth;
  std::vector<double> edge;
  std::vector<double> point;
  double sum = 0;
  for (std::ptrdiff_t i = -radius; i <= radius; ++i) {
    const auto x = static_cast<double>(i);
    const double gaussian = std::exp(-x * x / (2 * sigma * sigma));
    smooth.push_back(gaussian);
    edge.push_back(-x * gaussian);
    point.push_back((x * x / (sigma * sigma) - 1) * gaussian);
    sum += gaussian;
  }
  FeatureKernels kernels;
  kernels.smooth.reserve(smooth.size());
  for (const double weight : smooth) {
    kernels.smooth.push_back(static_cast<float>(weight / sum));
  }
  kernels.edge = balanced(edge);
  kernels.point = balanced(point);
  return kernels;
}

/// Length of the two-dimensional derivative at each pixel.
Plane<float> featureStrength(const Plane<float>& luminance, std::span<const float> derivative,
                             std::span<const float> smooth, TaskRunner& runner) {
  Plane<float> strength = filterSeparable(luminance, derivative, smooth, runner);
  const Plane<float> other = filterSeparable(luminance, smooth, derivative, runner);
  for (std::size_t i = 0; i < strength.values.size(); ++i) {
    strength.values[i] = std::hypot(strength.values[i], other.values[i]);
  }
  return strength;
}

/// What FLIP compares of one picture.
struct Perceived {
  std::array<Plane<float>, 3> lab;  ///< filtered, Hunt-adjusted
  Plane<float> edges;
  Plane<float> points;
};

Perceived perceive(const Image& image, double pixelsPerDegree, TaskRunner& runner) {
  std::array<Plane<float>, 3> opponent;
  opponent.fill(makePlane<float>(image.width, image.height));
  Plane<float> luminance = makePlane<float>(image.width, image.height);
  const std::size_t pixels = luminance.values.size();
  constexpr std::size_t kPixelGrain = 4096;
  runner.parallelFor(pixels, kPixelGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float* const pixel = image.pixels.data() + 3 * i;
      const Color value = opponentFromLinear({linearFromSrgb(clampUnit(pixel[0])),
                                              linearFromSrgb(clampUnit(pixel[1])),
                                              linearFromSrgb(clampUnit(pixel[2]))});
      for (std::size_t channel = 0; channel < 3; ++channel) {
        opponent[channel].values[i] = value[channel];
      }
      luminance.values[i] = (value[0] + 16.0F) / 116.0F;
    }
  });

  Perceived result;
  result.lab[0] = filterSensitivity(opponent[0], kAchromatic, pixelsPerDegree, runner);
  result.lab[1] = filterSensitivity(opponent[1], kRedGreen, pixelsPerDegree, runner);
  result.lab[2] = filterSensitivity(opponent[2], kBlueYellow, pixelsPerDegree, runner);
  runner.parallelFor(pixels, kPixelGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Color linear = linearFromOpponent(
          {result.lab[0].values[i], result.lab[1].values[i], result.lab[2].values[i]});
      for (float& value : linear) {
        value = clampUnit(value);
      }
      const Color lab = huntLab(linear);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        result.lab[channel].values[i] = lab[channel];
      }
    }
  });
  const FeatureKernels kernels = makeFeatureKernels(pixelsPerDegree);
  result.edges = featureStrength(luminance, kernels.edge, kernels.smooth, runner);
  result.points = featureStrength(luminance, kernels.point, kernels.smooth, runner);
  return result;
}

}  // namespace

Result<FlipResult> flip(const Image& reference, const Image& test, TaskRunner& runner,
                        double pixelsPerDegree) {
  VOLPRESS_CHECK(checkPair(reference, test));
  if (reference.channels != 3) {
    return fail(ErrorCode::InvalidParameter, "FLIP needs 3 colour channels, but there are {}",
                reference.channels);
  }
  if (!(pixelsPerDegree >= 1 && pixelsPerDegree <= 1000)) {
    return fail(ErrorCode::InvalidParameter, "{} pixels per degree is not within 1..1000",
                pixelsPerDegree);
  }
  const Perceived a = perceive(reference, pixelsPerDegree, runner);
  const Perceived b = perceive(test, pixelsPerDegree, runner);
  const float maxDistance = colorDistance(huntLab({0, 1, 0}), huntLab({0, 0, 1}));

  FlipResult result;
  result.error = makeImage(reference.width, reference.height, 1);
  const double sum = sumRows(reference.height, runner, [&](std::size_t y) {
    double rowSum = 0;
    for (std::size_t i = y * reference.width; i < (y + 1) * reference.width; ++i) {
      const float distance =
          colorDistance({a.lab[0].values[i], a.lab[1].values[i], a.lab[2].values[i]},
                        {b.lab[0].values[i], b.lab[1].values[i], b.lab[2].values[i]});
      const float color = redistribute(distance, maxDistance);
      const float feature = std::max(std::abs(a.edges.values[i] - b.edges.values[i]),
                                     std::abs(a.points.values[i] - b.points.values[i]));
      const float featureError = std::pow(feature / std::numbers::sqrt2_v<float>, kFeatureExponent);
      const float error = std::pow(color, 1.0F - std::min(featureError, 1.0F));
      result.error.pixels[i] = clampUnit(error);
      rowSum += static_cast<double>(result.error.pixels[i]);
    }
    return rowSum;
  });
  result.mean = sum / static_cast<double>(result.error.pixels.size());
  return result;
}

}  // namespace volpress::metrics
