#include "scene/types/sample_math.hpp"

namespace volpress::sample {
namespace {

float latticeValue(std::int64_t x, std::int64_t y, std::int64_t z) {
  const auto mixed = static_cast<std::uint64_t>(x) * 0x8DA6B343U ^
                     static_cast<std::uint64_t>(y) * 0xD8163841U ^
                     static_cast<std::uint64_t>(z) * 0xCB1AB31FU;
  return static_cast<float>(hashBits(mixed) >> 40) * 0x1p-24F;
}

}  // namespace

float valueNoise(Vec3 p) {
  const Vec3 base{std::floor(p.x), std::floor(p.y), std::floor(p.z)};
  const Vec3 t{ramp(0, 1, p.x - base.x), ramp(0, 1, p.y - base.y), ramp(0, 1, p.z - base.z)};
  const auto x = static_cast<std::int64_t>(base.x);
  const auto y = static_cast<std::int64_t>(base.y);
  const auto z = static_cast<std::int64_t>(base.z);
  const auto row = [&](std::int64_t dy, std::int64_t dz) {
    return mix(latticeValue(x, y + dy, z + dz), latticeValue(x + 1, y + dy, z + dz), t.x);
  };
  return mix(mix(row(0, 0), row(1, 0), t.y), mix(row(0, 1), row(1, 1), t.y), t.z);
}

float fractalNoise(Vec3 p, int octaves) {
  float sum = 0;
  float weight = 0.5F;
  float total = 0;
  for (int octave = 0; octave < octaves; ++octave) {
    sum += weight * valueNoise(p);
    total += weight;
    weight *= 0.5F;
    p = p * 2.03F + Vec3{17.1F, 3.7F, 9.2F};
  }
  return sum / total;
}

Tangents tangentsOf(Vec3 normal) {
  const Vec3 helper = std::abs(normal.y) < 0.9F ? Vec3{0, 1, 0} : Vec3{1, 0, 0};
  const Vec3 u = normalized(cross(helper, normal));
  return {u, cross(normal, u)};
}

Point2 evenPoint(std::size_t i) {
  // Multiples of the plastic number's inverse powers (the "R2" sequence), in double for large i.
  const double n = static_cast<double>(i);
  const double u = 0.5 + n * 0.75487766624669276;
  const double v = 0.5 + n * 0.56984029099805327;
  return {static_cast<float>(u - std::floor(u)), static_cast<float>(v - std::floor(v))};
}

}  // namespace volpress::sample
