#include "scene/types/sample_objects.hpp"

#include <algorithm>

#include "scene/types/sample_plants.hpp"
#include "scene/types/sample_shapes.hpp"

namespace volpress::sample {
namespace {

// Where things stand. Heights are above the board's top, y = 0.
constexpr float kBoardRadius = 1.08F;
constexpr float kBoardHeight = 0.07F;
constexpr float kFloorRadius = 1.62F;
constexpr Vec3 kBall{0.40F, -0.215F, -0.34F};
constexpr float kBallRadius = 0.215F;
constexpr Vec3 kBowl{-0.22F, -0.30F, -0.52F};
constexpr float kBowlRadius = 0.27F;
struct Fruit {
  Vec3 centre;
  float radius;
  Vec3 colour;
};
constexpr Fruit kFruit[] = {
    {{-0.33F, -0.145F, -0.56F}, 0.105F, {0.85F, 0.33F, 0.04F}},
    {{-0.12F, -0.135F, -0.57F}, 0.10F, {0.88F, 0.62F, 0.06F}},
    {{-0.22F, -0.15F, -0.40F}, 0.108F, {0.80F, 0.28F, 0.03F}},
    {{-0.22F, -0.285F, -0.51F}, 0.095F, {0.42F, 0.55F, 0.07F}},
};
constexpr Vec3 kSaucer{0.66F, 0, 0.10F};

const Revolved& vase() {
  static const Revolved kVase(kVaseFoot, {{0.0F, 0.0F},
                                          {0.13F, 0.0F},
                                          {0.145F, 0.03F},
                                          {0.21F, 0.13F},
                                          {0.255F, 0.27F},
                                          {0.225F, 0.41F},
                                          {0.13F, 0.53F},
                                          {0.085F, 0.61F},
                                          {0.09F, 0.68F},
                                          {0.125F, 0.725F}});
  return kVase;
}

const Revolved& cup() {
  static const Revolved kCup(kSaucer + kUp * 0.022F, {{0.0F, 0.0F},
                                                      {0.06F, 0.0F},
                                                      {0.065F, 0.012F},
                                                      {0.105F, 0.05F},
                                                      {0.125F, 0.10F},
                                                      {0.135F, 0.155F},
                                                      {0.129F, 0.155F},
                                                      {0.118F, 0.10F}});
  return kCup;
}

const Revolved& saucer() {
  static const Revolved kShape(kSaucer, {{0.0F, 0.0F},
                                         {0.10F, 0.004F},
                                         {0.17F, 0.018F},
                                         {0.205F, 0.034F},
                                         {0.20F, 0.037F},
                                         {0.15F, 0.022F},
                                         {0.0F, 0.016F}});
  return kShape;
}

const KnotTube& lacquerKnot() {
  static const KnotTube kKnot({0.30F, -0.335F, 0.50F}, 0.195F, 0.09F, 0.047F);
  return kKnot;
}

Surfel floorTile(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  // From under the board's edge outwards.
  const float inner = (kBoardRadius - 0.1F) * (kBoardRadius - 0.1F);
  const float r = std::sqrt(mix(inner, kFloorRadius * kFloorRadius, at.u));
  Surfel surfel;
  surfel.position = {r * std::cos(2 * kPi * at.v), kBoardHeight, r * std::sin(2 * kPi * at.v)};
  orient(surfel, kUp, {1, 0, 0});
  cover(surfel, 1.3F * kPi * (kFloorRadius * kFloorRadius - inner), n, 1);
  const float x = 0.7071F * (surfel.position.x + surfel.position.z) / 0.36F;
  const float z = 0.7071F * (surfel.position.x - surfel.position.z) / 0.36F;
  const float edge = std::min({fraction(x), 1 - fraction(x), fraction(z), 1 - fraction(z)});
  const bool dark = (static_cast<int>(std::floor(x)) + static_cast<int>(std::floor(z))) % 2 == 0;
  const Vec3 tile{std::floor(x) * 3.1F, std::floor(z) * 7.7F, 0};
  const float cloud = fractalNoise(Vec3{x * 2.2F, z * 2.2F, 0} + tile, 4);
  const float vein =
      ramp(0.06F, 0.0F, std::abs(fractalNoise(Vec3{x * 1.3F, z * 1.3F, 5} + tile, 5) - 0.5F));
  surfel.albedo = dark ? mix({0.035F, 0.05F, 0.06F}, {0.09F, 0.115F, 0.125F}, cloud)
                       : mix({0.34F, 0.31F, 0.27F}, {0.62F, 0.58F, 0.52F}, cloud);
  surfel.albedo =
      mix(surfel.albedo, dark ? Vec3{0.45F, 0.43F, 0.38F} : Vec3{0.2F, 0.17F, 0.14F}, 0.55F * vein);
  surfel.albedo = mix(surfel.albedo, {0.06F, 0.055F, 0.05F}, ramp(0.03F, 0.012F, edge));
  surfel.specular = 0.05F;
  surfel.roughness = 0.25F;
  surfel.opacity = 0.96F * ramp(kFloorRadius, kFloorRadius - 0.35F, r + 0.03F * random.normal());
  return surfel;
}

Vec3 woodColour(Vec3 p) {
  constexpr float kPlank = 0.19F;
  const float along = p.x * 0.94F + p.z * 0.34F;
  const float across = (p.z * 0.94F - p.x * 0.34F) / kPlank;
  const float plank = std::floor(across);
  const float shift = 13.7F * plank;
  const float edge = std::min(fraction(across), 1 - fraction(across));
  // Growth rings: planes of a trunk cut a little askew, bent by slow noise.
  const float bend = fractalNoise({along * 1.6F + shift, across * 0.9F, shift}, 3);
  const float rings = fraction(across * 2.2F + 3.4F * bend + 0.35F * along);
  const float late = ramp(0.35F, 0.95F, rings) * ramp(1.0F, 0.97F, rings);
  const float fibre = fractalNoise({along * 9 + shift, across * 60, 2}, 3);
  const float pores = ramp(0.62F, 0.8F, fractalNoise({along * 22, across * 95 + shift, 7}, 2));
  Vec3 colour = mix({0.36F, 0.205F, 0.095F}, {0.15F, 0.068F, 0.027F}, late);
  colour = colour * (0.72F + 0.55F * fibre) * (1 - 0.45F * pores);
  colour = colour * (0.82F + 0.36F * valueNoise({shift, 1, 0}));
  return mix(colour, {0.018F, 0.009F, 0.004F}, ramp(0.05F, 0.025F, edge));
}

Surfel boardSplat(std::size_t i, std::size_t n, Random& random) {
  constexpr float kTop = kPi * kBoardRadius * kBoardRadius;
  constexpr float kEdge = 2 * kPi * kBoardRadius * kBoardHeight;
  const Point2 at = evenPoint(i);
  const float angle = 2 * kPi * at.v;
  Surfel surfel;
  const Vec3 out{std::cos(angle), 0, std::sin(angle)};
  if (at.u < kEdge / (kTop + kEdge)) {
    const float turn = at.u * (kTop + kEdge) / kEdge;
    surfel.position =
        out * (kBoardRadius + 0.012F * std::sin(kPi * turn)) + Vec3{0, kBoardHeight * turn, 0};
    orient(surfel, out - Vec3{0, 0.9F * std::cos(kPi * turn), 0}, {-out.z, 0, out.x});
  } else {
    const float u = (at.u * (kTop + kEdge) - kEdge) / kTop;
    surfel.position = out * (kBoardRadius * std::sqrt(u));
    orient(surfel, kUp, {0.94F, 0, 0.34F});
  }
  cover(surfel, kTop + kEdge, n, 3.2F);
  surfel.albedo = woodColour(surfel.position) * random.between(0.95F, 1.05F);
  surfel.specular = 0.045F;
  surfel.roughness = 0.38F;
  return surfel;
}

/// The cloth lies askew across the board: `s` runs along it, `t` across, both in metres.
Vec3 clothPoint(float s, float t) {
  const float ripple = 0.004F * std::sin(s * 17 + 2 * std::sin(t * 9)) + 0.003F * std::sin(t * 31);
  const float height = 0.011F + ripple + 0.012F * ramp(0.75F, 0.9F, std::abs(s));
  return {0.80F * s - 0.60F * t + 0.06F, -height, 0.60F * s + 0.80F * t + 0.02F};
}

constexpr float kClothLength = 1.66F;
constexpr float kClothWidth = 0.62F;

Vec3 clothColour(float s, float t) {
  const auto stripe = [](float x, float centre, float width) {
    return ramp(width, 0.8F * width, std::abs(x - centre));
  };
  const float a = fraction(s / 0.166F);
  const float b = fraction((t + 0.31F) / 0.155F);
  Vec3 colour{0.66F, 0.60F, 0.49F};
  const Vec3 indigo{0.035F, 0.06F, 0.17F};
  const Vec3 madder{0.42F, 0.045F, 0.03F};
  colour = mix(colour, indigo, 0.62F * stripe(a, 0.5F, 0.24F));
  colour = mix(colour, indigo, 0.62F * stripe(b, 0.5F, 0.24F));
  colour = mix(colour, madder, 0.75F * stripe(a, 0.04F, 0.03F));
  colour = mix(colour, madder, 0.75F * stripe(b, 0.04F, 0.03F));
  const float weave = std::sin(s * 2 * kPi / 0.0125F) * std::sin(t * 2 * kPi / 0.0125F);
  return colour * (0.92F + 0.16F * weave);
}

Surfel clothSplat(std::size_t i, std::size_t n, Random& random) {
  // The last tenth are the threads of the two fringes.
  const std::size_t fringe = n / 10;
  const Point2 at = evenPoint(i);
  if (i < fringe) {
    constexpr std::size_t kParts = 4;
    const std::size_t thread = i / kParts;
    const float part = static_cast<float>(i % kParts);
    const float end = thread % 2 == 0 ? 1.0F : -1.0F;
    const float t = kClothWidth * (fraction(0.61803399F * static_cast<float>(thread)) - 0.5F);
    const float sway = 0.012F * std::sin(57 * t) * part;
    const auto point = [&](float step) {
      const float s = end * (0.5F * kClothLength + 0.016F * step);
      return clothPoint(s, t + sway * step / 4) + kUp * (0.006F * std::sin(step + 40 * t));
    };
    Surfel surfel = strand(point(part), point(part + 1), 0.0022F);
    surfel.albedo = Vec3{0.66F, 0.60F, 0.49F} * random.between(0.8F, 1.1F);
    surfel.look = Look::TwoSided;
    return surfel;
  }
  const float s = kClothLength * (at.u - 0.5F);
  const float t = kClothWidth * (at.v - 0.5F);
  Surfel surfel;
  surfel.position = clothPoint(s, t);
  const Vec3 ds = clothPoint(s + 0.002F, t) - clothPoint(s - 0.002F, t);
  const Vec3 dt = clothPoint(s, t + 0.002F) - clothPoint(s, t - 0.002F);
  orient(surfel, cross(ds, dt), ds);
  if (dot(surfel.normal, kUp) < 0) {
    orient(surfel, surfel.normal * -1, ds);
  }
  cover(surfel, kClothLength * kClothWidth, n - fringe, 1);
  surfel.albedo = clothColour(s, t) * random.between(0.93F, 1.07F);
  return surfel;
}

Surfel vaseSplat(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  const Revolved::Sample place = vase().sample(at.u, at.v);
  Surfel surfel;
  surfel.position = place.position;
  orient(surfel, place.normal, place.around);
  cover(surfel, vase().area(), n, 1.2F);
  const float h = place.height;
  const float a = place.turn * 2 * kPi;
  const Vec3 glaze{0.70F, 0.73F, 0.72F};
  const Vec3 cobalt{0.012F, 0.035F, 0.26F};
  const auto band = [h](float centre, float width) {
    return ramp(width, 0.7F * width, std::abs(h - centre));
  };
  // Petals around the belly, scallops at the shoulder, lines between.
  const float petal = std::abs(std::sin(4 * a)) * 0.105F;
  const float bloom = std::hypot((fraction(place.turn * 8) - 0.5F) * 0.2F, h - 0.275F);
  float ink =
      ramp(0.006F, 0.002F, std::abs(std::abs(h - 0.275F) - petal)) + ramp(0.024F, 0.018F, bloom) +
      ramp(0.0085F, 0.004F, std::abs(bloom - 0.042F)) * ramp(0.1F, 0.06F, std::abs(h - 0.275F));
  ink += band(0.405F, 0.009F) + band(0.145F, 0.009F) + band(0.05F, 0.018F) + band(0.60F, 0.02F) +
         band(0.70F, 0.03F);
  ink += ramp(0.014F, 0.007F, std::abs(h - 0.46F - 0.022F * std::cos(14 * a)));
  ink += 0.7F *
         ramp(0.007F, 0.004F, std::hypot((fraction(place.turn * 28) - 0.5F) * 0.05F, h - 0.425F));
  surfel.albedo = mix(glaze, cobalt * random.between(0.8F, 1.3F), std::min(ink, 1.0F));
  surfel.specular = 0.10F;
  surfel.roughness = 0.06F;
  return surfel;
}

Surfel ballSplat(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  const float z = 1 - 2 * at.u;
  const float r = std::sqrt(std::max(0.0F, 1 - z * z));
  const Vec3 normal{r * std::cos(2 * kPi * at.v), z, r * std::sin(2 * kPi * at.v)};
  Surfel surfel;
  surfel.position = kBall + normal * kBallRadius;
  orient(surfel, normal, cross(normal, kUp) + Vec3{1e-3F, 0, 0});
  cover(surfel, 4 * kPi * kBallRadius * kBallRadius, n, 1);
  surfel.albedo = Vec3{0.95F, 0.64F, 0.26F} * random.between(0.985F, 1.015F);
  surfel.specular = 0.92F;
  surfel.roughness = 0.02F;
  surfel.metal = true;
  return surfel;
}

Surfel knotSplat(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  const KnotTube::Sample place = lacquerKnot().sample(at.u, at.v);
  Surfel surfel;
  surfel.position = place.position;
  orient(surfel, place.normal, place.along);
  cover(surfel, lacquerKnot().area(), n, 1.3F);
  const float spiral = fraction(place.side * 2 + place.turn * 26);
  const float gold = ramp(0.075F, 0.055F, std::abs(spiral - 0.5F));
  const float dust = fractalNoise(place.position * 30, 2);
  surfel.albedo =
      mix(Vec3{0.46F, 0.018F, 0.022F} * (0.8F + 0.4F * dust), {0.85F, 0.58F, 0.20F}, gold) *
      random.between(0.97F, 1.03F);
  surfel.specular = mix(0.12F, 0.45F, gold);
  surfel.roughness = 0.08F;
  return surfel;
}

Surfel teaSplat(std::size_t i, std::size_t n, Random& random) {
  constexpr float kTea = 0.118F * 0.118F * kPi;
  const float handleArea = 2 * kPi * 0.011F * 0.19F;
  const float total = cup().area() + saucer().area() + kTea + handleArea;
  const Point2 at = evenPoint(i);
  float pick = at.u * total;
  Surfel surfel;
  surfel.albedo = Vec3{0.74F, 0.72F, 0.68F} * random.between(0.98F, 1.02F);
  surfel.specular = 0.09F;
  surfel.roughness = 0.05F;
  if (pick < cup().area() + saucer().area()) {
    const bool inCup = pick < cup().area();
    const Revolved& shape = inCup ? cup() : saucer();
    pick -= inCup ? 0 : cup().area();
    const Revolved::Sample place = shape.sample(pick / shape.area(), at.v);
    surfel.position = place.position;
    orient(surfel, place.normal, place.around);
    const float ring =
        inCup ? std::abs(place.height - 0.13F)
              : std::abs(std::hypot(place.position.x - kSaucer.x, place.position.z - kSaucer.z) -
                         0.185F);
    surfel.albedo = mix(surfel.albedo, {0.02F, 0.13F, 0.16F}, ramp(0.008F, 0.005F, ring));
    if (inCup && place.normal.x * (place.position.x - kSaucer.x) +
                         place.normal.z * (place.position.z - kSaucer.z) <
                     0) {
      surfel.occlusion = 0.5F;  // the filled solid that shadows are made with closes the inside
    }
  } else if (pick < total - handleArea) {
    const float u = (pick - cup().area() - saucer().area()) / kTea;
    const float r = 0.118F * std::sqrt(u);
    surfel.position =
        kSaucer + Vec3{r * std::cos(2 * kPi * at.v), -0.128F, r * std::sin(2 * kPi * at.v)};
    orient(surfel, kUp, {1, 0, 0});
    surfel.albedo = mix({0.26F, 0.07F, 0.012F}, {0.10F, 0.022F, 0.004F}, 1 - u * u);
    surfel.specular = 0.06F;
    surfel.occlusion = 0.75F;
  } else {
    const float bow = kPi * ((pick - total + handleArea) / handleArea - 0.5F);
    const float side = 2 * kPi * at.v;
    const Vec3 away = normalized({0.55F, 0, -0.8F});
    const Vec3 out = away * std::cos(bow) + kUp * std::sin(bow);
    const Vec3 sideways = cross(away, kUp);
    const Vec3 normal = out * std::cos(side) + sideways * std::sin(side);
    surfel.position = kSaucer + away * 0.118F + kUp * 0.105F + out * 0.052F + normal * 0.011F;
    orient(surfel, normal, cross(out, sideways));
  }
  cover(surfel, total, n, 1);
  return surfel;
}

Surfel fruitSplat(std::size_t i, std::size_t n, Random& random) {
  constexpr std::size_t kCount = std::size(kFruit);
  const Fruit& fruit = kFruit[i % kCount];
  const Point2 at = evenPoint(i / kCount);
  const float z = 1 - 2 * at.u;
  const float r = std::sqrt(std::max(0.0F, 1 - z * z));
  const Vec3 normal{r * std::cos(2 * kPi * at.v), z, r * std::sin(2 * kPi * at.v)};
  const float peel = fractalNoise(normal * 14 + fruit.centre * 40, 2) - 0.5F;
  Surfel surfel;
  surfel.position = fruit.centre + normal * (fruit.radius * (1 + 0.015F * peel));
  orient(surfel, normal + random.direction() * 0.12F, cross(normal, kUp) + Vec3{1e-3F, 0, 0});
  cover(surfel, 4 * kPi * fruit.radius * fruit.radius, n / kCount + 1, 1);
  const float ripe = fractalNoise(normal * 2.5F + fruit.centre * 9, 3);
  surfel.albedo = fruit.colour * (0.75F + 0.5F * ripe) * (1 + 0.5F * peel);
  // The stalk's scar.
  const float scar = ramp(0.96F, 0.99F, dot(normal, normalized(Vec3{0.3F, -1, -0.2F})));
  surfel.albedo = mix(surfel.albedo, {0.10F, 0.09F, 0.03F}, scar);
  surfel.specular = 0.06F;
  surfel.roughness = 0.22F;
  return surfel;
}

Surfel wireSplat(std::size_t i, std::size_t n, Random& random) {
  // Meridians from the foot to the rim, rings between, all of the bowl's half sphere.
  constexpr std::size_t kMeridians = 26;
  constexpr std::size_t kRings = 7;
  const std::size_t wires = kMeridians + kRings;
  const std::size_t wire = i % wires;
  const std::size_t steps = std::max<std::size_t>(n / wires, 8);
  const std::size_t step = i / wires;
  const float from = static_cast<float>(step) / static_cast<float>(steps);
  const float to = from + 1.0F / static_cast<float>(steps);
  const auto point = [&](float at) {
    float polar = 0.28F + (kPi / 2 - 0.28F) * at;
    float turn = static_cast<float>(wire) / kMeridians;
    if (wire >= kMeridians) {
      const float ring = static_cast<float>(wire - kMeridians) / (kRings - 1);
      polar = 0.28F + (kPi / 2 - 0.28F) * ring;
      turn = at;
    } else {
      turn += 0.06F * at;
    }
    const float r = kBowlRadius * std::sin(polar);
    return kBowl + Vec3{r * std::cos(2 * kPi * turn), (kBowlRadius + 0.03F) * std::cos(polar),
                        r * std::sin(2 * kPi * turn)};
  };
  const bool rim = wire == wires - 1 || wire == kMeridians;
  Surfel surfel = strand(point(from), point(to), rim ? 0.006F : 0.0032F);
  surfel.albedo = Vec3{0.80F, 0.62F, 0.42F} * random.between(0.9F, 1.1F);
  orient(surfel, surfel.position - kBowl, surfel.u);
  surfel.specular = 0.35F;
  surfel.roughness = 0.2F;
  surfel.look = Look::TwoSided;
  return surfel;
}

Surfel steamSplat(std::size_t i, std::size_t n, Random& random) {
  const float rise = (static_cast<float>(i) + random.unit()) / static_cast<float>(n);
  const float h = 0.16F + 0.75F * rise;
  const float spread = 0.022F + 0.085F * rise;
  // Two strands that wind around each other and widen.
  const float side = i % 2 == 0 ? 1.0F : -1.0F;
  const float angle = 7.5F * rise + 0.6F * random.normal();
  const Vec3 swirl{std::cos(angle) * side, 0, std::sin(angle) * side};
  const float drift = 0.16F * rise * rise;
  Surfel surfel;
  surfel.position = kSaucer + kUp * h + swirl * (0.75F * spread) +
                    Vec3{drift * 0.5F + spread * 0.55F * random.normal(), 0.02F * random.normal(),
                         -drift + spread * 0.55F * random.normal()};
  orient(surfel, random.direction(), kUp + swirl * 0.4F);
  const float size = (0.013F + 0.036F * rise) * random.between(0.7F, 1.3F);
  surfel.sigmaU = 1.7F * size;
  surfel.sigmaV = size;
  surfel.sigmaN = 0.8F * size;
  surfel.opacity = 0.022F * ramp(0, 0.15F, rise) * ramp(1.0F, 0.35F, rise) + 0.005F;
  surfel.albedo = {0.95F, 0.97F, 1.0F};
  surfel.look = Look::Volume;
  return surfel;
}

/// Inside the solids, where training left things that nobody can see.
Surfel hiddenSplat(std::size_t i, std::size_t /*n*/, Random& random) {
  Surfel surfel;
  const float deep = std::cbrt(random.unit());
  const Vec3 off = random.direction() * deep;
  switch (i % 4) {
    case 0: surfel.position = kBall + off * (0.88F * kBallRadius); break;
    case 1: {
      const float h = random.between(0.04F, 0.5F);
      const float r = 0.85F * vase().radiusAt(h) * std::sqrt(random.unit());
      const float angle = random.between(0, 2 * kPi);
      surfel.position = kVaseFoot + kUp * h + Vec3{r * std::cos(angle), 0, r * std::sin(angle)};
      break;
    }
    case 2: {
      const Fruit& fruit = kFruit[(i / 4) % std::size(kFruit)];
      surfel.position = fruit.centre + off * (0.85F * fruit.radius);
      break;
    }
    default: {
      const float r = 0.95F * kBoardRadius * std::sqrt(random.unit());
      const float angle = random.between(0, 2 * kPi);
      surfel.position = {r * std::cos(angle), random.between(0.015F, 0.06F), r * std::sin(angle)};
    }
  }
  orient(surfel, random.direction(), random.direction());
  const float size = std::exp(random.between(-6.2F, -4.6F));
  surfel.sigmaU = size;
  surfel.sigmaV = size * random.between(0.4F, 1);
  surfel.sigmaN = size * random.between(0.1F, 0.6F);
  surfel.opacity = random.between(0.05F, 0.95F);
  surfel.albedo = {random.unit(), random.unit(), random.unit()};
  surfel.look = Look::Plain;
  return surfel;
}

/// Specks in the air around the stage, as few views leave them.
Surfel strayWisp(std::size_t /*i*/, std::size_t /*n*/, Random& random) {
  Surfel surfel;
  const Vec3 direction = random.direction();
  surfel.position =
      Vec3{direction.x, -std::abs(direction.y) * 0.8F, direction.z} * random.between(0.9F, 3.2F);
  orient(surfel, random.direction(), random.direction());
  const float size = std::exp(random.between(-6.5F, -3.6F));
  surfel.sigmaU = size;
  surfel.sigmaV = size * random.between(0.2F, 1);
  surfel.sigmaN = size * random.between(0.05F, 0.5F);
  surfel.opacity = random.between(0.008F, 0.09F);
  surfel.albedo = Vec3{0.5F, 0.45F, 0.4F} * random.between(0.5F, 1.4F);
  surfel.look = Look::Plain;
  return surfel;
}

}  // namespace

std::vector<SampleObject> sampleObjects() {
  return {
      {0.190, floorTile}, {0.215, boardSplat}, {0.100, clothSplat}, {0.120, vaseSplat},
      {0.055, ballSplat}, {0.085, knotSplat},  {0.060, teaSplat},   {0.050, fruitSplat},
      {0.030, wireSplat}, {0.043, plantSplat}, {0.010, steamSplat}, {0.034, hiddenSplat},
      {0.008, strayWisp},
  };
}

float solidDistance(Vec3 p) {
  const float out = std::hypot(p.x, p.z) - kBoardRadius;
  float best = std::min(std::max(out, -p.y), kBoardHeight - p.y);
  best = std::min(best, length(p - kBall) - kBallRadius);
  for (const Fruit& fruit : kFruit) {
    best = std::min(best, length(p - fruit.centre) - fruit.radius);
  }
  best = std::min(best, lacquerKnot().distance(p));
  best = std::min(best, vase().distance(p));
  return std::min(best, cup().distance(p));
}

}  // namespace volpress::sample
