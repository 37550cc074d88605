#include "renderer/software/gaussian_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "renderer/software/gaussian_picture.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include "renderer/software/tile_exponent-inl.hpp"

#ifndef VOLPRESS_GAUSSIAN_PICTURE_SHARED
#define VOLPRESS_GAUSSIAN_PICTURE_SHARED
namespace volpress::renderer {

constexpr float kReach = 7.994353F;  // log2(255)
/// Sums over pixels keep one accumulator for each of so many columns, whatever the lanes.
constexpr std::size_t kColumns = kTileSize;
/// colour (3), then moments of dL/dq: x, y, xx, xy, yy.
constexpr std::size_t kSums = 8;

/// The columns of a row that a Gaussian may reach; none when first > last.
struct Reached {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t last = -1;
};

inline Reached reachedColumns(const PlacedGaussians::Kernel& kernel, float dy, float across2,
                              std::size_t width) {
  const float rest = kReach - across2;
  if (rest < 0) {
    return {};
  }
  const float half = std::sqrt(rest) / kernel.s;
  const float centre = kernel.u - kernel.slope * dy;
  const auto most = static_cast<float>(width - 1);
  // A column more on each side makes up for rounding; each pixel is tested again.
  const float first = std::max(std::floor(centre - half), 0.0F);
  const float last = std::min(std::ceil(centre + half), most);
  return first <= last
             ? Reached{static_cast<std::ptrdiff_t>(first), static_cast<std::ptrdiff_t>(last)}
             : Reached{};
}

/// Rows [first, last] that a Gaussian reaches within [top, bottom]; none when first > last.
inline Reached reachedRows(const PlacedGaussians::Kernel& kernel, std::size_t top,
                           std::size_t bottom) {
  const float first = std::max(std::ceil(kernel.v - kernel.halfHeight), static_cast<float>(top));
  const float last = std::min(std::floor(kernel.v + kernel.halfHeight), static_cast<float>(bottom));
  return first <= last
             ? Reached{static_cast<std::ptrdiff_t>(first), static_cast<std::ptrdiff_t>(last)}
             : Reached{};
}

struct BandJob {
  const PlacedGaussians::Kernel* kernels;
  const std::uint32_t* list;
  std::size_t count;
  const float* colors;
  std::size_t top, bottom;  ///< first and last row
  PicturePlanes* sum;
};

}  // namespace volpress::renderer
#endif

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using V = TileVector;

/// v of a vector of pixels from column `x` on.
HWY_INLINE V valueAt(const PlacedGaussians::Kernel& kernel, V dx, V slant, V across2) {
  const TileFloats d;
  const V along = hn::MulAdd(hn::Set(d, kernel.s), dx, slant);
  const V exponent = hn::MulAdd(along, along, across2);
  return hn::IfThenElseZero(hn::Le(exponent, hn::Set(d, kReach)), exp2Negative(exponent));
}

void drawBand(const BandJob& job) {
  const TileFloats d;
  const std::size_t lanes = hn::Lanes(d);
  const V iota = hn::Iota(d, 0.0F);
  PicturePlanes& sum = *job.sum;
  for (std::size_t i = 0; i < job.count; ++i) {
    const PlacedGaussians::Kernel& kernel = job.kernels[job.list[i]];
    const float* color = job.colors + std::size_t{3} * job.list[i];
    const V red = hn::Set(d, color[0]);
    const V green = hn::Set(d, color[1]);
    const V blue = hn::Set(d, color[2]);
    const Reached rows = reachedRows(kernel, job.top, job.bottom);
    for (std::ptrdiff_t y = rows.first; y <= rows.last; ++y) {
      const float dy = static_cast<float>(y) - kernel.v;
      const float across = kernel.w * dy;
      const Reached columns = reachedColumns(kernel, dy, across * across, sum.width);
      const V slant = hn::Set(d, kernel.t * dy);
      const V across2 = hn::Set(d, across * across);
      float* const r = sum.row(0, static_cast<std::size_t>(y));
      float* const g = sum.row(1, static_cast<std::size_t>(y));
      float* const b = sum.row(2, static_cast<std::size_t>(y));
      for (std::ptrdiff_t x = columns.first; x <= columns.last;
           x += static_cast<std::ptrdiff_t>(lanes)) {
        const V dx =
            hn::Sub(hn::Add(hn::Set(d, static_cast<float>(x)), iota), hn::Set(d, kernel.u));
        const V value = valueAt(kernel, dx, slant, across2);
        hn::StoreU(hn::MulAdd(value, red, hn::LoadU(d, r + x)), d, r + x);
        hn::StoreU(hn::MulAdd(value, green, hn::LoadU(d, g + x)), d, g + x);
        hn::StoreU(hn::MulAdd(value, blue, hn::LoadU(d, b + x)), d, b + x);
      }
    }
  }
}

