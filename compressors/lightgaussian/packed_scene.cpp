#include "compressors/lightgaussian/packed_scene.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/quantise.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

constexpr std::size_t kSplatGrain = 4096;
/// Decoded opacity logits stay within this: beyond it alpha is clamped or invisible anyway.
constexpr double kOpacityLimit = 7;
/// SH levels nearer to 0 than this become 0: most are noise, and zeros cost next to nothing.
constexpr double kShDeadZone = 0.62;

/// The rounder a splat, the less its rotation shows. `fall` is how far the smallest log scale lies
/// below the largest.
float rotationFactor(float fall) {
  if (fall < 0.1F) {
    return 8.0F;
  }
  if (fall < 0.25F) {
    return 4.0F;
  }
  return fall < 0.6F ? 2.0F : 1.0F;
}

float rotationStepOf(const PackedGeometry& geometry, std::size_t splat) {
  const std::int64_t fall =
      std::int64_t{geometry.scales[3 * splat + 1]} + std::int64_t{geometry.scales[3 * splat + 2]};
  return geometry.rotationStep * rotationFactor(static_cast<float>(fall) * geometry.scaleStep);
}

std::int32_t opacityLevel(float logit, float step) {
  const double opacity = 1 / (1 + std::exp(-static_cast<double>(logit)));
  const double place = std::asin(std::sqrt(opacity)) * 2 / std::numbers::pi;
  return static_cast<std::int32_t>(std::lround(place / static_cast<double>(step)));
}

float opacityLogit(std::int32_t level, float step) {
  const double place = std::clamp(static_cast<double>(level) * static_cast<double>(step), 0.0, 1.0);
  const double root = std::sin(place * std::numbers::pi / 2);
  const double opacity = root * root;
  const double logit = std::log(opacity) - std::log1p(-opacity);
  return static_cast<float>(std::clamp(logit, -kOpacityLimit, kOpacityLimit));
}

}  // namespace

Result<PackedGeometry> packGeometry(const GaussianCloud& cloud, const Settings& settings,
                                    const std::stop_token& stop,
                                    std::vector<std::uint32_t>& order) {
  PackedGeometry geometry;
  geometry.grid = coding::PositionGrid::between(cloud.means, settings.positionBits);
  geometry.scaleStep = settings.scaleStep;
  geometry.rotationStep = settings.rotationStep;
  geometry.opacityStep = settings.opacityStep;
  std::vector<coding::GridPoint> points(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    points[i] = geometry.grid.quantise(cloud.means.data() + 3 * i);
  }
  VOLPRESS_TRY(auto encoded, coding::encodePositions(points, geometry.grid.bits, stop));
  order = std::move(encoded.order);
  geometry.points.resize(cloud.count);
  geometry.scales.resize(3 * cloud.count);
  geometry.rotations.resize(3 * cloud.count);
  geometry.opacities.resize(cloud.count);
  const coding::UniformQuantiser scale{geometry.scaleStep, 0};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::size_t from = order[i];
    geometry.points[i] = points[from];
    const coding::CanonicalEllipsoid ellipsoid = coding::canonicalEllipsoid(
        cloud.logScales.data() + 3 * from, cloud.rotations.data() + 4 * from);
    std::array<std::int32_t, 3> levels{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      levels[axis] = scale.quantise(static_cast<float>(ellipsoid.logScales[axis]));
    }
    geometry.scales[3 * i] = levels[0];
    geometry.scales[3 * i + 1] = levels[0] - levels[1];
    geometry.scales[3 * i + 2] = levels[1] - levels[2];
    const coding::UniformQuantiser turn{rotationStepOf(geometry, i), 0};
    for (std::size_t part = 0; part < 3; ++part) {
      geometry.rotations[3 * i + part] =
          turn.quantise(static_cast<float>(ellipsoid.rotation[part + 1]));
    }
    geometry.opacities[i] = opacityLevel(cloud.opacityLogits[from], geometry.opacityStep);
  }
  return geometry;
}

