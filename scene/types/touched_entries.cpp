#include <algorithm>
#include <cmath>

#include "scene/base/morton.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress {
namespace {

/// A cell in the coordinates of the grid, 0..1 over the field's box.
struct CellBox {
  std::array<float, 3> low, high;
};

/// Cells of cascade c > 0 inside it are never asked: the finer cascade is.
bool isCovered(const MortonPoint& cell) {
  constexpr std::uint32_t kLow = kOccupancySide / 4;
  constexpr std::uint32_t kHigh = 3 * kOccupancySide / 4;
  // A place on the boundary belongs to the coarser cascade.
  const auto inside = [](std::uint32_t v) { return v > kLow && v + 1 < kHigh; };
  return inside(cell.x) && inside(cell.y) && inside(cell.z);
}

std::vector<CellBox> occupiedBoxes(const HashGridField& field) {
  std::vector<CellBox> boxes;
  // Wider than the rounding of any place within the cell.
  constexpr double kMargin = 1e-5;
  const auto side = static_cast<double>(kOccupancySide);
  for (std::size_t cascade = 0; cascade < field.cascades(); ++cascade) {
    const double scale = std::ldexp(1.0, static_cast<int>(cascade)) / field.aabbScale;
    for (std::size_t byte = 0; byte < kCascadeCells / 8; ++byte) {
      const unsigned bits = field.occupancy[cascade * kCascadeCells / 8 + byte];
      for (unsigned bit = 0; bits >> bit != 0; ++bit) {
        const MortonPoint cell = mortonPoint(8 * byte + bit);
        if ((bits >> bit & 1U) == 0 || (cascade > 0 && isCovered(cell))) {
          continue;
        }
        CellBox box{};
        const std::array<std::uint32_t, 3> at{cell.x, cell.y, cell.z};
        for (std::size_t axis = 0; axis < 3; ++axis) {
          const double low = (at[axis] / side - 0.5) * scale + 0.5;
          box.low[axis] = static_cast<float>(std::clamp(low - kMargin, 0.0, 1.0));
          box.high[axis] = static_cast<float>(std::clamp(low + scale / side + kMargin, 0.0, 1.0));
        }
        boxes.push_back(box);
      }
    }
  }
  return boxes;
}

void touchLevel(const GridLevel& level, const std::vector<CellBox>& boxes, std::uint8_t* flags) {
  std::size_t left = level.entries;
  for (const CellBox& box : boxes) {
    std::array<std::uint32_t, 3> first{};
    std::array<std::uint32_t, 3> last{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      first[axis] = static_cast<std::uint32_t>(std::fma(level.scale, box.low[axis], 0.5F));
      last[axis] = static_cast<std::uint32_t>(std::fma(level.scale, box.high[axis], 0.5F)) + 1;
    }
    for (std::uint32_t z = first[2]; z <= last[2]; ++z) {
      for (std::uint32_t y = first[1]; y <= last[1]; ++y) {
        for (std::uint32_t x = first[0]; x <= last[0]; ++x) {
          std::uint8_t& flag = flags[gridIndex(level, x, y, z)];
          left -= flag == 0 ? 1U : 0U;
          flag = 1;
        }
      }
    }
    if (left == 0) {
      return;
    }
  }
}

}  // namespace

std::vector<std::uint8_t> touchedEntries(const HashGridField& field, TaskRunner& runner) {
  const std::vector<GridLevel> levels = gridLevels(field.grid);
  std::vector<std::uint8_t> flags(gridParameters(field.grid) / field.grid.features,
                                  field.occupancy.empty() ? 1 : 0);
  if (field.occupancy.empty()) {
    return flags;
  }
  const std::vector<CellBox> boxes = occupiedBoxes(field);
  runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t index = begin; index < end; ++index) {
      touchLevel(levels[index], boxes, flags.data() + levels[index].first);
    }
  });
  return flags;
}

}  // namespace volpress
