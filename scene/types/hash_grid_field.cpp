#include "scene/types/hash_grid_field.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "scene/base/half.hpp"
#include "scene/base/morton.hpp"

namespace volpress {
namespace {

/// Above, resolution^3 does not fit 32 bits.
constexpr std::uint32_t kLargestDenseSide = 1625;
constexpr std::uint32_t kPrimeY = 2654435761U;
constexpr std::uint32_t kPrimeZ = 805459861U;
constexpr unsigned kMostLevels = 32;

std::uint64_t roundUp(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

std::uint64_t cubed(std::uint64_t side) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 31;
  return side > kLargestDenseSide ? kMost : std::min(kMost, side * side * side);
}

Result<void> within(const char* what, double value, double low, double high) {
  return value >= low && value <= high
             ? Result<void>()
             : fail(ErrorCode::CorruptData, "{} is {}, allowed are {} to {}", what, value, low,
                    high);
}

Result<void> checkNetwork(const FieldNetwork& network, const char* name) {
  const auto bad = [&](const char* what, unsigned value, const char* allowed) {
    return fail(ErrorCode::CorruptData, "the {} network has {} {}, allowed are {}", name, value,
                what, allowed);
  };
  if (network.neurons % 8 != 0 || network.neurons == 0 || network.neurons > 128) {
    return bad("neurons", network.neurons, "multiples of 8 up to 128");
  }
  if (network.hiddenLayers > 8) {
    return bad("hidden layers", network.hiddenLayers, "0 to 8");
  }
  if (network.inputs == 0 || network.inputs % 8 != 0 || network.inputs > 512) {
    return bad("inputs", network.inputs, "multiples of 8 up to 512");
  }
  if (network.outputs == 0 || network.outputs > network.paddedOutputs ||
      network.paddedOutputs % 8 != 0 || network.paddedOutputs > 128) {
    return bad("outputs", network.outputs, "1 to 128");
  }
  return {};
}

bool allFinite(const FloatArray& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

/// Sets in each cascade from 1 on what covers an occupied cell of the one before.
void coverFinerCascades(std::vector<std::uint8_t>& bits) {
  constexpr std::size_t kBytes = kCascadeCells / 8;
  for (std::size_t cascade = 1; cascade * kBytes < bits.size(); ++cascade) {
    const std::uint8_t* fine = bits.data() + (cascade - 1) * kBytes;
    std::uint8_t* coarse = bits.data() + cascade * kBytes;
    for (std::size_t byte = 0; byte < kBytes; ++byte) {
      if (fine[byte] == 0) {
        continue;
      }
      // A byte is 2 x 2 x 2 cells, so its number is the code of half the coordinates.
      const MortonPoint half = mortonPoint(byte);
      constexpr auto kQuarter = static_cast<std::uint32_t>(kOccupancySide / 4);
      const std::uint64_t cell =
          mortonCode(half.x + kQuarter, half.y + kQuarter, half.z + kQuarter);
      coarse[cell / 8] = static_cast<std::uint8_t>(coarse[cell / 8] | 1U << (cell % 8));
    }
  }
}

}  // namespace

float usualGrowth(unsigned base, unsigned levels, unsigned aabbScale) noexcept {
  if (levels < 2) {
    return 1;
  }
  const float finest = 2048.0F * static_cast<float>(aabbScale) / static_cast<float>(base);
  return std::exp(std::log(finest) / static_cast<float>(levels - 1));
}

std::vector<GridLevel> gridLevels(const GridEncoding& encoding) {
  const std::uint64_t most = std::uint64_t{1} << encoding.tableBits;
  std::vector<GridLevel> levels;
  std::size_t first = 0;
  for (unsigned index = 0; index < encoding.levels; ++index) {
    GridLevel level;
    const float power = std::exp2(static_cast<float>(index) * std::log2(encoding.growth));
    level.scale = power * static_cast<float>(encoding.base) - 1.0F;
    level.resolution = static_cast<std::uint32_t>(std::ceil(level.scale)) + 1;
    const std::uint64_t dense = cubed(level.resolution);
    std::uint64_t entries = roundUp(dense, 8);
    if (encoding.kind == GridKind::Hash) {
      entries = std::min(entries, most);
      level.hashed = level.resolution > kLargestDenseSide || dense > entries;
    } else if (encoding.kind == GridKind::Tiled) {
      entries = std::min(entries, cubed(encoding.base));
    }
    level.entries = static_cast<std::size_t>(entries);
    level.first = first;
    first += level.entries;
    levels.push_back(level);
  }
  return levels;
}

std::uint32_t gridIndex(const GridLevel& level, std::uint32_t x, std::uint32_t y,
                        std::uint32_t z) noexcept {
  const std::uint32_t index =
      level.hashed ? x ^ y * kPrimeY ^ z * kPrimeZ
                   : x + level.resolution * y + level.resolution * level.resolution * z;
  return index % static_cast<std::uint32_t>(level.entries);
}

std::size_t gridParameters(const GridEncoding& encoding) {
  const std::vector<GridLevel> levels = gridLevels(encoding);
  return levels.empty() ? 0 : (levels.back().first + levels.back().entries) * encoding.features;
}

std::size_t FieldNetwork::parameters() const noexcept {
  std::size_t sum = 0;
  for (unsigned index = 0; index <= hiddenLayers; ++index) {
    sum += rows(index) * columns(index);
  }
  return sum;
}

unsigned HashGridField::cascades() const noexcept {
  return static_cast<unsigned>(std::bit_width(aabbScale));
}

HashGridField makeField(const GridEncoding& encoding, unsigned aabbScale) {
  HashGridField field;
  field.grid = encoding;
  field.aabbScale = aabbScale;
  if (!encoding.growthIsStored) {
    field.grid.growth = usualGrowth(encoding.base, encoding.levels, aabbScale);
  }
  field.density.inputs =
      static_cast<unsigned>(roundUp(std::uint64_t{encoding.levels} * encoding.features, 16));
  field.color = {field.density.outputs + kDirectionTerms, 64, 2, 3, 16};
  field.parameters.assign(field.gridFirst() + gridParameters(field.grid), 0.0F);
  field.occupancy.assign(field.cascades() * kCascadeCells / 8, 0);
  return field;
}

Result<void> checkShape(const HashGridField& field) {
  const GridEncoding& grid = field.grid;
  VOLPRESS_CHECK(within("the number of grid levels", grid.levels, 1, kMostLevels));
  if (!std::has_single_bit(grid.features) || grid.features > 8) {
    return fail(ErrorCode::CorruptData, "features per level are {}, allowed are 1, 2, 4 and 8",
                grid.features);
  }
  VOLPRESS_CHECK(within("log2_hashmap_size", grid.tableBits, 1, 24));
  VOLPRESS_CHECK(within("base_resolution", grid.base, 1, 1024));
  VOLPRESS_CHECK(within("per_level_scale", static_cast<double>(grid.growth), 1, 4096));
  VOLPRESS_CHECK(within("the finest level's resolution",
                        grid.base * std::pow(static_cast<double>(grid.growth), grid.levels - 1), 1,
                        1 << 24));
  if (!std::has_single_bit(field.aabbScale) || field.aabbScale > 128) {
    return fail(ErrorCode::CorruptData, "aabb_scale is {}, allowed are powers of two up to 128",
                field.aabbScale);
  }
  VOLPRESS_CHECK(checkNetwork(field.density, "density"));
  VOLPRESS_CHECK(checkNetwork(field.color, "color"));
  if (field.density.inputs < grid.levels * grid.features) {
    return fail(ErrorCode::CorruptData, "the density network has {} inputs for {} grid features",
                field.density.inputs, grid.levels * grid.features);
  }
  if (field.extraInputs > 64 || field.color.outputs != 3 ||
      field.color.inputs < field.density.outputs + kDirectionTerms + field.extraInputs) {
    return fail(ErrorCode::CorruptData,
                "the color network has {} inputs and {} outputs for {} density outputs, {} terms "
                "of the direction and {} extra inputs",
                field.color.inputs, field.color.outputs, field.density.outputs, kDirectionTerms,
                field.extraInputs);
  }
  return {};
}

Result<void> validate(const HashGridField& field) {
  VOLPRESS_CHECK(checkShape(field));
  const std::size_t expected = field.gridFirst() + gridParameters(field.grid);
  if (field.parameters.size() != expected) {
    return fail(ErrorCode::CorruptData, "the field has {} parameters instead of {}",
                field.parameters.size(), expected);
  }
  if (!allFinite(field.parameters)) {
    return fail(ErrorCode::CorruptData,
                "some of the field's parameters are no finite numbers; the training that wrote "
                "them diverged");
  }
  const std::size_t cells = field.cascades() * kCascadeCells;
  if (!field.occupancy.empty() && field.occupancy.size() != cells / 8) {
    return fail(ErrorCode::CorruptData, "the occupancy has {} bytes instead of {}",
                field.occupancy.size(), cells / 8);
  }
  if (!field.densityGrid.empty() && field.densityGrid.size() != cells) {
    return fail(ErrorCode::CorruptData, "the density grid has {} cells instead of {}",
                field.densityGrid.size(), cells);
  }
  const auto finite = [](float v) { return std::isfinite(v); };
  if (!std::all_of(field.background.begin(), field.background.end(), finite) ||
      !std::all_of(field.sceneOffset.begin(), field.sceneOffset.end(), finite) ||
      !std::isfinite(field.exposure) || !(field.sceneScale > 0) || !finite(field.sceneScale)) {
    return fail(ErrorCode::CorruptData,
                "background, exposure, scale or offset of the field is no finite number");
  }
  return {};
}

float occupancyThreshold(std::span<const float> thickness) noexcept {
  constexpr double kMost = 0.01;
  double sum = 0;
  for (const float value : thickness.first(std::min(thickness.size(), kCascadeCells))) {
    sum += value > 0 ? static_cast<double>(value) : 0.0;
  }
  return static_cast<float>(std::min(kMost, sum / static_cast<double>(kCascadeCells)));
}

std::vector<std::uint8_t> occupancyOf(std::span<const float> thickness) {
  const float threshold = occupancyThreshold(thickness);
  std::vector<std::uint8_t> bits(thickness.size() / 8, 0);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    unsigned byte = 0;
    for (unsigned j = 0; j < 8; ++j) {
      byte |= thickness[8 * i + j] > threshold ? 1U << j : 0U;
    }
    bits[i] = static_cast<std::uint8_t>(byte);
  }
  coverFinerCascades(bits);
  return bits;
}

std::vector<std::uint8_t> occupancyOfHalves(std::span<const std::uint16_t> halves) {
  std::vector<float> thickness(halves.size());
  std::transform(halves.begin(), halves.end(), thickness.begin(), [](std::uint16_t half) {
    const float value = halfToFloat(half);
    return std::isnan(value) ? -1.0F : value;
  });
  return occupancyOf(thickness);
}

OccupiedBall occupiedBall(const HashGridField& field) {
  constexpr auto kCells = static_cast<float>(kOccupancySide);
  for (std::size_t cascade = 0; cascade < field.cascades() && !field.occupancy.empty(); ++cascade) {
    std::array<std::uint32_t, 3> low{kOccupancySide, kOccupancySide, kOccupancySide};
    std::array<std::uint32_t, 3> high{};
    for (std::size_t byte = 0; byte < kCascadeCells / 8; ++byte) {
      if (field.occupancy[cascade * kCascadeCells / 8 + byte] == 0) {
        continue;
      }
      const MortonPoint cell = mortonPoint(8 * byte);  // of 2 x 2 x 2
      const std::array<std::uint32_t, 3> at{cell.x, cell.y, cell.z};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        low[axis] = std::min(low[axis], at[axis]);
        high[axis] = std::max(high[axis], at[axis] + 2);
      }
    }
    if (high[0] == 0) {
      continue;
    }
    OccupiedBall ball{{}, 0};
    const float side = std::ldexp(1.0F, static_cast<int>(cascade));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const float middle = 0.5F * static_cast<float>(low[axis] + high[axis]);
      ball.centre[axis] = (middle / kCells - 0.5F) * side + 0.5F;
      const float half = 0.5F * static_cast<float>(high[axis] - low[axis]) / kCells * side;
      ball.radius += half * half;
    }
    ball.radius = std::sqrt(ball.radius);
    return ball;
  }
  return {};
}

