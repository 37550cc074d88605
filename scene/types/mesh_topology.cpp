#include "scene/types/mesh_topology.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace volpress {
namespace {

std::uint32_t rootOf(std::vector<std::uint32_t>& parents, std::uint32_t item) {
  while (parents[item] != item) {
    parents[item] = parents[parents[item]];
    item = parents[item];
  }
  return item;
}

/// Triangles of all parts over one list of places.
struct Soup {
  FloatArray positions;
  std::vector<std::uint32_t> indices;
};

Soup joined(const Mesh& mesh) {
  Soup soup;
  for (const MeshPart& part : mesh.parts) {
    const auto base = static_cast<std::uint32_t>(soup.positions.size() / 3);
    soup.positions.insert(soup.positions.end(), part.positions.begin(), part.positions.end());
    for (const std::uint32_t index : part.indices) {
      soup.indices.push_back(base + index);
    }
  }
  return soup;
}

}  // namespace

std::vector<std::uint32_t> weldPositions(std::span<const float> positions) {
  using Place = std::array<std::uint32_t, 3>;
  const std::size_t count = positions.size() / 3;
  std::vector<Place> places(count);
  for (std::size_t v = 0; v < count; ++v) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = positions[3 * v + c] + 0.0F;  // turns -0 into 0
      std::memcpy(&places[v][c], &value, sizeof(value));
    }
  }
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return places[a] != places[b] ? places[a] < places[b] : a < b;
  });
  std::vector<std::uint32_t> welded(count);
  for (std::size_t i = 0; i < count; ++i) {
    const bool same = i != 0 && places[order[i]] == places[order[i - 1]];
    welded[order[i]] = same ? welded[order[i - 1]] : order[i];
  }
  return welded;
}

MeshTopology measureTopology(const Mesh& mesh) {
  const Soup soup = joined(mesh);
  const std::vector<std::uint32_t> welded = weldPositions(soup.positions);
  MeshTopology result;
  result.triangles = soup.indices.size() / 3;
  std::vector<bool> used(welded.size(), false);
  std::vector<bool> named(welded.size(), false);
  std::vector<std::uint32_t> parents(welded.size());
  std::iota(parents.begin(), parents.end(), 0U);
  std::vector<std::array<std::uint32_t, 3>> faces;
  std::vector<std::array<std::uint32_t, 2>> edges;
  for (std::size_t t = 0; t < soup.indices.size(); t += 3) {
    std::array<std::uint32_t, 3> face{};
    for (std::size_t c = 0; c < 3; ++c) {
      named[soup.indices[t + c]] = true;
      face[c] = welded[soup.indices[t + c]];
    }
    if (face[0] == face[1] || face[1] == face[2] || face[0] == face[2]) {
      ++result.degenerateTriangles;
      continue;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      used[face[c]] = true;
      const std::uint32_t a = face[c];
      const std::uint32_t b = face[(c + 1) % 3];
      edges.push_back({std::min(a, b), std::max(a, b)});
      parents[rootOf(parents, a)] = rootOf(parents, b);
    }
    std::sort(face.begin(), face.end());
    faces.push_back(face);
  }
  std::sort(faces.begin(), faces.end());
  for (std::size_t i = 1; i < faces.size(); ++i) {
    result.duplicateTriangles += faces[i] == faces[i - 1] ? 1U : 0U;
  }
  std::sort(edges.begin(), edges.end());
  for (std::size_t begin = 0; begin < edges.size();) {
    std::size_t end = begin;
    while (end < edges.size() && edges[end] == edges[begin]) {
      ++end;
    }
    ++result.edges;
    result.boundaryEdges += end - begin == 1 ? 1U : 0U;
    result.nonManifoldEdges += end - begin > 2 ? 1U : 0U;
    begin = end;
  }
  for (std::uint32_t v = 0; v < used.size(); ++v) {
    result.vertices += used[v] ? 1U : 0U;
    result.components += used[v] && rootOf(parents, v) == v ? 1U : 0U;
    result.unusedVertices += named[v] ? 0U : 1U;
  }
  if (result.boundaryEdges == 0 && result.nonManifoldEdges == 0 && !faces.empty()) {
    const std::size_t twice = 2 * result.components + result.edges;
    const std::size_t rest = result.vertices + faces.size();
    result.genus = twice > rest ? (twice - rest) / 2 : 0;
  }
  return result;
}

}  // namespace volpress
