#include "app/engine/picture_plane.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "renderer/software/field_march.hpp"

namespace volpress::engine {
namespace {

constexpr float kLongerSide = 2;  // units
constexpr float kField = 45 * std::numbers::pi_v<float> / 180;
constexpr float kRoom = 1.06F;
constexpr std::size_t kRows = 8;

float pixelsPerUnit(const Image& picture) {
  return static_cast<float>(std::max(picture.width, picture.height)) / kLongerSide;
}

/// Where a ray meets the plane, in pixels from the picture's top left corner.
struct Met {
  float u = 0, v = 0;
  bool any = false;
};

Met meet(const Image& picture, const renderer::FieldRay& ray) {
  const float along = -ray.origin[2] / ray.direction[2];
  if (!(along > 0) || !std::isfinite(along)) {
    return {};
  }
  const float scale = pixelsPerUnit(picture);
  return {
      (ray.origin[0] + along * ray.direction[0]) * scale + 0.5F * static_cast<float>(picture.width),
      (ray.origin[1] + along * ray.direction[1]) * scale +
          0.5F * static_cast<float>(picture.height),
      true};
}

/// Which pixels lie around a place, and the share of the second: pixels are flat but for a seam as
/// wide as the footprint.
struct Between {
  std::size_t first, second;
  float share;
};

Between between(float place, float footprint, std::size_t side) {
  const float centred = std::clamp(place - 0.5F, 0.0F, static_cast<float>(side - 1));
  const float whole = std::floor(centred);
  const auto first = static_cast<std::size_t>(whole);
  const float share =
      std::clamp((centred - whole - 0.5F) / std::min(footprint, 1.0F) + 0.5F, 0.0F, 1.0F);
  return {first, std::min(first + 1, side - 1), share};
}

std::array<float, 3> sample(const Image& image, float u, float v, float footprint) {
  const Between x = between(u, footprint, image.width);
  const Between y = between(v, footprint, image.height);
  std::array<float, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto at = [&](std::size_t row, std::size_t column) {
      return image.pixels[3 * (row * image.width + column) + c];
    };
    const float above = at(y.first, x.first) * (1 - x.share) + at(y.first, x.second) * x.share;
    const float below = at(y.second, x.first) * (1 - x.share) + at(y.second, x.second) * x.share;
    color[c] = above * (1 - y.share) + below * y.share;
  }
  return color;
}

Image halved(const Image& image) {
  Image half = makeImage((image.width + 1) / 2, (image.height + 1) / 2);
  for (std::size_t y = 0; y < half.height; ++y) {
    const std::size_t below = std::min(2 * y + 1, image.height - 1);
    for (std::size_t x = 0; x < half.width; ++x) {
      const std::size_t beside = std::min(2 * x + 1, image.width - 1);
      for (std::size_t c = 0; c < 3; ++c) {
        const auto at = [&](std::size_t row, std::size_t column) {
          return image.pixels[3 * (row * image.width + column) + c];
        };
        half.pixels[3 * (y * half.width + x) + c] =
            0.25F * (at(2 * y, 2 * x) + at(2 * y, beside) + at(below, 2 * x) + at(below, beside));
      }
    }
  }
  return half;
}

/// How much of a pixel of the camera the picture covers along one axis.
float covered(float place, float footprint, std::size_t side) {
  const float inside = std::min(place, static_cast<float>(side) - place);
  return std::clamp(inside / footprint + 0.5F, 0.0F, 1.0F);
}

}  // namespace

Camera wholePicture(const Image& picture) {
  const float height = static_cast<float>(picture.height) / pixelsPerUnit(picture);
  Camera camera = lookAt({0, 0, -height}, {0, 0, 0}, {0, 1, 0}, 2 * std::atan(0.5F), picture.width,
                         picture.height);
  camera.nearPlane = 0;
  return camera;
}

