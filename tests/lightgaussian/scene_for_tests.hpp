// The shared test scenes, coded by LightGaussian.
#pragma once

#include "compressors/lightgaussian/lightgaussian.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {

using testing::CodedScene;
using testing::meanPsnr;
using testing::orbitViews;
using testing::realTestScene;
using testing::sampleTestScene;
using testing::TestScene;

/// A preset (or the defaults) with overrides, completed.
[[nodiscard]] inline ParamSet lightGaussianParams(std::string_view preset,
                                                  const ParamSet& overrides) {
  return resolveParams(lightGaussianCodec().info(), preset, overrides).value();
}

[[nodiscard]] inline CodedScene codeScene(const TestScene& scene, std::string_view preset,
                                          const ParamSet& overrides, TaskRunner& runner) {
  return testing::codeScene(lightGaussianCodec(), scene, preset, overrides, runner);
}

}  // namespace volpress::compressors
