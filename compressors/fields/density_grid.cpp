#include "compressors/fields/density_grid.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/learning/view_order.hpp"
#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "scene/base/morton.hpp"

namespace volpress::fields {
namespace {

constexpr unsigned kFirstRound = 16;  // updates
constexpr std::size_t kRandomCells = std::size_t{1} << 17;
// Of a cell each time that it is asked. instant-ngp's 0.95 is for cells that are asked ten times as
// often.
constexpr float kDecay = 0.8F;
constexpr float kUnasked = 0.02F;  // above every threshold
constexpr float kBorder = 0.05F;   // of the picture, within which a cell still counts as seen

std::array<float, 3> cellPlace(std::size_t index, const std::array<float, 3>& within) {
  const MortonPoint cell = mortonPoint(index % kCascadeCells);
  const auto side = static_cast<float>(1U << (index / kCascadeCells));
  const auto place = [&](std::uint32_t at, float part) {
    return ((static_cast<float>(at) + part) / static_cast<float>(kOccupancySide) - 0.5F) * side +
           0.5F;
  };
  return {place(cell.x, within[0]), place(cell.y, within[1]), place(cell.z, within[2])};
}

bool sees(const Camera& camera, const std::array<float, 3>& place) {
  std::array<float, 3> view{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      view[row] += camera.rotation[3 * row + axis] * (place[axis] - camera.position[axis]);
    }
  }
  const auto width = static_cast<float>(camera.width);
  const auto height = static_cast<float>(camera.height);
  const float x = camera.fx * view[0] + camera.cx * view[2];
  const float y = camera.fy * view[1] + camera.cy * view[2];
  const float aside = kBorder * view[2];
  const float squared = view[0] * view[0] + view[1] * view[1] + view[2] * view[2];
  return view[2] > 0 && squared > kNearest * kNearest && x >= -aside * width &&
         x <= (view[2] + aside) * width && y >= -aside * height && y <= (view[2] + aside) * height;
}

float fraction(std::uint64_t random) { return static_cast<float>(random >> 40) * 0x1p-24F; }

}  // namespace

DensityGrid DensityGrid::seenBy(std::span<const Camera> cameras, unsigned cascades,
                                TaskRunner& runner) {
  DensityGrid grid;
  grid.thickness.assign(cascades * kCascadeCells, -1.0F);
  runner.parallelFor(grid.thickness.size(), std::size_t{1} << 15,
                     [&](std::size_t begin, std::size_t end) {
                       for (std::size_t i = begin; i < end; ++i) {
                         const std::array<float, 3> place = cellPlace(i, {0.5F, 0.5F, 0.5F});
                         if (std::any_of(cameras.begin(), cameras.end(),
                                         [&](const Camera& one) { return sees(one, place); })) {
                           grid.thickness[i] = kUnasked;
                         }
                       }
                     });
  grid.occupancy = occupancyOf({grid.thickness.data(), grid.thickness.size()});
  return grid;
}

void DensityGrid::update(const HashGridField& shape, std::span<const float> parameters,
                         std::uint64_t seed, TaskRunner& runner) {
  const std::uint64_t key = learning::mixSeed(seed, updates);
  const auto isOccupied = [&](std::size_t cell) {
    return (occupancy[cell / 8] >> (cell % 8) & 1) != 0;
  };
  std::vector<std::uint32_t> cells;
  if (updates < kFirstRound) {
    for (std::size_t cell = updates; cell < thickness.size(); cell += kFirstRound) {
      if (thickness[cell] >= 0) {
        cells.push_back(static_cast<std::uint32_t>(cell));
      }
    }
  } else {
    // Half of them anywhere, half of them occupied: the next occupied cell after a random one.
    for (std::size_t i = 0; i < 2 * kRandomCells; ++i) {
      std::size_t cell = learning::mixSeed(key, i) % thickness.size();
      if (i >= kRandomCells) {
        constexpr std::size_t kFarthest = 256;
        for (std::size_t tried = 0; tried < kFarthest && !isOccupied(cell); ++tried) {
          cell = cell + 1 == thickness.size() ? 0 : cell + 1;
        }
      }
      if (thickness[cell] >= 0) {
        cells.push_back(static_cast<std::uint32_t>(cell));
      }
    }
    // A cell that was drawn twice is asked once, so that no order matters.
    std::sort(cells.begin(), cells.end());
    cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  }
  const renderer::FieldModel model(shape, parameters);
  const renderer::FieldMarcher marcher(shape, {});
  constexpr std::size_t kGrain = 16 * renderer::kFieldBatch;
  runner.parallelFor(cells.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    renderer::FieldBatch batch(model);
    for (std::size_t first = begin; first < end; first += renderer::kFieldBatch) {
      batch.count = std::min(renderer::kFieldBatch, end - first);
      for (std::size_t n = 0; n < batch.count; ++n) {
        const std::uint64_t cell = cells[first + n];
        const std::array<float, 3> place =
            cellPlace(cell, {fraction(learning::mixSeed(key ^ 1, cell)),
                             fraction(learning::mixSeed(key ^ 2, cell)),
                             fraction(learning::mixSeed(key ^ 4, cell))});
        for (std::size_t axis = 0; axis < 3; ++axis) {
          batch.place(axis)[n] = marcher.inBox(place[axis]);
        }
      }
      fieldDensity(model, batch);
      for (std::size_t n = 0; n < batch.count; ++n) {
        float& kept = thickness[cells[first + n]];
        const float found =
            std::min(std::exp(batch.logit()[n]) * renderer::StepSchedule::kSmallest, 1e6F);
        kept = updates < kFirstRound ? found : std::max(kDecay * kept, found);
      }
    }
  });
  ++updates;
  occupancy = occupancyOf({thickness.data(), thickness.size()});
}

}  // namespace volpress::fields
