#include "tests/support/test_scenes.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/cameras_json.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::testing {
namespace {

void drawPictures(TestScene& scene, TaskRunner& runner) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = *rasterizer->prepare(scene.cloud);
  for (const View& view : scene.views.views) {
    scene.pictures.push_back(rasterizer->render(*prepared, view.camera, {})->color);
  }
}

}  // namespace

ViewSet orbitViews(const GaussianCloud& cloud, std::size_t count, std::size_t width,
                   std::size_t height) {
  std::array<float, 3> middle{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    std::vector<float> values;
    for (std::size_t i = 0; i < cloud.count; ++i) {
      values.push_back(cloud.means[3 * i + axis]);
    }
    std::sort(values.begin(), values.end());
    middle[axis] = values[values.size() / 2];
  }
  std::vector<float> distances;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    distances.push_back(std::hypot(cloud.means[3 * i] - middle[0],
                                   cloud.means[3 * i + 1] - middle[1],
                                   cloud.means[3 * i + 2] - middle[2]));
  }
  std::sort(distances.begin(), distances.end());
  const float distance = 2 * distances[distances.size() * 9 / 10];
  ViewSet set{"test", {}};
  for (std::size_t i = 0; i < count; ++i) {
    const float angle = 2.4F * static_cast<float>(i);
    const float height01 = static_cast<float>(i % 3) / 2.0F;
    const std::array<float, 3> eye{middle[0] + distance * std::sin(angle),
                                   middle[1] - distance * (0.1F + 0.6F * height01),
                                   middle[2] + distance * std::cos(angle)};
    Camera camera = lookAt(eye, middle, {0, 1, 0}, 0.8F, width, height);
    camera.nearPlane = std::min(0.2F, 0.05F * distance);
    set.views.push_back({fmt::format("view {}", i), camera, i % 8 == 4});
  }
  return set;
}

TestScene sampleTestScene(double scale, std::size_t count, TaskRunner& runner) {
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(makeSampleScene(7, scale, runner));
  scene.views = orbitViews(*scene.cloud, count, 160, 120);
  drawPictures(scene, runner);
  return scene;
}

TestScene realTestScene(std::string_view file, std::string_view cameras, std::size_t stride,
                        std::size_t height, TaskRunner& runner) {
  TestScene scene;
  const auto path = realData(file);
  if (!path) {
    return scene;
  }
  Progress progress;
  formats::IoContext io{runner, progress, {}, {}};
  auto loaded = formats::loadCloud(*path, io);
  if (!loaded) {
    ADD_FAILURE() << loaded.error().message;
    return scene;
  }
  scene.cloud = std::make_shared<const GaussianCloud>(std::move(loaded->cloud));
  if (cameras.empty()) {
    scene.views = orbitViews(*scene.cloud, stride, height * 4 / 3, height);
  } else {
    const auto list = realData(cameras);
    if (!list) {
      return {};
    }
    const MappedFile mapped = *MappedFile::open(*list);
    const std::vector<View> views = *formats::parseCamerasJson(mapped.bytes());
    for (std::size_t i = 0; i < views.size(); i += stride) {
      View view = views[i];
      view.camera = resized(view.camera, view.camera.width * height / view.camera.height, height);
      view.heldOut = scene.views.views.size() % 4 == 3;
      scene.views.views.push_back(view);
    }
  }
  drawPictures(scene, runner);
  return scene;
}

CodedScene codeScene(const compressors::Codec& codec, const TestScene& scene,
                     std::string_view preset, const ParamSet& overrides, TaskRunner& runner) {
  CodedScene coded;
  coded.cloud = std::make_shared<const GaussianCloud>();
  const auto params = compressors::resolveParams(codec.info(), preset, overrides);
  if (!params) {
    ADD_FAILURE() << params.error().message;
    return coded;
  }
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  Progress progress;
  compressors::RunContext context{runner, progress, {}, rasterizer.get(), &scene.views};
  auto file = codec.encode(Scene(*scene.cloud), *params, context);
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return coded;
  }
  coded.file = std::move(*file);
  coded.log = context.log;
  Progress decoding;
  compressors::RunContext fresh{runner, decoding, {}};
  auto decoded = codec.decode(coded.file, fresh);
  if (!decoded) {
    ADD_FAILURE() << decoded.error().message;
    return coded;
  }
  coded.cloud = std::make_shared<const GaussianCloud>(std::get<GaussianCloud>(*decoded));
  return coded;
}

