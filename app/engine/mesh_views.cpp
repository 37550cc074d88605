#include "app/engine/mesh_views.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/engine/mesh_files.hpp"
#include "app/engine/view_sets.hpp"
#include "scene/formats/posed_images_reader.hpp"

namespace volpress::engine {
namespace {

constexpr std::size_t kDefaultViews = 16;
constexpr std::size_t kMostViews = 1024;
constexpr std::size_t kMostOfFile = 48;
constexpr std::size_t kMoments = 8;
constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kField = 45 * kPi / 180;

using Vec = std::array<float, 3>;

Vec centreOf(const Bounds& bounds) {
  return {(bounds.min[0] + bounds.max[0]) / 2, (bounds.min[1] + bounds.max[1]) / 2,
          (bounds.min[2] + bounds.max[2]) / 2};
}

float radiusOf(const Bounds& bounds) {
  float sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float half = (bounds.max[c] - bounds.min[c]) / 2;
    sum += half * half;
  }
  return std::max(std::sqrt(sum), 1e-6F);
}

/// Looks at the middle from a direction, as near as keeps every corner of the bounds in the
/// picture.
Camera framed(const Bounds& bounds, const Vec& from, std::size_t width, std::size_t height) {
  constexpr float kMargin = 1.08F;
  const Vec centre = centreOf(bounds);
  const float radius = radiusOf(bounds);
  const auto at = [&](float distance) {
    const Vec eye{centre[0] + from[0] * distance, centre[1] + from[1] * distance,
                  centre[2] + from[2] * distance};
    return lookAt(eye, centre, {0, -1, 0}, kField, width, height);
  };
  const Camera turned = at(radius * 10);
  float distance = 0;
  for (unsigned corner = 0; corner < 8; ++corner) {
    Vec away{};
    for (std::size_t c = 0; c < 3; ++c) {
      away[c] = ((corner >> c & 1) != 0 ? bounds.max[c] : bounds.min[c]) - centre[c];
    }
    Vec view{};
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t c = 0; c < 3; ++c) {
        view[row] += turned.rotation[3 * row + c] * away[c];
      }
    }
    const float tanX = static_cast<float>(width) / (2 * turned.fx);
    const float tanY = static_cast<float>(height) / (2 * turned.fy);
    distance = std::max({distance, kMargin * std::fabs(view[0]) / tanX - view[2],
                         kMargin * std::fabs(view[1]) / tanY - view[2]});
  }
  Camera camera = at(std::max(distance, radius * 0.5F));
  setMeshNearPlane(camera, bounds);
  return camera;
}

/// A moment, and what is on show then.
struct Shown {
  MeshMoment moment;
  std::string name;
  Bounds bounds;
};

std::vector<Shown> shownMoments(const Mesh& mesh) {
  std::vector<Shown> moments;
  const std::size_t animations = std::min(mesh.animations.size(), kMoments);
  for (std::size_t a = 0; a < animations; ++a) {
    const MeshAnimation& animation = mesh.animations[a];
    const std::string name =
        animation.name.empty() ? fmt::format("animation {}", a) : animation.name;
    const std::size_t frames = animationFrames(animation, kMeshFrameRate);
    const std::size_t wanted = std::min(kMoments / animations, frames);
    for (std::size_t k = 0; k < wanted; ++k) {
      const std::size_t frame = k * frames / wanted;
      const MeshMoment moment{a, frameSeconds(animation, frame, kMeshFrameRate)};
      if (const std::vector<PosedPart> posed = poseMesh(mesh, moment); !posed.empty()) {
        moments.push_back(
            {moment, fmt::format("{} {:.2f} s", name, static_cast<double>(frame) / kMeshFrameRate),
             posedBounds(posed)});
      }
    }
  }
  if (moments.empty()) {
    moments.push_back({{}, {}, posedBounds(poseMesh(mesh))});
  }
  return moments;
}

}  // namespace

void setMeshNearPlane(Camera& camera, const Bounds& bounds) {
  const Vec centre = centreOf(bounds);
  float sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    sum += (camera.position[c] - centre[c]) * (camera.position[c] - centre[c]);
  }
  const float radius = radiusOf(bounds);
  camera.nearPlane = std::max(std::sqrt(sum) - radius, 0.002F * radius);
}

Result<ViewSet> makeMeshViews(std::string_view spec, const Bounds& bounds, std::size_t side) {
  VOLPRESS_TRY(const auto asked,
               viewCountAfter(spec == "auto" ? "orbit" : spec, "orbit", kDefaultViews, kMostViews));
  if (!asked) {
    VOLPRESS_TRY(const PosedImages posed, formats::readPosedImages(std::string(spec)));
    ViewSet set{posed.origin, {}};
    const std::size_t wanted = std::min(posed.images.size(), kMostOfFile);
    for (std::size_t i = 0; i < wanted; ++i) {
      const PosedImage& image = posed.images[i * posed.images.size() / wanted];
      View view{image.name, image.camera, false};
      setMeshNearPlane(view.camera, bounds);
      set.views.push_back(std::move(view));
    }
    return set;
  }
  const std::size_t count = *asked;
  ViewSet set{fmt::format("orbit:{}", count), {}};
  const float golden = kPi * (3 - std::sqrt(5.0F));
  for (std::size_t i = 0; i < count; ++i) {
    // A Fibonacci sphere: even, with no two views on one meridian.
    const float y = 1 - 2 * (static_cast<float>(i) + 0.5F) / static_cast<float>(count);
    const float ring = std::sqrt(1 - y * y);
    const float angle = golden * static_cast<float>(i);
    const Vec from{ring * std::cos(angle), y, ring * std::sin(angle)};
    set.views.push_back({fmt::format("orbit-{:03}", i), framed(bounds, from, side, side), false});
  }
  return set;
}

std::size_t MeshViewSet::momentOf(std::size_t view) const noexcept {
  const std::size_t views = set.views.size();
  return views < moments.size() ? view * moments.size() / views : view % moments.size();
}

Result<MeshViewSet> makeMeasuredViews(std::string_view spec, const Mesh& mesh) {
  const std::vector<Shown> shown = shownMoments(mesh);
  Bounds bounds = shown.front().bounds;
  MeshViewSet views;
  for (const Shown& one : shown) {
    for (std::size_t c = 0; c < 3; ++c) {
      bounds.min[c] = std::min(bounds.min[c], one.bounds.min[c]);
      bounds.max[c] = std::max(bounds.max[c], one.bounds.max[c]);
    }
    views.moments.push_back(one.moment);
  }
  VOLPRESS_TRY(views.set, makeMeshViews(spec, bounds));
  for (std::size_t i = 0; i < views.set.views.size(); ++i) {
    const std::string& moment = shown[views.momentOf(i)].name;
    if (!moment.empty()) {
      views.set.views[i].name += ", " + moment;
    }
  }
  return views;
}

Camera meshHomeCamera(const Bounds& bounds, std::size_t width, std::size_t height) {
  constexpr float kAside = 28 * kPi / 180;
  constexpr float kAbove = 14 * kPi / 180;
  return framed(
      bounds,
      {std::sin(kAside) * std::cos(kAbove), std::sin(kAbove), std::cos(kAside) * std::cos(kAbove)},
      width, height);
}

}  // namespace volpress::engine
