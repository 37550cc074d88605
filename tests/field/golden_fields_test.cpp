// Files of fields that earlier versions wrote must decode to what they meant then:
// tests/data/golden/field holds `<codec>_v<version>[_<what>].vpc`, each with the snapshot it stands
// for beside it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "compressors/field_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/snapshot.hpp"
#include "tests/support/golden_scene.hpp"

namespace volpress::compressors {
namespace {

TEST(GoldenFields, DecodeToWhatTheyStandFor) {
  const auto expectSame = [](const HashGridField& field, const std::filesystem::path& plain) {
    const auto snapshot = MappedFile::open(plain);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    std::vector<std::string> warnings;
    const auto expected = formats::readSnapshot(snapshot->bytes(), warnings);
    ASSERT_TRUE(expected) << expected.error().message;
    EXPECT_EQ(field.occupancy, expected->occupancy);
    ASSERT_EQ(field.parameters.size(), expected->parameters.size());
    for (std::size_t i = 0; i < field.parameters.size(); ++i) {
      // A sum may be rounded to the neighbouring half on another machine.
      const float tolerance = 1e-3F * std::fabs(expected->parameters[i]) + 1e-6F;
      ASSERT_NEAR(field.parameters[i], expected->parameters[i], tolerance) << i;
    }
  };
  ::volpress::testing::expectGoldenFilesDecode("field", ".ingp", fieldCodecForContent, expectSame);
  EXPECT_GE(::volpress::testing::goldenFiles(".vpc", "field").size(), 5U);
}

}  // namespace
}  // namespace volpress::compressors
