#include "compressors/mesh/connectivity.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "compressors/mesh/residual_coder.hpp"

namespace volpress::compressors::meshes {
namespace {

constexpr std::uint32_t kUsualValence = 6;
constexpr std::size_t kMostRoom = 1 << 20;  ///< faces that memory is made ready for
constexpr std::size_t kRanks = 12;          ///< missing faces of a vertex, told apart when growing

/// What the third vertex of the next face is, seen from the border edge a -> b.
enum class Step : std::uint8_t {
  New,      ///< one not seen before
  Left,     ///< the one before a on the border: a is done
  Right,    ///< the one after b: b is done
  Closing,  ///< both: the border ends here
  Other,    ///< elsewhere on a border
};

/// A border is a ring of slots: each is a vertex and the edge to the next slot's vertex, beyond
/// which lies a face that is not known yet.
struct Slot {
  std::uint32_t vertex = 0;
  std::uint32_t edge = 0;  ///< the half-edge of a known face on this side
  std::uint32_t next = 0;
  std::uint32_t previous = 0;
  bool alive = true;
};

template <typename Side>
class Growth {
public:
  Growth(Side& side, ConnectivityModels& models, const SourceSurface* source, std::size_t faces)
      : m_side(side), m_models(models), m_source(source), m_faces(faces) {
    // Pages asked for twice cost more than their numbers. Closed surfaces have half as many
    // vertices as faces; what is stated may be far more than there is.
    const std::size_t room = std::min(faces, kMostRoom);
    surface().vertexOf.reserve(3 * room);
    surface().twin.reserve(3 * room);
    surface().faceIsReal.reserve(room);
    surface().cornerOf.reserve(room / 2 + 2);
    m_valence.reserve(room / 2 + 2);
    m_missing.reserve(room / 2 + 2);
    m_slots.reserve(room / 2 + 2);
    if constexpr (Side::kWrites) {
      m_known.assign(source->surface.vertexCount(), kNone);
      m_slotOf.assign(source->surface.vertexOf.size(), kNone);
      m_done.assign(source->surface.faceCount(), false);
    }
  }

  Result<GrownSurface> run() {
    while (m_result.realFaces < m_faces) {
      VOLPRESS_CHECK(seed());
      for (std::uint32_t slot = nextSlot(); slot != kNone; slot = nextSlot()) {
        while (m_slots[slot].alive) {
          VOLPRESS_CHECK(grow(slot));
        }
      }
      m_slots.clear();
    }
    if (m_result.realFaces != m_faces) {
      return fail(ErrorCode::CorruptData, "the connectivity has {} triangles, stated are {}",
                  m_result.realFaces, m_faces);
    }
    if constexpr (Side::kWrites) {
      placeWritten();
    }
    VOLPRESS_CHECK(codePlaces());
    listFans();
    return std::move(m_result);
  }

private:
  [[nodiscard]] Surface& surface() { return m_result.surface; }

  static tl::unexpected<Error> corrupt(const char* what) {
    return fail(ErrorCode::CorruptData, "the connectivity {}", what);
  }

  // --- vertices

  [[nodiscard]] std::uint32_t rank(std::uint32_t vertex, std::uint32_t most) const {
    return std::min(m_missing[vertex], most);
  }

