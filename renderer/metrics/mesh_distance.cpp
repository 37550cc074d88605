#include "renderer/metrics/mesh_distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace volpress::metrics {
namespace {

using Vec = std::array<double, 3>;

constexpr std::uint32_t kLeaf = 4;
constexpr std::size_t kGrain = 1024;

Vec operator+(const Vec& a, const Vec& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
Vec operator-(const Vec& a, const Vec& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Vec operator*(const Vec& a, double s) { return {a[0] * s, a[1] * s, a[2] * s}; }
double dot(const Vec& a, const Vec& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vec cross(const Vec& a, const Vec& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vec vec(const float* from) { return {from[0], from[1], from[2]}; }

/// The point of a triangle nearest to `p`, as its weights of b and c (Ericson, Real-Time Collision
/// Detection, 5.1.5).
std::array<double, 2> closestWeights(const Vec& p, const Vec& a, const Vec& b, const Vec& c) {
  const Vec ab = b - a;
  const Vec ac = c - a;
  const Vec ap = p - a;
  const double d1 = dot(ab, ap);
  const double d2 = dot(ac, ap);
  if (d1 <= 0 && d2 <= 0) {
    return {0, 0};
  }
  const Vec bp = p - b;
  const double d3 = dot(ab, bp);
  const double d4 = dot(ac, bp);
  if (d3 >= 0 && d4 <= d3) {
    return {1, 0};
  }
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) {
    return {d1 - d3 != 0 ? d1 / (d1 - d3) : 0, 0};
  }
  const Vec cp = p - c;
  const double d5 = dot(ab, cp);
  const double d6 = dot(ac, cp);
  if (d6 >= 0 && d5 <= d6) {
    return {0, 1};
  }
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) {
    return {0, d2 - d6 != 0 ? d2 / (d2 - d6) : 0};
  }
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const double sum = d4 - d3 + d5 - d6;
    const double share = sum != 0 ? (d4 - d3) / sum : 0;
    return {1 - share, share};
  }
  const double total = va + vb + vc;
  return total != 0 ? std::array<double, 2>{vb / total, vc / total} : std::array<double, 2>{0, 0};
}

double squaredDistance(const Vec& p, const Vec& a, const Vec& b, const Vec& c) {
  const auto [v, w] = closestWeights(p, a, b, c);
  const Vec d = p - (a + (b - a) * v + (c - a) * w);
  return dot(d, d);
}

struct OneSide {
  std::vector<float> distances;
  std::vector<float> angles;
};

/// Points over a mesh by area, then all corners; each with the triangle it is of.
struct Points {
  std::vector<std::array<float, 3>> places;
  std::vector<std::uint32_t> triangles;
  std::vector<std::array<double, 2>> weights;  ///< of the second and third corner
};

Points samplePoints(const TriangleTree& tree, std::size_t samples) {
  std::vector<double> sums(tree.count());
  double total = 0;
  for (std::size_t t = 0; t < tree.count(); ++t) {
    total += tree.area(t);
    sums[t] = total;
  }
  Points points;
  for (std::size_t i = 0; i < samples && total > 0; ++i) {
    const double wanted = (static_cast<double>(i) + 0.5) / static_cast<double>(samples) * total;
    const auto found = std::lower_bound(sums.begin(), sums.end(), wanted);
    const auto t = std::min(static_cast<std::size_t>(found - sums.begin()), tree.count() - 1);
    // The plastic sequence in the unit square, folded onto the triangle.
    double u = std::fmod(0.5 + 0.7548776662466927 * static_cast<double>(i), 1.0);
    double v = std::fmod(0.5 + 0.5698402909980532 * static_cast<double>(i), 1.0);
    if (u + v > 1) {
      u = 1 - u;
      v = 1 - v;
    }
    const float* p = tree.corners(t);
    const Vec place = vec(p) + (vec(p + 3) - vec(p)) * u + (vec(p + 6) - vec(p)) * v;
    points.places.push_back(
        {static_cast<float>(place[0]), static_cast<float>(place[1]), static_cast<float>(place[2])});
    points.triangles.push_back(static_cast<std::uint32_t>(t));
    points.weights.push_back({u, v});
  }
  return points;
}

OneSide measure(const TriangleTree& from, const TriangleTree& to, std::size_t samples,
                TaskRunner& runner, const std::stop_token& stop) {
  Points points = samplePoints(from, samples);
  const std::size_t sampled = points.places.size();
  for (std::size_t t = 0; t < from.count(); ++t) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float* p = from.corners(t) + 3 * c;
      points.places.push_back({p[0], p[1], p[2]});
    }
  }
  OneSide side;
  side.distances.resize(points.places.size());
  side.angles.resize(sampled);
  runner.parallelFor(points.places.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) {
      return;
    }
    for (std::size_t i = begin; i < end; ++i) {
      const TriangleTree::Nearest nearest = to.nearest(points.places[i]);
      side.distances[i] = static_cast<float>(nearest.distance);
      if (i < sampled) {
        const double cosine = dot(from.normal(points.triangles[i]), to.normal(nearest.triangle));
        side.angles[i] =
            static_cast<float>(std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / std::numbers::pi);
      }
    }
  });
  return side;
}

