#include "scene/formats/mesh_tokens.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

namespace volpress::formats {
namespace {

using Cell = TokenCell;
constexpr std::uint32_t kNone = 0xFFFFFFFFU;

/// The tokens' axes are z, x, y of the mesh.
constexpr std::array<std::size_t, 3> kAxes{2, 0, 1};

/// Part of the grid that a mesh fills either side of the middle.
constexpr double kFill = 0.95;

/// The canonical order: by one of 4^3 blocks, then z, y, x.
std::array<std::uint32_t, 4> orderOf(const Cell& cell, const TokenGrid& grid) {
  const std::uint32_t side = std::max(1U, grid.cells() / 4);
  const std::uint32_t block = cell[2] / side * 16 + cell[1] / side * 4 + cell[0] / side;
  return {block, cell[2], cell[1], cell[0]};
}

/// Takes the triangles of a mesh apart into fans.
class Fans {
public:
  Fans(const TokenMesh& mesh, TokenScheme scheme)
      : m_mesh(mesh),
        m_scheme(scheme),
        m_used(mesh.faces.size(), false),
        m_degree(mesh.vertices.size(), 0),
        m_first(mesh.vertices.size() + 1, 0) {
    for (const auto& face : mesh.faces) {
      for (const std::uint32_t v : face) {
        ++m_degree[v];
      }
    }
    for (std::size_t v = 0; v < m_degree.size(); ++v) {
      m_first[v + 1] = m_first[v] + m_degree[v];
    }
    m_faces.resize(m_first.back());
    std::vector<std::size_t> next(m_first.begin(), m_first.end() - 1);
    for (std::uint32_t f = 0; f < mesh.faces.size(); ++f) {
      for (const std::uint32_t v : mesh.faces[f]) {
        m_faces[next[v]++] = f;
      }
    }
  }

  TokenPatches takeAll() {
    TokenPatches patches;
    for (std::uint32_t f = 0; f < m_mesh.faces.size(); ++f) {
      while (!m_used[f]) {
        take(f, patches);
      }
    }
    patches.starts.push_back(patches.vertices.size());
    return patches;
  }

private:
  /// The edge of a face that lies opposite its centre.
  struct Edge {
    std::uint32_t from;
    std::uint32_t to;
    std::uint32_t face;
    bool walked = false;
  };

  void take(std::uint32_t first, TokenPatches& patches) {
    const auto& corners = m_mesh.faces[first];
    const std::uint32_t centre = *std::max_element(
        corners.begin(), corners.end(), [&](auto a, auto b) { return m_degree[a] < m_degree[b]; });
    std::vector<Edge> edges;
    for (std::size_t i = m_first[centre]; i < m_first[centre + 1]; ++i) {
      if (!m_used[m_faces[i]]) {
        edges.push_back(opposite(m_faces[i], centre));
      }
    }
    std::sort(edges.begin(), edges.end(), [&](const Edge& a, const Edge& b) {
      return m_scheme == TokenScheme::Oriented
                 ? std::pair(a.from, a.to) < std::pair(b.from, b.to)
                 : std::minmax(a.from, a.to) < std::minmax(b.from, b.to);
    });
    std::vector<std::uint32_t> ring = walk(edges, startOf(edges));
    if (m_scheme == TokenScheme::Paper) {
      const auto agrees = [&](const Edge& edge) {
        return edge.walked && edge.from == ring[0] && edge.to == ring[1];
      };
      if (std::none_of(edges.begin(), edges.end(), agrees)) {
        std::reverse(ring.begin(), ring.end());
      }
    }
    for (const Edge& edge : edges) {
      if (edge.walked) {
        m_used[edge.face] = true;
        for (const std::uint32_t v : m_mesh.faces[edge.face]) {
          --m_degree[v];
        }
      }
    }
    patches.starts.push_back(patches.vertices.size());
    patches.vertices.push_back(m_mesh.vertices[centre]);
    for (const std::uint32_t v : ring) {
      patches.vertices.push_back(m_mesh.vertices[v]);
    }
  }

  [[nodiscard]] Edge opposite(std::uint32_t face, std::uint32_t centre) const {
    const auto& c = m_mesh.faces[face];
    const std::size_t at = c[0] == centre ? 0 : c[1] == centre ? 1 : 2;
    return {c.at((at + 1) % 3), c.at((at + 2) % 3), face};
  }