float pictureHomeDistance(const Image& picture, std::size_t width, std::size_t height) {
  const float scale = pixelsPerUnit(picture);
  const float aspect = static_cast<float>(width) / static_cast<float>(height);
  const float tall =
      std::max(static_cast<float>(picture.height), static_cast<float>(picture.width) / aspect) /
      scale;
  return 0.5F * kRoom * tall / std::tan(kField / 2);
}

Camera pictureHome(const Image& picture, std::size_t width, std::size_t height) {
  Camera camera = lookAt({0, 0, -pictureHomeDistance(picture, width, height)}, {0, 0, 0}, {0, 1, 0},
                         kField, width, height);
  camera.nearPlane = 0;
  return camera;
}

std::optional<std::array<float, 3>> pictureUnder(const Image& picture, const Camera& camera,
                                                 float x, float y) {
  const Met met = meet(picture, renderer::rayThrough(camera, x, y));
  if (!met.any || met.u < 0 || met.v < 0 || met.u > static_cast<float>(picture.width) ||
      met.v > static_cast<float>(picture.height)) {
    return std::nullopt;
  }
  const float scale = pixelsPerUnit(picture);
  return std::array<float, 3>{(met.u - 0.5F * static_cast<float>(picture.width)) / scale,
                              (met.v - 0.5F * static_cast<float>(picture.height)) / scale, 0};
}

PicturePlane::PicturePlane(std::shared_ptr<const Image> picture) {
  m_levels.push_back(std::move(picture));
  while (m_levels.back()->width > 1 || m_levels.back()->height > 1) {
    m_levels.push_back(std::make_shared<const Image>(halved(*m_levels.back())));
  }
}

renderer::RenderResult PicturePlane::draw(const Camera& camera, TaskRunner& runner) const {
  const Image& whole = picture();
  renderer::RenderResult result{makeImage(camera.width, camera.height),
                                makeImage(camera.width, camera.height, 1)};
  runner.parallelFor(camera.height, kRows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end; ++y) {
      for (std::size_t x = 0; x < camera.width; ++x) {
        const float px = static_cast<float>(x) + 0.5F;
        const float py = static_cast<float>(y) + 0.5F;
        const Met met = meet(whole, renderer::rayThrough(camera, px, py));
        const Met beside = meet(whole, renderer::rayThrough(camera, px + 1, py));
        const Met below = meet(whole, renderer::rayThrough(camera, px, py + 1));
        if (!met.any || !beside.any || !below.any) {
          continue;
        }
        const float across = std::hypot(beside.u - met.u, below.u - met.u);
        const float down = std::hypot(beside.v - met.v, below.v - met.v);
        const float alpha = covered(met.u, std::max(across, 1e-6F), whole.width) *
                            covered(met.v, std::max(down, 1e-6F), whole.height);
        if (!(alpha > 0)) {
          continue;
        }
        const float footprint = std::max({across, down, 1e-6F});
        const float depth =
            std::min(std::log2(std::max(footprint, 1.0F)), static_cast<float>(m_levels.size() - 1));
        const auto level = static_cast<std::size_t>(depth);
        const float share = depth - static_cast<float>(level);
        const auto at = [&](std::size_t one) {
          const float scale = std::ldexp(1.0F, -static_cast<int>(one));
          return sample(*m_levels[one], met.u * scale, met.v * scale, footprint);
        };
        std::array<float, 3> color = at(level);
        if (share > 1e-3F) {
          const std::array<float, 3> coarser = at(level + 1);
          for (std::size_t c = 0; c < 3; ++c) {
            color[c] += share * (coarser[c] - color[c]);
          }
        }
        const std::size_t pixel = y * camera.width + x;
        for (std::size_t c = 0; c < 3; ++c) {
          result.color.pixels[3 * pixel + c] = alpha * color[c];
        }
        result.alpha.pixels[pixel] = alpha;
      }
    }
  });
  return result;
}

}  // namespace volpress::engine