double percentile(std::vector<float> values, double share) {
  if (values.empty()) {
    return 0;
  }
  const auto place =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double diagonalOf(const std::vector<PosedPart>& parts) {
  const Bounds bounds = posedBounds(parts);
  double squared = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double side = static_cast<double>(bounds.max[c]) - static_cast<double>(bounds.min[c]);
    squared += side * side;
  }
  return squared > 0 ? std::sqrt(squared) : 1;
}

/// Texture coordinates of all triangles in the order of a TriangleTree, in texels.
class TexelMap {
public:
  TexelMap(const std::vector<PosedPart>& parts, const std::vector<UvSheet>& sheets) {
    for (std::size_t part = 0; part < parts.size(); ++part) {
      const UvSheet& sheet = sheets[part];
      const std::vector<std::uint32_t>& indices = parts[part].part->indices;
      for (std::size_t i = 0; i < indices.size(); ++i) {
        const std::size_t corner = parts[part].mirrored ? i - i % 3 + 2 - i % 3 : i;
        for (std::size_t c = 0; c < 2; ++c) {
          m_texels.push_back(sheet.uvs == nullptr
                                 ? 0
                                 : (*sheet.uvs)[2 * std::size_t{indices[corner]} + c] *
                                       sheet.texels[c]);
        }
      }
      m_known.insert(m_known.end(), indices.size() / 3, sheet.uvs != nullptr);
    }
  }
  [[nodiscard]] bool any() const {
    return std::find(m_known.begin(), m_known.end(), true) != m_known.end();
  }
  [[nodiscard]] bool knows(std::size_t triangle) const { return m_known[triangle]; }
  [[nodiscard]] std::array<double, 2> at(std::size_t triangle,
                                         const std::array<double, 2>& weights) const {
    std::array<double, 2> place{};
    for (std::size_t c = 0; c < 2; ++c) {
      const float* t = &m_texels[6 * triangle + c];
      const auto first = static_cast<double>(t[0]);
      place[c] = first + weights[0] * (static_cast<double>(t[2]) - first) +
                 weights[1] * (static_cast<double>(t[4]) - first);
    }
    return place;
  }

private:
  std::vector<float> m_texels;
  std::vector<bool> m_known;  ///< of triangles
};

double meanOf(const std::vector<float>& values, std::size_t count) {
  const double sum =
      std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count), 0.0);
  return count != 0 ? sum / static_cast<double>(count) : 0;
}

}  // namespace