/// Adds up what the pixels say of one Gaussian; of its colour alone unless `kAll`.
template <bool kAll>
HWY_INLINE void sumGaussian(const PlacedGaussians::Kernel& kernel, const float* color,
                            const PicturePlanes& gradient, float* sums) {
  const TileFloats d;
  const std::size_t lanes = hn::Lanes(d);
  const V iota = hn::Iota(d, 0.0F);
  alignas(64) std::array<std::array<float, kColumns>, kSums> columnSums;
  const Reached rows = reachedRows(kernel, 0, gradient.height - 1);
  for (std::size_t lane = 0; lane < kColumns; lane += lanes) {
    V sumR = hn::Zero(d), sumG = hn::Zero(d), sumB = hn::Zero(d);
    V sumX = hn::Zero(d), sumY = hn::Zero(d);
    V sumXX = hn::Zero(d), sumXY = hn::Zero(d), sumYY = hn::Zero(d);
    for (std::ptrdiff_t y = rows.first; y <= rows.last; ++y) {
      const float dy = static_cast<float>(y) - kernel.v;
      const float across = kernel.w * dy;
      const Reached columns = reachedColumns(kernel, dy, across * across, gradient.width);
      const V slant = hn::Set(d, kernel.t * dy);
      const V across2 = hn::Set(d, across * across);
      const float* const r = gradient.row(0, static_cast<std::size_t>(y));
      const float* const g = gradient.row(1, static_cast<std::size_t>(y));
      const float* const b = gradient.row(2, static_cast<std::size_t>(y));
      V row0 = hn::Zero(d), rowX = hn::Zero(d);
      const std::ptrdiff_t start = columns.first / static_cast<std::ptrdiff_t>(kColumns) *
                                       static_cast<std::ptrdiff_t>(kColumns) +
                                   static_cast<std::ptrdiff_t>(lane);
      for (std::ptrdiff_t x = start; x <= columns.last;
           x += static_cast<std::ptrdiff_t>(kColumns)) {
        if (x + static_cast<std::ptrdiff_t>(lanes) <= columns.first) {
          continue;
        }
        const V dx =
            hn::Sub(hn::Add(hn::Set(d, static_cast<float>(x)), iota), hn::Set(d, kernel.u));
        const V value = valueAt(kernel, dx, slant, across2);
        const V gr = hn::LoadU(d, r + x);
        const V gg = hn::LoadU(d, g + x);
        const V gb = hn::LoadU(d, b + x);
        sumR = hn::MulAdd(value, gr, sumR);
        sumG = hn::MulAdd(value, gg, sumG);
        sumB = hn::MulAdd(value, gb, sumB);
        if constexpr (kAll) {
          const V toColor =
              hn::MulAdd(hn::Set(d, color[2]), gb,
                         hn::MulAdd(hn::Set(d, color[1]), gg, hn::Mul(hn::Set(d, color[0]), gr)));
          const V toExponent = hn::Mul(hn::Neg(value), toColor);  // d(loss)/dq
          const V first = hn::Mul(toExponent, dx);
          row0 = hn::Add(row0, toExponent);
          rowX = hn::Add(rowX, first);
          sumXX = hn::MulAdd(first, dx, sumXX);
        }
      }
      if constexpr (kAll) {
        const V down = hn::Set(d, dy);
        const V rowY = hn::Mul(row0, down);
        sumX = hn::Add(sumX, rowX);
        sumY = hn::Add(sumY, rowY);
        sumXY = hn::MulAdd(rowX, down, sumXY);
        sumYY = hn::MulAdd(rowY, down, sumYY);
      }
    }
    hn::Store(sumR, d, columnSums[0].data() + lane);
    hn::Store(sumG, d, columnSums[1].data() + lane);
    hn::Store(sumB, d, columnSums[2].data() + lane);
    if constexpr (kAll) {
      hn::Store(sumX, d, columnSums[3].data() + lane);
      hn::Store(sumY, d, columnSums[4].data() + lane);
      hn::Store(sumXX, d, columnSums[5].data() + lane);
      hn::Store(sumXY, d, columnSums[6].data() + lane);
      hn::Store(sumYY, d, columnSums[7].data() + lane);
    }
  }
  for (std::size_t k = 0; k < (kAll ? kSums : std::size_t{3}); ++k) {
    for (std::size_t half = kColumns / 2; half != 0; half /= 2) {
      for (std::size_t column = 0; column < half; ++column) {
        columnSums[k][column] += columnSums[k][column + half];
      }
    }
    sums[k] = columnSums[k][0];
  }
}

