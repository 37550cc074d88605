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
  SerialRunner runner;
  std::size_t found = 0;
  const auto folder = ::volpress::testing::sourceFile("tests/data/golden/field");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".vpc") {
      continue;
    }
    SCOPED_TRACE(entry.path().filename().string());
    ++found;
    const auto file = MappedFile::open(entry.path());
    ASSERT_TRUE(file) << file.error().message;
    const FieldCodec* codec = fieldCodecForContent(file->bytes());
    ASSERT_NE(codec, nullptr);
    EXPECT_EQ(entry.path().filename().string().rfind(codec->info().id + "_v", 0), 0U);
    Progress progress;
    RunContext context{runner, progress, {}};
    const auto field = codec->decode(file->bytes(), context);
    ASSERT_TRUE(field) << field.error().message;
    auto plain = entry.path();
    plain.replace_extension(".ingp");
    const auto snapshot = MappedFile::open(plain);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    std::vector<std::string> warnings;
    const auto expected = formats::readSnapshot(snapshot->bytes(), warnings);
    ASSERT_TRUE(expected) << expected.error().message;
    EXPECT_EQ(field->occupancy, expected->occupancy);
    ASSERT_EQ(field->parameters.size(), expected->parameters.size());
    for (std::size_t i = 0; i < field->parameters.size(); ++i) {
      // A sum may be rounded to the neighbouring half on another machine.
      const float tolerance = 1e-3F * std::fabs(expected->parameters[i]) + 1e-6F;
      ASSERT_NEAR(field->parameters[i], expected->parameters[i], tolerance) << i;
    }
  }
  EXPECT_GE(found, 5U);
}

}  // namespace
}  // namespace volpress::compressors
