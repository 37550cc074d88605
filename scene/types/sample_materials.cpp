#include "scene/types/sample_materials.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace volpress {
namespace {

constexpr std::size_t kDirections = 96;
constexpr float kGoldenAngle = 2.39996323F;

float dot(SampleVec3 a, SampleVec3 b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

SampleVec3 unit(SampleVec3 v) {
  const float length = std::sqrt(dot(v, v));
  return {v[0] / length, v[1] / length, v[2] / length};
}

/// A lamp: a lobe of light around a direction.
struct Lamp {
  SampleVec3 direction;  ///< towards the lamp; up is -y
  SampleVec3 color;
  float sharpness;
};

const std::array<Lamp, 4>& lamps() {
  static const std::array<Lamp, 4> kLamps = {{
      {unit({0.55F, -0.75F, 0.55F}), {2.6F, 2.3F, 1.9F}, 14},   // warm key light
      {unit({-0.85F, -0.35F, 0.30F}), {0.7F, 0.95F, 1.5F}, 9},  // cool window
      {unit({0.10F, -0.45F, -0.95F}), {1.4F, 0.8F, 0.9F}, 12},  // rim
      {unit({0.0F, -1.0F, 0.0F}), {0.5F, 0.55F, 0.6F}, 3},      // ceiling
  }};
  return kLamps;
}

/// Light that arrives from `direction`, blurred as a surface of this gloss sees it.
SampleVec3 environment(SampleVec3 direction, float gloss) {
  const float up = std::clamp(0.5F - 0.5F * direction[1], 0.0F, 1.0F);
  SampleVec3 light{0.10F + 0.22F * up, 0.09F + 0.25F * up, 0.08F + 0.30F * up};
  for (const Lamp& lamp : lamps()) {
    const float sharpness = lamp.sharpness * (0.15F + 0.85F * gloss);
    // A wider lobe spreads the same light: its peak falls with its sharpness.
    const float lobe =
        sharpness / lamp.sharpness * std::exp(sharpness * (dot(direction, lamp.direction) - 1));
    for (std::size_t c = 0; c < 3; ++c) {
      light[c] += lobe * lamp.color[c];
    }
  }
  return light;
}

const std::array<SampleVec3, kDirections>& sphereDirections() {
  static const auto kTable = [] {
    std::array<SampleVec3, kDirections> table{};
    for (std::size_t i = 0; i < kDirections; ++i) {
      const float z = 1 - (2 * static_cast<float>(i) + 1) / static_cast<float>(kDirections);
      const float radius = std::sqrt(1 - z * z);
      const float angle = kGoldenAngle * static_cast<float>(i);
      table[i] = {radius * std::cos(angle), radius * std::sin(angle), z};
    }
    return table;
  }();
  return kTable;
}

/// Outgoing light along the direction `view` (from the camera to the point).
SampleVec3 outgoing(const SampleMaterial& material, SampleVec3 normal, SampleVec3 view,
                    SampleVec3 diffuse) {
  const float facing = std::clamp(-dot(view, normal), 0.0F, 1.0F);
  const float fresnel = std::pow(1 - facing, 5.0F);
  SampleVec3 mirrored{};
  for (std::size_t c = 0; c < 3; ++c) {
    mirrored[c] = view[c] + 2 * facing * normal[c];
  }
  const SampleVec3 reflected = environment(mirrored, material.gloss);
  SampleVec3 out{};
  for (std::size_t c = 0; c < 3; ++c) {
    const float reflectance = material.specular[c] +
                              (1 - material.specular[c]) * fresnel * (0.1F + 0.6F * material.gloss);
    out[c] = diffuse[c] + reflectance * reflected[c];
  }
  return out;
}

}  // namespace

SampleSh shadeSamplePoint(const SampleMaterial& material, SampleVec3 normal, float occlusion) {
  // Diffuse light: the environment seen through a very wide lobe around the normal.
  const SampleVec3 around = environment(normal, 0.0F);
  SampleVec3 diffuse{};
  for (std::size_t c = 0; c < 3; ++c) {
    diffuse[c] = material.albedo[c] * around[c] * occlusion;
  }
  using Matrix = Eigen::Matrix<float, 16, 16>;
  using Targets = Eigen::Matrix<float, 16, 3>;
  Matrix normalMatrix = Matrix::Identity() * 0.15F;  // keeps the unseen side calm
  Targets targets = Targets::Zero();
  for (const SampleVec3& view : sphereDirections()) {
    const float facing = -dot(view, normal);
    const float weight = std::clamp(facing * 3 + 0.3F, 0.0F, 1.0F);
    if (weight <= 0) {
      continue;
    }
    const auto values = shBasis3(view[0], view[1], view[2]);
    const Eigen::Map<const Eigen::Matrix<float, 16, 1>> basis(values.data());
    SampleVec3 color = outgoing(material, normal, view, diffuse);
    Eigen::Matrix<float, 1, 3> target;
    for (int c = 0; c < 3; ++c) {
      target[c] =
          std::min(color[static_cast<std::size_t>(c)], 1.6F) * (0.35F + 0.65F * occlusion) - 0.5F;
    }
    normalMatrix.noalias() += weight * basis * basis.transpose();
    targets.noalias() += weight * basis * target;
  }
  const Targets solved = normalMatrix.llt().solve(targets);
  SampleSh sh{};
  for (std::size_t k = 0; k < kSh3Coefficients; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      sh[k][c] = solved(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(c));
    }
  }
  return sh;
}

SampleSh constantSampleColor(SampleVec3 color) {
  SampleSh sh{};
  for (std::size_t c = 0; c < 3; ++c) {
    sh[0][c] = (color[c] - 0.5F) / 0.28209479177387814F;
  }
  return sh;
}

}  // namespace volpress