void sumAll(const PlacedGaussians::Kernel& kernel, const float* color,
            const PicturePlanes& gradient, float* sums) {
  sumGaussian<true>(kernel, color, gradient, sums);
}

void sumColor(const PlacedGaussians::Kernel& kernel, const PicturePlanes& gradient, float* sums) {
  sumGaussian<false>(kernel, nullptr, gradient, sums);
}

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::renderer {
HWY_EXPORT(drawBand);
HWY_EXPORT(sumAll);
HWY_EXPORT(sumColor);
namespace {

constexpr std::size_t kBand = 16;   // rows
constexpr std::size_t kGrain = 32;  // Gaussians

PlacedGaussians::Kernel kernelOf(const float* centre, const float* shape) {
  constexpr float kUnit = 0.84932180F;  // sqrt(log2(e) / 2): exponents are of 2
  constexpr float kMostSlender = 1e6F;
  PlacedGaussians::Kernel kernel;
  kernel.u = centre[0];
  kernel.v = centre[1];
  const float varianceY = shape[1] * shape[1] + shape[2] * shape[2];
  const float area = std::abs(shape[0] * shape[2]);
  const float deviationY = std::sqrt(varianceY);
  kernel.s = kUnit * deviationY / area;
  kernel.w = kUnit / deviationY;
  kernel.slope = -(shape[0] * shape[1]) / varianceY;
  kernel.t = kernel.s * kernel.slope;
  const bool draws = std::isfinite(kernel.u) && std::isfinite(kernel.v) && kernel.s > 0 &&
                     kernel.s < kMostSlender && kernel.w > 0 && std::isfinite(kernel.t) &&
                     std::isfinite(kernel.slope);
  kernel.halfHeight = draws ? std::sqrt(kReach) / kernel.w : -1.0F;
  return kernel;
}

}  // namespace

PicturePlanes::PicturePlanes(std::size_t pictureWidth, std::size_t pictureHeight)
    : width(pictureWidth),
      height(pictureHeight),
      stride((pictureWidth + 2 * kColumns - 1) / kColumns * kColumns) {
  values.assign(3 * height * stride, 0.0F);
}

PicturePlanes::PicturePlanes(const Image& image) : PicturePlanes(image.width, image.height) {
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t x = 0; x < width; ++x) {
        row(c, y)[x] = image.pixels[3 * (y * width + x) + c];
      }
    }
  }
}

PlacedGaussians::PlacedGaussians(const GaussianPicture& picture, TaskRunner& runner)
    : m_width(picture.width), m_height(picture.height), m_runner(runner) {
  const std::size_t count = picture.count();
  m_kernels.resize(count);
  const std::size_t bands = (m_height + kBand - 1) / kBand;
  m_bandFirst.assign(bands + 1, 0);
  std::vector<Reached> reached(count);  // of bands
  for (std::size_t i = 0; i < count; ++i) {
    m_kernels[i] = kernelOf(picture.centres.data() + 2 * i, picture.shapes.data() + 3 * i);
    const Reached rows = reachedRows(m_kernels[i], 0, m_height - 1);
    if (rows.first <= rows.last) {
      constexpr auto kRows = static_cast<std::ptrdiff_t>(kBand);
      reached[i] = {rows.first / kRows, rows.last / kRows};
    }
    for (std::ptrdiff_t band = reached[i].first; band <= reached[i].last; ++band) {
      ++m_bandFirst[static_cast<std::size_t>(band) + 1];
    }
  }
  for (std::size_t band = 0; band < bands; ++band) {
    m_bandFirst[band + 1] += m_bandFirst[band];
  }
  m_bandList.resize(m_bandFirst[bands]);
  std::vector<std::uint32_t> next(m_bandFirst.begin(), m_bandFirst.end() - 1);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::ptrdiff_t band = reached[i].first; band <= reached[i].last; ++band) {
      m_bandList[next[static_cast<std::size_t>(band)]++] = static_cast<std::uint32_t>(i);
    }
  }
}

