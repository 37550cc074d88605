// Clustering of scalars: sorted values, prefix sums and dynamic programming over a histogram.
#include <algorithm>
#include <limits>

#include "scene/base/kmeans.hpp"

namespace volpress {
namespace {

// Cells of the histogram: half cut by rank, half by value, so that neither dense stretches nor long
// tails are coarse.
constexpr std::size_t kCells = 4096;

// Sums over the sorted values before each position.
struct PrefixSums {
  std::vector<double> sum{0};
  std::vector<double> squares{0};

  void add(double value) {
    sum.push_back(sum.back() + value);
    squares.push_back(squares.back() + value * value);
  }
  /// Squared error of the values [begin, end) around their mean.
  [[nodiscard]] double cost(std::size_t begin, std::size_t end) const {
    const double total = sum[end] - sum[begin];
    return squares[end] - squares[begin] - total * total / static_cast<double>(end - begin);
  }
  [[nodiscard]] double mean(std::size_t begin, std::size_t end) const {
    return (sum[end] - sum[begin]) / static_cast<double>(end - begin);
  }
};

// Ascending positions in `sorted` where cells begin, with 0 and the size at the ends. Equal values
// stay in one cell.
std::vector<std::size_t> cutCells(std::span<const float> sorted) {
  std::vector<std::size_t> cuts{0};
  std::vector<std::size_t> distinct{0};
  for (std::size_t i = 1; i < sorted.size() && distinct.size() <= kCells; ++i) {
    if (sorted[i] != sorted[i - 1]) {
      distinct.push_back(i);
    }
  }
  if (distinct.size() <= kCells) {
    cuts = std::move(distinct);
  } else {
    const auto low = static_cast<double>(sorted.front());
    const double extent = static_cast<double>(sorted.back()) - low;
    constexpr std::size_t kOfEach = kCells / 2;
    for (std::size_t c = 1; c < kOfEach; ++c) {
      const double part = static_cast<double>(c) / static_cast<double>(kOfEach);
      const float byRank = sorted[c * sorted.size() / kOfEach];
      const auto byValue = static_cast<float>(low + extent * part);
      for (const float value : {byRank, byValue}) {
        cuts.push_back(static_cast<std::size_t>(
            std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin()));
      }
    }
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  }
  if (cuts.back() != sorted.size()) {
    cuts.push_back(sorted.size());
  }
  return cuts;
}

// The best split of the cells into `levels` runs: for each level, where the last run begins is
// monotone in where it ends, so one row costs cells * log(cells).
class RunSplitter {
public:
  RunSplitter(const PrefixSums& sums, std::span<const std::size_t> cuts)
      : m_sums(sums), m_cuts(cuts) {}

  /// Begin positions (in values) of the runs, and the total at the end.
  std::vector<std::size_t> split(std::size_t levels) {
    const std::size_t cells = m_cuts.size() - 1;
    m_before.assign(cells + 1, std::numeric_limits<double>::infinity());
    m_before[0] = 0;
    m_now.resize(cells + 1);
    std::vector<std::vector<std::uint32_t>> from(levels, std::vector<std::uint32_t>(cells + 1, 0));
    for (std::size_t level = 0; level < levels; ++level) {
      std::fill(m_now.begin(), m_now.end(), std::numeric_limits<double>::infinity());
      fill(from[level], level + 1, cells, level, cells - 1);
      m_before.swap(m_now);
    }
    std::vector<std::size_t> begins(levels + 1);
    std::size_t end = cells;
    begins[levels] = m_cuts[cells];
    for (std::size_t level = levels; level-- > 0;) {
      end = from[level][end];
      begins[level] = m_cuts[end];
    }
    return begins;
  }

private:
  // Ends [low, high]; the best begins lie in [first, last].
  void fill(std::vector<std::uint32_t>& from, std::size_t low, std::size_t high, std::size_t first,
            std::size_t last) {
    if (low > high) {
      return;
    }
    const std::size_t end = low + (high - low) / 2;
    std::size_t best = first;
    for (std::size_t begin = first; begin <= std::min(last, end - 1); ++begin) {
      const double cost = m_before[begin] + m_sums.cost(m_cuts[begin], m_cuts[end]);
      if (cost < m_now[end]) {
        m_now[end] = cost;
        best = begin;
      }
    }
    from[end] = static_cast<std::uint32_t>(best);
    if (end > low) {
      fill(from, low, end - 1, first, best);
    }
    fill(from, end + 1, high, best, last);
  }

  const PrefixSums& m_sums;
  std::span<const std::size_t> m_cuts;
  std::vector<double> m_before;
  std::vector<double> m_now;
};

float midpoint(float low, float high) {
  return static_cast<float>((static_cast<double>(low) + static_cast<double>(high)) / 2);
}

}  // namespace

KMeansResult kMeans1d(std::span<const float> values, std::size_t levels, unsigned iterations,
                      TaskRunner& runner) {
  KMeansResult result;
  if (values.empty() || levels == 0) {
    return result;
  }
  std::vector<float> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  PrefixSums sums;
  sums.sum.reserve(sorted.size() + 1);
  sums.squares.reserve(sorted.size() + 1);
  // Values far from zero would lose their squares' low bits.
  const auto origin = static_cast<double>(sorted[sorted.size() / 2]);
  for (const float value : sorted) {
    sums.add(static_cast<double>(value) - origin);
  }
  const std::vector<std::size_t> cuts = cutCells(sorted);
  std::vector<std::size_t> begins =
      RunSplitter(sums, cuts).split(std::min(levels, cuts.size() - 1));

  std::vector<float>& centroids = result.centroids;
  for (unsigned iteration = 0;; ++iteration) {
    centroids.clear();
    for (std::size_t run = 0; run + 1 < begins.size(); ++run) {
      if (begins[run] < begins[run + 1]) {
        centroids.push_back(static_cast<float>(origin + sums.mean(begins[run], begins[run + 1])));
      }
    }
    if (iteration == iterations) {
      break;
    }
    std::vector<std::size_t> moved{0};
    for (std::size_t k = 0; k + 1 < centroids.size(); ++k) {
      const auto border =
          std::upper_bound(sorted.begin(), sorted.end(), midpoint(centroids[k], centroids[k + 1]));
      moved.push_back(static_cast<std::size_t>(border - sorted.begin()));
    }
    moved.push_back(sorted.size());
    if (moved == begins) {
      break;
    }
    begins = std::move(moved);
  }
  centroids.erase(std::unique(centroids.begin(), centroids.end()), centroids.end());

  std::vector<float> borders;
  for (std::size_t k = 0; k + 1 < centroids.size(); ++k) {
    borders.push_back(midpoint(centroids[k], centroids[k + 1]));
  }
  result.labels.resize(values.size());
  runner.parallelFor(values.size(), 1 << 14, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      result.labels[i] = static_cast<std::uint32_t>(
          std::lower_bound(borders.begin(), borders.end(), values[i]) - borders.begin());
    }
  });
  return result;
}

}  // namespace volpress
