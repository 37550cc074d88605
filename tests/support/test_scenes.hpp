// Small scenes with views, and what a codec makes of them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

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

/// Asks an encode to stop `after` it began; it must end as cancelled within half a second of that.
void expectStopsSoon(const compressors::Codec& codec, const TestScene& scene,
                     const ParamSet& params, std::chrono::milliseconds after, TaskRunner& runner);

/// Stops an encode after each of these times, with one folder for its state: gone on with after
/// that, it must end in the bytes of an encode that was left alone.
void expectGoesOn(const compressors::Codec& codec, const TestScene& scene, const ParamSet& params,
                  const std::vector<std::chrono::milliseconds>& stops, TaskRunner& runner);

/// Encodes with the pictures of the scene as photographs, which the log must say; returns the log.
std::vector<std::string> expectLearnsFromPhotographs(const compressors::Codec& codec,
                                                     const TestScene& scene, const ParamSet& params,
                                                     TaskRunner& runner);

/// Whether a line has `words` in it.
[[nodiscard]] bool saysSo(const std::vector<std::string>& log, std::string_view words);

/// Tests that share a sample scene of `kThousandths` of its splats and `kViews` views.
template <int kThousandths, std::size_t kViews>
class SceneTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_runner = makeThreadRunner(2);
    s_scene =
        std::make_unique<TestScene>(sampleTestScene(kThousandths / 1000.0, kViews, *s_runner));
  }
  static void TearDownTestSuite() {
    s_scene.reset();
    s_runner.reset();
  }
  static double psnrOf(const CodedScene& coded) {
    return meanPsnr(*s_scene, coded.cloud, *s_runner);
  }

  static inline std::unique_ptr<TaskRunner> s_runner;
  static inline std::unique_ptr<TestScene> s_scene;
};

}  // namespace volpress::testing
