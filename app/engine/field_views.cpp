#include "app/engine/field_views.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/engine/view_sets.hpp"
#include "scene/formats/posed_images_reader.hpp"

namespace volpress::engine {
namespace {

constexpr std::size_t kDefaultViews = 16;
constexpr std::size_t kMostViews = 1024;
constexpr std::size_t kMostOfFile = 48;
constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kField = 45 * kPi / 180;

Camera around(const OccupiedBall& ball, const std::array<float, 3>& from, std::size_t width,
              std::size_t height) {
  const float distance = 1.02F * ball.radius / std::sin(kField / 2);
  std::array<float, 3> eye{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    eye[axis] = ball.centre[axis] + distance * from[axis];
  }
  Camera camera = lookAt(eye, ball.centre, {0, -1, 0}, kField, width, height);
  camera.nearPlane = 0;
  return camera;
}

ViewSet orbit(const HashGridField& field, std::size_t count, std::size_t side) {
  ViewSet set{fmt::format("orbit:{}", count), {}};
  const OccupiedBall ball = occupiedBall(field);
  const float golden = kPi * (3 - std::sqrt(5.0F));
  for (std::size_t i = 0; i < count; ++i) {
    const float y = 1 - 2 * (static_cast<float>(i) + 0.5F) / static_cast<float>(count);
    const float ring = std::sqrt(1 - y * y);
    const float angle = golden * static_cast<float>(i);
    set.views.push_back(
        {fmt::format("orbit-{:03}", i),
         around(ball, {ring * std::cos(angle), y, ring * std::sin(angle)}, side, side), false});
  }
  return set;
}

ViewSet trainingViews(const HashGridField& field) {
  ViewSet set{"training cameras", {}};
  const std::size_t wanted = std::min(field.views.size(), kDefaultViews);
  for (std::size_t i = 0; i < wanted; ++i) {
    set.views.push_back(field.views[i * field.views.size() / wanted]);
  }
  return set;
}

void fit(ViewSet& set, std::size_t longestSide) {
  for (View& view : set.views) {
    const std::size_t longest = std::max(view.camera.width, view.camera.height);
    if (longestSide == 0 || longest <= longestSide) {
      continue;
    }
    const auto scaled = [&](std::size_t side) {
      return std::max<std::size_t>(1, (side * longestSide + longest / 2) / longest);
    };
    view.camera = resized(view.camera, scaled(view.camera.width), scaled(view.camera.height));
  }
}

}  // namespace

Result<ViewSet> makeFieldViews(std::string_view spec, const HashGridField& field,
                               std::size_t longestSide) {
  constexpr std::size_t kOrbitSide = 128;
  ViewSet set;
  if (spec == "auto") {
    set = field.views.empty() ? orbit(field, kDefaultViews, kOrbitSide) : trainingViews(field);
  } else if (spec.starts_with("orbit:")) {
    VOLPRESS_TRY(const auto count, viewCountAfter(spec, "orbit", kDefaultViews, kMostViews));
    set = orbit(field, count.value_or(kDefaultViews), kOrbitSide);
  } else {
    VOLPRESS_TRY(const PosedImages posed, formats::readPosedImages(std::string(spec)));
    set.origin = posed.origin;
    const std::size_t wanted = std::min(posed.images.size(), kMostOfFile);
    for (std::size_t i = 0; i < wanted; ++i) {
      const PosedImage& image = posed.images[i * posed.images.size() / wanted];
      set.views.push_back({image.name, toFieldFrame(image.camera, field), image.heldOut});
    }
  }
  fit(set, longestSide);
  return set;
}

Camera fieldHomeCamera(const HashGridField& field, std::size_t width, std::size_t height) {
  if (field.camera) {
    return resized(*field.camera, width, height);
  }
  if (!field.views.empty()) {
    return resized(field.views.front().camera, width, height);
  }
  constexpr float kAside = 28 * kPi / 180;
  constexpr float kAbove = 14 * kPi / 180;
  return around(
      occupiedBall(field),
      {std::sin(kAside) * std::cos(kAbove), std::sin(kAbove), std::cos(kAside) * std::cos(kAbove)},
      width, height);
}

}  // namespace volpress::engine
