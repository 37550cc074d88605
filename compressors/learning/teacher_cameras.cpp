#include "compressors/learning/teacher_cameras.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace volpress::learning {
namespace {

/// Of three pictures two are of pseudo-views, as in the released code of LightGaussian.
constexpr std::size_t kPseudoPerPlain = 2;

/// Two normal deviates' worth of determinism: std::normal_distribution differs between libraries.
class NormalDeviates {
public:
  explicit NormalDeviates(std::uint64_t seed) : m_random(seed) {}
  double next() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) {
      sum += std::ldexp(static_cast<double>(m_random() >> 11), -53);
    }
    return sum;
  }

private:
  std::mt19937_64 m_random;
};

double squaredDistance(const std::array<float, 3>& a, const std::array<float, 3>& b) {
  double squared = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double offset = static_cast<double>(a[axis]) - static_cast<double>(b[axis]);
    squared += offset * offset;
  }
  return squared;
}

/// The cameras of the same size that look within 60 degrees of the direction of `cameras[index]`,
/// nearest first.
std::vector<std::size_t> nearestAlike(std::span<const Camera> cameras, std::size_t index) {
  constexpr float kAlike = 0.5F;
  const Camera& own = cameras[index];
  std::vector<std::pair<double, std::size_t>> found;
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    float cosine = 0;
    for (std::size_t k = 6; k < 9; ++k) {
      cosine += own.rotation[k] * cameras[i].rotation[k];
    }
    if (i != index && cosine > kAlike && cameras[i].width == own.width &&
        cameras[i].height == own.height) {
      found.emplace_back(squaredDistance(own.position, cameras[i].position), i);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::size_t> result;
  result.reserve(found.size());
  for (const auto& [distance, i] : found) {
    result.push_back(i);
  }
  return result;
}

/// A camera on the way from `a` to `b`, looking where both look on average.
Camera between(const Camera& a, const Camera& b, float share) {
  std::array<float, 3> eye{};
  std::array<float, 3> target{};
  std::array<float, 3> down{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto mix = [&](float from, float to) { return from + share * (to - from); };
    eye[axis] = mix(a.position[axis], b.position[axis]);
    target[axis] = eye[axis] + mix(a.rotation[6 + axis], b.rotation[6 + axis]);
    down[axis] = mix(a.rotation[3 + axis], b.rotation[3 + axis]);
  }
  Camera camera = a;
  camera.rotation = lookAt(eye, target, down, 1, a.width, a.height).rotation;
  camera.position = eye;
  return camera;
}

}  // namespace

std::vector<Camera> teacherCameras(std::span<const Camera> cameras, double jitter,
                                   std::array<float, 3> centre, std::uint64_t seed) {
  NormalDeviates deviates(seed);
  std::vector<Camera> result;
  const std::size_t stride = (cameras.size() + kMaxTeachers - 1) / kMaxTeachers;
  for (std::size_t i = 0; i < cameras.size(); i += stride) {
    result.push_back(cameras[i]);
  }
  const std::vector<Camera> plain = result;
  if (!(jitter > 0) || plain.empty()) {
    return result;
  }
  const std::size_t wanted = std::min(kMaxTeachers, (1 + kPseudoPerPlain) * plain.size());
  for (std::size_t i = 0; result.size() < wanted; ++i) {
    const std::size_t round = i / plain.size();
    Camera camera = plain[i % plain.size()];
    const std::vector<std::size_t> near = nearestAlike(plain, i % plain.size());
    if (round < near.size()) {
      const auto share = static_cast<float>(0.5 + 0.1 * std::clamp(deviates.next(), -2.0, 2.0));
      camera = between(camera, plain[near[round]], share);
    }
    const double distance = std::sqrt(squaredDistance(camera.position, centre));
    for (float& coordinate : camera.position) {
      coordinate += static_cast<float>(jitter * distance * deviates.next());
    }
    result.push_back(camera);
  }
  return result;
}

CameraSplit splitCameras(std::span<const Camera> cameras) {
  constexpr std::size_t kCamerasPerTrial = 6;
  CameraSplit split;
  const std::size_t trials =
      cameras.size() < kLeastForTrials
          ? 0
          : std::clamp(cameras.size() / kCamerasPerTrial, std::size_t{1}, kMaxTrials);
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    // The middle one of each of `trials` stretches; the first and last cameras are learnt from.
    const std::size_t next =
        (2 * split.trials.size() + 1) * cameras.size() / (2 * std::max<std::size_t>(1, trials));
    const bool trial = split.trials.size() < trials && i == next;
    (trial ? split.trials : split.learnt).push_back(cameras[i]);
  }
  return split;
}

}  // namespace volpress::learning
