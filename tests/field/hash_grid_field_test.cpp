#include "scene/types/hash_grid_field.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>

#include "scene/base/half.hpp"
#include "scene/base/morton.hpp"
#include "tests/field/test_fields.hpp"

namespace volpress {
namespace {

GridEncoding encodingOf(unsigned levels, unsigned features, unsigned bits, unsigned aabbScale) {
  GridEncoding encoding{GridKind::Hash, GridInterpolation::Linear, levels, features, bits, 16};
  encoding.growth = usualGrowth(16, levels, aabbScale);
  return encoding;
}

/// Counts that real snapshots have (instant-ngp issues 992, 845, 282).
TEST(GridEncoding, HasThePublishedParameterCounts) {
  constexpr std::array<unsigned, 5> kScales{1, 2, 4, 8, 16};
  constexpr std::array<std::size_t, 5> kOldBase{12196240, 12599920, 13074912, 13288400, 13623184};
  constexpr std::array<std::size_t, 5> kBase{11681792, 12660928, 12855296, 12940032, 13041664};
  for (std::size_t i = 0; i < kScales.size(); ++i) {
    EXPECT_EQ(gridParameters(encodingOf(16, 2, 19, kScales[i])), kOldBase[i]) << kScales[i];
    EXPECT_EQ(gridParameters(encodingOf(8, 4, 19, kScales[i])), kBase[i]) << kScales[i];
  }
  EXPECT_EQ(gridParameters(encodingOf(8, 4, 15, 1)), 933888U);
  EXPECT_EQ(gridParameters(encodingOf(8, 4, 14, 1)), 475136U);
}

TEST(GridEncoding, HasThePublishedResolutions) {
  const std::vector<std::uint32_t> expected{16,  23,  31,  43,  59,  81,   112,  154,
                                            213, 295, 407, 562, 777, 1073, 1483, 2048};
  const std::vector<GridLevel> levels = gridLevels(encodingOf(16, 2, 19, 1));
  for (std::size_t i = 0; i < levels.size(); ++i) {
    EXPECT_EQ(levels[i].resolution, expected[i]) << i;
  }
}

TEST(GridEncoding, NetworksHaveThePublishedSizes) {
  HashGridField field = makeField(encodingOf(8, 4, 14, 1), 1);
  EXPECT_EQ(field.gridFirst(), 10240U);
  field.color.paddedOutputs = 8;
  EXPECT_EQ(field.gridFirst(), 9728U);
  EXPECT_EQ(13074912U + field.gridFirst(), 13084640U) << "issue 845";
}

TEST(GridEncoding, IndicesStayWithinTheLevelAndDenseOnesAreDistinct) {
  for (const GridKind kind : {GridKind::Hash, GridKind::Dense, GridKind::Tiled}) {
    GridEncoding encoding{kind, GridInterpolation::Linear, 4, 2, 10, 6, 1.7F};
    for (const GridLevel& level : gridLevels(encoding)) {
      std::set<std::uint32_t> seen;
      for (std::uint32_t z = 0; z <= level.resolution; ++z) {
        for (std::uint32_t y = 0; y <= level.resolution; ++y) {
          for (std::uint32_t x = 0; x <= level.resolution; ++x) {
            const std::uint32_t index = gridIndex(level, x, y, z);
            ASSERT_LT(index, level.entries);
            if (std::max({x, y, z}) < level.resolution) {
              seen.insert(index);
            }
          }
        }
      }
      const std::size_t vertices =
          std::size_t{level.resolution} * level.resolution * level.resolution;
      if (!level.hashed && vertices <= level.entries) {
        EXPECT_EQ(seen.size(), vertices);
      }
    }
  }
  EXPECT_EQ(gridIndex({0, 1000, 1024, 0, true}, 1, 2, 3),
            (1U ^ 2U * 2654435761U ^ 3U * 805459861U) % 1024);
}

TEST(Half, IsExactBothWays) {
  for (std::uint32_t half = 0; half < 65536; ++half) {
    const float value = halfToFloat(static_cast<std::uint16_t>(half));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(halfToFloat(floatToHalf(value))));
    } else {
      ASSERT_EQ(floatToHalf(value), half);
    }
  }
  EXPECT_EQ(halfToFloat(0x3C00), 1.0F);
  EXPECT_EQ(halfToFloat(0x0001), 0x1p-24F);
  EXPECT_EQ(floatToHalf(1 + 0x1p-11F), 0x3C00) << "ties to even";
  EXPECT_EQ(floatToHalf(1 + 0x3p-11F), 0x3C02);
  EXPECT_EQ(floatToHalf(0x1p-25F), 0x0000);
  EXPECT_EQ(floatToHalf(0x1.8p-25F), 0x0001);
  EXPECT_EQ(floatToHalf(65519.0F), 0x7BFF);
  EXPECT_EQ(floatToHalf(65520.0F), 0x7C00);
}

TEST(Occupancy, CoarserCascadesCoverFinerOnes) {
  std::vector<float> thickness(3 * kCascadeCells, 0.0F);
  const std::uint64_t cell = mortonCode(3, 4, 127);
  thickness[cell] = 1;
  thickness[5] = -1;
  const std::vector<std::uint8_t> bits = occupancyOf(thickness);
  std::size_t set = 0;
  for (const std::uint8_t byte : bits) {
    set += static_cast<std::size_t>(std::popcount(byte));
  }
  EXPECT_EQ(set, 3U);
  const auto isSet = [&](std::size_t cascade, std::uint64_t at) {
    const std::size_t place = cascade * kCascadeCells + at;
    return (bits[place / 8] >> (place % 8) & 1) != 0;
  };
  EXPECT_TRUE(isSet(0, cell));
  EXPECT_TRUE(isSet(1, mortonCode(33, 34, 95)));
  EXPECT_TRUE(isSet(2, mortonCode(48, 49, 79)));
}