  /// Where an open fan begins, or the smallest vertex of a closed one.
  [[nodiscard]] std::uint32_t startOf(const std::vector<Edge>& edges) const {
    std::vector<std::pair<std::uint32_t, int>> balance;  // of a vertex: edges that leave it first
    for (const Edge& edge : edges) {
      balance.emplace_back(edge.from, 1);
      balance.emplace_back(edge.to, m_scheme == TokenScheme::Oriented ? -1 : 1);
    }
    std::sort(balance.begin(), balance.end());
    std::uint32_t smallest = kNone;
    for (std::size_t i = 0; i < balance.size();) {
      const std::uint32_t v = balance[i].first;
      int sum = 0;
      bool leaves = false;
      for (; i < balance.size() && balance[i].first == v; ++i) {
        sum += balance[i].second;
        leaves = leaves || balance[i].second > 0;
      }
      // Undirected: an end of the fan is met once.
      if (m_scheme == TokenScheme::Oriented ? sum > 0 : sum == 1) {
        return v;
      }
      if (leaves && smallest == kNone) {
        smallest = v;
      }
    }
    return smallest;
  }

  [[nodiscard]] std::vector<std::uint32_t> walk(std::vector<Edge>& edges,
                                                std::uint32_t start) const {
    // Edges by the vertices that they can be walked from, in their order.
    std::vector<std::pair<std::uint32_t, std::size_t>> exits;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      exits.emplace_back(edges[e].from, e);
      if (m_scheme == TokenScheme::Paper) {
        exits.emplace_back(edges[e].to, e);
      }
    }
    std::sort(exits.begin(), exits.end());
    std::vector<std::size_t> skipped(exits.size(), 0);  // at a vertex' first exit: those walked
    std::vector<std::uint32_t> ring{start};
    while (true) {
      const std::uint32_t at = ring.back();
      const auto first = static_cast<std::size_t>(
          std::lower_bound(exits.begin(), exits.end(), std::pair(at, std::size_t{0})) -
          exits.begin());
      const auto isExit = [&] {
        const std::size_t i = first + (first < exits.size() ? skipped[first] : 0);
        return i < exits.size() && exits[i].first == at;
      };
      while (isExit() && edges[exits[first + skipped[first]].second].walked) {
        ++skipped[first];
      }
      if (!isExit()) {
        return ring;
      }
      Edge& next = edges[exits[first + skipped[first]].second];
      next.walked = true;
      ring.push_back(next.from == at ? next.to : next.from);
    }
  }

  const TokenMesh& m_mesh;
  TokenScheme m_scheme;
  std::vector<bool> m_used;
  std::vector<std::uint32_t> m_degree;  ///< of vertices: faces not used yet
  std::vector<std::size_t> m_first;     ///< of vertices, into m_faces
  std::vector<std::uint32_t> m_faces;
};

struct CellTokens {
  std::uint32_t block = 0;
  std::uint32_t offset = 0;
};

CellTokens tokensOf(const Cell& cell, const TokenGrid& grid) {
  CellTokens tokens;
  for (const std::uint16_t i : cell) {
    tokens.block = tokens.block * grid.blocks + i / grid.offsets;
    tokens.offset = tokens.offset * grid.offsets + i % grid.offsets;
  }
  return tokens;
}

Cell cellOf(CellTokens tokens, const TokenGrid& grid) {
  Cell cell{};
  for (std::size_t i = 3; i-- > 0;) {
    cell.at(i) = static_cast<std::uint16_t>(tokens.block % grid.blocks * grid.offsets +
                                            tokens.offset % grid.offsets);
    tokens.block /= grid.blocks;
    tokens.offset /= grid.offsets;
  }
  return cell;
}

}  // namespace

TokenGrid tokenGrid(unsigned bits) {
  constexpr std::uint32_t kPaperBlocks = 8;
  constexpr std::uint32_t kOffsets = 16;
  return bits <= 7 ? TokenGrid{kPaperBlocks, kOffsets} : TokenGrid{16, 1U << (bits - 4)};
}

TokenFrame tokenFrame(const std::array<double, 3>& low, const std::array<double, 3>& high) {
  TokenFrame frame;
  double longest = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    frame.centre.at(i) = (low.at(i) + high.at(i)) / 2;
    longest = std::max(longest, high.at(i) - low.at(i));
  }
  constexpr double kLeast = 1e-6;  // as the authors' program has it, for meshes of unit size
  frame.scale = 2 * kFill / (longest > 0 ? longest * (1 + kLeast) : 1);
  return frame;
}

