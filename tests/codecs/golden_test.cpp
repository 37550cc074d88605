// Files that earlier versions wrote must decode to what they meant then: tests/data/golden holds
// `<codec>_v<version>[_<what>].vpc`, each with the scene it stands for as a float PLY beside it.
#include <gtest/gtest.h>

#include "compressors/codec.hpp"
#include "scene/base/files.hpp"
#include "tests/support/golden_scene.hpp"

namespace volpress::compressors {
namespace {

TEST(GoldenFiles, DecodeToWhatTheyStandFor) {
  SerialRunner runner;
  for (const auto& path : ::volpress::testing::goldenFiles(".vpc")) {
    SCOPED_TRACE(path.filename().string());
    const auto file = MappedFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    const Codec* codec = codecForContent(file->bytes());
    ASSERT_NE(codec, nullptr);
    EXPECT_EQ(path.filename().string().rfind(codec->info().id + "_v", 0), 0U);
    Progress progress;
    RunContext context{runner, progress, {}};
    const auto scene = codec->decode(file->bytes(), context);
    ASSERT_TRUE(scene) << scene.error().message;
    auto plain = path;
    plain.replace_extension(".ply");
    ::volpress::testing::expectStandsFor(std::get<GaussianCloud>(*scene), plain);
  }
}

}  // namespace
}  // namespace volpress::compressors
