#include "compressors/stages/still_splats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "renderer/rasterizer.hpp"

namespace volpress::compressors {
namespace {

constexpr std::size_t kGrain = 4096;
/// Deviations from the middle at which an opaque splat falls under renderer::kMinAlpha, rounded up.
constexpr float kDeviations = 3.34F;
constexpr float kSlack = 1;  ///< pixels, for what is rounded otherwise where it is drawn
constexpr float kMostLogScale = 40;

/// The camera's picture plane: where a splat lands and how far it may reach there.
struct Sight {
  explicit Sight(const Camera& camera) : of(camera) {
    // The limits at which the Jacobian is clamped (rasterizer.hpp).
    limitX = renderer::kJacobianLimit * 0.5F * width() / camera.fx;
    limitY = renderer::kJacobianLimit * 0.5F * height() / camera.fy;
    nearest = std::max(camera.nearPlane, std::numeric_limits<float>::min());
  }
  [[nodiscard]] float width() const { return static_cast<float>(of.width); }
  [[nodiscard]] float height() const { return static_cast<float>(of.height); }

  [[nodiscard]] bool mayShow(const float* mean, float widest) const {
    std::array<float, 3> way{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      way[axis] = mean[axis] - of.position[axis];
    }
    const auto along = [&](std::size_t row) {
      return of.rotation[3 * row] * way[0] + of.rotation[3 * row + 1] * way[1] +
             of.rotation[3 * row + 2] * way[2];
    };
    const float depth = along(2);
    if (!(depth >= nearest)) {
      return false;
    }
    return touches(along(0) / depth, of.fx, of.cx, limitX, widest / depth, width()) &&
           touches(along(1) / depth, of.fy, of.cy, limitY, widest / depth, height());
  }

private:
  /// Whether a splat whose middle has this tangent may reach the pixels 0 to `size` of an axis.
  static bool touches(float tangent, float focal, float centre, float limit, float widest,
                      float size) {
    const float stretch = std::hypot(1.0F, std::clamp(tangent, -limit, limit));
    const float low = std::sqrt(renderer::kLowPass);
    const float reach = kDeviations * (focal * widest * stretch + low) + kSlack;
    const float place = focal * tangent + centre;
    return place + reach >= 0 && place - reach <= size;
  }

  const Camera& of;
  float limitX = 0, limitY = 0, nearest = 0;
};

}  // namespace

StillSplats::StillSplats(GaussianCloud cloud) : m_cloud(std::move(cloud)) {
  m_widest.resize(m_cloud.count);
  for (std::size_t i = 0; i < m_cloud.count; ++i) {
    const float* scales = &m_cloud.logScales[3 * i];
    m_widest[i] = std::exp(std::min(kMostLogScale, std::max({scales[0], scales[1], scales[2]})));
  }
}

void StillSplats::inSight(const Camera& camera, TaskRunner& runner,
                          std::vector<std::uint8_t>& marks,
                          std::vector<std::uint32_t>& splats) const {
  const Sight sight(camera);
  marks.resize(count());
  runner.parallelFor(count(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      marks[i] = sight.mayShow(mean(i), m_widest[i]) ? 1 : 0;
    }
  });
  splats.clear();
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] != 0) {
      splats.push_back(static_cast<std::uint32_t>(i));
    }
  }
}

void StillSplats::gather(std::span<const std::uint32_t> splats, TaskRunner& runner,
                         GaussianCloud& seen) const {
  resizeCloud(seen, splats.size(), 0);
  seen.frame = m_cloud.frame;
  seen.filter = m_cloud.filter;
  runner.parallelFor(splats.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t from = splats[i];
      std::copy_n(&m_cloud.means[3 * from], 3, &seen.means[3 * i]);
      std::copy_n(&m_cloud.logScales[3 * from], 3, &seen.logScales[3 * i]);
      std::copy_n(&m_cloud.rotations[4 * from], 4, &seen.rotations[4 * i]);
      seen.opacityLogits[i] = m_cloud.opacityLogits[from];
    }
  });
}

}  // namespace volpress::compressors
