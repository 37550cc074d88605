#include "app/engine/undistortion.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace volpress::engine {
namespace {

constexpr int kBoundarySamples = 64;
constexpr int kRounds = 4;
constexpr int kBisections = 40;
/// A side may lie so much farther out than without distortion.
constexpr double kMostStretch = 1.5;
constexpr double kShrink = 0.995;
constexpr int kMostShrinks = 200;

struct PhotoLens {
  const Lens& lens;
  double width, height;
};

/// A rectangle of rays (x, y, 1): left, right, top, bottom.
using RayWindow = std::array<double, 4>;

/// Whether the photograph reaches over the window's side `side` everywhere.
bool sideFilled(const PhotoLens& photo, const RayWindow& window, std::size_t side) {
  const bool vertical = side < 2;
  const double from = vertical ? window[2] : window[0];
  const double to = vertical ? window[3] : window[1];
  const double slack = 1e-6 * std::max(photo.width, photo.height);
  for (int i = 0; i <= kBoundarySamples; ++i) {
    const double along = from + (to - from) * i / kBoundarySamples;
    const auto pixel = vertical ? projectRay(photo.lens, window[side], along)
                                : projectRay(photo.lens, along, window[side]);
    if (!pixel) {
      return false;
    }
    const double at = (*pixel)[vertical ? 0 : 1];
    const double limit = vertical ? photo.width : photo.height;
    if (side % 2 == 0 ? at < -slack : at > limit + slack) {
      return false;
    }
  }
  return true;
}

bool allFilled(const PhotoLens& photo, const RayWindow& window) {
  for (std::size_t side = 0; side < 4; ++side) {
    if (!sideFilled(photo, window, side)) {
      return false;
    }
  }
  return true;
}

/// The window that the photograph fills, each side pushed out as far as it goes.
Result<RayWindow> filledWindow(const PhotoLens& photo) {
  const Lens& lens = photo.lens;
  const RayWindow calibrated{-lens.cx / lens.fx, (photo.width - lens.cx) / lens.fx,
                             -lens.cy / lens.fy, (photo.height - lens.cy) / lens.fy};
  if (isPinhole(lens)) {
    return calibrated;
  }
  RayWindow window = calibrated;
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t side = 0; side < 4; ++side) {
      double filled = 0;
      double beyond = kMostStretch * calibrated[side];
      for (int i = 0; i < kBisections; ++i) {
        window[side] = 0.5 * (filled + beyond);
        (sideFilled(photo, window, side) ? filled : beyond) = window[side];
      }
      window[side] = filled;
    }
  }
  for (int i = 0; i < kMostShrinks && !allFilled(photo, window); ++i) {
    for (double& side : window) {
      side *= kShrink;
    }
  }
  constexpr double kLeastShare = 0.1;
  if (!allFilled(photo, window) ||
      window[1] - window[0] < kLeastShare * (calibrated[1] - calibrated[0]) ||
      window[3] - window[2] < kLeastShare * (calibrated[3] - calibrated[2])) {
    return fail(ErrorCode::InvalidParameter,
                "no pinhole picture can be made of a lens with fx {}, fy {}, cx {}, cy {} and its "
                "distortion",
                lens.fx, lens.fy, lens.cx, lens.cy);
  }
  return window;
}

}  // namespace

