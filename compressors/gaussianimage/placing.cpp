#include "compressors/gaussianimage/placing.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "compressors/learning/view_order.hpp"

namespace volpress::gaussianimage {
namespace {

constexpr float kFlatShare = 0.35F;  // of the mean weight, added everywhere
constexpr float kSpread = 0.6F;      // deviation of a Gaussian over the distance to the next
constexpr float kSmallest = 0.5F;    // pixels

void addEverywhere(PixelWeights& weights, float share) {
  double sum = 0;
  for (const float value : weights.values) {
    sum += static_cast<double>(value);
  }
  const auto floor =
      static_cast<float>(share * sum / static_cast<double>(weights.values.size()) + 1e-6);
  for (float& value : weights.values) {
    value += floor;
  }
}

/// The sum of the 3 x 3 pixels around each, of a picture that is continued at its borders.
PixelWeights blurred(const PixelWeights& weights) {
  PixelWeights result = weights;
  for (std::size_t y = 0; y < weights.height; ++y) {
    for (std::size_t x = 0; x < weights.width; ++x) {
      float sum = 0;
      for (std::size_t dy = 0; dy < 3; ++dy) {
        const std::size_t row = std::clamp<std::size_t>(y + dy, 1, weights.height) - 1;
        for (std::size_t dx = 0; dx < 3; ++dx) {
          const std::size_t column = std::clamp<std::size_t>(x + dx, 1, weights.width) - 1;
          sum += weights.values[row * weights.width + column];
        }
      }
      result.values[y * weights.width + x] = sum;
    }
  }
  return result;
}

}  // namespace

PixelWeights edgeWeights(const renderer::PicturePlanes& target) {
  PixelWeights weights{target.width, target.height, {}};
  weights.values.resize(target.width * target.height);
  for (std::size_t y = 0; y < target.height; ++y) {
    const std::size_t below = std::min(y + 1, target.height - 1);
    for (std::size_t x = 0; x < target.width; ++x) {
      const std::size_t beside = std::min(x + 1, target.width - 1);
      float sum = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const float here = target.row(c, y)[x];
        const float across = target.row(c, y)[beside] - here;
        const float down = target.row(c, below)[x] - here;
        sum += across * across + down * down;
      }
      weights.values[y * target.width + x] = std::sqrt(sum);
    }
  }
  weights = blurred(weights);
  addEverywhere(weights, kFlatShare);
  return weights;
}

PixelWeights errorWeights(const renderer::PicturePlanes& residual) {
  PixelWeights weights{residual.width, residual.height, {}};
  weights.values.resize(residual.width * residual.height);
  for (std::size_t y = 0; y < residual.height; ++y) {
    for (std::size_t x = 0; x < residual.width; ++x) {
      float sum = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        sum += residual.row(c, y)[x] * residual.row(c, y)[x];
      }
      weights.values[y * residual.width + x] = sum;
    }
  }
  return blurred(weights);
}

void placeByWeight(const PixelWeights& weights, std::size_t count, float largest,
                   std::uint64_t seed, renderer::GaussianPicture& picture) {
  double total = 0;
  for (const float value : weights.values) {
    total += static_cast<double>(value);
  }
  if (count == 0 || !(total > 0)) {
    return;
  }
  const double step = total / static_cast<double>(count);
  const double jitter = std::ldexp(static_cast<double>(learning::mixSeed(seed, 0) >> 40), -24);
  double next = step * jitter;
  double passed = 0;
  std::size_t placed = 0;
  const std::size_t side = std::bit_ceil(std::max(weights.width, weights.height));
  const std::uint64_t cells = std::uint64_t{side} * side;
  for (std::uint64_t cell = 0; cell < cells && placed < count; ++cell) {
    std::size_t x = 0;
    std::size_t y = 0;
    for (unsigned bit = 0; cell >> (2 * bit) != 0; ++bit) {
      x |= static_cast<std::size_t>(cell >> (2 * bit) & 1U) << bit;
      y |= static_cast<std::size_t>(cell >> (2 * bit + 1) & 1U) << bit;
    }
    if (x >= weights.width || y >= weights.height) {
      continue;
    }
    const auto weight = static_cast<double>(weights.values[y * weights.width + x]);
    for (passed += weight; placed < count && passed > next; next += step, ++placed) {
      const std::uint64_t bits = learning::mixSeed(seed, placed + 1);
      const auto within = [&](unsigned shift) {
        return std::ldexp(static_cast<float>(bits >> shift & 0xFFFFU), -16) - 0.5F;
      };
      picture.centres.push_back(std::clamp(static_cast<float>(x) + within(0), 0.0F,
                                           static_cast<float>(weights.width - 1)));
      picture.centres.push_back(std::clamp(static_cast<float>(y) + within(16), 0.0F,
                                           static_cast<float>(weights.height - 1)));
      const auto room = static_cast<float>(std::sqrt(step / std::max(weight, 1e-12)));
      const float size = std::clamp(kSpread * room, kSmallest, largest);
      picture.shapes.insert(picture.shapes.end(), {size, 0.0F, size});
      picture.colors.insert(picture.colors.end(), 3, 0.0F);
    }
  }
}

}  // namespace volpress::gaussianimage