void unpackGeometry(const PackedGeometry& geometry, GaussianCloud& cloud, TaskRunner& runner) {
  const coding::UniformQuantiser scale{geometry.scaleStep, 0};
  runner.parallelFor(geometry.points.size(), kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::array<float, 3> position = geometry.grid.position(geometry.points[i]);
      std::copy(position.begin(), position.end(),
                cloud.means.begin() + 3 * static_cast<std::ptrdiff_t>(i));
      std::int64_t level = 0;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::int64_t stored = geometry.scales[3 * i + axis];
        level = std::clamp<std::int64_t>(axis == 0 ? stored : level - stored,
                                         -coding::UniformQuantiser::kMaxLevel,
                                         coding::UniformQuantiser::kMaxLevel);
        cloud.logScales[3 * i + axis] = scale.value(static_cast<std::int32_t>(level));
      }
      const coding::UniformQuantiser turn{rotationStepOf(geometry, i), 0};
      double squares = 0;
      for (std::size_t part = 0; part < 3; ++part) {
        const float component = turn.value(geometry.rotations[3 * i + part]);
        cloud.rotations[4 * i + part + 1] = component;
        squares += static_cast<double>(component) * static_cast<double>(component);
      }
      cloud.rotations[4 * i] = static_cast<float>(std::sqrt(std::max(0.0, 1 - squares)));
      cloud.opacityLogits[i] = opacityLogit(geometry.opacities[i], geometry.opacityStep);
    }
  });
}

void packBaseColors(const GaussianCloud& cloud, PackedColors& colors) {
  const coding::UniformQuantiser quantiser{colors.colorStep, 0};
  colors.dc.resize(3 * cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    std::array<float, 3> lumaChroma{};
    coding::toLumaChroma(cloud.shDc.data() + 3 * i, lumaChroma.data());
    for (std::size_t c = 0; c < 3; ++c) {
      colors.dc[3 * i + c] = quantiser.quantise(lumaChroma[c]);
    }
  }
}

void packDirectSh(const GaussianCloud& cloud, PackedColors& colors) {
  const coding::UniformQuantiser quantiser{colors.shStep, 0};
  const std::size_t stride = 3 * shRestCount(colors.shDegree);
  colors.direct.clear();
  for (std::size_t i = 0; i < cloud.count && stride != 0; ++i) {
    if (!colors.fromBook.empty() && colors.fromBook[i] != 0) {
      continue;
    }
    for (std::size_t k = 0; k < stride; k += 3) {
      std::array<float, 3> lumaChroma{};
      coding::toLumaChroma(cloud.shRest.data() + stride * i + k, lumaChroma.data());
      for (const float value : lumaChroma) {
        colors.direct.push_back(quantiser.quantiseWithDeadZone(value, kShDeadZone));
      }
    }
  }
}

namespace {

/// Dequantises `count` luma-chroma triplets into RGB.
void unpackTriplets(const std::int32_t* levels, const coding::UniformQuantiser& quantiser,
                    std::size_t count, float* rgb) {
  for (std::size_t k = 0; k < 3 * count; k += 3) {
    const std::array<float, 3> lumaChroma{
        quantiser.value(levels[k]), quantiser.value(levels[k + 1]), quantiser.value(levels[k + 2])};
    coding::fromLumaChroma(lumaChroma.data(), rgb + k);
  }
}

}  // namespace

void unpackBaseColors(const PackedColors& colors, GaussianCloud& cloud, TaskRunner& runner) {
  const coding::UniformQuantiser quantiser{colors.colorStep, 0};
  runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    unpackTriplets(colors.dc.data() + 3 * begin, quantiser, end - begin,
                   cloud.shDc.data() + 3 * begin);
  });
}

void unpackSh(const PackedColors& colors, GaussianCloud& cloud, TaskRunner& runner) {
  const coding::UniformQuantiser quantiser{colors.shStep, 0};
  const std::size_t coefficients = shRestCount(colors.shDegree);
  if (coefficients == 0) {
    return;
  }
  std::vector<std::uint32_t> rank(colors.fromBook.size());
  std::uint32_t next[2] = {0, 0};
  for (std::size_t i = 0; i < rank.size(); ++i) {
    rank[i] = next[colors.fromBook[i] != 0 ? 1 : 0]++;
  }
  runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t row = rank.empty() ? i : rank[i];
      const std::int32_t* levels = colors.direct.data() + 3 * coefficients * row;
      if (!rank.empty() && colors.fromBook[i] != 0) {
        const auto entry = static_cast<std::size_t>(colors.indices[row]);
        levels = colors.codebook.data() + 3 * coefficients * entry;
      }
      unpackTriplets(levels, quantiser, coefficients, cloud.shRest.data() + 3 * coefficients * i);
    }
  });
}

}  // namespace volpress::compressors::lightgaussian
