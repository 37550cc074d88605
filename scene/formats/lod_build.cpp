#include "scene/formats/lod_build.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scene/base/morton.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kMostDepth = 60;

/// The box of a splat at one standard deviation.
void grow(LodBox& box, const GaussianCloud& cloud, std::size_t i) {
  const float* q = &cloud.rotations[4 * i];
  const float* s = &cloud.logScales[3 * i];
  const float length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  const float w = q[0] / length;
  const float x = q[1] / length;
  const float y = q[2] / length;
  const float z = q[3] / length;
  const std::array<float, 9> rotation{
      1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
      2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
      2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
  for (std::size_t row = 0; row < 3; ++row) {
    float square = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const float part = rotation[3 * row + c] * std::exp(s[c]);
      square += part * part;
    }
    const float reach = std::min(std::sqrt(square), std::numeric_limits<float>::max() / 4);
    const float mean = cloud.means[3 * i + row];
    box.min[row] = std::min(box.min[row], mean - reach);
    box.max[row] = std::max(box.max[row], mean + reach);
  }
}

void join(LodBox& box, const LodBox& other) {
  for (std::size_t c = 0; c < 3; ++c) {
    box.min[c] = std::min(box.min[c], other.min[c]);
    box.max[c] = std::max(box.max[c], other.max[c]);
  }
}

LodBox emptyBox() {
  constexpr float kFar = std::numeric_limits<float>::max();
  return {{kFar, kFar, kFar}, {-kFar, -kFar, -kFar}};
}

/// Splats of each level inside a node.
using Members = std::vector<std::vector<std::uint32_t>>;

class Builder {
public:
  Builder(std::span<const GaussianCloud> levels, std::size_t leafSplats, TaskRunner& runner)
      : m_levels(levels), m_leafSplats(leafSplats), m_runner(runner), m_openUnits(levels.size()) {}

  LodPlan run() {
    m_plan.meta.levels = static_cast<unsigned>(m_levels.size());
    Members all(m_levels.size());
    for (std::size_t level = 0; level < m_levels.size(); ++level) {
      all[level].resize(m_levels[level].count);
      for (std::size_t i = 0; i < all[level].size(); ++i) {
        all[level][i] = static_cast<std::uint32_t>(i);
      }
    }
    build(std::move(all), 0);
    return std::move(m_plan);
  }

private:
  std::uint32_t build(Members members, std::size_t depth) {
    const auto index = static_cast<std::uint32_t>(m_plan.meta.nodes.size());
    m_plan.meta.nodes.emplace_back();
    std::array<Members, 2> halves;
    LodBox box = emptyBox();
    if (members[0].size() > m_leafSplats && depth < kMostDepth && split(members, halves)) {
      members.clear();
      for (Members& half : halves) {
        const std::uint32_t child = build(std::move(half), depth + 1);
        join(box, m_plan.meta.nodes[child].box);
        m_plan.meta.nodes[index].children.push_back(child);
      }
    } else {
      box = addLeaf(index, members);
    }
    m_plan.meta.nodes[index].box = box;
    return index;
  }

  /// Halves at the median of the finest level along its longest side; false when all its splats
  /// lie at one place.
  bool split(const Members& members, std::array<Members, 2>& halves) const {
    const GaussianCloud& finest = m_levels[0];
    std::array<float, 3> low = emptyBox().min;
    std::array<float, 3> high = emptyBox().max;
    for (const std::uint32_t i : members[0]) {
      for (std::size_t c = 0; c < 3; ++c) {
        low[c] = std::min(low[c], finest.means[3 * i + c]);
        high[c] = std::max(high[c], finest.means[3 * i + c]);
      }
    }
    std::size_t axis = 0;
    for (std::size_t c = 1; c < 3; ++c) {
      axis = high[c] - low[c] > high[axis] - low[axis] ? c : axis;
    }
    std::vector<float> places;
    places.reserve(members[0].size());
    for (const std::uint32_t i : members[0]) {
      places.push_back(finest.means[3 * i + axis]);
    }
    const auto middle = places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2);
    std::nth_element(places.begin(), middle, places.end());
    const float cut = *middle;
    if (!(cut > low[axis])) {
      return false;  // half of them lie at the lower end
    }
    for (Members& half : halves) {
      half.resize(members.size());
    }
    for (std::size_t level = 0; level < members.size(); ++level) {
      for (const std::uint32_t i : members[level]) {
        halves[m_levels[level].means[3 * i + axis] < cut ? 0 : 1][level].push_back(i);
      }
    }
    return true;
  }

  LodBox addLeaf(std::uint32_t node, const Members& members) {
    LodBox box = emptyBox();
    for (std::size_t level = 0; level < members.size(); ++level) {
      if (members[level].empty()) {
        continue;
      }
      for (const std::uint32_t i : members[level]) {
        grow(box, m_levels[level], i);
      }
      const std::uint32_t file = unitOf(level);
      LodUnit& unit = m_plan.units[file];
      m_plan.meta.nodes[node].ranges.push_back(
          {static_cast<unsigned>(level), file, unit.splats.size(), members[level].size()});
      const GaussianCloud part = placesOf(m_levels[level], members[level]);
      for (const std::uint32_t i : mortonOrder(part.means, m_runner)) {
        unit.splats.push_back(members[level][i]);
      }
    }
    return box;
  }

  static GaussianCloud placesOf(const GaussianCloud& cloud,
                                const std::vector<std::uint32_t>& splats) {
    GaussianCloud places;
    places.means.resize(3 * splats.size());
    for (std::size_t n = 0; n < splats.size(); ++n) {
      std::copy_n(&cloud.means[3 * std::size_t{splats[n]}], 3, &places.means[3 * n]);
    }
    return places;
  }

  /// The unit of a level that takes splats now.
  std::uint32_t unitOf(std::size_t level) {
    std::vector<std::uint32_t>& units = m_openUnits[level];
    if (units.empty() || m_plan.units[units.back()].splats.size() >= m_leafSplats) {
      m_plan.meta.files.push_back(fmt::format("{}_{}/meta.json", level, units.size()));
      units.push_back(static_cast<std::uint32_t>(m_plan.units.size()));
      m_plan.units.push_back({static_cast<unsigned>(level), {}});
    }
    return units.back();
  }

  std::span<const GaussianCloud> m_levels;
  std::size_t m_leafSplats;
  TaskRunner& m_runner;
  std::vector<std::vector<std::uint32_t>> m_openUnits;  ///< units of each level
  LodPlan m_plan;
};

}  // namespace

LodPlan planLod(std::span<const GaussianCloud> levels, std::size_t leafSplats, TaskRunner& runner) {
  return Builder(levels, leafSplats, runner).run();
}

}  // namespace volpress::formats