TokenMesh tokenMesh(std::span<const float> positions, std::span<const std::uint32_t> indices,
                    const TokenFrame& frame, const TokenGrid& grid) {
  const auto cells = static_cast<double>(grid.cells());
  const auto cell = [&](std::uint32_t vertex) {
    Cell result{};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t axis = kAxes.at(i);
      const double unit =
          (static_cast<double>(positions[3 * std::size_t{vertex} + axis]) - frame.centre.at(axis)) *
          frame.scale;
      result.at(i) = static_cast<std::uint16_t>(
          std::clamp(std::nearbyint((unit + 1) / 2 * cells - 0.5), 0.0, cells - 1));
    }
    return result;
  };
  TokenMesh mesh;
  std::unordered_map<std::uint64_t, std::uint32_t> places;
  std::vector<std::array<std::uint32_t, 3>> faces;
  for (std::size_t t = 0; t + 2 < indices.size(); t += 3) {
    const std::array<Cell, 3> corners{cell(indices[t]), cell(indices[t + 1]), cell(indices[t + 2])};
    if (corners[0] == corners[1] || corners[1] == corners[2] || corners[2] == corners[0]) {
      continue;
    }
    std::array<std::uint32_t, 3> face{};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto [found, isNew] = places.try_emplace(
          cellKey(corners.at(i)), static_cast<std::uint32_t>(mesh.vertices.size()));
      if (isNew) {
        mesh.vertices.push_back(corners.at(i));
      }
      face.at(i) = found->second;
    }
    faces.push_back(face);
  }
  std::vector<std::uint32_t> order(mesh.vertices.size());
  for (std::uint32_t v = 0; v < order.size(); ++v) {
    order[v] = v;
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return orderOf(mesh.vertices[a], grid) < orderOf(mesh.vertices[b], grid);
  });
  std::vector<std::uint32_t> rank(order.size());
  std::vector<Cell> sorted(order.size());
  for (std::uint32_t r = 0; r < order.size(); ++r) {
    rank[order[r]] = r;
    sorted[r] = mesh.vertices[order[r]];
  }
  mesh.vertices = std::move(sorted);
  for (auto& face : faces) {
    for (std::uint32_t& v : face) {
      v = rank[v];
    }
    std::rotate(face.begin(), std::min_element(face.begin(), face.end()), face.end());
  }
  // By the sorted indices; the smallest stands first already.
  std::sort(faces.begin(), faces.end(), [](const auto& a, const auto& b) {
    const auto key = [](const auto& face) {
      return std::array<std::uint32_t, 4>{face[0], std::min(face[1], face[2]),
                                          std::max(face[1], face[2]), face[1]};
    };
    return key(a) < key(b);
  });
  mesh.faces = std::move(faces);
  return mesh;
}

TokenPatches tokenPatches(const TokenMesh& mesh, TokenScheme scheme) {
  return Fans(mesh, scheme).takeAll();
}

std::vector<std::uint32_t> writeTokens(const TokenPatches& patches, const TokenGrid& grid,
                                       TokenScheme scheme) {
  std::vector<std::uint32_t> tokens;
  tokens.reserve(3 * patches.vertices.size() / 2);
  for (std::size_t p = 0; p + 1 < patches.starts.size(); ++p) {
    const CellTokens centre = tokensOf(patches.vertices[patches.starts[p]], grid);
    // The authors' program begins with a plain block, and repeats the block after each centre.
    const bool isPlain = scheme == TokenScheme::Paper && p == 0;
    tokens.push_back(isPlain ? centre.block : grid.firstPatch() + centre.block);
    tokens.push_back(grid.firstOffset() + centre.offset);
    std::uint32_t block = scheme == TokenScheme::Paper && p != 0 ? kNone : centre.block;
    for (std::size_t i = patches.starts[p] + 1; i < patches.starts[p + 1]; ++i) {
      const CellTokens ring = tokensOf(patches.vertices[i], grid);
      if (ring.block != block) {
        block = ring.block;
        tokens.push_back(block);
      }
      tokens.push_back(grid.firstOffset() + ring.offset);
    }
  }
  tokens.push_back(grid.end());
  return tokens;
}

