#include "compressors/hollownerf/student.hpp"

#include <algorithm>

#include "scene/base/half.hpp"

namespace volpress::hollownerf {
namespace {

constexpr unsigned kLeastTableBits = 8;
constexpr float kLeastWeight = 1e-12F;  // of an entry that nothing sees

/// Calls `visit(from, to)` for each entry of `before` and where it falls in `after`.
template <typename Visit>
void eachEntry(const GridLevel& before, const GridLevel& after, const Visit& visit) {
  if (before.hashed || !after.hashed) {
    for (std::size_t entry = 0; entry < before.entries; ++entry) {
      visit(entry, entry % after.entries);
    }
    return;
  }
  for (std::uint32_t z = 0; z < before.resolution; ++z) {
    for (std::uint32_t y = 0; y < before.resolution; ++y) {
      for (std::uint32_t x = 0; x < before.resolution; ++x) {
        visit(gridIndex(before, x, y, z), gridIndex(after, x, y, z));
      }
    }
  }
}

}  // namespace

Result<HashGridField> shrunken(const HashGridField& field, unsigned halvings,
                               const FloatArray& sensitivity) {
  if (halvings == 0) {
    return field;
  }
  if (field.grid.kind != GridKind::Hash || field.grid.tableBits < kLeastTableBits + halvings) {
    return fail(ErrorCode::InvalidParameter,
                "tables of 2^{} entries cannot be halved {} times; allowed are hashed ones of 2^{} "
                "and more in the end",
                field.grid.tableBits, halvings, kLeastTableBits);
  }
  HashGridField small = field;
  small.grid.tableBits -= halvings;
  const std::size_t features = field.grid.features;
  const std::size_t networks = field.gridFirst();
  small.parameters.assign(networks + gridParameters(small.grid), 0.0F);
  std::copy_n(field.parameters.begin(), networks, small.parameters.begin());
  const std::vector<GridLevel> before = gridLevels(field.grid);
  const std::vector<GridLevel> after = gridLevels(small.grid);
  std::vector<float> weights(small.parameters.size() - networks, 0.0F);
  for (std::size_t l = 0; l < before.size(); ++l) {
    eachEntry(before[l], after[l], [&](std::size_t from, std::size_t to) {
      for (std::size_t f = 0; f < features; ++f) {
        const std::size_t source = networks + (before[l].first + from) * features + f;
        const std::size_t target = (after[l].first + to) * features + f;
        const float weight = sensitivity[source] + kLeastWeight;
        small.parameters[networks + target] += weight * field.parameters[source];
        weights[target] += weight;
      }
    });
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    float& value = small.parameters[networks + i];
    value = weights[i] > 0 ? value / weights[i] : 0.0F;
    value = field.storesHalf ? halfToFloat(floatToHalf(value)) : value;
  }
  return small;
}

}  // namespace volpress::hollownerf
