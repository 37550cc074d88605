// Small scenes with views, and what a codec makes of them.
#pragma once

#include <memory>
#include <vector>

#include "compressors/codec.hpp"
#include "renderer/rasterizer.hpp"

namespace volpress::testing {

/// A scene, its views and the pictures of the original.
struct TestScene {
  std::shared_ptr<const GaussianCloud> cloud;
  ViewSet views;
  std::vector<Image> pictures;
};

/// The sample still life (SH 3, `scale` of its splats) with `count` orbit views of width x height
/// pixels, one in eight held out.
[[nodiscard]] TestScene sampleTestScene(double scale, std::size_t count, TaskRunner& runner);

/// A real scene with its own cameras (relative to the data folder), every `stride`-th one, scaled
/// down to `height` pixels; every fourth is held out. Null cloud when the data is not there.
[[nodiscard]] TestScene realTestScene(std::string_view file, std::string_view cameras,
                                      std::size_t stride, std::size_t height, TaskRunner& runner);

/// `count` cameras around the middle of a cloud at 2 times the distance that holds 90 % of it.
[[nodiscard]] ViewSet orbitViews(const GaussianCloud& cloud, std::size_t count, std::size_t width,
                                 std::size_t height);

/// Encodes with a preset (or the defaults) and overrides, and decodes; fails the test and returns
/// an empty cloud when either does.
struct CodedScene {
  Bytes file;
  std::shared_ptr<const GaussianCloud> cloud;
  std::vector<std::string> log;
};
[[nodiscard]] CodedScene codeScene(const compressors::Codec& codec, const TestScene& scene,
                                   std::string_view preset, const ParamSet& overrides,
                                   TaskRunner& runner);

/// Mean PSNR against the original's pictures, over all views or the held-out ones only.
[[nodiscard]] double meanPsnr(const TestScene& scene, std::shared_ptr<const GaussianCloud> cloud,
                              TaskRunner& runner, bool heldOutOnly = false);

}  // namespace volpress::testing
