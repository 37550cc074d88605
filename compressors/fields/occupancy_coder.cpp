#include "compressors/fields/occupancy_coder.hpp"

#include <array>

#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/value_coder.hpp"
#include "scene/base/morton.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::fields {
namespace {

constexpr std::size_t kSide = kOccupancySide;
constexpr std::size_t kBlock = 8;  // cells
constexpr std::size_t kBlocks = kSide / kBlock;

enum State : std::uint8_t { Empty, Mixed, Full };

/// A cascade in raster order with a border of two empty cells below each axis.
class Raster {
public:
  static constexpr std::size_t kBorder = 2;
  static constexpr std::size_t kStride = kSide + kBorder;

  Raster() : m_cells(kStride * kStride * kStride, 0) {}
  [[nodiscard]] std::size_t at(std::size_t x, std::size_t y, std::size_t z) const noexcept {
    return x + kBorder + kStride * (y + kBorder + kStride * (z + kBorder));
  }
  [[nodiscard]] std::uint8_t& operator[](std::size_t index) { return m_cells[index]; }
  [[nodiscard]] bool get(std::size_t index) const { return m_cells[index] != 0; }
  void clear() { std::fill(m_cells.begin(), m_cells.end(), std::uint8_t{0}); }

  /// The cells before one along each axis, as the number of a context.
  [[nodiscard]] unsigned context(std::size_t index) const {
    constexpr std::size_t kY = kStride;
    constexpr std::size_t kZ = kStride * kStride;
    constexpr std::array<std::size_t, 9> kBefore{1,       kY, kZ,     1 + kY, 1 + kZ,
                                                 kY + kZ, 2,  2 * kY, 2 * kZ};
    unsigned context = 0;
    for (std::size_t i = 0; i < kBefore.size(); ++i) {
      context |= static_cast<unsigned>(m_cells[index - kBefore[i]]) << i;
    }
    return context;
  }

private:
  std::vector<std::uint8_t> m_cells;
};

/// One direction of the format: `Side` writes or reads.
template <typename Side>
class OccupancyCoder {
public:
  OccupancyCoder(Side& side, std::vector<std::uint8_t>& bits) : m_side(side), m_bits(bits) {}

  /// False when the stream has ended before.
  bool code(std::size_t cascade) {
    m_cells.clear();
    m_covered.assign(kCascadeCells, false);
    if (cascade > 0) {
      findCovered(cascade - 1);
    }
    std::array<std::uint8_t, kBlocks * kBlocks * kBlocks> states{};
    for (std::size_t block = 0; block < states.size(); ++block) {
      const std::array<std::size_t, 3> first{block % kBlocks * kBlock,
                                             block / kBlocks % kBlocks * kBlock,
                                             block / kBlocks / kBlocks * kBlock};
      states[block] = codeState(states, block, cascade, first);
      codeCells(cascade, first, static_cast<State>(states[block]));
      if (m_side.overran()) {
        return false;
      }
    }
    return true;
  }

private:
  [[nodiscard]] static std::size_t mortonOf(std::size_t x, std::size_t y, std::size_t z) {
    return static_cast<std::size_t>(mortonCode(static_cast<std::uint32_t>(x),
                                               static_cast<std::uint32_t>(y),
                                               static_cast<std::uint32_t>(z)));
  }
  [[nodiscard]] bool isSet(std::size_t cascade, std::size_t cell) const {
    const std::size_t bit = cascade * kCascadeCells + cell;
    return (m_bits[bit / 8] >> (bit % 8) & 1) != 0;
  }

  void findCovered(std::size_t fine) {
    for (std::size_t byte = 0; byte < kCascadeCells / 8; ++byte) {
      if (m_bits[fine * kCascadeCells / 8 + byte] != 0) {
        const MortonPoint half = mortonPoint(byte);
        constexpr std::size_t kQuarter = kSide / 4;
        m_covered[mortonOf(half.x + kQuarter, half.y + kQuarter, half.z + kQuarter)] = true;
      }
    }
  }

