#include "tests/support/native_views.hpp"

#include <algorithm>
#include <tuple>

#include <gtest/gtest.h>

#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::testing {
namespace {

auto arraysOf(const GaussianCloud& cloud) {
  return std::tie(cloud.means, cloud.logScales, cloud.rotations, cloud.opacityLogits, cloud.shDc);
}

}  // namespace

std::unique_ptr<compressors::ViewDependentScene> openNative(const compressors::Codec& codec,
                                                            ByteView file, TaskRunner& runner) {
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  auto opened = codec.openViewDependent(file, context);
  if (!opened) {
    ADD_FAILURE() << opened.error().message;
    return nullptr;
  }
  return std::move(*opened);
}

std::shared_ptr<const GaussianCloud> lookFrom(const compressors::ViewDependentScene& scene,
                                              const Camera& camera, TaskRunner& runner) {
  auto seen = std::make_shared<GaussianCloud>();
  EXPECT_TRUE(scene.look(camera, {}, runner, *seen));
  EXPECT_TRUE(validate(*seen));
  EXPECT_GE(seen->count, 1U);
  EXPECT_LE(seen->count, scene.count());
  return seen;
}

Image drawSplats(const std::shared_ptr<const GaussianCloud>& cloud, const Camera& camera,
                 TaskRunner& runner, const FloatArray& colors) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(cloud);
  renderer::RenderOptions options;
  options.directColors = colors;
  return rasterizer->render(**prepared, camera, options)->color;
}

double picturePsnr(const Image& a, const Image& b) {
  constexpr double kMost = 200;
  return std::min(kMost, metrics::psnr(a, b).value());
}

void expectShowsTraining(const compressors::ViewDependentScene& scene, const ViewSet& views,
                         const std::function<Image(const Camera&)>& trainingPicture,
                         TaskRunner& runner) {
  for (View view : views.views) {
    for (const float zoom : {1.0F, 4.0F}) {
      view.camera.fx *= zoom;
      view.camera.fy *= zoom;
      EXPECT_GT(picturePsnr(drawSplats(lookFrom(scene, view.camera, runner), view.camera, runner),
                            trainingPicture(view.camera)),
                100)
          << view.name << " " << zoom;
    }
  }
}

void expectLooksAgree(const compressors::ViewDependentScene& scene, const ViewSet& views) {
  SerialRunner serial;
  const auto two = makeThreadRunner(2);
  GaussianCloud reused;
  for (const View& view : views.views) {
    const auto fresh = lookFrom(scene, view.camera, serial);
    ASSERT_TRUE(scene.look(view.camera, {}, *two, reused));
    EXPECT_TRUE(arraysOf(*fresh) == arraysOf(reused)) << view.name;
  }
  std::stop_source stopped;
  stopped.request_stop();
  const auto cancelled = scene.look(views.views[0].camera, stopped.get_token(), serial, reused);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
  // Turned away from everything it still is a cloud.
  Camera away = views.views[0].camera;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    away.position[axis] += 1e5F * away.rotation[6 + axis];
  }
  EXPECT_GE(lookFrom(scene, away, serial)->count, 1U);
}

double nativeAgainstBaked(const compressors::ViewDependentScene& scene,
                          const std::shared_ptr<const GaussianCloud>& baked, const ViewSet& views,
                          TaskRunner& runner) {
  double sum = 0;
  for (const View& view : views.views) {
    sum += picturePsnr(drawSplats(lookFrom(scene, view.camera, runner), view.camera, runner),
                       drawSplats(baked, view.camera, runner));
  }
  return sum / static_cast<double>(views.views.size());
}

}  // namespace volpress::testing