TriangleTree::TriangleTree(const std::vector<PosedPart>& parts) {
  for (const PosedPart& posed : parts) {
    const auto& indices = posed.part->indices;
    for (std::size_t t = 0; t < indices.size(); t += 3) {
      for (std::size_t corner = 0; corner < 3; ++corner) {
        // A mirroring node turns the winding: outside stays outside.
        const std::size_t which = posed.mirrored ? 2 - corner : corner;
        const float* p = &posed.positions[3 * std::size_t{indices[t + which]}];
        m_corners.insert(m_corners.end(), p, p + 3);
      }
    }
  }
  m_order.resize(count());
  std::iota(m_order.begin(), m_order.end(), 0U);
  std::vector<std::array<float, 3>> centres(count());
  for (std::size_t t = 0; t < count(); ++t) {
    for (std::size_t c = 0; c < 3; ++c) {
      centres[t][c] =
          (m_corners[9 * t + c] + m_corners[9 * t + 3 + c] + m_corners[9 * t + 6 + c]) / 3;
    }
  }
  if (count() != 0) {
    m_nodes.push_back({{}, {}, 0, static_cast<std::uint32_t>(count())});
    for (std::size_t node = 0; node < m_nodes.size(); ++node) {
      split(node, centres);
    }
  }
}

void TriangleTree::split(std::size_t index, std::vector<std::array<float, 3>>& centres) {
  const std::uint32_t first = m_nodes[index].first;
  const std::uint32_t size = m_nodes[index].count;
  std::array<float, 3> low{};
  std::array<float, 3> high{};
  Node& box = m_nodes[index];
  for (std::uint32_t i = 0; i < size; ++i) {
    const std::uint32_t triangle = m_order[first + i];
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t corner = 0; corner < 3; ++corner) {
        const float x = m_corners[9 * std::size_t{triangle} + 3 * corner + c];
        const bool begins = i == 0 && corner == 0;
        box.min[c] = begins ? x : std::min(box.min[c], x);
        box.max[c] = begins ? x : std::max(box.max[c], x);
      }
      const float centre = centres[triangle][c];
      low[c] = i == 0 ? centre : std::min(low[c], centre);
      high[c] = i == 0 ? centre : std::max(high[c], centre);
    }
  }
  if (size <= kLeaf) {
    return;
  }
  std::size_t axis = 0;
  for (std::size_t c = 1; c < 3; ++c) {
    axis = high[c] - low[c] > high[axis] - low[axis] ? c : axis;
  }
  const std::uint32_t half = size / 2;
  const auto begin = m_order.begin() + first;
  std::nth_element(begin, begin + half, begin + size, [&](std::uint32_t a, std::uint32_t b) {
    return centres[a][axis] != centres[b][axis] ? centres[a][axis] < centres[b][axis] : a < b;
  });
  const auto left = static_cast<std::uint32_t>(m_nodes.size());
  box.first = left;
  box.count = 0;
  m_nodes.push_back({{}, {}, first, half});
  m_nodes.push_back({{}, {}, first + half, size - half});
}

double TriangleTree::boxDistance(const Node& node, const Vec& p) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double outside = std::max(
        {0.0, static_cast<double>(node.min[c]) - p[c], p[c] - static_cast<double>(node.max[c])});
    sum += outside * outside;
  }
  return sum;
}

TriangleTree::Nearest TriangleTree::nearest(const std::array<float, 3>& point) const {
  const Vec p = vec(point.data());
  double best = std::numeric_limits<double>::max();
  Nearest result;
  std::array<std::uint32_t, 128> stack{};
  std::size_t depth = 1;
  while (depth != 0) {
    const Node& node = m_nodes[stack[--depth]];
    if (boxDistance(node, p) >= best) {
      continue;
    }
    if (node.count == 0) {
      const double left = boxDistance(m_nodes[node.first], p);
      const double right = boxDistance(m_nodes[node.first + 1], p);
      const bool leftFirst = left <= right;
      stack[depth++] = node.first + (leftFirst ? 1U : 0U);
      stack[depth++] = node.first + (leftFirst ? 0U : 1U);
      continue;
    }
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const std::uint32_t triangle = m_order[node.first + i];
      const float* c = corners(triangle);
      const double squared = squaredDistance(p, vec(c), vec(c + 3), vec(c + 6));
      if (squared < best) {
        best = squared;
        result.triangle = triangle;
      }
    }
  }
  result.distance = std::sqrt(best);
  return result;
}

