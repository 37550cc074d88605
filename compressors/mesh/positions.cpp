#include "compressors/mesh/positions.hpp"

#include <algorithm>
#include <cstdlib>

namespace volpress::compressors::meshes {
namespace {

using Cell = std::array<std::int32_t, 3>;

template <typename Side>
class PositionCoder {
public:
  PositionCoder(Side& side, PositionModels<Side>& models, const GrownSurface& grown,
                std::span<const std::int32_t> wanted)
      : m_side(side), m_models(models), m_grown(grown), m_wanted(wanted) {}

  Result<std::vector<std::int32_t>> run() {
    m_places.resize(m_grown.placeCount);
    std::uint32_t place = 0;
    for (std::uint32_t v = 0; v < m_grown.surface.vertexCount(); ++v) {
      if (m_grown.place[v] != place) {
        continue;  // a cap, or a place that is known
      }
      look(v, place);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        code(place, axis);
      }
      if (m_side.overran()) {
        return fail(ErrorCode::CorruptData, "the positions end early");
      }
      for (const std::int32_t coordinate : m_places[place].cell) {
        if (std::abs(coordinate) >= kMostCells) {
          return fail(ErrorCode::CorruptData, "a position lies beyond the grid");
        }
      }
      ++place;
    }
    std::vector<std::int32_t> positions;
    positions.reserve(3 * m_places.size());
    for (const Place& known : m_places) {
      positions.insert(positions.end(), known.cell.begin(), known.cell.end());
    }
    return positions;
  }

private:
  /// Gathers what the known neighbours of a vertex say.
  void look(std::uint32_t vertex, std::uint32_t place) {
    const Surface& surface = m_grown.surface;
    m_parallelograms = 0;
    m_neighbours = 0;
    m_sum = m_neighbourSum = m_leftSum = {};
    for (const std::uint32_t corner : m_grown.fan(vertex)) {
      const std::uint32_t next = nextCorner(corner);
      const std::uint32_t at = m_grown.placeOf[next];  // of caps: the largest number
      // Without a branch, as nothing foretells which places are known: of this one all is still 0.
      const Place& x = m_places[std::min(at, place)];
      for (std::size_t i = 0; i < 3; ++i) {
        m_neighbourSum[i] += x.cell[i];
        m_leftSum[i] += x.left[i];
      }
      m_neighbours += at < place ? 1 : 0;
      const std::uint32_t beside = m_grown.placeOf[previousCorner(corner)];
      const std::uint32_t far = m_grown.placeOf[previousCorner(surface.twin[next])];
      if (at < place && beside < place && far < place) {
        for (std::size_t i = 0; i < 3; ++i) {
          const std::int32_t guess = x.cell[i] + m_places[beside].cell[i] - m_places[far].cell[i];
          m_low[i] = m_parallelograms == 0 ? guess : std::min(m_low[i], guess);
          m_high[i] = m_parallelograms == 0 ? guess : std::max(m_high[i], guess);
          m_sum[i] += guess;
        }
        ++m_parallelograms;
      }
    }
  }

  static std::int32_t mean(std::int64_t sum, std::int64_t count) {
    if (count <= 2) {
      return static_cast<std::int32_t>(count == 1 ? sum : (sum + 1) >> 1);
    }
    const std::int64_t twice = 2 * sum + count;
    const std::int64_t down = quotient(twice, 2 * count);
    return static_cast<std::int32_t>(twice - down * 2 * count < 0 ? down - 1 : down);
  }

