// Files that earlier versions wrote must decode to what they meant then: tests/data/golden holds
// `<codec>_v<version>[_<what>].vpc`, each with the scene it stands for as a float PLY beside it.
#include <gtest/gtest.h>

#include "tests/support/golden_scene.hpp"

namespace volpress::compressors {
namespace {

TEST(GoldenFiles, DecodeToWhatTheyStandFor) {
  ::volpress::testing::expectGoldenFilesDecode(
      "", ".ply", codecForContent, [](const Scene& scene, const std::filesystem::path& plain) {
        ::volpress::testing::expectStandsFor(std::get<GaussianCloud>(scene), plain);
      });
}

}  // namespace
}  // namespace volpress::compressors
