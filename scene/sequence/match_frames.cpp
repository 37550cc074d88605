#include "scene/sequence/match_frames.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "scene/base/point_tree.hpp"
#include "scene/sequence/point_distances.hpp"

namespace volpress {
namespace {

constexpr std::size_t kCandidates = 16;
constexpr std::size_t kNodes = 2048;      // places at which the coarse motion is known
constexpr std::size_t kSmoothing = 12;    // nodes that a node's motion is the median of
constexpr std::size_t kNodesOfPoint = 4;  // nodes that move a Gaussian
constexpr int kRounds = 4;                // of the search for the coarse motion
constexpr float kReach = 3;               // neighbour distances
constexpr float kFarReach = 40;           // the same, while the motion is not yet known
constexpr std::size_t kGrain = 512;

float square(float value) { return value * value; }

/// What differences count as one: a share of how much the attribute varies over the frame.
struct Units {
  float place = 1, color = 1, scale = 1, opacity = 1;
};

float opacityOf(float logit) { return 1 / (1 + std::exp(-logit)); }

template <typename At>
float deviation(std::size_t count, const At& at) {
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<double>(at(i));
    sum += value;
    squares += value * value;
  }
  const double mean = sum / static_cast<double>(count);
  return static_cast<float>(
      std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean * mean)));
}

Units unitsOf(const GaussianCloud& cloud) {
  constexpr float kShare = 0.1F;
  constexpr float kLeast = 1e-4F;
  Units units;
  units.place = std::max(static_cast<float>(medianNeighbourDistance(cloud.means)), 1e-9F);
  units.color = std::max(
      kLeast, kShare * deviation(3 * cloud.count, [&](std::size_t i) { return cloud.shDc[i]; }));
  units.scale = std::max(kLeast, kShare * deviation(3 * cloud.count, [&](std::size_t i) {
                                   return cloud.logScales[i];
                                 }));
  units.opacity = std::max(kLeast, kShare * deviation(cloud.count, [&](std::size_t i) {
                                     return opacityOf(cloud.opacityLogits[i]);
                                   }));
  return units;
}

/// How unlike two Gaussians are apart from their places, in units squared. No attribute counts for
/// much by itself.
float unlikeness(const GaussianCloud& a, std::size_t i, const GaussianCloud& b, std::size_t j,
                 const Units& units) {
  constexpr float kMostOfOne = 9;
  float sum = std::min(
      kMostOfOne,
      square((opacityOf(a.opacityLogits[i]) - opacityOf(b.opacityLogits[j])) / units.opacity));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sum +=
        std::min(kMostOfOne, square((a.shDc[3 * i + axis] - b.shDc[3 * j + axis]) / units.color));
    sum += std::min(kMostOfOne,
                    square((a.logScales[3 * i + axis] - b.logScales[3 * j + axis]) / units.scale));
  }
  return sum;
}

class Matcher {
public:
  Matcher(const GaussianCloud& before, const GaussianCloud& after, TaskRunner& runner,
          const std::stop_token& stop)
      : m_before(before),
        m_after(after),
        m_runner(runner),
        m_stop(stop),
        m_units(unitsOf(after)),
        m_source{after.means},
        m_tree(3, m_source, nanoflann::KDTreeSingleIndexAdaptorParams(16)) {}

  Result<FrameMatch> run() {
    pickNodes();
    for (int round = 0; round < kRounds && !m_stop.stop_requested(); ++round) {
      // The reach shrinks from far to near as the motion becomes known.
      const float reach =
          kFarReach * std::pow(kReach / kFarReach, static_cast<float>(round) / (kRounds - 1));
      follow(reach);
      smooth();
    }
    moveAll();
    std::vector<Pair> pairs = findPairs();
    if (m_stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while matching frames");
    }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
      return std::tie(a.cost, a.before, a.after) < std::tie(b.cost, b.before, b.after);
    });
    FrameMatch match;
    match.nextOf.assign(m_before.count, kNoPartner);
    std::vector<bool> taken(m_after.count, false);
    for (const Pair& pair : pairs) {
      if (!taken[pair.after] && match.nextOf[pair.before] == kNoPartner) {
        taken[pair.after] = true;
        match.nextOf[pair.before] = pair.after;
        ++match.matched;
      }
    }
    return match;
  }

