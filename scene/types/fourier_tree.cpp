#include "scene/types/fourier_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace volpress {
namespace {

constexpr float kMostDensity = 65504;

/// A curve with its ends there twice.
std::vector<double> augmentedCurve(std::span<const float> curve, bool augmented) {
  std::vector<double> values(curve.begin(), curve.end());
  if (augmented && !values.empty()) {
    values.insert(values.begin(), values.front());
    values.push_back(values.back());
  }
  return values;
}

}  // namespace

double fourierBasis(unsigned index, double t, double period) noexcept {
  const double pi = std::numbers::pi;
  return index % 2 == 0 ? std::cos(index * pi * t / period)
                        : std::sin((index + 1) * pi * t / period);
}

Result<void> validate(const FourierTree& tree) {
  VOLPRESS_CHECK(validate(tree.shape));
  if (!isVoxelBasis(tree.basis) || tree.densityTerms < 1 || tree.colorTerms < 1 ||
      tree.densityTerms > kMaxFourierTerms || tree.colorTerms > kMaxFourierTerms) {
    return fail(
        ErrorCode::CorruptData,
        "{} and {} Fourier terms of {} SH coefficients; allowed are 1 to {} terms of 1, 4 or "
        "9",
        tree.densityTerms, tree.colorTerms, tree.basis, kMaxFourierTerms);
  }
  if (tree.frames < 1 || tree.frames > kMaxFourierFrames ||
      tree.centers.size() != std::size_t{3} * tree.frames) {
    return fail(ErrorCode::CorruptData, "{} frames with {} box centres, allowed are 1 to {} frames",
                tree.frames, tree.centers.size() / 3, kMaxFourierFrames);
  }
  if (tree.data.size() != tree.shape.child.size() * tree.dimension()) {
    return fail(ErrorCode::CorruptData, "{} values for {} cells of {}", tree.data.size(),
                tree.shape.child.size(), tree.dimension());
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(tree.data.begin(), tree.data.end(), finite) ||
      !std::all_of(tree.centers.begin(), tree.centers.end(),
                   [](float value) { return std::abs(value) <= 1e6F; })) {
    return fail(ErrorCode::CorruptData, "Fourier terms and box centres have to be finite");
  }
  return {};
}

float evaluateSeries(std::span<const float> terms, std::span<const double> values) {
  double sum = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    sum += terms[i] * values[i];
  }
  return static_cast<float>(sum);
}

float densityOfSeries(float series, FourierDensity kind, float threshold) noexcept {
  const float sigma = kind == FourierDensity::Linear
                          ? std::min(series, kMostDensity)
                          : std::exp(std::clamp(series, -kMostDensity, std::log(kMostDensity))) - 1;
  return sigma > threshold ? sigma : 0;
}

VoxelTree frameOf(const FourierTree& tree, double frame, float threshold) {
  VoxelTree result;
  result.shape = tree.shape;
  result.basis = tree.basis;
  const double held = std::clamp(frame, 0.0, static_cast<double>(tree.frames - 1));
  const auto before = static_cast<std::size_t>(held);
  const std::size_t after = std::min<std::size_t>(before + 1, tree.frames - 1);
  const auto part = static_cast<float>(held - static_cast<double>(before));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float center =
        (1 - part) * tree.centers[3 * before + axis] + part * tree.centers[3 * after + axis];
    result.shape.shift[axis] = 0.5F - center * tree.shape.scale[axis];
  }
  const unsigned terms = std::max(tree.densityTerms, tree.colorTerms);
  std::vector<double> values(terms);
  for (unsigned i = 0; i < terms; ++i) {
    values[i] = fourierBasis(i, tree.place(held), tree.period());
  }
  const std::size_t cells = tree.shape.child.size();
  const std::size_t width = result.dimension();
  result.data.assign(cells * width, 0.0F);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (tree.shape.child[cell] != 0) {
      continue;
    }
    const float* from = &tree.data[cell * tree.dimension()];
    float* to = &result.data[cell * width];
    const float* densityTerms = from + std::size_t{3} * tree.basis * tree.colorTerms;
    to[width - 1] = densityOfSeries(evaluateSeries({densityTerms, tree.densityTerms}, values),
                                    tree.density, threshold);
    for (std::size_t k = 0; to[width - 1] > 0 && k + 1 < width; ++k) {
      to[k] = evaluateSeries({from + k * tree.colorTerms, tree.colorTerms}, values);
    }
  }
  return result;
}

std::vector<float> seriesOf(std::span<const float> curve, unsigned terms, bool augmented) {
  const std::vector<double> values = augmentedCurve(curve, augmented);
  const auto period = static_cast<double>(values.size());
  std::vector<float> series(terms);
  for (unsigned i = 0; i < terms; ++i) {
    double sum = 0;
    for (std::size_t t = 0; t < values.size(); ++t) {
      sum += values[t] * fourierBasis(i, static_cast<double>(t), period);
    }
    series[i] = static_cast<float>(sum / period);
  }
  return series;
}

std::vector<float> encodeDensity(std::span<const float> density, unsigned terms, bool augmented,
                                 FourierDensity kind, bool exaggerates) {
  std::vector<float> curve(density.size());
  std::transform(density.begin(), density.end(), curve.begin(), [kind](float sigma) {
    const float held = std::max(0.0F, sigma);
    return kind == FourierDensity::Logarithmic ? std::log1p(held) : held;
  });
  if (exaggerates && !curve.empty()) {
    const std::vector<double> values = augmentedCurve(curve, augmented);
    const double factor = static_cast<double>(values.size()) / ((terms + 1) / 2.0);
    const bool empty = std::any_of(curve.begin(), curve.end(), [](float x) { return x <= 0; });
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    const double shift = empty ? mean : 0;
    for (float& value : curve) {
      value = static_cast<float>((value - shift) * factor + shift);
    }
  }
  return curve;
}

void TreeUnion::add(const TreeShape& shape) {
  if (m_shape.child.empty()) {
    m_shape = shape;
    m_shape.child.assign(8, 0);
  }
  m_shape.depthLimit = std::max(m_shape.depthLimit, shape.depthLimit);
  struct Pair {
    std::size_t from, to;
  };
  std::vector<Pair> stack{{0, 0}};
  while (!stack.empty()) {
    const Pair pair = stack.back();
    stack.pop_back();
    for (std::size_t cell = 0; cell < 8; ++cell) {
      const std::int32_t offset = shape.child[8 * pair.from + cell];
      if (offset == 0) {
        continue;
      }
      if (m_shape.child[8 * pair.to + cell] == 0) {
        const std::size_t made = m_shape.nodes();
        m_shape.child.resize(m_shape.child.size() + 8);
        m_shape.child[8 * pair.to + cell] = static_cast<std::int32_t>(made - pair.to);
      }
      stack.push_back({static_cast<std::size_t>(static_cast<std::int64_t>(pair.from) + offset),
                       static_cast<std::size_t>(static_cast<std::int64_t>(pair.to) +
                                                m_shape.child[8 * pair.to + cell])});
    }
  }
}

}  // namespace volpress