void TriangleTree::visitWithin(const std::array<float, 3>& point, double distance,
                               const std::function<void(std::uint32_t)>& visit) const {
  const Vec p = vec(point.data());
  const double most = distance * distance;
  std::array<std::uint32_t, 128> stack{};
  std::size_t depth = m_nodes.empty() ? 0 : 1;
  while (depth != 0) {
    const Node& node = m_nodes[stack[--depth]];
    if (boxDistance(node, p) > most) {
      continue;
    }
    if (node.count == 0) {
      stack[depth++] = node.first;
      stack[depth++] = node.first + 1;
      continue;
    }
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const std::uint32_t triangle = m_order[node.first + i];
      const float* c = corners(triangle);
      if (squaredDistance(p, vec(c), vec(c + 3), vec(c + 6)) <= most) {
        visit(triangle);
      }
    }
  }
}

std::array<double, 3> TriangleTree::normal(std::size_t triangle) const noexcept {
  const float* c = corners(triangle);
  const Vec n = cross(vec(c + 3) - vec(c), vec(c + 6) - vec(c));
  const double length = std::sqrt(dot(n, n));
  return length > 0 ? n * (1 / length) : Vec{0, 0, 0};
}

double TriangleTree::area(std::size_t triangle) const noexcept {
  const float* c = corners(triangle);
  const Vec n = cross(vec(c + 3) - vec(c), vec(c + 6) - vec(c));
  return std::sqrt(dot(n, n)) / 2;
}

std::size_t surfaceSamples(std::size_t triangles) noexcept {
  return std::clamp<std::size_t>(20 * triangles, 100'000, 400'000);
}

Result<SurfaceError> surfaceError(const std::vector<PosedPart>& reference,
                                  const std::vector<PosedPart>& test, std::size_t samples,
                                  TaskRunner& runner, const std::stop_token& stop) {
  const TriangleTree a(reference);
  const TriangleTree b(test);
  if (a.count() == 0 || b.count() == 0) {
    return fail(ErrorCode::InvalidParameter, "a surface of {} triangles against one of {}",
                a.count(), b.count());
  }
  const double diagonal = diagonalOf(reference);
  SurfaceError error;
  for (const bool forth : {true, false}) {
    const OneSide side =
        forth ? measure(a, b, samples, runner, stop) : measure(b, a, samples, runner, stop);
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled while measuring surfaces");
    }
    const std::size_t sampled = side.angles.size();
    const double most = *std::max_element(side.distances.begin(), side.distances.end());
    double sum = 0;
    for (std::size_t i = 0; i < sampled; ++i) {
      sum += static_cast<double>(side.distances[i]) * static_cast<double>(side.distances[i]);
    }
    const double rms = sampled != 0 ? std::sqrt(sum / static_cast<double>(sampled)) : most;
    std::vector<float> even(side.distances.begin(),
                            side.distances.begin() + static_cast<std::ptrdiff_t>(sampled));
    error.hausdorff = std::max(error.hausdorff, most / diagonal);
    error.rms = std::max(error.rms, rms / diagonal);
    error.mean = std::max(error.mean, meanOf(side.distances, sampled) / diagonal);
    error.p99 = std::max(error.p99, percentile(std::move(even), 0.99) / diagonal);
    error.normalMean = std::max(error.normalMean, meanOf(side.angles, sampled));
    error.normalP95 = std::max(error.normalP95, percentile(side.angles, 0.95));
  }
  return error;
}