private:
  struct Pair {
    float cost;
    std::uint32_t before, after;
  };

  void pickNodes() {
    const std::size_t step = std::max<std::size_t>(1, m_before.count / kNodes);
    for (std::size_t i = 0; i < m_before.count; i += step) {
      m_nodes.push_back(static_cast<std::uint32_t>(i));
      m_nodePlaces.insert(m_nodePlaces.end(), &m_before.means[3 * i], &m_before.means[3 * i] + 3);
    }
    m_motion.assign(m_nodePlaces.size(), 0.0F);
    m_found.assign(m_nodePlaces.size(), 0.0F);
  }

  /// Each node looks for itself in the later frame around where it is thought to be.
  void follow(float reach) {
    m_runner.parallelFor(m_nodes.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      constexpr std::size_t kLooked = 48;
      std::array<std::uint32_t, kLooked> indices{};
      std::array<float, kLooked> squares{};
      for (std::size_t n = begin; n < end; ++n) {
        std::array<float, 3> place{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
          place[axis] = m_nodePlaces[3 * n + axis] + m_motion[3 * n + axis];
        }
        const std::size_t found = m_tree.knnSearch(place.data(), std::min(kLooked, m_after.count),
                                                   indices.data(), squares.data());
        float best = std::numeric_limits<float>::max();
        for (std::size_t k = 0; k < found; ++k) {
          const float away = squares[k] / square(reach * m_units.place);
          const float cost =
              away * 9 + unlikeness(m_before, m_nodes[n], m_after, indices[k], m_units);
          if (away <= 1 && cost < best) {
            best = cost;
            for (std::size_t axis = 0; axis < 3; ++axis) {
              m_found[3 * n + axis] =
                  m_after.means[3 * indices[k] + axis] - m_nodePlaces[3 * n + axis];
            }
          }
        }
        if (best == std::numeric_limits<float>::max()) {
          std::copy_n(&m_motion[3 * n], 3, &m_found[3 * n]);
        }
      }
    });
  }

  /// A node moves as the median of the nodes around it.
  void smooth() {
    const PointSource source{m_nodePlaces};
    const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
    m_runner.parallelFor(m_nodes.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      std::array<std::uint32_t, kSmoothing> indices{};
      std::array<float, kSmoothing> squares{};
      for (std::size_t n = begin; n < end; ++n) {
        const std::size_t found =
            tree.knnSearch(&m_nodePlaces[3 * n], std::min(kSmoothing, m_nodes.size()),
                           indices.data(), squares.data());
        for (std::size_t axis = 0; axis < 3; ++axis) {
          std::array<float, kSmoothing> values{};
          for (std::size_t k = 0; k < found; ++k) {
            values[k] = m_found[3 * indices[k] + axis];
          }
          const auto middle = values.begin() + static_cast<std::ptrdiff_t>(found / 2);
          std::nth_element(values.begin(), middle,
                           values.begin() + static_cast<std::ptrdiff_t>(found));
          m_motion[3 * n + axis] = *middle;
        }
      }
    });
  }

  /// Every Gaussian of the earlier frame goes where the nodes around it go.
  void moveAll() {
    const PointSource source{m_nodePlaces};
    const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
    m_moved = m_before.means;
    m_runner.parallelFor(m_before.count, kGrain, [&](std::size_t begin, std::size_t end) {
      std::array<std::uint32_t, kNodesOfPoint> indices{};
      std::array<float, kNodesOfPoint> squares{};
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t found =
            tree.knnSearch(&m_before.means[3 * i], std::min(kNodesOfPoint, m_nodes.size()),
                           indices.data(), squares.data());
        float total = 0;
        std::array<float, 3> motion{};
        for (std::size_t k = 0; k < found; ++k) {
          const float weight = 1 / (squares[k] + square(m_units.place));
          total += weight;
          for (std::size_t axis = 0; axis < 3; ++axis) {
            motion[axis] += weight * m_motion[3 * indices[k] + axis];
          }
        }
        for (std::size_t axis = 0; axis < 3; ++axis) {
          m_moved[3 * i + axis] += motion[axis] / total;
        }
      }
    });
  }

  std::vector<Pair> findPairs() {
    const std::size_t each = std::min(kCandidates, m_after.count);
    std::vector<Pair> pairs(m_before.count * each, Pair{0, 0, kNoPartner});
    m_runner.parallelFor(m_before.count, kGrain, [&](std::size_t begin, std::size_t end) {
      if (m_stop.stop_requested()) {
        return;
      }
      std::array<std::uint32_t, kCandidates> indices{};
      std::array<float, kCandidates> squares{};
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t found =
            m_tree.knnSearch(&m_moved[3 * i], each, indices.data(), squares.data());
        for (std::size_t k = 0; k < found; ++k) {
          const float away = squares[k] / square(m_units.place);
          if (away <= square(kReach)) {
            pairs[i * each + k] = {away + unlikeness(m_before, i, m_after, indices[k], m_units),
                                   static_cast<std::uint32_t>(i), indices[k]};
          }
        }
      }
    });
    std::erase_if(pairs, [](const Pair& pair) { return pair.after == kNoPartner; });
    return pairs;
  }

  const GaussianCloud& m_before;
  const GaussianCloud& m_after;
  TaskRunner& m_runner;
  const std::stop_token& m_stop;
  Units m_units;
  PointSource m_source;
  PointTree m_tree;
  std::vector<std::uint32_t> m_nodes;
  FloatArray m_nodePlaces;  ///< 3 a node
  FloatArray m_motion;      ///< of each node, smooth
  FloatArray m_found;       ///< of each node, as it found itself
  FloatArray m_moved;       ///< 3 a Gaussian of the earlier frame
};

}  // namespace

Result<FrameMatch> matchFrames(const GaussianCloud& before, const GaussianCloud& after,
                               TaskRunner& runner, const std::stop_token& stop) {
  if (before.count >= kNoPartner || after.count >= kNoPartner) {
    return fail(ErrorCode::InvalidParameter, "{} and {} Gaussians; at most {} can be matched",
                before.count, after.count, kNoPartner - 1);
  }
  if (before.count == 0 || after.count == 0) {
    return FrameMatch{std::vector<std::uint32_t>(before.count, kNoPartner), 0};
  }
  return Matcher(before, after, runner, stop).run();
}

}  // namespace volpress