Camera toFieldFrame(const Camera& camera, const HashGridField& field) {
  Camera moved = camera;
  std::array<float, 3> at{};
  for (std::size_t i = 0; i < 3; ++i) {
    at[i] = camera.position[i] * field.sceneScale + field.sceneOffset[i];
  }
  moved.nearPlane = camera.nearPlane * field.sceneScale;
  if (field.fromMitsuba) {
    // Its matrices negate other columns than ours: right and down turn round.
    for (std::size_t i = 0; i < 6; ++i) {
      moved.rotation[i] = -camera.rotation[i];
    }
    moved.position = at;
    return moved;
  }
  // (x, y, z) <- (y, z, x).
  moved.position = {at[1], at[2], at[0]};
  for (std::size_t row = 0; row < 3; ++row) {
    moved.rotation[3 * row] = camera.rotation[3 * row + 1];
    moved.rotation[3 * row + 1] = camera.rotation[3 * row + 2];
    moved.rotation[3 * row + 2] = camera.rotation[3 * row];
  }
  return moved;
}

Camera fromFieldFrame(const Camera& camera, const HashGridField& field) {
  Camera moved = camera;
  std::array<float, 3> at = camera.position;
  moved.nearPlane = camera.nearPlane / field.sceneScale;
  if (field.fromMitsuba) {
    for (std::size_t i = 0; i < 6; ++i) {
      moved.rotation[i] = -camera.rotation[i];
    }
  } else {
    at = {at[2], at[0], at[1]};
    for (std::size_t row = 0; row < 3; ++row) {
      moved.rotation[3 * row] = camera.rotation[3 * row + 2];
      moved.rotation[3 * row + 1] = camera.rotation[3 * row];
      moved.rotation[3 * row + 2] = camera.rotation[3 * row + 1];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    moved.position[i] = (at[i] - field.sceneOffset[i]) / field.sceneScale;
  }
  return moved;
}

}  // namespace volpress