  /// `corner`: where the source has the vertex.
  Result<std::uint32_t> addVertex(std::uint32_t a, std::uint32_t b, std::uint32_t corner,
                                  std::uint32_t before = kNone, std::uint32_t behind = kNone) {
    const auto vertex = static_cast<std::uint32_t>(surface().isCap.size());
    bool cap = false;
    std::uint32_t valence = 0;
    if constexpr (Side::kWrites) {
      const std::uint32_t from = m_source->surface.vertexOf[corner];
      cap = m_source->surface.isCap[from];
      valence = m_source->valence[from];
      m_known[from] = vertex;
    }
    const bool seeding = a == kNone || b == kNone;
    const bool nearCap = !seeding && (surface().isCap[a] || surface().isCap[b]);
    if (!seeding && !nearCap) {
      const std::uint32_t context = (m_atCap[a] ? 1U : 0U) + (m_atCap[b] ? 2U : 0U);
      cap = m_models.cap.code(m_side, 0, {context}, cap);
    } else {
      cap = false;
    }
    const auto about = [&](std::uint32_t v) {
      return v == kNone ? 0U : surface().isCap[v] ? 1U : std::clamp(m_valence[v], 2U, 13U);
    };
    const std::uint32_t pair = about(a) * 14 + about(b);
    const std::uint32_t kind = cap       ? 31U
                               : seeding ? 30U
                               : nearCap
                                   ? 29U
                                   : std::min(m_missing[a], 4U) * 5 + std::min(m_missing[b], 4U);
    const std::int32_t coded = m_models.valence.code(
        m_side,
        {about(before) * 14 + about(behind),
         before == kNone ? 255U
                         : rank(before, 4) * 50 + std::min(about(a) + about(b), 24U) * 2 +
                               (m_atCap[a] || m_atCap[b] ? 1U : 0U),
         cap ? 195U : std::min(pair, 194U), kind},
        static_cast<std::int32_t>(valence) - static_cast<std::int32_t>(kUsualValence));
    if (coded < 1 - static_cast<std::int32_t>(kUsualValence)) {
      return corrupt("states a vertex without faces");
    }
    surface().isCap.push_back(cap);
    surface().cornerOf.push_back(kNone);
    m_atCap.push_back(false);
    m_valence.push_back(
        static_cast<std::uint32_t>(coded + static_cast<std::int32_t>(kUsualValence)));
    m_missing.push_back(m_valence.back());
    return vertex;
  }

  // --- faces

  /// The next face; `corner` is the source's corner of its first vertex.
  Result<std::uint32_t> addFace(std::array<std::uint32_t, 3> vertices, std::uint32_t corner) {
    if (m_side.overran()) {
      return corrupt("ends early");
    }
    // Each edge of a hole has a triangle of its own, so there are at most four times as many.
    if (surface().faceCount() >= 4 * m_faces) {
      return corrupt("closes more holes than its triangles have edges");
    }
    const auto face = static_cast<std::uint32_t>(surface().vertexOf.size());
    bool real = true;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::uint32_t vertex = vertices[i];
      surface().vertexOf.push_back(vertex);
      surface().twin.push_back(kNone);
      surface().cornerOf[vertex] = face + static_cast<std::uint32_t>(i);
      m_missing[vertex] -= m_missing[vertex] != 0 ? 1U : 0U;
      real = real && !surface().isCap[vertex];
    }
    surface().faceIsReal.push_back(real ? 1 : 0);
    if (real) {
      ++m_result.realFaces;
    } else {
      for (const std::uint32_t vertex : vertices) {
        m_atCap[vertex] = true;
      }
    }
    if constexpr (Side::kWrites) {
      m_result.source.insert(m_result.source.end(),
                             {corner, nextCorner(corner), previousCorner(corner)});
      m_done[corner / 3] = true;
    }
    return face;
  }

  void join(std::uint32_t a, std::uint32_t b) {
    surface().twin[a] = b;
    surface().twin[b] = a;
  }

  // --- the border

  std::uint32_t addSlot(std::uint32_t vertex) {
    m_slots.push_back({vertex, 0, 0, 0, true});
    return static_cast<std::uint32_t>(m_slots.size() - 1);
  }
  void setEdge(std::uint32_t slot, std::uint32_t edge) {
    m_slots[slot].edge = edge;
    if constexpr (Side::kWrites) {
      m_slotOf[m_result.source[edge]] = slot;
    }
  }
  void link(std::uint32_t first, std::uint32_t second) {
    m_slots[first].next = second;
    m_slots[second].previous = first;
  }
  void wait(std::uint32_t slot) {
    m_waiting[rank(m_slots[slot].vertex, kRanks - 1)].push_back(slot);
  }

  /// The slot with the fewest missing faces, of several the one that waits longest.
  std::uint32_t nextSlot() {
    for (std::size_t r = 0; r < kRanks; ++r) {
      while (m_first[r] < m_waiting[r].size()) {
        const std::uint32_t slot = m_waiting[r][m_first[r]++];
        if (m_slots[slot].alive) {
          return slot;
        }
      }
    }
    for (std::size_t r = 0; r < kRanks; ++r) {
      m_waiting[r].clear();
      m_first[r] = 0;
    }
    return kNone;
  }

