#include "scene/types/sample_scene.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "scene/types/sample_materials.hpp"

namespace volpress {
namespace {

using Vec3 = SampleVec3;
constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kTable = 0.5F;  ///< y of the table top; up is -y

Vec3 operator+(Vec3 a, Vec3 b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
Vec3 operator-(Vec3 a, Vec3 b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Vec3 operator*(float s, Vec3 a) { return {s * a[0], s * a[1], s * a[2]}; }
float dot(Vec3 a, Vec3 b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vec3 cross(Vec3 a, Vec3 b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vec3 unit(Vec3 v) { return (1 / std::sqrt(std::max(dot(v, v), 1e-20F))) * v; }
Vec3 mix(Vec3 a, Vec3 b, float t) { return a + t * (b - a); }

/// Numbers that depend on nothing but (seed, splat, index): any thread may make any splat.
class Hash {
public:
  Hash(std::uint64_t seed, std::uint64_t splat) : m_state(seed * 0x9E3779B97F4A7C15U ^ splat) {}
  float uniform() {
    m_state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<float>((z ^ (z >> 31)) >> 40) * 0x1p-24F;
  }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  float normal() {
    return uniform() + uniform() + uniform() + uniform() + uniform() + uniform() - 3;
  }

private:
  std::uint64_t m_state;
};

/// One Gaussian before it is stored.
struct Splat {
  Vec3 mean{};
  Vec3 axisU{1, 0, 0};  ///< unit, orthogonal to axisV; the third axis is their cross product
  Vec3 axisV{0, 1, 0};
  Vec3 sigma{0.01F, 0.01F, 0.01F};
  float opacity = 0.9F;
  SampleSh sh{};
};

/// A quaternion w,x,y,z of the rotation whose columns are the axes.
std::array<float, 4> quaternion(Vec3 u, Vec3 v) {
  const Vec3 w = cross(u, v);
  const std::array<float, 4> squares = {1 + u[0] + v[1] + w[2], 1 + u[0] - v[1] - w[2],
                                        1 - u[0] + v[1] - w[2], 1 - u[0] - v[1] + w[2]};
  const auto largest =
      static_cast<std::size_t>(std::max_element(squares.begin(), squares.end()) - squares.begin());
  const float s = 0.5F / std::sqrt(squares[largest]);
  switch (largest) {
    case 0: return {0.25F / s, (v[2] - w[1]) * s, (w[0] - u[2]) * s, (u[1] - v[0]) * s};
    case 1: return {(v[2] - w[1]) * s, 0.25F / s, (u[1] + v[0]) * s, (w[0] + u[2]) * s};
    case 2: return {(w[0] - u[2]) * s, (u[1] + v[0]) * s, 0.25F / s, (v[2] + w[1]) * s};
    default: return {(u[1] - v[0]) * s, (w[0] + u[2]) * s, (v[2] + w[1]) * s, 0.25F / s};
  }
}

/// A flat Gaussian on a surface, `spacing` apart from its neighbours.
Splat surfel(Vec3 mean, Vec3 normal, float spacing, const SampleSh& sh) {
  Splat splat;
  splat.mean = mean;
  splat.axisU = unit(cross(std::abs(normal[1]) < 0.9F ? Vec3{0, 1, 0} : Vec3{1, 0, 0}, normal));
  splat.axisV = cross(normal, splat.axisU);
  splat.sigma = {0.62F * spacing, 0.62F * spacing, 0.06F * spacing};
  splat.opacity = 0.97F;
  splat.sh = sh;
  return splat;
}

/// How far a point of the table is darkened by what stands on it.
float tableOcclusion(Vec3 point) {
  float light = 1;
  const auto shade = [&](float x, float z, float radius, float strength) {
    const float distance = std::hypot(point[0] - x, point[2] - z) / radius;
    light *= 1 - strength * std::exp(-1.6F * distance * distance);
  };
  shade(-0.42F, 0.12F, 0.30F, 0.85F);
  shade(0.40F, -0.05F, 0.34F, 0.6F);
  shade(-0.05F, -0.50F, 0.22F, 0.8F);
  shade(0.12F, 0.50F, 0.16F, 0.7F);
  return light;
}

Splat tableSplat(Hash& random, std::size_t index, std::size_t count) {
  constexpr float kRadius = 1.15F;
  const float part = (static_cast<float>(index) + 0.5F) / static_cast<float>(count);
  const float radius = kRadius * std::sqrt(part);
  const float angle = 2.39996323F * static_cast<float>(index);
  const Vec3 mean{radius * std::cos(angle), kTable, radius * std::sin(angle)};
  // Square tiles with thin joints; each tile has its own marble.
  constexpr float kTile = 0.19F;
  const float tx = mean[0] / kTile;
  const float tz = mean[2] / kTile;
  const auto column = static_cast<int>(std::floor(tx));
  const auto row = static_cast<int>(std::floor(tz));
  const float joint =
      std::min({tx - std::floor(tx), std::ceil(tx) - tx, tz - std::floor(tz), std::ceil(tz) - tz});
  SampleMaterial material;
  material.gloss = 0.75F;
  material.specular = {0.05F, 0.05F, 0.05F};
  if (joint < 0.035F) {
    material.albedo = {0.12F, 0.10F, 0.09F};
    material.gloss = 0.1F;
  } else {
    const bool dark = ((column + row) & 1) != 0;
    const float phase = static_cast<float>((column * 7 + row * 13) % 11);
    const float vein =
        std::sin(9 * tx + 3 * std::sin(4.3F * tz + phase) + 2 * std::sin(7.1F * (tx - tz) + phase));
    const float fine = std::pow(std::abs(vein), 6.0F);
    material.albedo = dark ? mix({0.05F, 0.13F, 0.15F}, {0.35F, 0.50F, 0.48F}, 1 - fine)
                           : mix({0.80F, 0.76F, 0.68F}, {0.52F, 0.43F, 0.34F}, fine);
    material.albedo = (0.94F + 0.12F * random.uniform()) * material.albedo;
  }
  const float spacing = kRadius * std::sqrt(kPi / static_cast<float>(count));
  return surfel(mean, {0, -1, 0}, spacing,
                shadeSamplePoint(material, {0, -1, 0}, tableOcclusion(mean)));
}

Splat sphereSplat(Hash& random, std::size_t index, std::size_t count) {
  constexpr float kRadius = 0.30F;
  const Vec3 centre{-0.42F, kTable - kRadius, 0.12F};
  const float z = 1 - (2 * static_cast<float>(index) + 1) / static_cast<float>(count);
  const float ring = std::sqrt(std::max(0.0F, 1 - z * z));
  const float angle = 2.39996323F * static_cast<float>(index);
  const Vec3 normal{ring * std::cos(angle), z, ring * std::sin(angle)};
  SampleMaterial material;
  material.albedo = {0.015F, 0.02F, 0.03F};
  material.specular = {0.62F, 0.66F, 0.72F};
  material.gloss = 1;
  const float occlusion = std::clamp(0.45F + 0.75F * (0.55F - 0.45F * normal[1]), 0.25F, 1.0F);
  const float spacing = kRadius * std::sqrt(4 * kPi / static_cast<float>(count));
  Splat splat = surfel(centre + kRadius * normal, normal, spacing,
                       shadeSamplePoint(material, normal, occlusion));
  splat.opacity = random.uniform(0.95F, 0.99F);
  return splat;
}

Splat knotSplat(Hash& random, std::size_t index, std::size_t count) {
  constexpr float kTube = 0.062F;
  const auto curve = [](float t) {
    const float r = 0.20F + 0.075F * std::cos(3 * t);
    return Vec3{0.40F + r * std::cos(2 * t), kTable - 0.36F - 0.085F * std::sin(3 * t) * 1.9F,
                -0.05F + r * std::sin(2 * t)};
  };
  const float t =
      2 * kPi * (static_cast<float>(index) + random.uniform()) / static_cast<float>(count);
  const float around = 2 * kPi * random.uniform();
  const Vec3 tangent = unit(curve(t + 1e-3F) - curve(t - 1e-3F));
  const Vec3 side = unit(cross(tangent, {0.3F, 1, 0.2F}));
  const Vec3 up = cross(side, tangent);
  const Vec3 normal = std::cos(around) * side + std::sin(around) * up;
  const float stripe = std::sin(60 * t + 2 * around);
  SampleMaterial material;
  material.albedo = stripe > 0.82F ? Vec3{0.80F, 0.66F, 0.28F} : Vec3{0.50F, 0.045F, 0.05F};
  material.specular = stripe > 0.82F ? Vec3{0.45F, 0.36F, 0.16F} : Vec3{0.06F, 0.05F, 0.05F};
  material.gloss = 0.85F;
  const float occlusion = std::clamp(0.75F - 0.35F * normal[1], 0.3F, 1.0F);
  Splat splat = surfel(curve(t) + kTube * normal, normal, 0.0105F,
                       shadeSamplePoint(material, normal, occlusion));
  return splat;
}

/// Radius of the vase at height h in 0..1 (0 at the foot).
float vaseRadius(float h) {
  h = std::clamp(h, 0.0F, 1.0F);
  return 0.075F + 0.10F * std::sin(kPi * std::pow(h, 0.8F)) * (1 - 0.25F * h) +
         0.03F * std::exp(-60 * (1 - h) * (1 - h));
}

Splat vaseSplat(Hash& random, std::size_t index, std::size_t count) {
  constexpr float kHeight = 0.46F;
  const float h = (static_cast<float>(index) + random.uniform()) / static_cast<float>(count);
  const float angle = 2 * kPi * random.uniform();
  const float radius = vaseRadius(h);
  const float slope = (vaseRadius(h + 0.01F) - vaseRadius(h - 0.01F)) / 0.02F / kHeight;
  const Vec3 normal = unit({std::cos(angle), slope, std::sin(angle)});
  const Vec3 mean{-0.05F + radius * std::cos(angle), kTable - h * kHeight,
                  -0.50F + radius * std::sin(angle)};
  // A blue meander over white glaze: detail near the limit of the splats' spacing.
  const float band = std::fmod(h * 9, 1.0F);
  const float wave = std::sin(14 * angle + (band > 0.5F ? kPi : 0.0F));
  const bool ink = (band > 0.12F && band < 0.24F) || (band > 0.34F && wave > 0.35F && band < 0.82F);
  SampleMaterial material;
  material.albedo = ink ? Vec3{0.03F, 0.08F, 0.38F} : Vec3{0.74F, 0.72F, 0.68F};
  material.specular = {0.05F, 0.05F, 0.05F};
  material.gloss = 0.95F;
  return surfel(mean, normal, 0.0085F,
                shadeSamplePoint(material, normal, std::clamp(0.55F + 0.5F * h, 0.3F, 1.0F)));
}

/// Blades of grass in a small pot, and two thin steel wires bent over the table.
Splat strandSplat(Hash& random, std::size_t index, std::size_t count, std::uint64_t seed) {
  constexpr std::size_t kBlades = 120;
  constexpr std::size_t kWires = 3;
  const std::size_t strand = index % (kBlades + kWires);
  Hash shape(seed ^ 0x51AB5U, strand);
  const float t = static_cast<float>(index) / static_cast<float>(count);
  Vec3 mean{};
  Vec3 tangent{};
  SampleMaterial material;
  float width = 0.0022F;
  float length = 0.012F;
  if (strand < kWires) {
    const float turn = 0.9F * static_cast<float>(strand);
    const auto wire = [turn](float s) {
      const float a = kPi * s;
      return Vec3{0.95F * std::cos(a) * std::cos(turn), kTable - 0.72F * std::sin(a),
                  0.95F * std::cos(a) * std::sin(turn)};
    };
    mean = wire(t);
    tangent = unit(wire(t + 1e-3F) - wire(t - 1e-3F));
    material.albedo = {0.10F, 0.10F, 0.11F};
    material.specular = {0.55F, 0.55F, 0.58F};
    material.gloss = 0.8F;
    length = 0.016F;
  } else {
    const float lean = shape.uniform(0.05F, 0.42F);
    const float heading = 2 * kPi * shape.uniform();
    const float tall = shape.uniform(0.16F, 0.34F);
    const float root = 0.07F * std::sqrt(shape.uniform());
    const float start = 2 * kPi * shape.uniform();
    const auto blade = [&](float s) {
      return Vec3{0.12F + root * std::cos(start) + lean * s * s * std::cos(heading) * tall * 1.6F,
                  kTable - tall * s * (1 - 0.25F * lean * s),
                  0.50F + root * std::sin(start) + lean * s * s * std::sin(heading) * tall * 1.6F};
    };
    mean = blade(t);
    tangent = unit(blade(t + 1e-3F) - blade(t - 1e-3F));
    const float dry = shape.uniform();
    material.albedo = mix({0.10F, 0.26F, 0.05F}, {0.48F, 0.42F, 0.12F}, 0.7F * dry * t + 0.1F);
    material.specular = {0.04F, 0.04F, 0.03F};
    material.gloss = 0.4F;
    width = 0.0026F * (1.1F - t);
  }
  const Vec3 normal = unit(cross(tangent, cross({0.1F, -1, 0.1F}, tangent)));
  Splat splat;
  splat.mean = mean;
  splat.axisU = tangent;
  splat.axisV = unit(cross(normal, tangent));
  splat.sigma = {length * random.uniform(0.8F, 1.2F), width, width};
  splat.opacity = 0.92F;
  splat.sh = shadeSamplePoint(material, normal, 0.35F + 0.65F * t);
  return splat;
}

/// A plume of steam over the vase: large, soft, nearly transparent.
Splat steamSplat(Hash& random, std::size_t /*index*/, std::size_t /*count*/) {
  const float h = random.uniform();
  const float spread = 0.03F + 0.16F * h;
  const float swirl = 5 * h;
  Splat splat;
  splat.mean = {-0.05F + 0.07F * std::sin(swirl) * h + spread * 0.5F * random.normal(),
                kTable - 0.50F - 0.55F * h + 0.02F * random.normal(),
                -0.50F + 0.07F * std::cos(swirl) * h + spread * 0.5F * random.normal()};
  const float size = 0.018F + 0.05F * h;
  splat.sigma = {size, size * 1.3F, size};
  splat.opacity = 0.02F * (1 - 0.8F * h);
  splat.sh = constantSampleColor(mix({0.95F, 0.93F, 0.90F}, {0.55F, 0.62F, 0.75F}, h));
  return splat;
}

/// What training leaves behind: faint specks in the air, and splats inside the solids.
Splat wasteSplat(Hash& random, std::size_t index, std::size_t /*count*/) {
  Splat splat;
  const Vec3 offset{random.normal(), random.normal(), random.normal()};
  if (index % 3 == 0) {
    splat.mean = 0.9F * offset + Vec3{0, -0.3F, 0};
    splat.opacity = random.uniform(0.006F, 0.05F);
  } else {
    const Vec3 centre =
        index % 3 == 1 ? Vec3{-0.42F, kTable - 0.30F, 0.12F} : Vec3{-0.05F, kTable - 0.2F, -0.50F};
    splat.mean = centre + (index % 3 == 1 ? 0.07F : 0.03F) * offset;
    splat.opacity = random.uniform(0.2F, 0.9F);
  }
  const float size = random.uniform(0.003F, 0.014F);
  splat.sigma = {size, size * random.uniform(0.3F, 1.0F), size};
  splat.axisU = unit({random.normal(), random.normal(), random.normal() + 0.01F});
  splat.axisV = unit(cross(splat.axisU, {0.2F, 0.9F, 0.4F}));
  splat.sh = constantSampleColor({random.uniform(), random.uniform(), random.uniform()});
  return splat;
}

void store(GaussianCloud& cloud, std::size_t at, const Splat& splat) {
  const auto rotation = quaternion(splat.axisU, splat.axisV);
  std::copy(rotation.begin(), rotation.end(), &cloud.rotations[4 * at]);
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[3 * at + c] = splat.mean[c];
    cloud.logScales[3 * at + c] = std::log(splat.sigma[c]);
    cloud.shDc[3 * at + c] = splat.sh[0][c];
  }
  cloud.opacityLogits[at] = std::log(splat.opacity / (1 - splat.opacity));
  for (std::size_t k = 1; k < kSh3Coefficients; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.shRest[(at * 15 + k - 1) * 3 + c] = splat.sh[k][c];
    }
  }
}

}  // namespace

GaussianCloud makeSampleScene(std::uint64_t seed, double scale, TaskRunner& runner) {
  struct Part {
    double share;  ///< splats at scale 1
    std::function<Splat(Hash&, std::size_t, std::size_t)> make;
  };
  const std::vector<Part> parts = {
      {60000, tableSplat},
      {22000, sphereSplat},
      {26000, knotSplat},
      {20000, vaseSplat},
      {9000, [seed](Hash& random, std::size_t index,
                    std::size_t count) { return strandSplat(random, index, count, seed); }},
      {3000, steamSplat},
      {12000, wasteSplat},
  };
  std::vector<std::size_t> begins{0};
  for (const Part& part : parts) {
    const auto count = static_cast<std::size_t>(std::max(1.0, std::round(part.share * scale)));
    begins.push_back(begins.back() + count);
  }
  GaussianCloud cloud;
  resizeCloud(cloud, begins.back(), 3);
  runner.parallelFor(cloud.count, 2048, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto next = std::upper_bound(begins.begin(), begins.end(), i);
      const auto part = static_cast<std::size_t>(next - begins.begin()) - 1;
      Hash random(seed, i);
      store(cloud, i, parts[part].make(random, i - begins[part], begins[part + 1] - begins[part]));
    }
  });
  return cloud;
}

}  // namespace volpress