Result<TokenPatches> readTokens(std::span<const std::uint32_t> tokens, const TokenGrid& grid) {
  TokenPatches patches;
  CellTokens now;
  bool afterBlock = false;
  const auto closes = [&] {
    return patches.starts.empty() || patches.vertices.size() >= patches.starts.back() + 3;
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::uint32_t token = tokens[i];
    const bool isOffset = token >= grid.firstOffset() && token < grid.firstPatch();
    if (token > grid.end() || (isOffset ? patches.starts.empty() : afterBlock)) {
      return fail(ErrorCode::CorruptData, "token {} of {} is {}, where {} is due", i, tokens.size(),
                  token, afterBlock ? "an offset" : "a block");
    }
    if (isOffset) {
      now.offset = token - grid.firstOffset();
      patches.vertices.push_back(cellOf(now, grid));
      afterBlock = false;
      continue;
    }
    if (token >= grid.firstPatch() || patches.starts.empty()) {
      if (!closes()) {
        return fail(ErrorCode::CorruptData, "the patch before token {} of {} has no triangle", i,
                    tokens.size());
      }
      if (token == grid.end()) {
        if (i + 1 != tokens.size()) {
          return fail(ErrorCode::CorruptData, "tokens follow the end, which is {} of {}", i,
                      tokens.size());
        }
        patches.starts.push_back(patches.vertices.size());
        return patches;
      }
      patches.starts.push_back(patches.vertices.size());
    }
    now.block = token >= grid.firstPatch() ? token - grid.firstPatch() : token;
    afterBlock = true;
  }
  return fail(ErrorCode::CorruptData, "{} tokens have no end", tokens.size());
}

std::size_t tokenBytes(const TokenGrid& grid) noexcept { return grid.end() <= 0xFFFF ? 2 : 4; }

void appendTokens(ByteWriter& writer, std::span<const std::uint32_t> tokens,
                  const TokenGrid& grid) {
  const bool isNarrow = tokenBytes(grid) == 2;
  for (const std::uint32_t token : tokens) {
    if (isNarrow) {
      writer.write(static_cast<std::uint16_t>(token));
    } else {
      writer.write(token);
    }
  }
}

Result<std::vector<std::uint32_t>> takeTokens(ByteReader& reader, std::size_t count,
                                              std::size_t width) {
  if (count > reader.remaining() / width) {
    return fail(ErrorCode::CorruptData, "{} tokens of {} bytes, but {} bytes are left", count,
                width, reader.remaining());
  }
  std::vector<std::uint32_t> tokens(count);
  for (std::uint32_t& token : tokens) {
    if (width == 2) {
      VOLPRESS_TRY(token, reader.read<std::uint16_t>("token"));
    } else {
      VOLPRESS_TRY(token, reader.read<std::uint32_t>("token"));
    }
  }
  return tokens;
}

void writeTokenFrame(ByteWriter& writer, const TokenFrame& frame) {
  writer.write(frame.centre);
  writer.write(frame.scale);
}

Result<TokenFrame> readTokenFrame(ByteReader& reader) {
  TokenFrame frame;
  VOLPRESS_TRY(frame.centre, (reader.read<std::array<double, 3>>("centre")));
  VOLPRESS_TRY(frame.scale, reader.read<double>("scale"));
  const auto isFinite = [](double value) { return std::abs(value) < 1e30; };
  if (!std::all_of(frame.centre.begin(), frame.centre.end(), isFinite) || !(frame.scale > 1e-30) ||
      !isFinite(frame.scale)) {
    return fail(ErrorCode::CorruptData, "the grid lies nowhere: scale {}", frame.scale);
  }
  return frame;
}

MeshPart patchPart(const TokenPatches& patches, const TokenFrame& frame, const TokenGrid& grid) {
  MeshPart part;
  std::unordered_map<std::uint64_t, std::uint32_t> places;
  std::vector<std::uint32_t> vertexOf(patches.vertices.size());
  for (std::size_t i = 0; i < patches.vertices.size(); ++i) {
    const Cell& cell = patches.vertices[i];
    const auto [found, isNew] =
        places.try_emplace(cellKey(cell), static_cast<std::uint32_t>(places.size()));
    vertexOf[i] = found->second;
    if (isNew) {
      std::array<float, 3> position{};
      for (std::size_t k = 0; k < 3; ++k) {
        const double unit = (cell.at(k) + 0.5) / grid.cells() * 2 - 1;
        position.at(kAxes.at(k)) =
            static_cast<float>(frame.centre.at(kAxes.at(k)) + unit / frame.scale);
      }
      part.positions.insert(part.positions.end(), position.begin(), position.end());
    }
  }
  for (std::size_t p = 0; p + 1 < patches.starts.size(); ++p) {
    const std::size_t centre = patches.starts[p];
    for (std::size_t i = centre + 1; i + 1 < patches.starts[p + 1]; ++i) {
      part.indices.insert(part.indices.end(), {vertexOf[centre], vertexOf[i], vertexOf[i + 1]});
    }
  }
  return part;
}

}  // namespace volpress::formats
