// SSIM (Wang, Bovik, Sheikh, Simoncelli 2004) and MS-SSIM (Wang, Simoncelli, Bovik 2003).

#include <array>
#include <cmath>
#include <utility>

#include "renderer/metrics/metrics.hpp"
#include "renderer/metrics/planes.hpp"

namespace volpress::metrics {
namespace {

constexpr std::size_t kWindow = 11;
constexpr std::size_t kCentre = kWindow / 2;
constexpr double kSigma = 1.5;
constexpr double kC1 = 0.01 * 0.01;
constexpr double kC2 = 0.03 * 0.03;
/// From the finest scale to the coarsest.
constexpr std::array<double, 5> kScaleWeights{0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

using Window = std::array<double, kWindow>;

Window gaussianWindow() {
  Window window{};
  double sum = 0;
  for (std::size_t i = 0; i < kWindow; ++i) {
    const double x = static_cast<double>(i) - static_cast<double>(kCentre);
    window[i] = std::exp(-x * x / (2 * kSigma * kSigma));
    sum += window[i];
  }
  for (double& weight : window) {
    weight /= sum;
  }
  return window;
}

Plane<double> channelPlane(const Image& image, std::size_t channel) {
  Plane<double> plane = makePlane<double>(image.width, image.height);
  for (std::size_t i = 0; i < plane.values.size(); ++i) {
    plane.values[i] = static_cast<double>(clampUnit(image.pixels[i * image.channels + channel]));
  }
  return plane;
}

/// Means over all windows that fit.
struct Similarity {
  double ssim = 0;
  double contrastStructure = 0;
};

/// The local moments of one row of windows: means of a, b, a^2, b^2 and ab.
constexpr std::size_t kMoments = 5;

/// SSIM and contrast-structure, summed over one row of windows that starts at row `y`.
Similarity windowRow(const Plane<double>& a, const Plane<double>& b, const Window& window,
                     std::size_t y) {
  const std::size_t width = a.width;
  std::vector<double> columns(kMoments * width);
  for (std::size_t tap = 0; tap < kWindow; ++tap) {
    const double* const rowA = a.row(y + tap);
    const double* const rowB = b.row(y + tap);
    const double weight = window[tap];
    for (std::size_t x = 0; x < width; ++x) {
      const double weightedA = weight * rowA[x];
      const double weightedB = weight * rowB[x];
      columns[x] += weightedA;
      columns[width + x] += weightedB;
      columns[2 * width + x] += weightedA * rowA[x];
      columns[3 * width + x] += weightedB * rowB[x];
      columns[4 * width + x] += weightedA * rowB[x];
    }
  }
  const std::size_t windows = width - kWindow + 1;
  std::vector<double> moments(kMoments * windows);
  for (std::size_t moment = 0; moment < kMoments; ++moment) {
    for (std::size_t tap = 0; tap < kWindow; ++tap) {
      const double* const source = columns.data() + moment * width + tap;
      double* const target = moments.data() + moment * windows;
      for (std::size_t x = 0; x < windows; ++x) {
        target[x] += window[tap] * source[x];
      }
    }
  }
  Similarity sum;
  for (std::size_t x = 0; x < windows; ++x) {
    const double meanA = moments[x];
    const double meanB = moments[windows + x];
    const double varianceA = moments[2 * windows + x] - meanA * meanA;
    const double varianceB = moments[3 * windows + x] - meanB * meanB;
    const double covariance = moments[4 * windows + x] - meanA * meanB;
    const double luminance = (2 * meanA * meanB + kC1) / (meanA * meanA + meanB * meanB + kC1);
    const double contrast = (2 * covariance + kC2) / (varianceA + varianceB + kC2);
    sum.ssim += luminance * contrast;
    sum.contrastStructure += contrast;
  }
  return sum;
}

Similarity similarity(const Plane<double>& a, const Plane<double>& b, TaskRunner& runner) {
  const Window window = gaussianWindow();
  const std::size_t rows = a.height - kWindow + 1;
  std::vector<Similarity> sums(rows);
  runner.parallelFor(rows, kRowGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end; ++y) {
      sums[y] = windowRow(a, b, window, y);
    }
  });
  Similarity mean;
  for (const Similarity& sum : sums) {
    mean.ssim += sum.ssim;
    mean.contrastStructure += sum.contrastStructure;
  }
  const double count = static_cast<double>(rows * (a.width - kWindow + 1));
  mean.ssim /= count;
  mean.contrastStructure /= count;
  return mean;
}

/// Averages of 2x2 blocks; an odd last row or column is repeated.
Plane<double> halved(const Plane<double>& plane) {
  Plane<double> half = makePlane<double>((plane.width + 1) / 2, (plane.height + 1) / 2);
  for (std::size_t y = 0; y < half.height; ++y) {
    const double* const upper = plane.row(2 * y);
    const double* const lower = plane.row(std::min(2 * y + 1, plane.height - 1));
    for (std::size_t x = 0; x < half.width; ++x) {
      const std::size_t right = std::min(2 * x + 1, plane.width - 1);
      half.row(y)[x] = 0.25 * (upper[2 * x] + upper[right] + lower[2 * x] + lower[right]);
    }
  }
  return half;
}

Result<void> checkWindow(const Image& reference, const Image& test) {
  VOLPRESS_CHECK(checkPair(reference, test));
  if (reference.width < kWindow || reference.height < kWindow) {
    return fail(ErrorCode::InvalidParameter,
                "SSIM needs pictures of at least {0}x{0} pixels, but these are {1}x{2}", kWindow,
                reference.width, reference.height);
  }
  return {};
}

}  // namespace

Result<double> ssim(const Image& reference, const Image& test, TaskRunner& runner) {
  VOLPRESS_CHECK(checkWindow(reference, test));
  double sum = 0;
  for (std::size_t channel = 0; channel < reference.channels; ++channel) {
    sum += similarity(channelPlane(reference, channel), channelPlane(test, channel), runner).ssim;
  }
  return sum / static_cast<double>(reference.channels);
}

Result<double> msSsim(const Image& reference, const Image& test, TaskRunner& runner) {
  VOLPRESS_CHECK(checkWindow(reference, test));
  std::size_t scales = 1;
  double weightSum = kScaleWeights[0];
  for (std::size_t size = (std::min(reference.width, reference.height) + 1) / 2;
       scales < kScaleWeights.size() && size >= kWindow; size = (size + 1) / 2) {
    weightSum += kScaleWeights[scales++];
  }
  double sum = 0;
  for (std::size_t channel = 0; channel < reference.channels; ++channel) {
    Plane<double> a = channelPlane(reference, channel);
    Plane<double> b = channelPlane(test, channel);
    double product = 1;
    for (std::size_t scale = 0; scale < scales; ++scale) {
      if (scale > 0) {
        a = halved(a);
        b = halved(b);
      }
      const Similarity local = similarity(a, b, runner);
      // Luminance counts at the coarsest scale only. A negative mean has no real power.
      const double factor = scale + 1 == scales ? local.ssim : local.contrastStructure;
      product *= std::pow(std::max(factor, 0.0), kScaleWeights[scale] / weightSum);
    }
    sum += product;
  }
  return sum / static_cast<double>(reference.channels);
}

}  // namespace volpress::metrics
