#include "compressors/bpt/patch_coder.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace volpress::compressors::bpt {
namespace {

using Cell = formats::TokenCell;

constexpr std::size_t kMostRecent = 16;
constexpr std::size_t kMostCandidates = 4;

/// Edges of the triangles so far that no other triangle has run back along.
class OpenEdges {
public:
  void grow(std::size_t vertices) { m_into.resize(std::max(m_into.size(), vertices)); }

  /// Vertices from which an open edge leads to `v`, the latest first.
  [[nodiscard]] const std::vector<std::uint32_t>& into(std::uint32_t v) const { return m_into[v]; }

  /// Adds an edge; true when it closes an open one.
  bool add(std::uint32_t from, std::uint32_t to) {
    std::vector<std::uint32_t>& back = m_into[from];
    const auto open = std::find(back.begin(), back.end(), to);
    if (open != back.end()) {
      back.erase(open);
      return true;
    }
    std::vector<std::uint32_t>& list = m_into[to];
    list.insert(list.begin(), from);
    // A vertex with hundreds of open edges is no surface; what is forgotten costs bits alone.
    constexpr std::size_t kMostOpen = 64;
    if (list.size() > kMostOpen) {
      list.pop_back();
    }
    return false;
  }

private:
  std::vector<std::vector<std::uint32_t>> m_into;
};

/// What a vertex is to its patch.
enum class Role : std::uint32_t { Centre, First, Second, Next };

/// How a vertex was written.
enum class Way : std::uint32_t { Candidate, Recent, Difference };

/// One description of the stream for both directions: `wanted` is what to write, and is ignored
/// when reading.
template <typename Side>
class PatchCoder {
public:
  PatchCoder(Side& side, PatchModels& models, const formats::TokenGrid& grid)
      : m_side(side), m_models(models), m_cells(static_cast<std::int32_t>(grid.cells())) {}

  [[nodiscard]] bool another(bool wanted) { return m_models.another.code(m_side, 0, {0}, wanted); }

  /// Begins a patch. False, here and below, for a cell outside the grid.
  [[nodiscard]] bool centre(Cell& cell) {
    m_ring.clear();
    m_closes = false;
    const Cell guess = m_centre < m_vertices.size() ? m_vertices[m_centre] : Cell{};
    static const std::vector<std::uint32_t> kNobody;
    if (!vertex(cell, Role::Centre, kNobody, {guess[0], guess[1], guess[2]})) {
      return false;
    }
    m_centre = m_last;
    return true;
  }

  [[nodiscard]] bool ring(Cell& cell) {
    const Role role = m_ring.empty() ? Role::First : m_ring.size() == 1 ? Role::Second : Role::Next;
    const std::uint32_t from = m_ring.empty() ? m_centre : m_ring.back();
    std::array<std::int32_t, 3> guess{};
    for (std::size_t i = 0; i < 3; ++i) {
      guess.at(i) = m_vertices[from].at(i);
      if (role == Role::Next) {
        // The parallelogram of a fan of six triangles.
        guess.at(i) += m_vertices[m_centre].at(i) - m_vertices[m_ring[m_ring.size() - 2]].at(i);
        guess.at(i) = std::clamp(guess.at(i), 0, m_cells - 1);
      }
    }
    if (!vertex(cell, role, m_open.into(from), guess)) {
      return false;
    }
    m_ring.push_back(m_last);
    if (role != Role::First) {
      const std::uint32_t before = m_ring[m_ring.size() - 2];
      (void)m_open.add(m_centre, before);
      (void)m_open.add(before, m_last);
      m_closes = m_open.add(m_last, m_centre);
    }
    return true;
  }

  /// Whether the patch ends here.
  [[nodiscard]] bool ends(bool wanted) {
    constexpr std::size_t kMostCounted = 8;
    const auto count = static_cast<std::uint32_t>(std::min(m_ring.size() - 2, kMostCounted - 1));
    const std::uint32_t isClosed = m_ring.front() == m_ring.back() ? 1 : 0;
    const std::uint32_t closes = m_closes ? 1 : 0;
    const std::uint32_t isOpen = m_open.into(m_last).empty() ? 0 : 1;
    return m_models.ends.code(
        m_side, 0, {8 * (2 * closes + isClosed) + count, 4 * closes + 2 * isClosed + isOpen},
        wanted);
  }

private:
  [[nodiscard]] bool vertex(Cell& cell, Role role, const std::vector<std::uint32_t>& candidates,
                            const std::array<std::int32_t, 3>& guess) {
    const auto r = static_cast<std::uint32_t>(role);
    const std::size_t count = std::min(candidates.size(), kMostCandidates);
    const std::uint32_t context = 9 * r +
                                  3 * static_cast<std::uint32_t>(std::min<std::size_t>(count, 2)) +
                                  static_cast<std::uint32_t>(m_way);
    std::uint32_t known = kUnknown;
    if constexpr (Side::kWrites) {
      const auto found = m_places.find(formats::cellKey(cell));
      known = found != m_places.end() ? found->second : kUnknown;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (m_models.isCandidate.code(m_side, i, {context, 3 * r + static_cast<std::uint32_t>(m_way)},
                                    known == candidates[i])) {
        return take(candidates[i], Way::Candidate, cell);
      }
    }
    const auto recent = std::find(m_recent.begin(), m_recent.end(), known);
    if (!m_recent.empty() &&
        m_models.isRecent.code(m_side, 0, {context, r}, recent != m_recent.end())) {
      const auto wanted = static_cast<std::size_t>(recent - m_recent.begin());
      std::size_t index = 0;
      while (index + 1 < m_recent.size() &&
             m_models.recent.code(m_side, index, {r}, wanted > index)) {
        ++index;
      }
      return take(m_recent[index], Way::Recent, cell);
    }
    return difference(cell, r, guess);
  }

