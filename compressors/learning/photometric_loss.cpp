#include "compressors/learning/photometric_loss.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compressors/learning/photometric_loss.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#ifndef VOLPRESS_PHOTOMETRIC_LOSS_SHARED
#define VOLPRESS_PHOTOMETRIC_LOSS_SHARED
namespace volpress::learning {

constexpr std::size_t kRadius = 5;
constexpr std::size_t kTaps = 2 * kRadius + 1;
constexpr std::size_t kPadding = 3 * kRadius;  ///< of a row, on both sides: interleaved channels
constexpr std::size_t kLaneStep = 16;          ///< floats of the widest vector
constexpr std::size_t kMoments = 5;            ///< filtered x, y, xx, yy, xy
constexpr std::size_t kSlopes = 3;             ///< d(SSIM)/d(filtered x, xx, xy)
constexpr float kC1 = 0.01F * 0.01F;
constexpr float kC2 = 0.03F * 0.03F;
using Window = std::array<float, kTaps>;

/// Two pictures of one size and what is made of them; rows are `length` floats long.
struct LossPlanes {
  const float* picture;
  const float* photo;
  float* gradient;
  std::size_t length;
  std::size_t height;
  double* absolute;  ///< a row: sum of |picture - photo|
  double* ssim;      ///< a row: sum of SSIM
};

}  // namespace volpress::learning
#endif

HWY_BEFORE_NAMESPACE();
namespace volpress::learning::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;
using V = hn::Vec<Floats>;

/// The last kTaps rows of `kPlanes` planes.
template <std::size_t kPlanes>
class RowRing {
public:
  explicit RowRing(std::size_t stride) : m_stride(stride), m_rows(kPlanes * kTaps * stride) {}
  float* row(std::size_t plane, std::size_t y) {
    return m_rows.data() + (plane * kTaps + y % kTaps) * m_stride;
  }

private:
  std::size_t m_stride;
  std::vector<float> m_rows;
};

/// Walks down a band of rows and keeps only the filtered rows that the next one needs, so that
/// everything stays in the cache.
class BandWalker {
public:
  BandWalker(const LossPlanes& planes, const Window& window)
      : m_planes(planes),
        m_window(window),
        m_stride((planes.length + kLaneStep - 1) / kLaneStep * kLaneStep),
        m_moments(m_stride),
        m_slopes(m_stride),
        m_ssim(m_stride) {
    for (auto& row : m_padded) {
      row.resize(m_stride + 2 * kPadding + kLaneStep);
    }
  }

  void walk(std::size_t begin, std::size_t end) {
    const std::size_t last = m_planes.height - 1;
    std::size_t moment = begin - std::min(begin, 2 * kRadius);
    std::size_t slope = begin - std::min(begin, kRadius);
    for (std::size_t y = begin; y < end; ++y) {
      for (; slope <= std::min(last, y + kRadius); ++slope) {
        for (; moment <= std::min(last, slope + kRadius); ++moment) {
          filterProducts(moment);
        }
        differentiateRow(slope, slope >= begin && slope < end);
      }
      finishRow(y);
    }
  }

private:
  /// Rows of the two pictures and their products, filtered along x.
  void filterProducts(std::size_t y) {
    const Floats d;
    const float* sources[2] = {m_planes.picture, m_planes.photo};
    for (std::size_t i = 0; i < 2; ++i) {
      std::copy_n(sources[i] + y * m_planes.length, m_planes.length, m_padded[i].data() + kPadding);
    }
    for (std::size_t x = 0; x < m_stride; x += hn::Lanes(d)) {
      V sums[kMoments];
      for (V& sum : sums) {
        sum = hn::Zero(d);
      }
      for (std::size_t k = 0; k < kTaps; ++k) {
        const V weight = hn::Set(d, m_window[k]);
        const V a = hn::LoadU(d, m_padded[0].data() + x + 3 * k);
        const V b = hn::LoadU(d, m_padded[1].data() + x + 3 * k);
        const V wa = hn::Mul(weight, a);
        const V wb = hn::Mul(weight, b);
        sums[0] = hn::Add(sums[0], wa);
        sums[1] = hn::Add(sums[1], wb);
        sums[2] = hn::MulAdd(wa, a, sums[2]);
        sums[3] = hn::MulAdd(wb, b, sums[3]);
        sums[4] = hn::MulAdd(wa, b, sums[4]);
      }
      for (std::size_t p = 0; p < kMoments; ++p) {
        hn::StoreU(sums[p], d, m_moments.row(p, y) + x);
      }
    }
  }