double meanPsnr(const TestScene& scene, std::shared_ptr<const GaussianCloud> cloud,
                TaskRunner& runner, bool heldOutOnly) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = *rasterizer->prepare(std::move(cloud));
  double sum = 0;
  std::size_t views = 0;
  for (std::size_t i = 0; i < scene.pictures.size(); ++i) {
    if (heldOutOnly && !scene.views.views[i].heldOut) {
      continue;
    }
    const auto drawn = rasterizer->render(*prepared, scene.views.views[i].camera, {});
    sum += std::min(100.0, *metrics::psnr(scene.pictures[i], drawn->color));
    ++views;
  }
  return sum / static_cast<double>(views);
}

void expectStopsSoon(const compressors::Codec& codec, const TestScene& scene,
                     const ParamSet& params, std::chrono::milliseconds after, TaskRunner& runner) {
  using Clock = std::chrono::steady_clock;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  std::stop_source stop;
  Progress progress;
  compressors::RunContext context{runner, progress, stop.get_token(), rasterizer.get(),
                                  &scene.views};
  Clock::time_point asked;
  std::thread canceller([&] {
    std::this_thread::sleep_for(after);
    asked = Clock::now();
    stop.request_stop();
  });
  const auto result = codec.encode(Scene(*scene.cloud), params, context);
  const auto ended = Clock::now();
  canceller.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::duration<double>(ended - asked).count(), 0.5);
}

void expectGoesOn(const compressors::Codec& codec, const TestScene& scene, const ParamSet& params,
                  const std::vector<std::chrono::milliseconds>& stops, TaskRunner& runner) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto folder = scratchFolder("resume");
  const auto encode = [&](const std::filesystem::path& scratch, const std::stop_token& stop) {
    Progress progress;
    compressors::RunContext context{runner, progress, stop, rasterizer.get(), &scene.views};
    context.scratch = scratch;
    return codec.encode(Scene(*scene.cloud), params, context);
  };
  const Bytes whole = encode({}, {}).value();
  bool cancelled = false;
  for (const std::chrono::milliseconds after : stops) {
    std::stop_source stop;
    std::jthread canceller([&] {
      std::this_thread::sleep_for(after);
      stop.request_stop();
    });
    cancelled = !encode(folder, stop.get_token()).has_value() || cancelled;
  }
  EXPECT_EQ(encode(folder, {}).value(), whole) << (cancelled ? "resumed" : "never cancelled");
}

std::vector<std::string> expectLearnsFromPhotographs(const compressors::Codec& codec,
                                                     const TestScene& scene, const ParamSet& params,
                                                     TaskRunner& runner) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  std::vector<PosedPicture> photos;
  for (std::size_t i = 0; i < scene.views.views.size(); ++i) {
    if (!scene.views.views[i].heldOut) {
      photos.push_back({scene.views.views[i].camera, scene.pictures[i]});
    }
  }
  Progress progress;
  compressors::RunContext context{runner, progress, {}, rasterizer.get(), &scene.views};
  context.photos = photos;
  const auto file = codec.encode(Scene(*scene.cloud), params, context);
  EXPECT_TRUE(file) << (file ? std::string() : file.error().message);
  EXPECT_TRUE(saysSo(context.log, "photographs"));
  return context.log;
}

bool saysSo(const std::vector<std::string>& log, std::string_view words) {
  return std::any_of(log.begin(), log.end(), [words](const std::string& line) {
    return line.find(words) != std::string::npos;
  });
}

}  // namespace volpress::testing