  [[nodiscard]] bool difference(Cell& cell, std::uint32_t role,
                                const std::array<std::int32_t, 3>& guess) {
    constexpr std::uint32_t kClasses = 3;
    std::uint32_t sizes = 0;
    Cell result{};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::int32_t off = m_models.axes.at(i).code(
          m_side, {role, 9 * role + sizes}, static_cast<std::int32_t>(cell.at(i)) - guess.at(i));
      const std::int32_t value = guess.at(i) + off;
      if (value < 0 || value >= m_cells) {
        return false;
      }
      result.at(i) = static_cast<std::uint16_t>(value);
      const auto magnitude = static_cast<std::uint32_t>(std::abs(off));
      sizes = kClasses * (sizes % kClasses) + (magnitude > 3 ? 2U : magnitude > 0 ? 1U : 0U);
    }
    const auto [found, isNew] = m_places.try_emplace(formats::cellKey(result),
                                                     static_cast<std::uint32_t>(m_vertices.size()));
    if (isNew) {
      m_vertices.push_back(result);
      m_open.grow(m_vertices.size());
    }
    return take(found->second, Way::Difference, cell);
  }

  bool take(std::uint32_t vertex, Way way, Cell& cell) {
    m_last = vertex;
    m_way = way;
    cell = m_vertices[vertex];
    const auto old = std::find(m_recent.begin(), m_recent.end(), vertex);
    if (old != m_recent.end()) {
      m_recent.erase(old);
    } else if (m_recent.size() == kMostRecent) {
      m_recent.pop_back();
    }
    m_recent.insert(m_recent.begin(), vertex);
    return true;
  }

  static constexpr std::uint32_t kUnknown = 0xFFFFFFFFU;

  Side& m_side;
  PatchModels& m_models;
  std::int32_t m_cells;
  std::unordered_map<std::uint64_t, std::uint32_t> m_places;
  std::vector<Cell> m_vertices;
  OpenEdges m_open;
  std::vector<std::uint32_t> m_recent;  ///< the latest first
  std::vector<std::uint32_t> m_ring;
  std::uint32_t m_centre = 0;
  std::uint32_t m_last = 0;
  Way m_way = Way::Difference;
  bool m_closes = false;  ///< the fan has met a triangle that was there before
};

}  // namespace

void writePatches(coding::BitWriteSide& side, PatchModels& models, const formats::TokenGrid& grid,
                  const formats::TokenPatches& patches) {
  PatchCoder<coding::BitWriteSide> coder(side, models, grid);
  for (std::size_t p = 0; p + 1 < patches.starts.size(); ++p) {
    (void)coder.another(true);
    Cell cell = patches.vertices[patches.starts[p]];
    (void)coder.centre(cell);
    for (std::size_t i = patches.starts[p] + 1; i < patches.starts[p + 1]; ++i) {
      cell = patches.vertices[i];
      (void)coder.ring(cell);
      if (i > patches.starts[p] + 1) {
        (void)coder.ends(i + 1 == patches.starts[p + 1]);
      }
    }
  }
  (void)coder.another(false);
}

Result<formats::TokenPatches> readPatches(coding::BitReadSide& side, PatchModels& models,
                                          const formats::TokenGrid& grid, std::size_t& faces) {
  formats::TokenPatches patches;
  PatchCoder<coding::BitReadSide> coder(side, models, grid);
  while (coder.another(false)) {
    patches.starts.push_back(patches.vertices.size());
    Cell cell{};
    bool inside = coder.centre(cell);
    patches.vertices.push_back(cell);
    for (std::size_t ring = 0; inside; ++ring) {
      inside = coder.ring(cell);
      patches.vertices.push_back(cell);
      if (ring == 0) {
        continue;
      }
      if (faces == 0) {
        return fail(ErrorCode::CorruptData, "there are more triangles than the bytes can hold");
      }
      --faces;
      if (!inside || coder.ends(false)) {
        break;
      }
    }
    if (!inside || side.overran()) {
      return fail(ErrorCode::CorruptData, "patch {} {}", patches.starts.size() - 1,
                  side.overran() ? "does not end" : "leaves the grid");
    }
  }
  if (side.overran()) {
    return fail(ErrorCode::CorruptData, "the patches do not end");
  }
  patches.starts.push_back(patches.vertices.size());
  return patches;
}

}  // namespace volpress::compressors::bpt
