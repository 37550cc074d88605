#include "scene/types/sample_light.hpp"

#include <algorithm>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress::sample {
namespace {

constexpr unsigned kDegree = 3;
constexpr std::size_t kBasisSize = shRestCount(kDegree) + 1;
using Basis = std::array<float, kBasisSize>;

/// The values of the SH basis in a direction.
Basis basisOf(Vec3 d) {
  std::array<float, kMaxShBasis> all{};
  evaluateShBasis(kDegree, {d.x, d.y, d.z}, all);
  Basis basis{};
  std::copy_n(all.begin(), kBasisSize, basis.begin());
  return basis;
}

/// Point i of n on the part of the unit sphere with z from `low` to `high`.
Vec3 spiralPoint(std::size_t i, std::size_t n, float low, float high) {
  const float z = mix(high, low, (static_cast<float>(i) + 0.5F) / static_cast<float>(n));
  const float angle = 2.39996323F * static_cast<float>(i);
  const float r = std::sqrt(std::max(0.0F, 1 - z * z));
  return {r * std::cos(angle), r * std::sin(angle), z};
}

/// Weighted least squares: the matrix that turns values at `directions` into coefficients.
template <std::size_t N>
std::array<std::array<float, N>, kBasisSize> fitMatrix(const std::array<Vec3, N>& directions,
                                                       const std::array<float, N>& weights) {
  Eigen::MatrixXf basis(N, kBasisSize);
  Eigen::VectorXf weight(N);
  for (std::size_t i = 0; i < N; ++i) {
    const Basis row = basisOf(directions[i]);
    weight(static_cast<Eigen::Index>(i)) = weights[i];
    for (std::size_t k = 0; k < kBasisSize; ++k) {
      basis(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = row[k];
    }
  }
  const Eigen::MatrixXf weighted = weight.asDiagonal() * basis;
  Eigen::MatrixXf normal = basis.transpose() * weighted;
  normal.diagonal().array() += 1e-3F;
  const Eigen::MatrixXf solved = normal.ldlt().solve(weighted.transpose());
  std::array<std::array<float, N>, kBasisSize> fit;
  for (std::size_t k = 0; k < kBasisSize; ++k) {
    for (std::size_t i = 0; i < N; ++i) {
      fit[k][i] = solved(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(i));
    }
  }
  return fit;
}

const Vec3 kKey = normalized({-0.62F, -0.72F, -0.48F});  ///< towards the window
const Vec3 kStrip = normalized({0.75F, -0.42F, 0.62F});  ///< towards the strip light
constexpr Vec3 kKeyColour{3.1F, 2.75F, 2.2F};
constexpr Vec3 kStripColour{0.55F, 0.75F, 1.05F};
constexpr Vec3 kBoard{0.20F, 0.115F, 0.055F};

/// A soft-edged rectangle of light towards `centre`.
float panel(Vec3 direction, Vec3 centre, float width, float height, float blur) {
  const float facing = dot(direction, centre);
  if (facing <= 0.05F) {
    return 0;
  }
  const Tangents axes = tangentsOf(centre);
  const float a = std::abs(dot(direction, axes.u)) / facing;
  const float b = std::abs(dot(direction, axes.v)) / facing;
  return ramp(width + blur, width - blur, a) * ramp(height + blur, height - blur, b);
}

/// Light that arrives from a direction, linear.
Vec3 surroundings(Vec3 direction, float roughness) {
  const float up = dot(direction, kUp);
  const Vec3 sky = mix({0.16F, 0.17F, 0.20F}, {0.42F, 0.46F, 0.55F}, ramp(0, 1, up));
  const float blur = 0.08F + 0.8F * roughness;
  // The reflected table top takes over below the horizon.
  Vec3 light = mix(kBoard * 1.3F, sky, ramp(-0.15F, 0.10F, up));
  const float spread = 1 / (1 + 3 * roughness);
  light = light + kKeyColour * (4.5F * spread * panel(direction, kKey, 0.34F, 0.46F, blur));
  light = light + kStripColour * (6 * spread * panel(direction, kStrip, 0.16F, 0.75F, blur));
  return light;
}

float shown(float linear) {
  return std::sqrt(linear * (1 + linear * 0.12F) / (1 + linear * 0.55F));
}
/// Linear light as a picture shows it: highlights rolled off, gamma 2.
Vec3 shown(Vec3 linear) { return {shown(linear.x), shown(linear.y), shown(linear.z)}; }

}  // namespace

float DistanceField::at(Vec3 p) const {
  const Vec3 q = (p - m_origin) * (1 / m_cell);
  if (!(q.x >= 0 && q.y >= 0 && q.z >= 0 && q.x < kX - 1 && q.y < kY - 1 && q.z < kZ - 1)) {
    return 1;
  }
  const auto x = static_cast<std::size_t>(q.x);
  const auto y = static_cast<std::size_t>(q.y);
  const auto z = static_cast<std::size_t>(q.z);
  const float tx = q.x - static_cast<float>(x);
  const float ty = q.y - static_cast<float>(y);
  const float tz = q.z - static_cast<float>(z);
  const auto row = [&](std::size_t dy, std::size_t dz) {
    const float* cell = &m_cells[((z + dz) * kY + y + dy) * kX + x];
    return mix(cell[0], cell[1], tx);
  };
  return mix(mix(row(0, 0), row(1, 0), ty), mix(row(0, 1), row(1, 1), ty), tz);
}

Studio::Studio(const DistanceField& field, float shadowReach)
    : m_field(field), m_shadowReach(shadowReach) {
  std::array<float, kFront + kBack> weights;
  for (std::size_t i = 0; i < kFront; ++i) {
    m_local[i] = spiralPoint(i, kFront, 0.04F, 1);
    weights[i] = 1;
  }
  for (std::size_t i = 0; i < kBack; ++i) {
    m_local[kFront + i] = spiralPoint(i, kBack, -1, -0.1F);
    // Nobody looks from behind, but without a hold there the fit swings at grazing angles.
    weights[kFront + i] = 0.15F;
  }
  // The basis takes the direction from the viewer.
  std::array<Vec3, kFront + kBack> away;
  for (std::size_t i = 0; i < away.size(); ++i) {
    away[i] = m_local[i] * -1;
  }
  m_localFit = fitMatrix(away, weights);
  std::array<float, kWorld> even;
  even.fill(1);
  for (std::size_t i = 0; i < kWorld; ++i) {
    m_world[i] = spiralPoint(i, kWorld, -1, 1);
  }
  m_worldFit = fitMatrix(m_world, even);
}

float Studio::shadowAt(Vec3 p) const {
  float light = 1;
  for (float t = 0.03F; t < m_shadowReach;) {
    const float distance = m_field.at(p + kKey * t);
    light = std::min(light, 0.5F + 5 * distance / t);
    if (light <= 0) {
      return 0;
    }
    t += std::clamp(distance, 0.025F, 0.2F);
  }
  return ramp(0, 1, light);
}

float Studio::opennessAt(Vec3 p, Vec3 normal) const {
  float closed = 0;
  float weight = 0.55F;
  for (int step = 1; step <= 5; ++step) {
    const float reach = 0.045F * static_cast<float>(step);
    closed += weight * std::max(0.0F, reach - m_field.at(p + normal * reach)) / reach;
    weight *= 0.72F;
  }
  return std::clamp(1 - 0.55F * closed, 0.0F, 1.0F);
}

Vec3 Studio::radiance(const Surfel& surfel, Vec3 toViewer, Vec3 diffuse, float openness) const {
  if (surfel.specular <= 0) {
    return diffuse;
  }
  const float facing = std::max(dot(toViewer, surfel.normal), 0.0F);
  const Vec3 mirrored = surfel.normal * (2 * dot(toViewer, surfel.normal)) - toViewer;
  const float grazing = std::pow(1 - facing, 4.0F) * (1 - surfel.roughness);
  const Vec3 straight = surfel.metal ? surfel.albedo * surfel.specular
                                     : Vec3{surfel.specular, surfel.specular, surfel.specular};
  const Vec3 reflectance = mix(straight, {0.75F, 0.75F, 0.75F}, grazing);
  return diffuse + reflectance * surroundings(mirrored, surfel.roughness) * openness;
}

ShColour Studio::shade(const Surfel& surfel) const {
  ShColour colour{};
  const auto setFlat = [&colour](Vec3 flat) {
    colour[0] = {(flat.x - 0.5F) / kSh0, (flat.y - 0.5F) / kSh0, (flat.z - 0.5F) / kSh0};
  };
  if (surfel.look == Look::Plain) {
    setFlat(surfel.albedo);
    return colour;
  }
  const Vec3 p = surfel.position + surfel.normal * 0.012F;
  const bool known = surfel.occlusion >= 0;
  const float openness = known ? surfel.occlusion : opennessAt(p, surfel.normal);
  const float shadow = known ? surfel.occlusion : shadowAt(p);
  const float up = dot(surfel.normal, kUp);
  float key = dot(surfel.normal, kKey);
  float strip = dot(surfel.normal, kStrip);
  if (surfel.look == Look::TwoSided) {
    key = std::max(key, -0.6F * key);
    strip = std::max(strip, -0.6F * strip);
  }
  const Vec3 around =
      mix({0.13F, 0.085F, 0.05F}, {0.30F, 0.33F, 0.40F}, 0.5F + 0.5F * up) * openness;
  Vec3 light = around + kKeyColour * (0.62F * std::max(key, 0.0F) * shadow) +
               kStripColour * (0.35F * std::max(strip, 0.0F) * openness);
  if (surfel.look == Look::Volume) {
    light = Vec3{0.30F, 0.32F, 0.36F} + kKeyColour * (0.2F * shadow);
  }
  const Vec3 diffuse = surfel.metal ? surfel.albedo * light * 0.08F : surfel.albedo * light;

  std::array<Vec3, kFront + kBack> values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Vec3 l = m_local[i];
    const Vec3 toViewer = surfel.u * l.x + surfel.v * l.y + surfel.normal * l.z;
    Vec3 seen = diffuse;
    if (surfel.look == Look::Volume) {
      // Smoke between the viewer and a light glows (Henyey-Greenstein, g = 0.5).
      const float through = 1.25F + dot(toViewer, kStrip);
      seen = diffuse + kStripColour * surfel.albedo * (0.22F / (through * std::sqrt(through)));
    } else if (i < kFront) {
      seen = radiance(surfel, toViewer, diffuse, 0.35F + 0.65F * openness);
    }
    values[i] = shown(seen);
  }
  Vec3 local[kBasisSize];
  for (std::size_t k = 0; k < kBasisSize; ++k) {
    Vec3 sum{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum = sum + values[i] * m_localFit[k][i];
    }
    local[k] = sum;
  }
  // Turn the fit into the world's frame by way of its values in fixed world directions.
  for (std::size_t j = 0; j < kWorld; ++j) {
    const Vec3 d = m_world[j];
    const Basis basis = basisOf({dot(d, surfel.u), dot(d, surfel.v), dot(d, surfel.normal)});
    Vec3 value{};
    for (std::size_t k = 0; k < kBasisSize; ++k) {
      value = value + local[k] * basis[k];
    }
    for (std::size_t k = 0; k < kBasisSize; ++k) {
      colour[k][0] += m_worldFit[k][j] * value.x;
      colour[k][1] += m_worldFit[k][j] * value.y;
      colour[k][2] += m_worldFit[k][j] * value.z;
    }
  }
  // Colour = 0.5 + SH: the half is not the basis' to carry.
  for (float& channel : colour[0]) {
    channel -= 0.5F / kSh0;
  }
  return colour;
}

}  // namespace volpress::sample