Result<std::vector<float>> paintDistances(const std::vector<PosedPart>& reference,
                                          const std::vector<PosedPart>& test, TaskRunner& runner,
                                          const std::stop_token& stop) {
  const TriangleTree tree(reference);
  if (tree.count() == 0) {
    return fail(ErrorCode::InvalidParameter, "there is no surface to measure from");
  }
  const double scale = 100 / diagonalOf(reference);
  std::vector<float> distances;
  for (const PosedPart& posed : test) {
    const std::vector<std::uint32_t>& indices = posed.part->indices;
    const auto place = [&](std::uint32_t vertex) {
      return vec(&posed.positions[3 * std::size_t{vertex}]);
    };
    const auto distance = [&](const Vec& at) {
      const std::array<float, 3> point{static_cast<float>(at[0]), static_cast<float>(at[1]),
                                       static_cast<float>(at[2])};
      return static_cast<float>(tree.nearest(point).distance * scale);
    };
    std::vector<float> ofVertices(posed.part->vertexCount());
    runner.parallelFor(ofVertices.size(), kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t v = begin; v < end && !stop.stop_requested(); ++v) {
        ofVertices[v] = distance(place(static_cast<std::uint32_t>(v)));
      }
    });
    const std::size_t first = distances.size();
    distances.resize(first + 2 * indices.size());
    runner.parallelFor(indices.size() / 3, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end && !stop.stop_requested(); ++t) {
        float* to = &distances[first + 6 * t];
        for (std::size_t k = 0; k < 3; ++k) {
          const std::uint32_t from = indices[3 * t + k];
          to[k] = ofVertices[from];
          to[3 + k] = distance((place(from) + place(indices[3 * t + (k + 1) % 3])) * 0.5);
        }
      }
    });
  }
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while measuring a surface");
  }
  return distances;
}

Result<std::optional<UvError>> uvError(const TexturedSurface& reference,
                                       const TexturedSurface& test, std::size_t samples,
                                       TaskRunner& runner, const std::stop_token& stop) {
  // Seams move by so much of the diagonal at least, and are looked for so far at most.
  constexpr double kLeastReach = 5e-4;
  constexpr double kMostReach = 1e-2;
  // What lies so much farther than most does so because it met the other side of a seam.
  constexpr double kFarTexels = 4;
  constexpr double kFarMedians = 8;
  const TexelMap texels(reference.parts, reference.sheets);
  const TexelMap found(test.parts, test.sheets);
  const TriangleTree from(reference.parts);
  const TriangleTree to(test.parts);
  if (!texels.any() || !found.any()) {
    return std::optional<UvError>();
  }
  const Points points = samplePoints(from, samples);
  const auto errorAt = [&](std::size_t i, std::uint32_t triangle) {
    const std::array<double, 2> wanted = texels.at(points.triangles[i], points.weights[i]);
    const float* c = to.corners(triangle);
    const auto at = found.at(
        triangle, closestWeights(vec(points.places[i].data()), vec(c), vec(c + 3), vec(c + 6)));
    return static_cast<float>(std::hypot(at[0] - wanted[0], at[1] - wanted[1]));
  };
  std::vector<float> distances(points.places.size());
  std::vector<float> errors(distances.size(), -1);
  runner.parallelFor(errors.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      const TriangleTree::Nearest nearest = to.nearest(points.places[i]);
      distances[i] = static_cast<float>(nearest.distance);
      if (texels.knows(points.triangles[i]) && found.knows(nearest.triangle)) {
        errors[i] = errorAt(i, nearest.triangle);
      }
    }
  });
  const double diagonal = diagonalOf(reference.parts);
  const double reach =
      std::clamp(2 * percentile(distances, 1), kLeastReach * diagonal, kMostReach * diagonal);
  std::vector<float> known = errors;
  std::erase_if(known, [](float error) { return error < 0; });
  const double outlying = kFarTexels + kFarMedians * percentile(std::move(known), 0.5);
  runner.parallelFor(errors.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      if (static_cast<double>(errors[i]) > outlying) {
        to.visitWithin(points.places[i], static_cast<double>(distances[i]) + reach,
                       [&](std::uint32_t triangle) {
                         if (found.knows(triangle)) {
                           errors[i] = std::min(errors[i], errorAt(i, triangle));
                         }
                       });
      }
    }
  });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while measuring texture coordinates");
  }
  std::erase_if(errors, [](float error) { return error < 0; });
  if (errors.empty()) {
    return std::optional<UvError>();
  }
  UvError error;
  error.mean = meanOf(errors, errors.size());
  error.p99 = percentile(std::move(errors), 0.99);
  return std::optional(error);
}

}  // namespace volpress::metrics
