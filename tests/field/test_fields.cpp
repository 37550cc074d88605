#include "tests/field/test_fields.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "scene/base/half.hpp"
#include "scene/base/morton.hpp"

namespace volpress::testing {
namespace {

void fillRandomly(HashGridField& field, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> between(-1, 1);
  for (std::size_t i = 0; i < field.parameters.size(); ++i) {
    const float range = i < field.gridFirst() ? 0.25F : 0.8F;
    field.parameters[i] = halfToFloat(floatToHalf(range * between(random)));
  }
}

}  // namespace

HashGridField tinyField() {
  HashGridField field = makeField({GridKind::Hash, GridInterpolation::Linear, 2, 1, 3, 2}, 1);
  field.density = {8, 8, 0, 8, 8};
  field.color = {24, 8, 0, 3, 8};
  field.density.neurons = field.color.neurons = 8;
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  field.occupancy.clear();
  fillRandomly(field, 3);
  return field;
}

HashGridField randomField(unsigned aabbScale, std::uint32_t seed) {
  HashGridField field =
      makeField({GridKind::Hash, GridInterpolation::Linear, 4, 2, 10, 8}, aabbScale);
  fillRandomly(field, seed);
  const float radius = aabbScale > 1 ? 0.8F : 0.4F;
  field.occupancy = occupancyWhere(field.cascades(), [&](const std::array<float, 3>& p) {
    return std::hypot(p[0] - 0.5F, p[1] - 0.5F, p[2] - 0.5F) < radius;
  });
  return field;
}

HashGridField solidBall() {
  HashGridField field = makeField({GridKind::Hash, GridInterpolation::Linear, 3, 2, 12, 15}, 1);
  field.grid.growth = 2;
  field.grid.growthIsStored = true;
  // Networks of one matrix each: what a feature says is said without detours.
  field.density = {8, 8, 0, 8, 8};
  field.color = {24, 8, 0, 3, 8};
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  std::mt19937 random(5);
  std::uniform_real_distribution<float> between(-1, 1);
  constexpr float kLogit = 24;  // inside; minus that outside
  field.parameters[0] = kLogit;
  for (std::size_t output = 1; output < 4; ++output) {
    field.parameters[output * field.density.inputs + 1] = 1;
    field.parameters[output * field.density.inputs + 1 + output] = 2;
  }
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float* row = field.parameters.data() + field.colorFirst() + channel * field.color.inputs;
    row[1 + channel] = 1.5F;
    row[field.density.outputs + 1 + channel] = 0.3F;  // of the direction
  }
  const std::vector<GridLevel> levels = gridLevels(field.grid);
  float* table = field.parameters.data() + field.gridFirst();
  for (std::size_t i = 0; i < gridParameters(field.grid); ++i) {
    table[i] = halfToFloat(floatToHalf(0.6F * between(random)));
  }
  const GridLevel& first = levels.front();
  for (std::uint32_t z = 0; z < first.resolution; ++z) {
    for (std::uint32_t y = 0; y < first.resolution; ++y) {
      for (std::uint32_t x = 0; x < first.resolution; ++x) {
        const auto place = [&](std::uint32_t v) {
          return (static_cast<float>(v) - 0.5F) / first.scale - 0.5F;
        };
        const float distance = kBallRadius - std::hypot(place(x), place(y), place(z));
        table[2 * gridIndex(first, x, y, z)] =
            halfToFloat(floatToHalf(std::clamp(16 * distance, -1.0F, 1.0F)));
      }
    }
  }
  field.occupancy = occupancyWhere(1, [](const std::array<float, 3>& p) {
    return std::hypot(p[0] - 0.5F, p[1] - 0.5F, p[2] - 0.5F) < kBallRadius + 0.05F;
  });
  return field;
}

std::vector<std::uint8_t> occupancyWhere(
    unsigned cascades, const std::function<bool(const std::array<float, 3>&)>& isInside) {
  std::vector<float> thickness(cascades * kCascadeCells, 0.0F);
  for (std::size_t i = 0; i < thickness.size(); ++i) {
    const MortonPoint cell = mortonPoint(i % kCascadeCells);
    const auto side = static_cast<float>(1U << (i / kCascadeCells));
    const auto place = [&](std::uint32_t v) {
      return ((static_cast<float>(v) + 0.5F) / static_cast<float>(kOccupancySide) - 0.5F) * side +
             0.5F;
    };
    thickness[i] = isInside({place(cell.x), place(cell.y), place(cell.z)}) ? 1.0F : 0.0F;
  }
  return occupancyOf(thickness);
}

}  // namespace volpress::testing
