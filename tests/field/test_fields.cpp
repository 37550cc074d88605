#include "tests/field/test_fields.hpp"

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