  bool bit(coding::BitModel& model, bool wanted) {
    const bool coded = m_side.bit(model.zeroProbability(), wanted);
    model.update(coded);
    return coded;
  }

  template <typename Visit>
  static void eachCell(const std::array<std::size_t, 3>& first, const Visit& visit) {
    for (std::size_t z = first[2]; z < first[2] + kBlock; ++z) {
      for (std::size_t y = first[1]; y < first[1] + kBlock; ++y) {
        for (std::size_t x = first[0]; x < first[0] + kBlock; ++x) {
          visit(x, y, z);
        }
      }
    }
  }

  std::uint8_t codeState(const std::array<std::uint8_t, kBlocks * kBlocks * kBlocks>& states,
                         std::size_t block, std::size_t cascade,
                         const std::array<std::size_t, 3>& first) {
    const auto before = [&](std::size_t axis, std::size_t stride) -> unsigned {
      return first[axis] == 0 ? 0U : states[block - stride];
    };
    const unsigned context =
        before(0, 1) + 3 * before(1, kBlocks) + 9 * before(2, kBlocks * kBlocks);
    State wanted = Mixed;
    if constexpr (Side::kWrites) {
      // Covered cells count neither way: they are set whatever the state says.
      bool anySet = false;
      bool anyClear = false;
      eachCell(first, [&](std::size_t x, std::size_t y, std::size_t z) {
        const std::size_t cell = mortonOf(x, y, z);
        if (!m_covered[cell]) {
          (isSet(cascade, cell) ? anySet : anyClear) = true;
        }
      });
      wanted = !anySet ? Empty : (anyClear ? Mixed : Full);
    }
    if (!bit(m_states[context][0], wanted != Empty)) {
      return Empty;
    }
    return bit(m_states[context][1], wanted == Full) ? Full : Mixed;
  }

  void codeCells(std::size_t cascade, const std::array<std::size_t, 3>& first, State state) {
    eachCell(first, [&](std::size_t x, std::size_t y, std::size_t z) {
      const std::size_t cell = mortonOf(x, y, z);
      const std::size_t place = m_cells.at(x, y, z);
      bool set = state == Full || m_covered[cell];
      if (state == Mixed && !m_covered[cell]) {
        bool wanted = false;
        if constexpr (Side::kWrites) {
          wanted = isSet(cascade, cell);
        }
        set = bit(m_models[m_cells.context(place)], wanted);
      }
      if (set) {
        m_cells[place] = 1;
        if constexpr (!Side::kWrites) {
          const std::size_t at = cascade * kCascadeCells + cell;
          m_bits[at / 8] = static_cast<std::uint8_t>(m_bits[at / 8] | 1U << (at % 8));
        }
      }
    });
  }

  Side& m_side;
  std::vector<std::uint8_t>& m_bits;
  Raster m_cells;
  std::vector<bool> m_covered;
  std::array<std::array<coding::BitModel, 2>, 27> m_states;
  std::array<coding::BitModel, 512> m_models;
};

}  // namespace

Bytes encodeOccupancy(const std::vector<std::uint8_t>& bits) {
  coding::BitWriteSide side;
  std::vector<std::uint8_t> copy = bits;
  OccupancyCoder coder(side, copy);
  for (std::size_t cascade = 0; cascade < bits.size() * 8 / kCascadeCells; ++cascade) {
    coder.code(cascade);
  }
  return side.finish();
}

Result<std::vector<std::uint8_t>> decodeOccupancy(ByteView stream, unsigned cascades) {
  coding::BitReadSide side(stream);
  std::vector<std::uint8_t> bits(cascades * kCascadeCells / 8, 0);
  OccupancyCoder coder(side, bits);
  for (std::size_t cascade = 0; cascade < cascades; ++cascade) {
    if (!coder.code(cascade)) {
      return fail(ErrorCode::CorruptData, "the occupancy's {} bytes end before its last cell",
                  stream.size());
    }
  }
  if (!side.atEnd()) {
    return fail(ErrorCode::CorruptData, "the occupancy's {} bytes do not end with its last cell",
                stream.size());
  }
  return bits;
}

}  // namespace volpress::fields