void PlacedGaussians::draw(const FloatArray& colors, PicturePlanes& sum,
                           const std::stop_token& stop) const {
  if (sum.width != m_width || sum.height != m_height) {
    sum = PicturePlanes(m_width, m_height);
  }
  m_runner.parallelFor(m_bandFirst.size() - 1, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t band = begin; band < end && !stop.stop_requested(); ++band) {
      const std::size_t top = band * kBand;
      const std::size_t bottom = std::min(top + kBand, m_height) - 1;
      for (std::size_t c = 0; c < 3; ++c) {
        std::fill(sum.row(c, top), sum.row(c, bottom) + sum.stride, 0.0F);
      }
      HWY_DYNAMIC_DISPATCH(drawBand)
      ({m_kernels.data(), m_bandList.data() + m_bandFirst[band],
        m_bandFirst[band + 1] - m_bandFirst[band], colors.data(), top, bottom, &sum});
    }
  });
}

void PlacedGaussians::pullBackColors(const PicturePlanes& gradient, FloatArray& colors) const {
  colors.resize(3 * m_kernels.size());
  m_runner.parallelFor(m_kernels.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      HWY_DYNAMIC_DISPATCH(sumColor)(m_kernels[i], gradient, colors.data() + 3 * i);
    }
  });
}

void PlacedGaussians::pullBack(const GaussianPicture& picture, const PicturePlanes& gradient,
                               Gradients& gradients) const {
  gradients.centres.resize(picture.centres.size());
  gradients.shapes.resize(picture.shapes.size());
  gradients.colors.resize(picture.colors.size());
  m_runner.parallelFor(m_kernels.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::array<float, kSums> sums{};
      HWY_DYNAMIC_DISPATCH(sumAll)
      (m_kernels[i], picture.colors.data() + 3 * i, gradient, sums.data());
      std::copy_n(sums.begin(), 3, gradients.colors.data() + 3 * i);
      float* const centre = gradients.centres.data() + 2 * i;
      float* const shape = gradients.shapes.data() + 3 * i;
      if (m_kernels[i].halfHeight < 0) {
        std::fill_n(centre, 2, 0.0F);
        std::fill_n(shape, 3, 0.0F);
        continue;
      }
      // In the frame of e = L^-1 d, q = |e|^2 / 2, and d(loss)/dL = -L^-T M, M the moments of e.
      const float l11 = picture.shapes[3 * i];
      const float l21 = picture.shapes[3 * i + 1];
      const float l22 = picture.shapes[3 * i + 2];
      const float k11 = 1 / l11;
      const float k22 = 1 / l22;
      const float k21 = -l21 * k11 * k22;
      const float mean1 = k11 * sums[3];
      const float mean2 = k21 * sums[3] + k22 * sums[4];
      const float moment11 = k11 * k11 * sums[5];
      const float moment12 = k11 * (k21 * sums[5] + k22 * sums[6]);
      const float moment22 = k21 * k21 * sums[5] + 2 * k21 * k22 * sums[6] + k22 * k22 * sums[7];
      centre[0] = -(k11 * mean1 + k21 * mean2);
      centre[1] = -(k22 * mean2);
      shape[0] = -(k11 * moment11 + k21 * moment12);
      shape[1] = -(k22 * moment12);
      shape[2] = -(k22 * moment22);
    }
  });
}

Image drawGaussianPicture(const GaussianPicture& picture, TaskRunner& runner,
                          const std::stop_token& stop) {
  const PlacedGaussians placed(picture, runner);
  PicturePlanes sum(picture.width, picture.height);
  placed.draw(picture.colors, sum, stop);
  Image image = makeImage(picture.width, picture.height);
  runner.parallelFor(picture.height, kBand, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end; ++y) {
      for (std::size_t x = 0; x < picture.width; ++x) {
        for (std::size_t c = 0; c < 3; ++c) {
          const float value = sum.row(c, y)[x];
          const float byte = value > 0 ? 255 * std::min(value, 1.0F) : 0.0F;
          image.pixels[3 * (y * picture.width + x) + c] =
              static_cast<float>(static_cast<int>(byte + 0.5F)) / 255;
        }
      }
    }
  });
  return image;
}

}  // namespace volpress::renderer
#endif  // HWY_ONCE
