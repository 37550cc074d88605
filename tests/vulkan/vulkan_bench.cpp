// Frame times of the Vulkan path: cull, sort, draw and wait; with reading back for the measurement
// picture. `items_per_second` counts splats.
#include <benchmark/benchmark.h>

#include "renderer/vulkan/gaussian_renderer.hpp"
#include "renderer/vulkan/vulkan_commands.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using renderer::PicturePrecision;

void drawFrames(benchmark::State& state, const GaussianCloud& cloud, std::uint32_t width,
                std::uint32_t height, PicturePrecision precision) {
  const auto context = testing::sharedContext();
  if (!context) {
    state.SkipWithError(testing::whyNoVulkan().c_str());
    return;
  }
  state.SetLabel(context->deviceName());
  const auto gaussians = renderer::VulkanGaussianRenderer::create(context);
  if (!gaussians) {
    state.SkipWithError(gaussians.error().message.c_str());
    return;
  }
  const auto scene = (*gaussians)->upload(cloud);
  const auto picture = (*gaussians)->makePicture(width, height, precision);
  auto runner = renderer::CommandRunner::create(context);
  if (!scene || !picture || !runner) {
    state.SkipWithError("the scene or the picture does not fit on the device");
    return;
  }
  const Camera camera = testing::frontCamera(width, height);
  const auto frame = [&] {
    return runner->run([&](VkCommandBuffer commands) {
      return (*gaussians)->record(commands, **scene, camera, {}, **picture);
    });
  };
  static_cast<void>(frame());  // compiles the shaders
  for ([[maybe_unused]] auto _ : state) {
    if (const auto drawn = frame(); !drawn) {
      state.SkipWithError(drawn.error().message.c_str());
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cloud.count));
}

void BM_Biker(benchmark::State& state, PicturePrecision precision) {
  const auto cloud = testing::realCloud("splats/biker.spz");
  if (!cloud) {
    state.SkipWithError("splats/biker.spz is not on this machine");
    return;
  }
  drawFrames(state, *cloud, static_cast<std::uint32_t>(state.range(0)),
             static_cast<std::uint32_t>(state.range(1)), precision);
}
BENCHMARK_CAPTURE(BM_Biker, fastest, PicturePrecision::Fastest)
    ->Args({640, 480})
    ->Args({1280, 720})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Biker, half, PicturePrecision::Half)
    ->Args({1280, 720})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void BM_RandomCloud(benchmark::State& state) {
  drawFrames(state, testing::randomCloud(static_cast<std::size_t>(state.range(0)), 3, 1), 1280, 720,
             PicturePrecision::Fastest);
}
BENCHMARK(BM_RandomCloud)->Arg(10000)->Arg(100000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace volpress
