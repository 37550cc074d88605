#include "scene/types/sample_room.hpp"

#include <algorithm>

#include "scene/types/sample_room_furniture.hpp"
#include "scene/types/sample_room_parts.hpp"

namespace volpress::sample {
namespace {

Surfel floorSplat(std::size_t i, std::size_t n, Random& random) {
  Surfel surfel = onSheet({0, 0, 0}, {kHalfX, 0, 0}, {0, 0, -kHalfZ}, evenPoint(i), n);
  orient(surfel, kUp, {0, 0, 1});
  cover(surfel, 5.2F * kHalfX * kHalfZ, n, 1.5F);
  // Planks of 14 cm along z, each with its own length, grain and tone.
  const Vec3 p = surfel.position;
  const float across = p.x / 0.14F;
  const float plank = std::floor(across);
  const float along = p.z / 1.3F + 0.37F * plank;
  const Vec3 tone{plank * 3.1F, std::floor(along) * 7.3F, 0};
  const float grain = fractalNoise({across * 7, p.z * 1.7F + tone.x, tone.y}, 4);
  const float rings = ramp(0.42F, 0.5F, std::abs(fraction(grain * 5) - 0.5F));
  surfel.albedo = mix({0.38F, 0.235F, 0.13F}, {0.24F, 0.135F, 0.065F}, rings);
  surfel.albedo = surfel.albedo * (0.72F + 0.5F * valueNoise(tone)) * random.between(0.96F, 1.04F);
  const float seam = std::min({fraction(across), 1 - fraction(across), 9.3F * fraction(along),
                               9.3F * (1 - fraction(along))});
  surfel.albedo = mix(surfel.albedo, {0.03F, 0.018F, 0.01F}, 0.5F * ramp(0.10F, 0.02F, seam));
  surfel.specular = 0.025F;
  surfel.roughness = 0.6F;
  lightRoom(surfel);
  return surfel;
}

Surfel rugSplat(std::size_t i, std::size_t n, Random& random) {
  constexpr float kHalfU = 1.15F, kHalfV = 0.8F;
  Surfel surfel =
      onSheet({0.05F, -0.014F, 0.65F}, {kHalfU, 0, 0}, {0, 0, -kHalfV}, evenPoint(i), n);
  orient(surfel, kUp + random.direction() * 0.10F, {1, 0, 0});
  const float a = surfel.position.x - 0.05F, b = surfel.position.z - 0.65F;
  const float edge = std::min(kHalfU - std::abs(a), kHalfV - std::abs(b));
  const Vec3 madder{0.36F, 0.045F, 0.035F}, indigo{0.03F, 0.05F, 0.14F}, ivory{0.62F, 0.53F, 0.38F},
      ochre{0.52F, 0.29F, 0.07F};
  Vec3 colour = madder;
  // The field: diamonds of small hooks around a medallion; then three borders.
  const float cell = std::abs(fraction(a / 0.16F) - 0.5F) + std::abs(fraction(b / 0.16F) - 0.5F);
  colour = mix(colour, ochre, 0.8F * ramp(0.06F, 0.03F, std::abs(cell - 0.28F)));
  colour = mix(colour, indigo, ramp(0.12F, 0.08F, cell));
  const float medallion = std::abs(a) / 0.52F + std::abs(b) / 0.34F;
  colour = mix(colour, indigo, ramp(1.0F, 0.97F, medallion));
  colour = mix(colour, ivory, ramp(0.05F, 0.02F, std::abs(medallion - 0.93F)));
  const float petals =
      std::hypot(a, b * 1.4F) * (1 + 0.25F * std::cos(8 * std::atan2(b * 1.4F, a)));
  colour = mix(colour, madder, ramp(0.27F, 0.25F, petals));
  colour = mix(colour, ochre, ramp(0.13F, 0.11F, petals));
  const float step = fraction((std::abs(a) > kHalfU - std::abs(b) ? b : a) / 0.1F);
  Vec3 border = mix(indigo, ivory, ramp(0.32F, 0.28F, std::abs(step - 0.5F)));
  border = mix(border, madder, ramp(0.14F, 0.10F, std::abs(step - 0.5F)));
  colour = edge < 0.17F ? border : colour;
  colour = mix(colour, ivory, ramp(0.012F, 0.006F, std::abs(edge - 0.175F)));
  colour = edge < 0.045F ? madder : colour;
  surfel.albedo = colour * random.between(0.82F, 1.15F);
  lightRoom(surfel);
  return surfel;
}

/// The paint of a wall at a height above the floor, `s` metres along it.
Vec3 wallColour(float s, float height, Random& random) {
  const float mottle = 0.94F + 0.10F * fractalNoise({s * 3, height * 3, 4}, 3);
  if (height > kWainscot) {
    const float stripe = 0.5F + 0.5F * std::cos(s * 2 * kPi / 0.22F);
    const Vec3 paper = mix({0.60F, 0.53F, 0.42F}, {0.68F, 0.62F, 0.52F}, ramp(0.3F, 0.7F, stripe));
    const float crown = ramp(kHeight - 0.10F, kHeight - 0.085F, height);
    return mix(paper, {0.74F, 0.72F, 0.67F}, crown) * mottle;
  }
  // Panels: a moulding is a light line above a dark one.
  const float panel = std::min({fraction(s / 0.62F), 1 - fraction(s / 0.62F)}) * 0.62F;
  const float inset = std::min({panel - 0.05F, height - 0.20F, kWainscot - 0.10F - height});
  Vec3 green{0.135F, 0.20F, 0.155F};
  green = green * (1 + 0.5F * ramp(0.026F, 0.008F, std::abs(inset - 0.013F)) -
                   0.4F * ramp(0.026F, 0.008F, std::abs(inset + 0.013F)));
  const float rail = ramp(0.035F, 0.03F, std::abs(height - kWainscot + 0.02F));
  green = mix(green, {0.26F, 0.35F, 0.28F}, 0.7F * rail);
  green = mix(green, {0.09F, 0.13F, 0.10F}, ramp(0.125F, 0.115F, height));
  return green * mottle * random.between(0.97F, 1.03F);
}

Surfel wallSplat(std::size_t i, std::size_t n, Random& random) {
  // Left, right, back, front by turns of their lengths; what lies in the window is moved beside it.
  // Square after square: stretched over the whole length, the even points would leave gaps.
  constexpr std::size_t kSquares = 7;
  const Point2 at = evenPoint(i / kSquares);
  constexpr float kRound = 4 * (kHalfX + kHalfZ);
  float s = (static_cast<float>(i % kSquares) + at.u) / kSquares * kRound;
  const float height = kHeight * at.v;
  Surfel surfel;
  const auto place = [&](Vec3 position, Vec3 normal, Vec3 along) {
    surfel.position = position;
    orient(surfel, normal, along);
  };
  if (s < 2 * kHalfZ) {
    float z = s - kHalfZ;
    if (z > kWindowFrom && z < kWindowTo && height > kWindowLow && height < kWindowHigh) {
      // The reveal: the wall's thickness around the opening.
      const float depth = 0.14F * random.unit();
      const float turn = 4 * random.unit();
      const float t = fraction(turn);
      const float y = -mix(kWindowLow, kWindowHigh, t);
      const float across = mix(kWindowFrom, kWindowTo, t);
      switch (static_cast<int>(turn)) {
        case 0: place({-kHalfX - depth, y, kWindowFrom}, {0, 0, 1}, {0, 1, 0}); break;
        case 1: place({-kHalfX - depth, y, kWindowTo}, {0, 0, -1}, {0, 1, 0}); break;
        case 2: place({-kHalfX - depth, -kWindowLow, across}, {0, -1, 0}, {0, 0, 1}); break;
        default: place({-kHalfX - depth, -kWindowHigh, across}, {0, 1, 0}, {0, 0, 1}); break;
      }
      cover(surfel, kRound * kHeight, n, 1);
      surfel.albedo = {0.70F, 0.69F, 0.65F};
      lightRoom(surfel);
      return surfel;
    }
    place({-kHalfX, -height, z}, {1, 0, 0}, {0, 1, 0});
  } else if ((s -= 2 * kHalfZ) < 2 * kHalfZ) {
    place({kHalfX, -height, s - kHalfZ}, {-1, 0, 0}, {0, 1, 0});
  } else if ((s -= 2 * kHalfZ) < 2 * kHalfX) {
    place({s - kHalfX, -height, kHalfZ}, {0, 0, -1}, {0, 1, 0});
  } else {
    s -= 2 * kHalfX;
    place({s - kHalfX, -height, -kHalfZ}, {0, 0, 1}, {0, 1, 0});
  }
  cover(surfel, 1.35F * kRound * kHeight, n, 1.2F);
  surfel.albedo = wallColour(s, height, random);
  surfel.specular = height > kWainscot ? 0 : 0.04F;
  surfel.roughness = 0.45F;
  lightRoom(surfel);
  return surfel;
}

Surfel ceilingSplat(std::size_t i, std::size_t n, Random& random) {
  Surfel surfel = onSheet({0, -kHeight, 0}, {kHalfX, 0, 0}, {0, 0, kHalfZ}, evenPoint(i), n);
  orient(surfel, {0, 1, 0}, {1, 0, 0});
  const float rose = std::hypot(surfel.position.x, surfel.position.z);
  const float ring =
      ramp(0.02F, 0.01F, std::abs(rose - 0.42F)) + ramp(0.02F, 0.01F, std::abs(rose - 0.30F));
  // White under the warm light that a floor of wood throws up.
  surfel.albedo = Vec3{1.15F, 1.62F, 2.45F} * (1 - 0.10F * ring) * random.between(0.98F, 1.02F);
  lightRoom(surfel);
  return surfel;
}

Surfel windowSplat(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  Surfel surfel;
  if (i % 5 < 3) {
    // What is seen outside: sky over a hedge and trees, too bright for the room's exposure.
    const float z = mix(kWindowFrom - 1.6F, kWindowTo + 1.6F, at.u);
    const float height = mix(-0.4F, 3.6F, at.v);
    surfel.position = {-kHalfX - 1.5F, -height, z};
    orient(surfel, {1, 0, 0}, {0, 0, 1});
    cover(surfel, 10 * 4, 3 * n / 5, 1.2F);
    const float leaves = fractalNoise({z * 3, height * 3, 8}, 4);
    const float crown = 1.15F + 0.9F * fractalNoise({z * 1.1F, 3, 1}, 2) + 0.25F * leaves;
    const Vec3 sky = mix({0.93F, 0.97F, 1.0F}, {0.66F, 0.82F, 1.0F}, ramp(1.0F, 3.4F, height));
    const Vec3 green = mix({0.30F, 0.42F, 0.18F}, {0.72F, 0.80F, 0.42F}, leaves);
    surfel.albedo = mix(sky, green, ramp(0.05F, -0.05F, height - crown));
    surfel.look = Look::Plain;
    return surfel;
  }
  // The frame: an outline, one post and one bar.
  const std::size_t bar = i % 5 == 3 ? (i / 5) % 3 : 3 + (i / 5) % 3;
  const float t = at.u;
  const float off = 0.028F * (2 * at.v - 1);
  const float middleZ = 0.5F * (kWindowFrom + kWindowTo);
  const float x = -kHalfX - 0.10F;
  if (bar < 3) {
    const float heights[3]{kWindowLow + 0.03F, 1.72F, kWindowHigh - 0.03F};
    surfel.position = {x, -heights[bar] + off, mix(kWindowFrom, kWindowTo, t)};
  } else {
    const float places[3]{kWindowFrom + 0.03F, middleZ, kWindowTo - 0.03F};
    surfel.position = {x, -mix(kWindowLow, kWindowHigh, t), places[bar - 3] + off};
  }
  orient(surfel, {1, 0, 0}, bar < 3 ? Vec3{0, 0, 1} : Vec3{0, 1, 0});
  surfel.sigmaU = 0.014F;
  surfel.sigmaV = 0.009F;
  surfel.albedo = Vec3{0.78F, 0.77F, 0.74F} * random.between(0.95F, 1.05F);
  surfel.specular = 0.05F;
  lightRoom(surfel);
  return surfel;
}

Surfel curtainSplat(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  const bool left = i % 2 == 0;
  const float height = mix(0.06F, 2.42F, at.v);
  const float from = left ? kWindowFrom - 0.36F : kWindowTo - 0.06F;
  const float s = at.u;
  const float tie = 1 - 0.45F * std::exp(-10 * (height - 1.0F) * (height - 1.0F));
  const float z = left ? from + 0.44F * tie * s : from + 0.44F * (1 - tie * (1 - s));
  const float fold = 14 * s + 0.6F * std::sin(2 * height);
  Surfel surfel;
  surfel.position = {-kHalfX + 0.10F + 0.035F * std::sin(fold), -height, z};
  orient(surfel, Vec3{1, 0, -1.1F * std::cos(fold)}, {0, 1, 0});
  cover(surfel, 2 * 0.62F * 2.36F, n, 2.2F);
  const float band =
      ramp(0.03F, 0.02F, std::abs(height - 0.22F)) + ramp(0.012F, 0.006F, std::abs(height - 0.29F));
  surfel.albedo = mix({0.62F, 0.47F, 0.30F}, {0.25F, 0.09F, 0.05F}, std::min(band, 1.0F));
  surfel.albedo = surfel.albedo * random.between(0.93F, 1.06F);
  surfel.opacity = 0.9F;
  surfel.look = Look::TwoSided;
  return surfel;
}

/// Specks in the air, as few views leave them.
Surfel moteSplat(std::size_t /*i*/, std::size_t /*n*/, Random& random) {
  Surfel surfel;
  surfel.position = {random.between(-2, 2), -random.between(0.2F, 2.4F),
                     random.between(-2.4F, 2.4F)};
  orient(surfel, random.direction(), random.direction());
  const float size = std::exp(random.between(-6.8F, -4.2F));
  surfel.sigmaU = size;
  surfel.sigmaV = size * random.between(0.3F, 1);
  surfel.sigmaN = size * random.between(0.1F, 0.6F);
  surfel.opacity = random.between(0.01F, 0.08F);
  surfel.albedo = Vec3{0.8F, 0.74F, 0.62F} * random.between(0.6F, 1.2F);
  surfel.look = Look::Plain;
  return surfel;
}

}  // namespace

std::vector<SampleObject> roomObjects() {
  std::vector<SampleObject> objects{
      {0.170, floorSplat},  {0.120, rugSplat},     {0.205, wallSplat}, {0.045, ceilingSplat},
      {0.060, windowSplat}, {0.050, curtainSplat}, {0.004, moteSplat},
  };
  for (SampleObject& object : furnitureObjects()) {
    objects.push_back(std::move(object));
  }
  return objects;
}

float roomDistance(Vec3 p) {
  const float opening =
      std::min({p.z - kWindowFrom, kWindowTo - p.z, -p.y - kWindowLow, kWindowHigh + p.y});
  if (p.x < -kHalfX) {
    return p.x < -kHalfX - 0.3F ? 1.0F : opening;
  }
  const float wall = p.x + kHalfX;
  const float left = opening > 0 ? std::hypot(wall, opening) : wall;
  return std::min(
      {left, kHalfX - p.x, kHalfZ - std::abs(p.z), p.y + kHeight, -p.y, furnitureDistance(p)});
}

}  // namespace volpress::sample
