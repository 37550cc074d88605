// Real scenes, quantised uniformly: the coders against order-0 entropies and an octree whose only
// context is the level.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "scene/base/morton.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::coding {
namespace {

/// Steps of the quantisers: the floor's row.
struct Steps {
  unsigned positionBits;
  float scale, rotation, opacity, dc, sh;
};

double entropyBits(const std::map<std::int64_t, double>& counts) {
  double total = 0;
  for (const auto& [symbol, count] : counts) {
    total += count;
  }
  double bits = 0;
  for (const auto& [symbol, count] : counts) {
    bits -= count * std::log2(count / total);
  }
  return bits;
}

/// Occupancy bytes with the level as context; equal points are not paid for.
double octreeFloorBytes(const std::vector<GridPoint>& points, unsigned bits) {
  std::vector<std::uint64_t> keys;
  keys.reserve(points.size());
  for (const GridPoint& point : points) {
    keys.push_back(mortonCode(point.x, point.y, point.z));
  }
  std::sort(keys.begin(), keys.end());
  double total = 0;
  for (unsigned level = 0; level < bits; ++level) {
    std::map<std::int64_t, double> counts;
    for (std::size_t i = 0; i < keys.size();) {
      const std::uint64_t node = keys[i] >> (3 * level + 3);
      std::int64_t occupancy = 0;
      for (; i < keys.size() && keys[i] >> (3 * level + 3) == node; ++i) {
        occupancy |= std::int64_t{1} << (keys[i] >> (3 * level) & 7U);
      }
      counts[occupancy] += 1;
    }
    total += entropyBits(counts) / 8;
  }
  return total;
}

struct Cost {
  double floor = 0, coded = 0;  ///< bytes
  Cost& operator+=(const Cost& other) {
    floor += other.floor;
    coded += other.coded;
    return *this;
  }
};

class Scene {
public:
  Scene(const GaussianCloud& cloud, unsigned positionBits) {
    const PositionGrid grid = PositionGrid::over(cloud.means, positionBits);
    std::vector<GridPoint> points;
    for (std::size_t i = 0; i < cloud.count; ++i) {
      points.push_back(grid.quantise(&cloud.means[3 * i]));
    }
    const EncodedPositions coded = encodePositions(points, grid.bits).value();
    m_positions = {octreeFloorBytes(points, grid.bits), static_cast<double>(coded.bytes.size())};
    m_cloud = gatherSplats(cloud, coded.order);
    m_neighbours = nearestEarlier(decodePositions(coded.bytes).value(), m_runner);
    for (std::size_t i = 0; i < m_cloud.count; ++i) {
      float* q = &m_cloud.rotations[4 * i];
      const float length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
      for (std::size_t c = 0; c < 4; ++c) {
        q[c] /= q[0] < 0 ? -length : length;
      }
    }
  }

  [[nodiscard]] Cost positions() const { return m_positions; }

  /// `channels` of every `stride` values, from `first` on.
  Cost attribute(const FloatArray& values, std::size_t stride, std::size_t first,
                 std::size_t channels, std::size_t chain, float step) {
    const UniformQuantiser quantiser{step, 0};
    std::vector<std::int32_t> levels;
    std::vector<std::map<std::int64_t, double>> counts(channels);
    for (std::size_t i = 0; i < m_cloud.count; ++i) {
      for (std::size_t c = 0; c < channels; ++c) {
        levels.push_back(quantiser.quantise(values[i * stride + first + c]));
        counts[c][levels.back()] += 1;
      }
    }
    Cost cost;
    for (const auto& channel : counts) {
      cost.floor += entropyBits(channel) / 8;
    }
    const SymbolLayout layout{m_cloud.count, channels, chain, m_neighbours};
    const Bytes coded = encodeSymbols(levels, layout, m_runner).value();
    const SymbolArray decoded = decodeSymbols(coded, layout, m_runner).value();
    EXPECT_TRUE(std::equal(decoded.begin(), decoded.end(), levels.begin(), levels.end()));
    cost.coded = static_cast<double>(coded.size());
    return cost;
  }