  Result<void> seed() {
    std::uint32_t corner = kNone;
    if constexpr (Side::kWrites) {
      while (m_done[m_seed]) {
        ++m_seed;
      }
      corner = static_cast<std::uint32_t>(3 * m_seed);
    }
    std::array<std::uint32_t, 3> v{};
    std::uint32_t a = kNone;
    for (std::size_t i = 0; i < 3; ++i) {
      VOLPRESS_TRY(v[i], addVertex(a, kNone, corner + static_cast<std::uint32_t>(i)));
      a = v[i];
    }
    VOLPRESS_TRY(const std::uint32_t face, addFace(v, corner));
    // Seen from beyond, the edges run the other way round.
    const std::array<std::uint32_t, 3> slots{addSlot(v[1]), addSlot(v[0]), addSlot(v[2])};
    for (std::size_t i = 0; i < 3; ++i) {
      link(slots[i], slots[(i + 1) % 3]);
    }
    setEdge(slots[0], face);
    setEdge(slots[1], face + 2);
    setEdge(slots[2], face + 1);
    for (const std::uint32_t slot : slots) {
      wait(slot);
    }
    return {};
  }

  struct Wanted {
    Step step = Step::New;
    std::uint32_t corner = kNone;  ///< the source's, of the first vertex of the face
    std::uint32_t slot = kNone;    ///< of Step::Other
  };

  /// What the source has beyond a slot's edge.
  Wanted lookUp(std::uint32_t slot) const {
    const Surface& from = m_source->surface;
    const auto outer = [&](std::uint32_t s) { return from.twin[m_result.source[m_slots[s].edge]]; };
    Wanted wanted;
    wanted.corner = outer(slot);
    const std::uint32_t tip = previousCorner(wanted.corner);
    if (m_known[from.vertexOf[tip]] == kNone) {
      return wanted;
    }
    const bool left = outer(m_slots[slot].previous) == tip;
    const bool right = outer(m_slots[slot].next) == nextCorner(wanted.corner);
    if (left || right) {
      wanted.step = left && right ? Step::Closing : left ? Step::Left : Step::Right;
      return wanted;
    }
    wanted.step = Step::Other;
    std::uint32_t edge = tip;  // leaves the third vertex; turn until beyond it all is known
    while (!m_done[from.twin[edge] / 3]) {
      edge = nextCorner(from.twin[edge]);
    }
    wanted.slot = m_slotOf[from.twin[edge]];
    return wanted;
  }

  Step codeStep(std::uint32_t slot, Step wanted) {
    const std::uint32_t next = m_slots[slot].next;
    const std::uint32_t previous = m_slots[slot].previous;
    const std::uint32_t a = m_slots[slot].vertex;
    const std::uint32_t b = m_slots[next].vertex;
    const bool three = m_slots[next].next == previous;
    const std::uint32_t kind = (surface().isCap[a] ? 1U : 0U) + (surface().isCap[b] ? 2U : 0U);
    const std::uint32_t missing = rank(a, 3) * 4 + rank(b, 3);
    const std::array<std::uint32_t, 2> contexts{
        missing * 8 + kind * 2 + (three ? 1 : 0),
        rank(m_slots[previous].vertex, 3) * 16 + rank(m_slots[m_slots[next].next].vertex, 3) * 4 +
            (three ? 1U : 0U) + (next == previous ? 2U : 0U)};
    const auto bit = [&](std::size_t node, bool value) {
      return m_models.step.code(m_side, node, contexts, value);
    };
    if (bit(0, wanted == Step::New)) {
      return Step::New;
    }
    if (bit(1, wanted == Step::Left)) {
      return Step::Left;
    }
    if (bit(2, wanted == Step::Right)) {
      return Step::Right;
    }
    return bit(3, wanted == Step::Closing) ? Step::Closing : Step::Other;
  }