  /// The kept rows y - kRadius .. y + kRadius that lie inside the picture, and their weights.
  template <std::size_t kPlanes>
  struct Column {
    std::size_t taps = 0;
    float weights[kTaps] = {};
    const float* rows[kTaps][kPlanes] = {};
  };
  template <std::size_t kPlanes>
  Column<kPlanes> columnAt(RowRing<kPlanes>& ring, std::size_t y) const {
    Column<kPlanes> column;
    const std::size_t first = y < kRadius ? kRadius - y : 0;
    const std::size_t end = std::min(kTaps, m_planes.height + kRadius - y);
    for (std::size_t k = first; k < end; ++k) {
      column.weights[column.taps] = m_window[k];
      for (std::size_t p = 0; p < kPlanes; ++p) {
        column.rows[column.taps][p] = ring.row(p, y + k - kRadius);
      }
      ++column.taps;
    }
    return column;
  }

  /// Filters along y at one vector of a row; zeros outside the picture.
  template <std::size_t kPlanes>
  static HWY_INLINE void filterColumn(const Column<kPlanes>& column, std::size_t x,
                                      V (&sums)[kPlanes]) {
    const Floats d;
    for (V& sum : sums) {
      sum = hn::Zero(d);
    }
    for (std::size_t k = 0; k < column.taps; ++k) {
      const V weight = hn::Set(d, column.weights[k]);
      for (std::size_t p = 0; p < kPlanes; ++p) {
        sums[p] = hn::MulAdd(weight, hn::LoadU(d, column.rows[k][p] + x), sums[p]);
      }
    }
  }

  /// SSIM of a row and its slopes, the latter filtered along x.
  void differentiateRow(std::size_t y, bool counted) {
    const Floats d;
    const V c1 = hn::Set(d, kC1);
    const V c2 = hn::Set(d, kC2);
    const V one = hn::Set(d, 1.0F);
    const Column<kMoments> column = columnAt(m_moments, y);
    for (std::size_t x = 0; x < m_stride; x += hn::Lanes(d)) {
      V m[kMoments];
      filterColumn(column, x, m);
      const V twoY = hn::Add(m[1], m[1]);
      const V twoX = hn::Add(m[0], m[0]);
      const V product = hn::Mul(m[0], m[1]);
      const V covariance = hn::Sub(m[4], product);
      const V top1 = hn::Add(hn::Add(product, product), c1);
      const V top2 = hn::Add(hn::Add(covariance, covariance), c2);
      const V xx = hn::Mul(m[0], m[0]);
      const V yy = hn::Mul(m[1], m[1]);
      const V inverse1 = hn::Div(one, hn::Add(hn::Add(xx, yy), c1));
      const V inverse2 = hn::Div(one, hn::Add(hn::Add(hn::Sub(m[2], xx), hn::Sub(m[3], yy)), c2));
      const V both = hn::Mul(inverse1, inverse2);
      const V value = hn::Mul(hn::Mul(top1, top2), both);
      const V ofX = hn::MulAdd(hn::Mul(twoY, hn::Sub(top2, top1)), both,
                               hn::Mul(hn::Mul(twoX, value), hn::Sub(inverse2, inverse1)));
      const V ofXx = hn::Neg(hn::Mul(value, inverse2));
      const V ofXy = hn::Mul(hn::Add(top1, top1), both);
      hn::StoreU(value, d, m_ssim.data() + x);
      hn::StoreU(ofX, d, m_padded[2].data() + kPadding + x);
      hn::StoreU(ofXx, d, m_padded[3].data() + kPadding + x);
      hn::StoreU(ofXy, d, m_padded[4].data() + kPadding + x);
    }
    if (counted) {
      m_planes.ssim[y] = sumOf(m_ssim.data());
    }
    for (std::size_t p = 0; p < kSlopes; ++p) {
      float* padded = m_padded[2 + p].data();
      std::fill(padded + kPadding + m_planes.length, padded + kPadding + m_stride, 0.0F);
      float* out = m_slopes.row(p, y);
      for (std::size_t x = 0; x < m_stride; x += hn::Lanes(d)) {
        V sum = hn::Zero(d);
        for (std::size_t k = 0; k < kTaps; ++k) {
          sum = hn::MulAdd(hn::Set(d, m_window[k]), hn::LoadU(d, padded + x + 3 * k), sum);
        }
        hn::StoreU(sum, d, out + x);
      }
    }
  }