TEST(Occupancy, ThresholdIsTheMeanUpToAHundredth) {
  std::vector<float> thickness(kCascadeCells, 0.0F);
  thickness[0] = static_cast<float>(kCascadeCells) * 0.004F;
  thickness[1] = -5;
  EXPECT_NEAR(occupancyThreshold(thickness), 0.004F, 1e-6);
  thickness[2] = static_cast<float>(kCascadeCells);
  EXPECT_FLOAT_EQ(occupancyThreshold(thickness), 0.01F);
}

/// Whatever place of an occupied cell is looked up, its corners are marked.
TEST(TouchedEntries, HoldEveryCornerThatAnOccupiedPlaceReads) {
  HashGridField field = makeField({GridKind::Hash, GridInterpolation::Linear, 3, 2, 12, 8}, 2);
  field.occupancy = testing::occupancyWhere(2, [](const std::array<float, 3>& p) {
    return std::hypot(p[0] - 0.55F, p[1] - 0.5F, p[2] - 0.2F) < 0.02F ||
           std::hypot(p[0] - 1.2F, p[1] - 0.5F, p[2] - 0.5F) < 0.05F;
  });
  SerialRunner runner;
  const std::vector<std::uint8_t> flags = touchedEntries(field, runner);
  std::size_t touched = 0;
  for (const std::uint8_t flag : flags) {
    touched += flag;
  }
  EXPECT_GT(touched, 100U);
  EXPECT_LT(touched, flags.size() * 3 / 4);
  const std::vector<GridLevel> levels = gridLevels(field.grid);
  for (std::size_t place = 0; place < 8 * field.occupancy.size(); ++place) {
    if ((field.occupancy[place / 8] >> (place % 8) & 1) == 0) {
      continue;
    }
    const MortonPoint cell = mortonPoint(place % kCascadeCells);
    const double side = static_cast<double>(1U << (place / kCascadeCells));
    const std::array<std::uint32_t, 3> at{cell.x, cell.y, cell.z};
    std::array<double, 3> point{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double world = ((at[axis] + (axis == 0 ? 0.02 : 0.98)) / 128 - 0.5) * side + 0.5;
      point[axis] = (world - 0.5) / 2 + 0.5;
    }
    const double farthest =
        std::max({std::fabs(point[0] - 0.5), std::fabs(point[1] - 0.5), std::fabs(point[2] - 0.5)});
    if (place >= kCascadeCells && farthest < 0.25) {
      continue;  // the finer cascade is asked there
    }
    for (const GridLevel& level : levels) {
      std::array<std::uint32_t, 3> corner{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        corner[axis] = static_cast<std::uint32_t>(level.scale * point[axis] + 0.5);
      }
      for (std::uint32_t i = 0; i < 8; ++i) {
        const std::uint32_t index =
            gridIndex(level, corner[0] + (i & 1), corner[1] + (i >> 1 & 1), corner[2] + (i >> 2));
        ASSERT_EQ(flags[level.first + index], 1);
      }
    }
  }
}

TEST(FieldFrame, CyclesTheAxesOfTransformsJson) {
  HashGridField field;
  Camera camera;
  camera.position = {1, 2, 3};
  const Camera moved = toFieldFrame(camera, field);
  EXPECT_NEAR(moved.position[0], 2 * 0.33F + 0.5F, 1e-6);
  EXPECT_NEAR(moved.position[1], 3 * 0.33F + 0.5F, 1e-6);
  EXPECT_NEAR(moved.position[2], 1 * 0.33F + 0.5F, 1e-6);
  // The camera's right was +x of the world, which is now the third axis.
  EXPECT_EQ(moved.rotation[2], 1.0F);
  field.fromMitsuba = true;
  EXPECT_EQ(toFieldFrame(camera, field).rotation[0], -1.0F);
  EXPECT_EQ(toFieldFrame(camera, field).rotation[8], 1.0F);
}

TEST(HashGridField, CamerasComeBackFromItsFrame) {
  HashGridField field;
  const Camera camera = lookAt({1, 2, 3}, {-0.5F, 0.25F, 0}, {0, 1, 0}, 0.8F, 64, 48);
  for (const bool fromMitsuba : {false, true}) {
    field.fromMitsuba = fromMitsuba;
    const Camera back = fromFieldFrame(toFieldFrame(camera, field), field);
    EXPECT_EQ(back.rotation, camera.rotation);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(back.position[axis], camera.position[axis], 1e-5F);
    }
    EXPECT_NEAR(back.nearPlane, camera.nearPlane, 1e-6F);
  }
}

TEST(HashGridField, ValidationNamesWhatIsWrong) {
  HashGridField field = testing::randomField(1);
  EXPECT_TRUE(validate(field));
  field.parameters[7] = std::nanf("");
  EXPECT_NE(validate(field).error().message.find("diverged"), std::string::npos);
  field = testing::randomField(1);
  field.grid.features = 3;
  EXPECT_NE(validate(field).error().message.find("features per level are 3"), std::string::npos);
  field = testing::randomField(1);
  field.occupancy.pop_back();
  EXPECT_FALSE(validate(field));
  field = testing::randomField(1);
  field.grid.growth = 15;
  field.grid.levels = 30;
  EXPECT_NE(validate(field).error().message.find("finest"), std::string::npos);
}

}  // namespace
}  // namespace volpress