  Result<void> grow(std::uint32_t slot) {
    Wanted wanted;
    if constexpr (Side::kWrites) {
      wanted = lookUp(slot);
    }
    const Step step = codeStep(slot, wanted.step);
    const std::uint32_t next = m_slots[slot].next;
    const std::uint32_t previous = m_slots[slot].previous;
    const std::uint32_t a = m_slots[slot].vertex;
    const std::uint32_t b = m_slots[next].vertex;
    std::uint32_t tip = 0;
    std::uint32_t other = kNone;
    switch (step) {
      case Step::New: {
        VOLPRESS_TRY(tip, addVertex(a, b, previousCorner(wanted.corner), m_slots[previous].vertex,
                                    surface().vertexOf[previousCorner(m_slots[slot].edge)]));
        break;
      }
      case Step::Left:
      case Step::Closing: tip = m_slots[previous].vertex; break;
      case Step::Right: tip = m_slots[m_slots[next].next].vertex; break;
      case Step::Other: {
        VOLPRESS_TRY(other, codeOther(wanted.slot));
        tip = m_slots[other].vertex;
        break;
      }
    }
    if (a == b || b == tip || tip == a) {
      return corrupt("has a triangle with two equal corners");
    }
    if (step == Step::Closing && m_slots[next].next != previous) {
      return corrupt("closes a border of more than three edges");
    }
    VOLPRESS_TRY(const std::uint32_t face, addFace({a, b, tip}, wanted.corner));
    join(face, m_slots[slot].edge);
    switch (step) {
      case Step::New: insert(slot, next, addSlot(tip), face); break;
      case Step::Left:
        join(face + 2, m_slots[previous].edge);
        m_slots[slot].alive = false;
        setEdge(previous, face + 1);
        link(previous, next);
        wait(previous);
        wait(next);
        break;
      case Step::Right:
        join(face + 1, m_slots[next].edge);
        m_slots[next].alive = false;
        link(slot, m_slots[next].next);
        setEdge(slot, face + 2);
        wait(m_slots[slot].next);
        break;
      case Step::Closing:
        join(face + 2, m_slots[previous].edge);
        join(face + 1, m_slots[next].edge);
        m_slots[slot].alive = m_slots[next].alive = m_slots[previous].alive = false;
        break;
      case Step::Other: {
        const std::uint32_t twin = addSlot(tip);
        const std::uint32_t before = m_slots[other].previous;
        link(before, twin);
        link(slot, other);
        link(twin, next);
        setEdge(twin, face + 1);
        setEdge(slot, face + 2);
        wait(twin);
        wait(other);
        wait(next);
        break;
      }
    }
    return {};
  }

  void insert(std::uint32_t slot, std::uint32_t next, std::uint32_t added, std::uint32_t face) {
    link(slot, added);
    link(added, next);
    setEdge(slot, face + 2);
    setEdge(added, face + 1);
    wait(added);
    wait(next);
  }

  Result<std::uint32_t> codeOther(std::uint32_t wanted) {
    const auto last = static_cast<std::int64_t>(m_slots.size()) - 1;
    const std::int32_t back = m_models.distance.code(
        m_side, {0}, static_cast<std::int32_t>(last - static_cast<std::int64_t>(wanted)));
    if (back < 0 || back > last) {
      return corrupt("joins a border at a place that it does not have");
    }
    const auto slot = static_cast<std::uint32_t>(last - back);
    return m_slots[slot].alive ? Result<std::uint32_t>(slot)
                               : Result<std::uint32_t>(corrupt("joins a border that is closed"));
  }

  // --- places: vertices that were one before the surface was cut

  void placeWritten() {
    std::vector<std::uint32_t> placeOf(m_source->surface.vertexOf.size(), kNone);  // by point
    m_wantedPlace.assign(surface().vertexCount(), kNone);
    std::uint32_t count = 0;
    for (std::size_t v = 0; v < surface().vertexCount(); ++v) {
      if (surface().isCap[v]) {
        continue;
      }
      const std::uint32_t corner = m_result.source[surface().cornerOf[v]];
      const std::uint32_t point = m_source->pointOf[m_source->surface.vertexOf[corner]];
      if (point >= placeOf.size()) {
        placeOf.resize(point + std::size_t{1}, kNone);
      }
      if (placeOf[point] == kNone) {
        placeOf[point] = count++;
      }
      m_wantedPlace[v] = placeOf[point];
    }
  }

