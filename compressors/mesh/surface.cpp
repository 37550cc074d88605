#include "compressors/mesh/surface.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "scene/types/mesh_topology.hpp"

namespace volpress::compressors::meshes {
namespace {

class Builder {
public:
  Builder(std::span<const std::uint32_t> indices, std::span<const float> positions)
      : m_indices(indices), m_points(weldPositions(positions)) {}

  SourceSurface build() {
    m_result.surface.twin.assign(m_indices.size(), kNone);
    joinEdges();
    makeVertices();
    m_result.surface.faceIsReal.assign(m_indices.size() / 3, 1);
    closeHoles();
    m_result.surface.faceIsReal.resize(m_result.surface.faceCount(), 0);
    m_result.valence.assign(m_result.surface.vertexCount(), 0);
    for (const std::uint32_t vertex : m_result.surface.vertexOf) {
      ++m_result.valence[vertex];
    }
    return std::move(m_result);
  }

private:
  struct HalfEdge {
    std::uint32_t low, high;  ///< points
    std::uint32_t corner;
  };

  [[nodiscard]] std::uint32_t point(std::uint32_t corner) const {
    return m_points[m_indices[corner]];
  }

  void joinEdges() {
    std::vector<HalfEdge> edges;
    edges.reserve(m_indices.size());
    for (std::uint32_t c = 0; c < m_indices.size(); ++c) {
      const std::uint32_t a = point(c);
      const std::uint32_t b = point(nextCorner(c));
      const std::uint32_t o = point(previousCorner(c));
      if (a != b && b != o && o != a) {  // triangles without area stay alone
        edges.push_back({std::min(a, b), std::max(a, b), c});
      }
    }
    std::sort(edges.begin(), edges.end(), [](const HalfEdge& a, const HalfEdge& b) {
      return a.low != b.low     ? a.low < b.low
             : a.high != b.high ? a.high < b.high
                                : a.corner < b.corner;
    });
    for (std::size_t begin = 0; begin < edges.size();) {
      std::size_t end = begin + 1;
      while (end < edges.size() && edges[end].low == edges[begin].low &&
             edges[end].high == edges[begin].high) {
        ++end;
      }
      joinGroup(std::span(edges).subspan(begin, end - begin));
      begin = end;
    }
  }

  /// Half-edges over the same two points. Where more than two meet, those that share the part's own
  /// vertices belong together.
  void joinGroup(std::span<const HalfEdge> group) {
    if (group.size() > kMostAlike) {
      return;
    }
    for (std::size_t i = 0; group.size() > 2 && i < group.size(); ++i) {
      for (std::size_t j = i + 1; j < group.size(); ++j) {
        const std::uint32_t a = group[i].corner;
        const std::uint32_t b = group[j].corner;
        if (isFree(a) && isFree(b) && m_indices[a] == m_indices[nextCorner(b)] &&
            m_indices[b] == m_indices[nextCorner(a)]) {
          join(a, b);
        }
      }
    }
    // Of the rest, those that are named nearest to each other.
    for (const HalfEdge& one : group) {
      std::uint32_t best = kNone;
      for (const HalfEdge& other : group) {
        if (isFree(one.corner) && isFree(other.corner) &&
            point(one.corner) == point(nextCorner(other.corner)) &&
            (best == kNone || apart(one.corner, other.corner) < apart(one.corner, best))) {
          best = other.corner;
        }
      }
      if (best != kNone) {
        join(one.corner, best);
      }
    }
  }

  static std::uint32_t apart(std::uint32_t a, std::uint32_t b) { return a < b ? b - a : a - b; }
  [[nodiscard]] bool isFree(std::uint32_t corner) const {
    return m_result.surface.twin[corner] == kNone;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    m_result.surface.twin[a] = b;
    m_result.surface.twin[b] = a;
  }

  /// A vertex for every set of corners that hang together over joined edges.
  void makeVertices() {
    Surface& surface = m_result.surface;
    surface.vertexOf.assign(m_indices.size(), kNone);
    for (std::uint32_t c = 0; c < m_indices.size(); ++c) {
      if (surface.vertexOf[c] != kNone) {
        continue;
      }
      const auto vertex = static_cast<std::uint32_t>(m_result.pointOf.size());
      m_result.pointOf.push_back(point(c));
      surface.cornerOf.push_back(c);
      surface.isCap.push_back(false);
      std::uint32_t corner = c;
      while (corner != kNone && surface.vertexOf[corner] == kNone) {
        surface.vertexOf[corner] = vertex;
        corner = surface.twin[previousCorner(corner)];
      }
      corner = c;
      while (surface.twin[corner] != kNone &&
             surface.vertexOf[nextCorner(surface.twin[corner])] == kNone) {
        corner = nextCorner(surface.twin[corner]);
        surface.vertexOf[corner] = vertex;
      }
    }
  }

  void closeHoles() {
    Surface& surface = m_result.surface;
    const auto corners = static_cast<std::uint32_t>(m_indices.size());
    std::vector<std::uint32_t> into(surface.vertexCount(),
                                    kNone);  // the border edge that ends here
    for (std::uint32_t c = 0; c < corners; ++c) {
      if (isFree(c)) {
        into[surface.vertexOf[nextCorner(c)]] = c;
      }
    }
    for (std::uint32_t c = 0; c < corners; ++c) {
      if (!isFree(c)) {
        continue;
      }
      const auto cap = static_cast<std::uint32_t>(surface.vertexCount());
      surface.isCap.push_back(true);
      const auto first = static_cast<std::uint32_t>(surface.vertexOf.size());
      surface.cornerOf.push_back(first + 2);
      for (std::uint32_t edge = c; isFree(edge); edge = into[surface.vertexOf[edge]]) {
        const auto face = static_cast<std::uint32_t>(surface.vertexOf.size());
        const std::uint32_t from = surface.vertexOf[edge];
        const std::uint32_t to = surface.vertexOf[nextCorner(edge)];
        surface.vertexOf.insert(surface.vertexOf.end(), {to, from, cap});
        surface.twin.insert(surface.twin.end(), {edge, kNone, kNone});
        surface.twin[edge] = face;
        if (face != first) {
          join(face + 2, face - 2);
        }
      }
      join(first + 2, static_cast<std::uint32_t>(surface.vertexOf.size()) - 2);
    }
  }

  static constexpr std::size_t kMostAlike = 64;
  std::span<const std::uint32_t> m_indices;
  std::vector<std::uint32_t> m_points;
  SourceSurface m_result;
};

}  // namespace

SourceSurface buildSurface(std::span<const std::uint32_t> indices,
                           std::span<const float> positions) {
  return Builder(indices, positions).build();
}

}  // namespace volpress::compressors::meshes
