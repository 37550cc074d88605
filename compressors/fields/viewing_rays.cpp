#include "compressors/fields/viewing_rays.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "compressors/learning/view_order.hpp"

namespace volpress::fields {
namespace {

using learning::mixSeed;

/// Groups of rays that are probed one after another: the spread of the estimate falls with them.
constexpr std::size_t kSensitivityGroups = 64;
constexpr std::size_t kCapture = 8;  // training cameras that show all that was seen
constexpr std::size_t kMostProbes = std::size_t{1} << 18;
constexpr float kPi = std::numbers::pi_v<float>;

float fraction(std::uint64_t random) { return static_cast<float>(random >> 40) * 0x1p-24F; }

/// The middle between a camera's position and the one nearest to it.
std::array<float, 3> towardsNearest(const std::vector<View>& views, std::size_t index) {
  const std::array<float, 3>& from = views[index].camera.position;
  std::array<float, 3> middle = from;
  float least = 1e30F;
  for (std::size_t other = 0; other < views.size(); ++other) {
    const std::array<float, 3>& to = views[other].camera.position;
    const float distance = std::hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
    if (other != index && distance < least) {
      least = distance;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        middle[axis] = 0.5F * (from[axis] + to[axis]);
      }
    }
  }
  return middle;
}

/// Of the training cameras `count`, evenly; every second one moved half of the way to its nearest
/// neighbour, where no photograph was taken but people look from.
std::vector<Camera> knownCameras(const HashGridField& field, std::size_t count,
                                 std::size_t pixels) {
  std::vector<Camera> cameras;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = i * field.views.size() / count;
    Camera camera = field.views[index].camera;
    const double scale = std::min(
        1.0,
        std::sqrt(static_cast<double>(pixels) / static_cast<double>(camera.width * camera.height)));
    const auto scaled = [&](std::size_t side) {
      return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(side) * scale));
    };
    camera = resized(camera, scaled(camera.width), scaled(camera.height));
    if (i % 2 == 1) {
      camera.position = towardsNearest(field.views, index);
    }
    cameras.push_back(camera);
  }
  return cameras;
}

std::vector<Camera> camerasFor(const HashGridField& field, std::size_t views, std::size_t pixels,
                               std::uint64_t seed) {
  // What is around a capture was never seen: fog and floaters that no one looks at.
  if (field.views.size() >= kCapture) {
    return knownCameras(field, views, pixels);
  }
  std::vector<Camera> cameras =
      knownCameras(field, std::min(views / 2, field.views.size()), pixels);
  const OccupiedBall ball = occupiedBall(field);
  const auto side = static_cast<std::size_t>(std::sqrt(static_cast<double>(pixels)));
  const float turn = 2 * kPi * fraction(mixSeed(seed, 99));
  const std::size_t rest = views - cameras.size();
  for (std::size_t i = 0; i < rest; ++i) {
    const float y = 1 - 2 * (static_cast<float>(i) + 0.5F) / static_cast<float>(rest);
    const float ring = std::sqrt(1 - y * y);
    const float angle = turn + kPi * (3 - std::sqrt(5.0F)) * static_cast<float>(i);
    const std::array<float, 3> from{ring * std::cos(angle), y, ring * std::sin(angle)};
    const float distance = ball.radius * (1.6F + 1.4F * fraction(mixSeed(seed, i)));
    std::array<float, 3> eye{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      eye[axis] = ball.centre[axis] + distance * from[axis];
    }
    cameras.push_back(lookAt(eye, ball.centre, {0, -1, 0}, 0.8F, side, side));
  }
  return cameras;
}

}  // namespace

std::vector<LearningRay> ViewingRays::draw(std::size_t count, std::uint64_t key) const {
  std::vector<LearningRay> rays(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t random = mixSeed(key, i);
    const Pixel& pixel = pixels[random % pixels.size()];
    LearningRay& ray = rays[i];
    ray.ray = pixel.ray;
    for (std::size_t c = 0; c < 3; ++c) {
      ray.background[c] = fraction(mixSeed(random, c));
      ray.target[c] = pixel.color[c] + (1 - pixel.alpha) * ray.background[c];
    }
  }
  return rays;
}