  Result<void> codePlaces() {
    const std::size_t count = surface().vertexCount();
    m_result.place.assign(count, kNone);
    std::uint32_t places = 0;
    std::uint32_t expected = 0;
    bool last = false;
    for (std::size_t v = 0; v < count; ++v) {
      if (surface().isCap[v]) {
        continue;
      }
      const std::uint32_t wanted = Side::kWrites ? m_wantedPlace[v] : 0;
      const std::uint32_t context = (last ? 1U : 0U) + (m_atCap[v] ? 2U : 0U);
      last = m_models.repeat.code(m_side, 0, {context}, wanted < places);
      if (!last) {
        m_result.place[v] = places++;
        continue;
      }
      const std::int64_t delta =
          m_models.target.code(m_side, {0},
                               static_cast<std::int32_t>(static_cast<std::int64_t>(wanted) -
                                                         static_cast<std::int64_t>(expected)));
      const std::int64_t place = static_cast<std::int64_t>(expected) + delta;
      if (place < 0 || place >= static_cast<std::int64_t>(places)) {
        return corrupt("repeats a place that it does not have");
      }
      if (m_side.overran()) {
        return corrupt("ends early");
      }
      m_result.place[v] = static_cast<std::uint32_t>(place);
      expected = std::min(static_cast<std::uint32_t>(place) + 1, places - 1);
    }
    m_result.placeCount = places;
    return {};
  }

  /// What all that follows walks over, in the order in which it does.
  void listFans() {
    const std::size_t corners = surface().vertexOf.size();
    m_result.placeOf.resize(corners);
    for (std::size_t c = 0; c < corners; ++c) {
      m_result.placeOf[c] = m_result.place[surface().vertexOf[c]];
    }
    m_result.fans.reserve(corners);
    m_result.fanAt.reserve(surface().vertexCount() + 1);
    for (const std::uint32_t first : surface().cornerOf) {
      m_result.fanAt.push_back(static_cast<std::uint32_t>(m_result.fans.size()));
      std::uint32_t corner = first;
      do {
        m_result.fans.push_back(corner);
        corner = surface().turn(corner);
      } while (corner != first);
    }
    m_result.fanAt.push_back(static_cast<std::uint32_t>(m_result.fans.size()));
  }

  Side& m_side;
  ConnectivityModels& m_models;
  const SourceSurface* m_source;
  std::size_t m_faces;
  GrownSurface m_result;
  std::vector<Slot> m_slots;
  std::array<std::vector<std::uint32_t>, kRanks> m_waiting;
  std::array<std::size_t, kRanks> m_first{};
  std::vector<std::uint32_t> m_valence, m_missing;  ///< of vertices: faces stated, faces to come
  std::vector<bool> m_atCap;
  // When writing:
  std::size_t m_seed = 0;
  std::vector<std::uint32_t> m_known;   ///< by the source's vertex
  std::vector<std::uint32_t> m_slotOf;  ///< by the source's half-edge of a known face
  std::vector<bool> m_done;             ///< by the source's face
  std::vector<std::uint32_t> m_wantedPlace;
};

}  // namespace

template <typename WriteSide>
GrownSurface writeConnectivity(WriteSide& side, ConnectivityModels& models,
                               const SourceSurface& source) {
  std::size_t faces = 0;
  for (std::uint32_t c = 0; c < source.surface.vertexOf.size(); c += 3) {
    faces += source.surface.isReal(c) ? 1U : 0U;
  }
  return Growth<WriteSide>(side, models, &source, faces).run().value();
}

template <typename ReadSide>
Result<GrownSurface> readConnectivity(ReadSide& side, ConnectivityModels& models,
                                      std::size_t faces) {
  return Growth<ReadSide>(side, models, nullptr, faces).run();
}

template GrownSurface writeConnectivity(coding::BitWriteSide&, ConnectivityModels&,
                                        const SourceSurface&);
template GrownSurface writeConnectivity(JoinedWriteSide&, ConnectivityModels&,
                                        const SourceSurface&);
template Result<GrownSurface> readConnectivity(coding::BitReadSide&, ConnectivityModels&,
                                               std::size_t);
template Result<GrownSurface> readConnectivity(coding::RansReadSide&, ConnectivityModels&,
                                               std::size_t);
template Result<GrownSurface> readConnectivity(JoinedReadSide&, ConnectivityModels&, std::size_t);

}  // namespace volpress::compressors::meshes