  // With a reader for each version in this file, GCC no longer inlines by itself: 3 % of all time.
  [[gnu::flatten]] void code(std::uint32_t place, std::size_t axis) {
    Place& own = m_places[place];
    std::int32_t guess = 0;
    std::uint32_t kind = 0;
    std::uint32_t rest = 0;  // on which side of the mean its rounding lies
    if (m_parallelograms != 0) {
      guess = mean(m_sum[axis], m_parallelograms);
      const std::int64_t above = m_sum[axis] - guess * m_parallelograms;
      rest = above == 0 ? 0U : above < 0 ? 1U : 2U;
      const auto spread = static_cast<std::uint32_t>(m_high[axis] - m_low[axis]);
      kind = m_parallelograms == 1 ? 2
             : m_parallelograms == 2
                 ? 3 + fineClass(spread, 28)
                 : 32 + fineClass(spread, 28) + (m_parallelograms > 3 ? 29U : 0U);
    } else if (m_neighbours != 0) {
      guess = mean(m_neighbourSum[axis], m_neighbours);
      kind = 1;
    } else if (place != 0) {
      guess = m_places[place - 1].cell[axis];
    }
    const auto around = static_cast<std::uint32_t>(
        m_neighbours == 0 ? 0 : quotient(4 * m_leftSum[axis], m_neighbours));
    const std::uint32_t nearby = m_neighbours == 0 ? 39 : fineClass(around, 38);
    const auto before = [&](std::size_t back) {
      return axis < back ? 0U : sizeClass(static_cast<std::uint32_t>(own.left[axis - back]), 6) + 1;
    };
    const std::int32_t left = m_models.axes[axis].code(
        m_side,
        {kind, (before(1) * 8 + before(2)) * 3 + rest,
         nearby / 2 * 16 +
             (m_parallelograms < 2
                  ? static_cast<std::uint32_t>(m_parallelograms)
                  : 2 + sizeClass(static_cast<std::uint32_t>(m_high[axis] - m_low[axis]), 12))},
        m_wanted.empty() ? 0 : m_wanted[3 * std::size_t{place} + axis] - guess,
        {rest, static_cast<std::uint32_t>(std::min<std::int64_t>(m_parallelograms, 3))});
    own.left[axis] = std::abs(left);
    own.cell[axis] = std::clamp(guess + left, -kMostCells, kMostCells);
  }

  Side& m_side;
  PositionModels<Side>& m_models;
  const GrownSurface& m_grown;
  std::span<const std::int32_t> m_wanted;
  struct Place {
    Cell cell{};
    Cell left{};  ///< what predictions left over, without sign
  };
  std::vector<Place> m_places;
  std::int64_t m_parallelograms = 0, m_neighbours = 0;
  std::array<std::int64_t, 3> m_sum{}, m_neighbourSum{}, m_leftSum{};
  Cell m_low{}, m_high{};
};

}  // namespace

template <typename WriteSide>
void writePositions(WriteSide& side, PositionModels<WriteSide>& models, const GrownSurface& grown,
                    std::span<const std::int32_t> positions) {
  (void)PositionCoder<WriteSide>(side, models, grown, positions).run();
}

template <typename ReadSide>
Result<std::vector<std::int32_t>> readPositions(ReadSide& side, PositionModels<ReadSide>& models,
                                                const GrownSurface& grown) {
  return PositionCoder<ReadSide>(side, models, grown, {}).run();
}

template void writePositions(coding::BitWriteSide&, PositionModels<coding::BitWriteSide>&,
                             const GrownSurface&, std::span<const std::int32_t>);
template void writePositions(JoinedWriteSide&, PositionModels<JoinedWriteSide>&,
                             const GrownSurface&, std::span<const std::int32_t>);
template Result<std::vector<std::int32_t>> readPositions(coding::BitReadSide&,
                                                         PositionModels<coding::BitReadSide>&,
                                                         const GrownSurface&);
template Result<std::vector<std::int32_t>> readPositions(coding::RansReadSide&,
                                                         PositionModels<coding::RansReadSide>&,
                                                         const GrownSurface&);
template Result<std::vector<std::int32_t>> readPositions(JoinedReadSide&,
                                                         PositionModels<JoinedReadSide>&,
                                                         const GrownSurface&);

}  // namespace volpress::compressors::meshes
