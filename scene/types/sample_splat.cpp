#include "scene/types/sample_splat.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace volpress::sample {
namespace {

/// The quaternion (w,x,y,z) that turns the axes into u, v and the normal.
std::array<float, 4> quaternionOf(const Surfel& surfel) {
  const Vec3 a = surfel.u, b = surfel.v, c = surfel.normal;
  // The largest of the four parts is taken first: it is at least a half.
  const std::array<float, 4> squares{1 + a.x + b.y + c.z, 1 + a.x - b.y - c.z, 1 - a.x + b.y - c.z,
                                     1 - a.x - b.y + c.z};
  const auto largest =
      static_cast<std::size_t>(std::max_element(squares.begin(), squares.end()) - squares.begin());
  const float part = 0.5F * std::sqrt(squares[largest]);
  const float scale = 0.25F / part;
  switch (largest) {
    case 0: return {part, (b.z - c.y) * scale, (c.x - a.z) * scale, (a.y - b.x) * scale};
    case 1: return {(b.z - c.y) * scale, part, (a.y + b.x) * scale, (c.x + a.z) * scale};
    case 2: return {(c.x - a.z) * scale, (a.y + b.x) * scale, part, (b.z + c.y) * scale};
    default: return {(a.y - b.x) * scale, (c.x + a.z) * scale, (b.z + c.y) * scale, part};
  }
}

}  // namespace

void writeSplat(const Surfel& surfel, const ShColour& colour, std::size_t i, GaussianCloud& cloud) {
  const std::array<float, 3> mean{surfel.position.x, surfel.position.y, surfel.position.z};
  const std::array<float, 3> sigma{surfel.sigmaU, surfel.sigmaV, surfel.sigmaN};
  const std::array<float, 4> rotation = quaternionOf(surfel);
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[3 * i + c] = mean[c];
    cloud.logScales[3 * i + c] = std::log(std::max(sigma[c], 1e-5F));
    cloud.shDc[3 * i + c] = colour[0][c];
    for (std::size_t k = 1; k < colour.size(); ++k) {
      cloud.shRest[(i * (colour.size() - 1) + k - 1) * 3 + c] = colour[k][c];
    }
  }
  std::copy(rotation.begin(), rotation.end(), &cloud.rotations[4 * i]);
  const float opacity = std::clamp(surfel.opacity, 0.005F, 0.995F);
  cloud.opacityLogits[i] = std::log(opacity / (1 - opacity));
}

}  // namespace volpress::sample
