#include "scene/types/sample_trio.hpp"

#include <algorithm>
#include <array>

#include "scene/types/sample_math.hpp"

namespace volpress {
namespace {

using sample::dot;
using sample::Vec3;

constexpr int kSide = 3;  // rays of a pixel, squared
constexpr int kMostSteps = 160;
constexpr float kHit = 2e-4F;
constexpr float kFarthest = 20;

/// In the frame of an object: turned about z, then moved.
struct Place {
  Vec3 middle;
  float cosine, sine;
  [[nodiscard]] Vec3 inside(Vec3 p) const {
    const Vec3 d = p - middle;
    return {cosine * d.x + sine * d.y, cosine * d.y - sine * d.x, d.z};
  }
};

constexpr float kBall = 0.52F;
constexpr Vec3 kBoxHalf{0.4F, 0.3F, 0.36F};
constexpr float kRing = 0.5F;
constexpr float kTube = 0.17F;
const Place kBallPlace{{-0.5F, 0.42F, 0.1F}, 1, 0};
const Place kBoxPlace{{0.6F, 0.3F, -0.12F}, 0.866025F, 0.5F};
const Place kTorusPlace{{0.05F, -0.6F, 0.05F}, 0.939693F, 0.34202F};

float ballDistance(Vec3 p) { return sample::length(kBallPlace.inside(p)) - kBall; }
float boxDistance(Vec3 p) {
  const Vec3 at = kBoxPlace.inside(p);
  const Vec3 off{std::fabs(at.x) - kBoxHalf.x, std::fabs(at.y) - kBoxHalf.y,
                 std::fabs(at.z) - kBoxHalf.z};
  const Vec3 out{std::max(off.x, 0.0F), std::max(off.y, 0.0F), std::max(off.z, 0.0F)};
  return sample::length(out) + std::min(std::max({off.x, off.y, off.z}), 0.0F);
}
/// Standing: its axis is the y axis of its frame.
float torusDistance(Vec3 p) {
  const Vec3 at = kTorusPlace.inside(p);
  return std::hypot(std::hypot(at.x, at.z) - kRing, at.y) - kTube;
}
float distance(Vec3 p) { return std::min({ballDistance(p), boxDistance(p), torusDistance(p)}); }

Vec3 normalAt(Vec3 p) {
  constexpr float kStep = 1e-3F;
  return sample::normalized({distance(p + Vec3{kStep, 0, 0}) - distance(p - Vec3{kStep, 0, 0}),
                             distance(p + Vec3{0, kStep, 0}) - distance(p - Vec3{0, kStep, 0}),
                             distance(p + Vec3{0, 0, kStep}) - distance(p - Vec3{0, 0, kStep})});
}

/// Of the nearest object, without light.
Vec3 paintAt(Vec3 p) {
  const float ball = ballDistance(p);
  const float box = boxDistance(p);
  const float torus = torusDistance(p);
  if (ball <= box && ball <= torus) {
    const Vec3 at = kBallPlace.inside(p);
    const float grain = sample::fractalNoise(at * 7, 3);
    const float stripe = sample::ramp(-0.15F, 0.15F, std::sin(16 * at.z + 5 * grain));
    return sample::mix(Vec3{0.92F, 0.78F, 0.55F}, Vec3{0.62F, 0.2F, 0.14F}, stripe) *
           (0.8F + 0.3F * grain);
  }
  if (box <= torus) {
    const Vec3 at = kBoxPlace.inside(p);
    const float wave = std::sin(13 * at.x) * std::sin(13 * at.y + 0.5F) * std::sin(13 * at.z + 1);
    return sample::mix(Vec3{0.1F, 0.32F, 0.42F}, Vec3{0.85F, 0.9F, 0.86F},
                       sample::ramp(-0.06F, 0.06F, wave));
  }
  const Vec3 at = kTorusPlace.inside(p);
  const float turn = std::atan2(at.z, at.x);
  return {0.5F + 0.3F * std::sin(turn), 0.45F + 0.25F * std::sin(turn + 2),
          0.6F + 0.3F * std::sin(turn + 4)};
}

Vec3 shade(Vec3 p, Vec3 direction) {
  static const Vec3 kLight = sample::normalized({-0.4F, -0.6F, 0.8F});
  const Vec3 normal = normalAt(p);
  const float lit = 0.55F + 0.45F * std::max(0.0F, dot(normal, kLight));
  const Vec3 mirrored = direction - normal * (2 * dot(normal, direction));
  const float sheen = 0.18F * std::pow(std::max(0.0F, dot(mirrored, kLight)), 8.0F);
  return paintAt(p) * lit + Vec3{sheen, sheen, sheen};
}

/// Whether a ray meets an object, and where.
bool trace(Vec3 origin, Vec3 direction, Vec3& hit) {
  float at = 0;
  for (int step = 0; step < kMostSteps && at < kFarthest; ++step) {
    hit = origin + direction * at;
    const float room = distance(hit);
    if (room < kHit) {
      return true;
    }
    at += room;
  }
  return false;
}

Vec3 directionThrough(const Camera& camera, float x, float y) {
  const Vec3 inCamera{(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1};
  const auto& r = camera.rotation;
  return sample::normalized({r[0] * inCamera.x + r[3] * inCamera.y + r[6] * inCamera.z,
                             r[1] * inCamera.x + r[4] * inCamera.y + r[7] * inCamera.z,
                             r[2] * inCamera.x + r[5] * inCamera.y + r[8] * inCamera.z});
}

}  // namespace

Image trioPicture(const Camera& camera, TaskRunner& runner) {
  Image picture = makeImage(camera.width, camera.height, 4);
  const Vec3 eye{camera.position[0], camera.position[1], camera.position[2]};
  runner.parallelFor(camera.height, 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * camera.width; i < end * camera.width; ++i) {
      Vec3 sum;
      float hits = 0;
      for (int ray = 0; ray < kSide * kSide; ++ray) {
        const auto within = [](int k) { return (static_cast<float>(k) + 0.5F) / kSide; };
        const Vec3 direction =
            directionThrough(camera, static_cast<float>(i % camera.width) + within(ray % kSide),
                             static_cast<float>(i / camera.width) + within(ray / kSide));
        Vec3 hit;
        if (trace(eye, direction, hit)) {
          sum = sum + shade(hit, direction);
          hits += 1;
        }
      }
      if (hits > 0) {
        const std::array<float, 4> rgba{sum.x / hits, sum.y / hits, sum.z / hits,
                                        hits / (kSide * kSide)};
        std::copy(rgba.begin(), rgba.end(),
                  picture.pixels.begin() + static_cast<std::ptrdiff_t>(4 * i));
      }
    }
  });
  return picture;
}

}  // namespace volpress
