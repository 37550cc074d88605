#include "compressors/training/density_control.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>

namespace volpress::training {
namespace {

constexpr std::size_t kChildren = 2;
constexpr float kChildShrink = 1.6F;

class Normal {
public:
  explicit Normal(std::uint64_t seed) : m_engine(seed) {}
  float next() {  // Box-Muller: the same on every platform, unlike std::normal_distribution
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return static_cast<float>(radius * std::cos(2 * std::numbers::pi * unit()));
  }

private:
  double unit() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }
  std::mt19937_64 m_engine;
};

std::array<float, 3> rotated(const float* quaternion, const std::array<float, 3>& p) {
  float length2 = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    length2 += quaternion[c] * quaternion[c];
  }
  const float inverse = 1 / std::sqrt(length2);
  const float w = quaternion[0] * inverse;
  const float x = quaternion[1] * inverse;
  const float y = quaternion[2] * inverse;
  const float z = quaternion[3] * inverse;
  return {
      (1 - 2 * (y * y + z * z)) * p[0] + 2 * (x * y - w * z) * p[1] + 2 * (x * z + w * y) * p[2],
      2 * (x * y + w * z) * p[0] + (1 - 2 * (x * x + z * z)) * p[1] + 2 * (y * z - w * x) * p[2],
      2 * (x * z - w * y) * p[0] + 2 * (y * z + w * x) * p[1] + (1 - 2 * (x * x + y * y)) * p[2]};
}

float largestScale(const GaussianCloud& cloud, std::size_t i) {
  return std::exp(
      std::max({cloud.logScales[3 * i], cloud.logScales[3 * i + 1], cloud.logScales[3 * i + 2]}));
}

/// Moves a fresh copy to a place drawn from its own Gaussian and shrinks it.
void makeChild(GaussianCloud& cloud, std::size_t i, Normal& normal) {
  std::array<float, 3> offset{};
  for (std::size_t c = 0; c < 3; ++c) {
    offset[c] = std::exp(cloud.logScales[3 * i + c]) * normal.next();
  }
  offset = rotated(&cloud.rotations[4 * i], offset);
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[3 * i + c] += offset[c];
    cloud.logScales[3 * i + c] -= std::log(kChildShrink);
  }
}

}  // namespace

void DensityControl::observe(const renderer::CloudGradients& gradients, std::size_t width,
                             std::size_t height) {
  const std::size_t count = gradients.visible.size();
  sums.resize(count);
  observed.resize(count);
  const float unitX = 0.5F * static_cast<float>(width);
  const float unitY = 0.5F * static_cast<float>(height);
  for (std::size_t i = 0; i < count; ++i) {
    if (gradients.visible[i] != 0) {
      const float x = unitX * gradients.screenMeans[2 * i];
      const float y = unitY * gradients.screenMeans[2 * i + 1];
      sums[i] += std::sqrt(x * x + y * y);
      ++observed[i];
    }
  }
}

DensityChange DensityControl::apply(GaussianCloud& cloud, const TrainSettings& settings,
                                    float extent, bool pruneLarge, std::uint64_t seed) {
  sums.resize(cloud.count);
  observed.resize(cloud.count);
  const float minLogit = std::log(settings.minOpacity / (1 - settings.minOpacity));
  DensityChange change;
  std::vector<std::uint32_t> clones;
  std::vector<std::uint32_t> children;
  std::size_t room = settings.maxSplats - std::min(settings.maxSplats, cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    const float scale = largestScale(cloud, i);
    if (cloud.opacityLogits[i] < minLogit ||
        (pruneLarge && scale > settings.largestShare * extent)) {
      ++change.pruned;
      continue;
    }
    const bool pulled = observed[i] != 0 &&
                        sums[i] >= settings.densifyGradient * static_cast<float>(observed[i]) &&
                        room != 0;
    if (!pulled) {
      change.sources.push_back(index);
      continue;
    }
    --room;
    if (scale > settings.denseShare * extent) {
      children.insert(children.end(), kChildren, index);
      ++change.split;
    } else {
      change.sources.push_back(index);
      clones.push_back(index);
      ++change.cloned;
    }
  }
  change.kept = change.sources.size();
  change.sources.insert(change.sources.end(), clones.begin(), clones.end());
  const std::size_t firstChild = change.sources.size();
  change.sources.insert(change.sources.end(), children.begin(), children.end());
  cloud = gatherSplats(cloud, change.sources);
  Normal normal(seed);
  for (std::size_t i = firstChild; i < cloud.count; ++i) {
    makeChild(cloud, i, normal);
  }
  sums.assign(cloud.count, 0);
  observed.assign(cloud.count, 0);
  return change;
}

}  // namespace volpress::training