Result<Undistortion> Undistortion::make(const Lens& lens, std::size_t photoWidth,
                                        std::size_t photoHeight, std::size_t width,
                                        std::size_t height) {
  const PhotoLens photo{lens, static_cast<double>(photoWidth), static_cast<double>(photoHeight)};
  if (!(lens.fx > 0 && lens.fy > 0) || width == 0 || height == 0) {
    return fail(ErrorCode::InvalidParameter,
                "focal lengths {} and {} and a picture of {} x {}: all must be above 0", lens.fx,
                lens.fy, width, height);
  }
  VOLPRESS_TRY(const RayWindow window, filledWindow(photo));
  const double fx = static_cast<double>(width) / (window[1] - window[0]);
  const double fy = static_cast<double>(height) / (window[3] - window[2]);
  Undistortion made;
  made.m_pinhole.width = width;
  made.m_pinhole.height = height;
  made.m_pinhole.fx = static_cast<float>(fx);
  made.m_pinhole.fy = static_cast<float>(fy);
  made.m_pinhole.cx = static_cast<float>(-window[0] * fx);
  made.m_pinhole.cy = static_cast<float>(-window[2] * fy);
  const double factor = std::max(photo.width / static_cast<double>(width),
                                 photo.height / static_cast<double>(height));
  constexpr double kMostSamples = 16;
  made.m_samples = static_cast<std::size_t>(std::clamp(std::round(factor), 1.0, kMostSamples));
  const std::size_t across = made.m_samples * width;
  const std::size_t down = made.m_samples * height;
  made.m_places.resize(2 * across * down);
  const auto perSample = static_cast<double>(made.m_samples);
  for (std::size_t y = 0; y < down; ++y) {
    const double rayY = window[2] + (static_cast<double>(y) + 0.5) / (perSample * fy);
    for (std::size_t x = 0; x < across; ++x) {
      const double rayX = window[0] + (static_cast<double>(x) + 0.5) / (perSample * fx);
      const auto pixel = projectRay(lens, rayX, rayY);
      if (!pixel) {
        return fail(ErrorCode::InvalidParameter, "the lens has no picture of the ray ({}, {}, 1)",
                    rayX, rayY);
      }
      float* place = made.m_places.data() + 2 * (y * across + x);
      place[0] = static_cast<float>(std::clamp((*pixel)[0] - 0.5, 0.0, photo.width - 1));
      place[1] = static_cast<float>(std::clamp((*pixel)[1] - 0.5, 0.0, photo.height - 1));
    }
  }
  return made;
}

Camera Undistortion::cameraOf(Camera camera) const {
  camera.width = m_pinhole.width;
  camera.height = m_pinhole.height;
  camera.fx = m_pinhole.fx;
  camera.fy = m_pinhole.fy;
  camera.cx = m_pinhole.cx;
  camera.cy = m_pinhole.cy;
  return camera;
}

Image Undistortion::apply(const Image& photo) const {
  Image picture = makeImage(m_pinhole.width, m_pinhole.height);
  const std::size_t across = m_samples * m_pinhole.width;
  const float share = 1 / static_cast<float>(m_samples * m_samples);
  const auto addSample = [&](const float* place, float* pixel) {
    const auto x = static_cast<std::size_t>(place[0]);
    const auto y = static_cast<std::size_t>(place[1]);
    const float u = place[0] - static_cast<float>(x);
    const float v = place[1] - static_cast<float>(y);
    const float* upper = photo.pixels.data() + 3 * (y * photo.width + x);
    const std::size_t right = x + 1 < photo.width ? 3 : 0;
    const float* lower = upper + (y + 1 < photo.height ? 3 * photo.width : 0);
    for (std::size_t c = 0; c < 3; ++c) {
      const float above = upper[c] + u * (upper[right + c] - upper[c]);
      const float below = lower[c] + u * (lower[right + c] - lower[c]);
      pixel[c] += share * (above + v * (below - above));
    }
  };
  for (std::size_t y = 0; y < picture.height; ++y) {
    for (std::size_t x = 0; x < picture.width; ++x) {
      float* pixel = picture.pixels.data() + 3 * (y * picture.width + x);
      for (std::size_t j = 0; j < m_samples; ++j) {
        const std::size_t first = (y * m_samples + j) * across + x * m_samples;
        for (std::size_t i = 0; i < m_samples; ++i) {
          addSample(m_places.data() + 2 * (first + i), pixel);
        }
      }
    }
  }
  return picture;
}

}  // namespace volpress::engine
