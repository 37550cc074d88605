#include "compressors/coding/nearest_points.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <limits>

namespace volpress::coding {
namespace {

constexpr std::size_t kLeaf = 8;
constexpr std::size_t kQueryGrain = 1024;

struct Entry {
  std::array<std::int64_t, 3> at;
  std::uint32_t index;
};

/// A k-d tree without pointers: a node halves its entries at their middle.
class Tree {
public:
  explicit Tree(std::span<const GridPoint> points) : m_entries(points.size()) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      m_entries[i] = {{points[i].x, points[i].y, points[i].z}, static_cast<std::uint32_t>(i)};
    }
    m_nodes.resize(2 * std::bit_ceil(points.size() + 1));
    build(0, m_entries.size(), 1);
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
  /// A node's first half lies at or below `split` along `axis`, its second at or above.
  struct Node {
    std::uint32_t axis = 0;
    std::int64_t split = 0;
  };
  [[nodiscard]] const Node& node(std::size_t index) const { return m_nodes[index]; }

private:
  void build(std::size_t begin, std::size_t end, std::size_t node) {
    if (end - begin <= kLeaf) {
      return;
    }
    std::array<std::int64_t, 3> low = m_entries[begin].at;
    std::array<std::int64_t, 3> high = low;
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        low[c] = std::min(low[c], m_entries[i].at[c]);
        high[c] = std::max(high[c], m_entries[i].at[c]);
      }
    }
    std::size_t widest = 0;
    for (std::size_t c = 1; c < 3; ++c) {
      widest = high[c] - low[c] > high[widest] - low[widest] ? c : widest;
    }
    const std::size_t middle = begin + (end - begin) / 2;
    const auto first = m_entries.begin();
    std::nth_element(
        first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(middle),
        first + static_cast<std::ptrdiff_t>(end), [widest](const Entry& a, const Entry& b) {
          return a.at[widest] != b.at[widest] ? a.at[widest] < b.at[widest] : a.index < b.index;
        });
    m_nodes[node] = {static_cast<std::uint32_t>(widest), m_entries[middle].at[widest]};
    build(begin, middle, 2 * node);
    build(middle, end, 2 * node + 1);
  }

  std::vector<Entry> m_entries;
  std::vector<Node> m_nodes;
};

/// One point's search: the best found so far, nearest first.
class Search {
public:
  Search(const Tree& tree, std::size_t wanted) : m_tree(tree), m_best(wanted) {}

  void run(const GridPoint& point, std::uint32_t self, std::uint32_t* out) {
    m_at = {point.x, point.y, point.z};
    m_self = self;
    std::fill(m_best.begin(), m_best.end(), Found{});
    descend(0, m_tree.entries().size(), 1);
    std::transform(m_best.begin(), m_best.end(), out,
                   [](const Found& found) { return found.index; });
  }

private:
  struct Found {
    std::int64_t squared = std::numeric_limits<std::int64_t>::max();
    std::uint32_t index = ~0U;
    [[nodiscard]] bool before(const Found& other) const {
      return squared != other.squared ? squared < other.squared : index < other.index;
    }
  };

  void descend(std::size_t begin, std::size_t end, std::size_t node) {
    if (end - begin <= kLeaf) {
      for (std::size_t i = begin; i < end; ++i) {
        consider(m_tree.entries()[i]);
      }
      return;
    }
    const std::size_t middle = begin + (end - begin) / 2;
    const Tree::Node& half = m_tree.node(node);
    const std::int64_t beyond = m_at[half.axis] - half.split;
    const bool lower = beyond < 0;
    lower ? descend(begin, middle, 2 * node) : descend(middle, end, 2 * node + 1);
    if (beyond * beyond <= m_best.back().squared) {  // equal: a lower index may be there
      lower ? descend(middle, end, 2 * node + 1) : descend(begin, middle, 2 * node);
    }
  }

  void consider(const Entry& entry) {
    if (entry.index == m_self) {
      return;
    }
    Found found{0, entry.index};
    for (std::size_t c = 0; c < 3; ++c) {
      found.squared += (entry.at[c] - m_at[c]) * (entry.at[c] - m_at[c]);
    }
    if (!found.before(m_best.back())) {
      return;
    }
    std::size_t place = m_best.size() - 1;
    for (; place > 0 && found.before(m_best[place - 1]); --place) {
      m_best[place] = m_best[place - 1];
    }
    m_best[place] = found;
  }

  const Tree& m_tree;
  std::vector<Found> m_best;
  std::array<std::int64_t, 3> m_at{};
  std::uint32_t m_self = 0;
};

}  // namespace

std::int64_t squaredDistance(const GridPoint& a, const GridPoint& b) noexcept {
  const std::int64_t x = std::int64_t{a.x} - b.x;
  const std::int64_t y = std::int64_t{a.y} - b.y;
  const std::int64_t z = std::int64_t{a.z} - b.z;
  return x * x + y * y + z * z;
}

Result<NearestPoints> nearestPoints(std::span<const GridPoint> points, std::size_t k,
                                    TaskRunner& runner, const std::stop_token& stop) {
  NearestPoints nearest;
  nearest.each = points.empty() ? 0 : std::min(k, points.size() - 1);
  if (nearest.each == 0) {
    return nearest;
  }
  const Tree tree(points);
  nearest.indices.resize(points.size() * nearest.each);
  std::atomic<bool> stopped = false;
  runner.parallelFor(points.size(), kQueryGrain, [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) {
      stopped = true;
      return;
    }
    Search search(tree, nearest.each);
    for (std::size_t i = begin; i < end; ++i) {
      search.run(points[i], static_cast<std::uint32_t>(i), &nearest.indices[i * nearest.each]);
    }
  });
  if (stopped) {
    return fail(ErrorCode::Cancelled, "looking for neighbours was cancelled");
  }
  return nearest;
}

}  // namespace volpress::coding