Result<ViewingRays> viewingRays(std::shared_ptr<const HashGridField> field, std::size_t views,
                                std::size_t pixels, std::uint64_t seed, TaskRunner& runner,
                                const std::stop_token& stop) {
  const std::vector<Camera> cameras = camerasFor(*field, views, pixels, seed);
  const renderer::FieldRenderer renderer(runner);
  VOLPRESS_TRY(const auto prepared, renderer.prepare(std::move(field), stop));
  renderer::FieldRenderOptions options;
  options.background = {0, 0, 0, 0};
  options.stop = stop;
  ViewingRays rays;
  for (const Camera& camera : cameras) {
    VOLPRESS_TRY(const renderer::FieldRenderResult drawn,
                 renderer.render(*prepared, camera, options));
    for (std::size_t y = 0; y < camera.height; ++y) {
      for (std::size_t x = 0; x < camera.width; ++x) {
        const std::size_t i = y * camera.width + x;
        const float* color = drawn.picture.color.pixels.data() + 3 * i;
        rays.pixels.push_back({renderer::rayThrough(camera, static_cast<float>(x) + 0.5F,
                                                    static_cast<float>(y) + 0.5F),
                               {color[0], color[1], color[2]},
                               drawn.picture.alpha.pixels[i]});
      }
    }
  }
  return rays;
}

ViewingRays photographRays(std::span<const PosedPicture> photos) {
  std::size_t total = 0;
  for (const PosedPicture& photo : photos) {
    total += photo.camera.width * photo.camera.height;
  }
  const std::size_t stride = 1 + total / kMostPhotoRays;
  ViewingRays rays;
  rays.pixels.reserve(total / stride + 1);
  std::size_t next = 0;  // pixels until the next one that counts
  for (const auto& [camera, picture] : photos) {
    const std::size_t pixels = camera.width * camera.height;
    for (; next < pixels; next += stride) {
      const float* color = picture.pixels.data() + 3 * next;
      rays.pixels.push_back(
          {renderer::rayThrough(camera, static_cast<float>(next % camera.width) + 0.5F,
                                static_cast<float>(next / camera.width) + 0.5F),
           {color[0], color[1], color[2]},
           1});
    }
    next -= pixels;
  }
  return rays;
}

FloatArray parameterSensitivity(const HashGridField& field, const ViewingRays& rays,
                                std::uint64_t seed, TaskRunner& runner) {
  const std::size_t stride = 1 + rays.pixels.size() / kMostProbes;
  std::vector<LearningRay> probes(rays.pixels.size() / stride);
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const std::uint64_t random = mixSeed(seed, i);
    probes[i].ray = rays.pixels[i * stride].ray;
    for (std::size_t c = 0; c < 3; ++c) {
      probes[i].target[c] = (random >> c & 1U) != 0 ? 1.0F : -1.0F;
    }
  }
  FloatArray gradient, sensitivity;
  gradient.assign(field.parameters.size(), 0.0F);
  sensitivity.assign(gradient.size(), 0.0F);
  RayLearner learner(field, runner);
  const auto scale = 1.0F / (3.0F * static_cast<float>(std::max<std::size_t>(1, probes.size())));
  // What a ray's samples do to its colour is added up before it is squared: in fog they all pull
  // the same way. Random signs make the other products of a group vanish on the average.
  const std::size_t groups = std::min(kSensitivityGroups, probes.size());
  std::vector<LearningRay> group;
  for (std::size_t g = 0; g < groups; ++g) {
    group.clear();
    for (std::size_t i = g; i < probes.size(); i += groups) {
      group.push_back(probes[i]);
    }
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    learner.accumulate(LearningLoss::Probe, {field.parameters.data(), field.parameters.size()},
                       field.occupancy, group, {gradient.data(), gradient.size()});
    for (std::size_t i = 0; i < sensitivity.size(); ++i) {
      sensitivity[i] += scale * gradient[i] * gradient[i];
    }
  }
  return sensitivity;
}

}  // namespace volpress::fields