  [[nodiscard]] const GaussianCloud& cloud() const { return m_cloud; }

private:
  SerialRunner m_runner;
  GaussianCloud m_cloud;
  std::vector<std::uint32_t> m_neighbours;
  Cost m_positions;
};

/// Prints a row of the table and returns coded / floor.
double measure(const GaussianCloud& cloud, const Steps& steps) {
  Scene scene(cloud, steps.positionBits);
  const GaussianCloud& sorted = scene.cloud();
  std::vector<Cost> costs{scene.positions(),
                          scene.attribute(sorted.logScales, 3, 0, 3, 3, steps.scale),
                          scene.attribute(sorted.rotations, 4, 1, 3, 3, steps.rotation),
                          scene.attribute(sorted.opacityLogits, 1, 0, 1, 1, steps.opacity),
                          scene.attribute(sorted.shDc, 3, 0, 3, 3, steps.dc)};
  const std::size_t rest = 3 * shRestCount(sorted.shDegree);
  costs.push_back(rest == 0 ? Cost{} : scene.attribute(sorted.shRest, rest, 0, rest, 3, steps.sh));
  Cost all;
  std::printf("%u b, %.2f, %.2f, %.1f, %.2f:", steps.positionBits, static_cast<double>(steps.scale),
              static_cast<double>(steps.rotation), static_cast<double>(steps.opacity),
              static_cast<double>(steps.dc));
  const auto count = static_cast<double>(cloud.count);
  constexpr const char* kNames[] = {"position", "scale", "rotation", "opacity", "dc", "sh"};
  for (std::size_t i = 0; i < costs.size(); ++i) {
    all += costs[i];
    std::printf(" %s %.2f>%.2f", kNames[i], costs[i].floor / count, costs[i].coded / count);
  }
  std::printf(" all %.2f>%.2f B/splat (%+.1f %%)\n", all.floor / count, all.coded / count,
              100 * (all.coded / all.floor - 1));
  return all.coded / all.floor;
}

GaussianCloud loadReal(const std::filesystem::path& path) {
  SerialRunner runner;
  Progress progress;
  formats::IoContext context{runner, progress, {}, {}};
  return formats::loadCloud(path, context).value().cloud;
}

TEST(Floor, ContextsSaveASixthOfARealCapture) {
  const auto path = volpress::testing::realData("splats/biker.spz");
  if (!path) {
    GTEST_SKIP() << "splats/biker.spz is not on this machine";
  }
  const GaussianCloud cloud = loadReal(*path);
  EXPECT_LT(measure(cloud, {13, 0.1F, 0.05F, 0.3F, 0.05F, 1}), 0.84);
  EXPECT_LT(measure(cloud, {12, 0.2F, 0.1F, 0.5F, 0.1F, 1}), 0.84);
}

TEST(Floor, ContextsSaveASixthOfViewDependentColour) {
  const auto path = volpress::testing::realData("splats/fox_sh3.ply");
  if (!path) {
    GTEST_SKIP() << "splats/fox_sh3.ply is not on this machine";
  }
  const GaussianCloud cloud = loadReal(*path);
  EXPECT_LT(measure(cloud, {14, 0.1F, 0.03F, 0.2F, 0.05F, 0.06F}), 0.84);
  EXPECT_LT(measure(cloud, {12, 0.25F, 0.12F, 0.6F, 0.1F, 0.1F}), 0.84);
}

TEST(Floor, ContextsHelpAnObjectToo) {
  const auto path = volpress::testing::realData("splats/nerf_chair.splat");
  if (!path) {
    GTEST_SKIP() << "splats/nerf_chair.splat is not on this machine";
  }
  const GaussianCloud cloud = loadReal(*path);
  EXPECT_LT(measure(cloud, {13, 0.1F, 0.05F, 0.3F, 0.05F, 1}), 0.92);
}

}  // namespace
}  // namespace volpress::coding