  void finishRow(std::size_t y) {
    const Floats d;
    const auto numbers = static_cast<double>(m_planes.length * m_planes.height);
    const V step = hn::Set(d, static_cast<float>(static_cast<double>(1 - kSsimShare) / numbers));
    const V ssimStep = hn::Set(d, static_cast<float>(static_cast<double>(kSsimShare) / numbers));
    std::copy_n(m_planes.picture + y * m_planes.length, m_planes.length,
                m_padded[0].data() + kPadding);
    std::copy_n(m_planes.photo + y * m_planes.length, m_planes.length,
                m_padded[1].data() + kPadding);
    float* differences = m_ssim.data();
    float* gradients = m_padded[0].data() + kPadding;  // each vector after its last use
    const Column<kSlopes> column = columnAt(m_slopes, y);
    for (std::size_t x = 0; x < m_stride; x += hn::Lanes(d)) {
      V s[kSlopes];
      filterColumn(column, x, s);
      const V a = hn::LoadU(d, m_padded[0].data() + kPadding + x);
      const V b = hn::LoadU(d, m_padded[1].data() + kPadding + x);
      const V difference = hn::Sub(a, b);
      const V sign =
          hn::IfThenZeroElse(hn::Eq(difference, hn::Zero(d)), hn::CopySignToAbs(step, difference));
      const V ofSsim = hn::MulAdd(hn::Add(a, a), s[1], hn::MulAdd(b, s[2], s[0]));
      hn::StoreU(hn::Abs(difference), d, differences + x);
      hn::StoreU(hn::NegMulAdd(ssimStep, ofSsim, sign), d, gradients + x);
    }
    m_planes.absolute[y] = sumOf(differences);
    std::copy_n(gradients, m_planes.length, m_planes.gradient + y * m_planes.length);
    std::fill(gradients + m_planes.length, gradients + m_stride, 0.0F);
  }

  /// The sum of a row, in an order that no instruction set changes.
  [[nodiscard]] double sumOf(const float* row) const {
    std::array<double, 4> sums{};
    for (std::size_t i = 0; i < m_planes.length; ++i) {
      sums[i % 4] += static_cast<double>(row[i]);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  const LossPlanes& m_planes;
  const Window& m_window;
  std::size_t m_stride;
  RowRing<kMoments> m_moments;
  RowRing<kSlopes> m_slopes;
  std::array<std::vector<float>, 2 + kSlopes> m_padded;  ///< picture, photo, slopes of one row
  std::vector<float> m_ssim;
};

void walkBand(const LossPlanes& planes, const Window& window, std::size_t begin, std::size_t end) {
  BandWalker(planes, window).walk(begin, end);
}

}  // namespace volpress::learning::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::learning {
HWY_EXPORT(walkBand);
namespace {

constexpr std::size_t kBandRows = 64;

Window gaussianWindow() {
  Window window{};
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

}  // namespace

double photometricLoss(const Image& picture, const Image& photo, TaskRunner& runner,
                       Image& gradient) {
  const std::size_t length = 3 * picture.width;
  const std::size_t height = picture.height;
  gradient.width = picture.width;
  gradient.height = height;
  gradient.channels = 3;
  gradient.pixels.resize(length * height);
  std::vector<double> absolute(height);
  std::vector<double> ssim(height);
  const Window window = gaussianWindow();
  const LossPlanes planes{
      picture.pixels.data(), photo.pixels.data(), gradient.pixels.data(), length, height,
      absolute.data(),       ssim.data()};
  runner.parallelFor(height, kBandRows, [&](std::size_t begin, std::size_t end) {
    HWY_DYNAMIC_DISPATCH(walkBand)(planes, window, begin, end);
  });
  double loss = 0;
  for (std::size_t row = 0; row < height; ++row) {
    loss += static_cast<double>(1 - kSsimShare) * absolute[row] -
            static_cast<double>(kSsimShare) * ssim[row];
  }
  return loss / static_cast<double>(length * height) + static_cast<double>(kSsimShare);
}

}  // namespace volpress::learning
#endif  // HWY_ONCE
