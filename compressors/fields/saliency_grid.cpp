#include "compressors/fields/saliency_grid.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/morton.hpp"

namespace volpress::fields {

bool SaliencyMask::isCovered(std::size_t cell) const noexcept {
  if (cell < cascadeCells()) {
    return false;
  }
  const MortonPoint at = mortonPoint(cell & (cascadeCells() - 1));
  const std::uint32_t side = 1U << bits;
  const auto inside = [side](std::uint32_t v) { return v >= side / 4 && v < side - side / 4; };
  return inside(at.x) && inside(at.y) && inside(at.z);
}

std::size_t SaliencyMask::count() const noexcept {
  return static_cast<std::size_t>(std::count(cells.begin(), cells.end(), std::uint8_t{1}));
}

SaliencyMask maskOf(const std::vector<std::uint8_t>& occupancy, unsigned bits) {
  SaliencyMask mask;
  mask.bits = bits;
  mask.cascades = static_cast<unsigned>(occupancy.size() * 8 / kCascadeCells);
  mask.cells.assign(mask.cascades * mask.cascadeCells(), 0);
  const unsigned shift = 3 * (kOccupancyBits - bits);
  for (std::size_t byte = 0; byte < occupancy.size(); ++byte) {
    const unsigned set = occupancy[byte];
    for (std::size_t bit = 0; set >> bit != 0; ++bit) {
      const std::size_t cell = (8 * byte + bit) >> shift;
      if ((set >> bit & 1U) != 0 && !mask.isCovered(cell)) {
        mask.cells[cell] = 1;
      }
    }
  }
  return mask;
}

std::vector<std::uint8_t> maskOccupancy(const SaliencyMask& mask) {
  std::vector<std::uint8_t> occupancy(mask.cascades * kCascadeCells / 8, 0);
  const std::size_t each = std::size_t{1} << (3 * (kOccupancyBits - mask.bits));
  const auto set = [&](std::size_t bit) {
    occupancy[bit / 8] = static_cast<std::uint8_t>(occupancy[bit / 8] | 1U << (bit % 8));
  };
  for (std::size_t cell = 0; cell < mask.cells.size(); ++cell) {
    for (std::size_t i = 0; i < each && mask.cells[cell] != 0; ++i) {
      set(cell * each + i);
    }
  }
  for (std::size_t cascade = 1; cascade < mask.cascades; ++cascade) {
    const std::size_t finer = (cascade - 1) * kCascadeCells / 8;
    for (std::size_t byte = 0; byte < kCascadeCells / 8; ++byte) {
      if (occupancy[finer + byte] != 0) {
        const MortonPoint half = mortonPoint(byte);
        constexpr std::uint32_t kQuarter = kOccupancySide / 4;
        set(cascade * kCascadeCells +
            static_cast<std::size_t>(
                mortonCode(half.x + kQuarter, half.y + kQuarter, half.z + kQuarter)));
      }
    }
  }
  return occupancy;
}

SaliencyGrid::SaliencyGrid(const HashGridField& field, unsigned bits)
    : m_bits(bits), m_cascades(field.cascades()), m_side(static_cast<float>(field.aabbScale)) {
  values.assign(std::size_t{m_cascades} << (3 * bits), 1.0F);
}

SaliencyGrid::Place SaliencyGrid::around(const std::array<float, 3>& inBox) const noexcept {
  std::array<float, 3> offset{};
  float farthest = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    offset[axis] = (inBox[axis] - 0.5F) * m_side;
    farthest = std::max(farthest, std::fabs(offset[axis]));
  }
  unsigned cascade = 0;
  float scale = 1;
  for (float reach = 0.5F; farthest >= reach && cascade + 1 < m_cascades; reach *= 2) {
    ++cascade;
    scale *= 0.5F;
  }
  const auto last = static_cast<float>((1U << m_bits) - 1);
  std::array<std::array<std::uint32_t, 2>, 3> cells{};
  std::array<float, 3> beyond{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float at = std::clamp((offset[axis] * scale + 0.5F) * (last + 1) - 0.5F, 0.0F, last);
    const float low = std::floor(at);
    beyond[axis] = at - low;
    cells[axis] = {static_cast<std::uint32_t>(low),
                   static_cast<std::uint32_t>(std::min(low + 1, last))};
  }
  Place place;
  for (std::size_t i = 0; i < 8; ++i) {
    place.cells[i] =
        (cascade << (3 * m_bits)) + static_cast<std::uint32_t>(mortonCode(
                                        cells[0][i & 1U], cells[1][i >> 1 & 1U], cells[2][i >> 2]));
    place.weights[i] = ((i & 1U) != 0 ? beyond[0] : 1 - beyond[0]) *
                       ((i >> 1 & 1U) != 0 ? beyond[1] : 1 - beyond[1]) *
                       ((i >> 2) != 0 ? beyond[2] : 1 - beyond[2]);
  }
  return place;
}

float SaliencyGrid::at(const Place& place) const noexcept {
  float sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    sum += place.weights[i] * values[place.cells[i]];
  }
  return sum;
}

}  // namespace volpress::fields
