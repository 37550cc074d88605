#include "compressors/learning/photometric_loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace volpress::learning {
namespace {

constexpr std::size_t kRadius = 5;
constexpr std::size_t kTaps = 2 * kRadius + 1;
constexpr std::size_t kRowGrain = 8;
constexpr float kC1 = 0.01F * 0.01F;
constexpr float kC2 = 0.03F * 0.03F;

std::array<float, kTaps> gaussianWindow() {
  std::array<float, kTaps> window{};
  float sum = 0;
  for (std::size_t k = 0; k < kTaps; ++k) {
    const float x = static_cast<float>(k) - static_cast<float>(kRadius);
    window[k] = std::exp(-x * x / (2 * 1.5F * 1.5F));
    sum += window[k];
  }
  for (float& weight : window) {
    weight /= sum;
  }
  return window;
}

/// Interleaved rows filtered along x and y; zeros outside. Rows are filtered along x when they are
/// set, along y when they are asked for.
class FilteredPlane {
public:
  FilteredPlane(std::size_t rowLength, std::size_t height)
      : m_length(rowLength), m_height(height), m_rows(rowLength * height) {}

  /// `padded` holds the row with kRadius empty pixels of 3 channels on both sides.
  void setRow(std::size_t y, const std::vector<float>& padded,
              const std::array<float, kTaps>& window) {
    float* out = m_rows.data() + y * m_length;
    for (std::size_t x = 0; x < m_length; ++x) {
      out[x] = window[0] * padded[x];
    }
    for (std::size_t k = 1; k < kTaps; ++k) {
      const float weight = window[k];
      const float* in = padded.data() + 3 * k;
      for (std::size_t x = 0; x < m_length; ++x) {
        out[x] += weight * in[x];
      }
    }
  }

  void getRow(std::size_t y, std::vector<float>& out,
              const std::array<float, kTaps>& window) const {
    std::fill(out.begin(), out.end(), 0.0F);
    for (std::size_t k = 0; k < kTaps; ++k) {
      if (y + k < kRadius || y + k - kRadius >= m_height) {
        continue;
      }
      const float weight = window[k];
      const float* in = m_rows.data() + (y + k - kRadius) * m_length;
      for (std::size_t x = 0; x < m_length; ++x) {
        out[x] += weight * in[x];
      }
    }
  }

private:
  std::size_t m_length, m_height;
  std::vector<float> m_rows;
};

}  // namespace

double photometricLoss(const Image& picture, const Image& photo, TaskRunner& runner,
                       Image& gradient) {
  const std::size_t length = 3 * picture.width;
  const std::size_t height = picture.height;
  const std::array<float, kTaps> window = gaussianWindow();
  std::array<FilteredPlane, 5> moments{FilteredPlane(length, height), FilteredPlane(length, height),
                                       FilteredPlane(length, height), FilteredPlane(length, height),
                                       FilteredPlane(length, height)};  // x, y, xx, yy, xy
  runner.parallelFor(height, kRowGrain, [&](std::size_t begin, std::size_t end) {
    std::array<std::vector<float>, 5> padded;
    padded.fill(std::vector<float>(length + 6 * kRadius));
    for (std::size_t row = begin; row < end; ++row) {
      const float* x = picture.pixels.data() + row * length;
      const float* y = photo.pixels.data() + row * length;
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t at = i + 3 * kRadius;
        padded[0][at] = x[i];
        padded[1][at] = y[i];
        padded[2][at] = x[i] * x[i];
        padded[3][at] = y[i] * y[i];
        padded[4][at] = x[i] * y[i];
      }
      for (std::size_t p = 0; p < moments.size(); ++p) {
        moments[p].setRow(row, padded[p], window);
      }
    }
  });

  // d(sum of SSIM)/d(filtered x, xx, xy), filtered back.
  std::array<FilteredPlane, 3> slopes{FilteredPlane(length, height), FilteredPlane(length, height),
                                      FilteredPlane(length, height)};
  std::vector<double> ssimSums(height);
  runner.parallelFor(height, kRowGrain, [&](std::size_t begin, std::size_t end) {
    std::array<std::vector<float>, 5> rows;
    rows.fill(std::vector<float>(length));
    std::array<std::vector<float>, 3> padded;
    padded.fill(std::vector<float>(length + 6 * kRadius));
    std::vector<float> ssim(length);
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t p = 0; p < moments.size(); ++p) {
        moments[p].getRow(row, rows[p], window);
      }
      for (std::size_t i = 0; i < length; ++i) {
        const float x = rows[0][i];
        const float y = rows[1][i];
        const float top1 = 2 * x * y + kC1;
        const float top2 = 2 * (rows[4][i] - x * y) + kC2;
        const float inverse1 = 1 / (x * x + y * y + kC1);
        const float inverse2 = 1 / (rows[2][i] - x * x + rows[3][i] - y * y + kC2);
        const float value = top1 * top2 * inverse1 * inverse2;
        ssim[i] = value;
        const float both = inverse1 * inverse2;
        padded[0][i + 3 * kRadius] =
            2 * y * (top2 - top1) * both + 2 * x * value * (inverse2 - inverse1);
        padded[1][i + 3 * kRadius] = -value * inverse2;
        padded[2][i + 3 * kRadius] = 2 * top1 * both;
      }
      for (const float value : ssim) {
        ssimSums[row] += static_cast<double>(value);
      }
      for (std::size_t p = 0; p < slopes.size(); ++p) {
        slopes[p].setRow(row, padded[p], window);
      }
    }
  });

  const auto numbers = static_cast<double>(length * height);
  const auto perNumber = static_cast<float>(1 / numbers);
  gradient.width = picture.width;
  gradient.height = height;
  gradient.channels = 3;
  gradient.pixels.resize(length * height);
  std::vector<double> absoluteSums(height);
  runner.parallelFor(height, kRowGrain, [&](std::size_t begin, std::size_t end) {
    std::array<std::vector<float>, 3> rows;
    rows.fill(std::vector<float>(length));
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t p = 0; p < slopes.size(); ++p) {
        slopes[p].getRow(row, rows[p], window);
      }
      const float* x = picture.pixels.data() + row * length;
      const float* y = photo.pixels.data() + row * length;
      float* out = gradient.pixels.data() + row * length;
      for (std::size_t i = 0; i < length; ++i) {
        const float difference = x[i] - y[i];
        const float sign = static_cast<float>(difference > 0) - static_cast<float>(difference < 0);
        const float ofSsim = rows[0][i] + 2 * x[i] * rows[1][i] + y[i] * rows[2][i];
        out[i] = perNumber * ((1 - kSsimShare) * sign - kSsimShare * ofSsim);
        absoluteSums[row] += static_cast<double>(std::abs(difference));
      }
    }
  });
  double loss = 0;
  for (std::size_t row = 0; row < height; ++row) {
    loss += static_cast<double>(1 - kSsimShare) * absoluteSums[row] -
            static_cast<double>(kSsimShare) * ssimSums[row];
  }
  return loss / numbers + static_cast<double>(kSsimShare);
}

}  // namespace volpress::learning
