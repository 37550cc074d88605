#include "scene/types/sample_room_furniture.hpp"

#include <algorithm>

#include "scene/types/sample_room_parts.hpp"

namespace volpress::sample {
namespace {

constexpr Block kSofa[] = {
    {{-0.25F, -0.21F, 2.02F}, {1.05F, 0.13F, 0.44F}, 0.06F},   // base
    {{-0.72F, -0.41F, 1.96F}, {0.47F, 0.10F, 0.42F}, 0.085F},  // seats
    {{0.22F, -0.41F, 1.96F}, {0.47F, 0.10F, 0.42F}, 0.085F},
    {{-0.72F, -0.70F, 2.36F}, {0.47F, 0.27F, 0.14F}, 0.12F},  // backs
    {{0.22F, -0.70F, 2.36F}, {0.47F, 0.27F, 0.14F}, 0.12F},
    {{-1.33F, -0.36F, 2.0F}, {0.13F, 0.28F, 0.46F}, 0.11F},  // arms
    {{0.83F, -0.36F, 2.0F}, {0.13F, 0.28F, 0.46F}, 0.11F},
};
constexpr Block kPillows[] = {
    {{-0.93F, -0.64F, 2.10F}, {0.20F, 0.19F, 0.09F}, 0.088F},
    {{0.46F, -0.63F, 2.12F}, {0.19F, 0.18F, 0.09F}, 0.088F},
};
constexpr Block kShelf{{2.06F, -1.02F, 0.35F}, {0.14F, 1.02F, 0.95F}, 0.004F};
constexpr int kBoards = 6;
constexpr Vec3 kTable{0.15F, 0, 0.62F};
constexpr Vec3 kPot{-1.72F, 0, 2.05F};

const Revolved& table() {
  static const Revolved kShape(kTable, {{0.0F, 0.0F},
                                        {0.24F, 0.0F},
                                        {0.22F, 0.03F},
                                        {0.05F, 0.06F},
                                        {0.045F, 0.36F},
                                        {0.40F, 0.385F},
                                        {0.43F, 0.40F},
                                        {0.425F, 0.425F},
                                        {0.0F, 0.43F}});
  return kShape;
}

const Revolved& jug() {
  static const Revolved kShape(kTable + Vec3{-0.08F, -0.43F, 0.06F}, {{0.0F, 0.0F},
                                                                      {0.06F, 0.0F},
                                                                      {0.10F, 0.07F},
                                                                      {0.085F, 0.15F},
                                                                      {0.045F, 0.22F},
                                                                      {0.055F, 0.26F}});
  return kShape;
}

const Revolved& pot() {
  static const Revolved kShape(kPot, {{0.0F, 0.0F},
                                      {0.15F, 0.0F},
                                      {0.19F, 0.16F},
                                      {0.215F, 0.33F},
                                      {0.20F, 0.34F},
                                      {0.18F, 0.29F},
                                      {0.0F, 0.28F}});
  return kShape;
}

Surfel sofaSplat(std::size_t i, std::size_t n, Random& random) {
  const std::size_t which = i % std::size(kSofa);
  OnBlock on = onBlock(kSofa[which], i / std::size(kSofa), n / std::size(kSofa) + 1, 1);
  Surfel& surfel = on.surfel;
  const float nap = fractalNoise(surfel.position * 9, 3);
  surfel.albedo = mix({0.015F, 0.085F, 0.095F}, {0.035F, 0.17F, 0.17F}, nap);
  surfel.albedo = surfel.albedo * random.between(0.85F, 1.2F) * (which == 0 ? 0.6F : 1.0F);
  surfel.specular = 0.05F;  // velvet: bright at its edges
  surfel.roughness = 0.75F;
  orient(surfel, surfel.normal + random.direction() * 0.08F, surfel.u);
  lightRoom(surfel);
  return surfel;
}

Surfel pillowSplat(std::size_t i, std::size_t n, Random& random) {
  const std::size_t which = i % std::size(kPillows);
  OnBlock on = onBlock(kPillows[which], i / std::size(kPillows), n / std::size(kPillows) + 1, 1);
  Surfel& surfel = on.surfel;
  const Vec3 q = surfel.position - kPillows[which].centre;
  const float zigzag = fraction(q.y / 0.07F + 0.8F * std::abs(fraction(q.x / 0.11F) - 0.5F));
  surfel.albedo = which == 0
                      ? mix({0.55F, 0.30F, 0.03F}, {0.72F, 0.62F, 0.42F},
                            ramp(0.3F, 0.26F, std::abs(zigzag - 0.5F)))
                      : mix({0.60F, 0.55F, 0.45F}, {0.34F, 0.05F, 0.04F},
                            ramp(0.012F, 0.008F, std::abs(fraction(q.x / 0.06F) - 0.5F) * 0.06F));
  surfel.albedo = surfel.albedo * random.between(0.9F, 1.1F);
  lightRoom(surfel);
  return surfel;
}

Surfel turned(const Revolved& shape, std::size_t i, std::size_t n, float stretch) {
  const Point2 at = evenPoint(i);
  const Revolved::Sample place = shape.sample(at.u, at.v);
  Surfel surfel;
  surfel.position = place.position;
  orient(surfel, place.normal, place.around);
  cover(surfel, shape.area(), n, stretch);
  return surfel;
}

Surfel tableSplat(std::size_t i, std::size_t n, Random& random) {
  Surfel surfel = turned(table(), i, n, 1);
  const Vec3 p = surfel.position - kTable;
  const float rings = fraction(9 * fractalNoise({p.x * 2.2F, p.z * 9, 3}, 3));
  surfel.albedo = mix({0.26F, 0.12F, 0.05F}, {0.13F, 0.055F, 0.022F}, ramp(0.3F, 0.9F, rings));
  surfel.albedo = surfel.albedo * random.between(0.93F, 1.07F);
  surfel.specular = 0.035F;
  surfel.roughness = 0.3F;
  lightRoom(surfel);
  return surfel;
}

Surfel jugSplat(std::size_t i, std::size_t n, Random& random) {
  Surfel surfel = turned(jug(), i, n, 1);
  const float height = -0.43F - surfel.position.y;
  surfel.albedo = mix({0.75F, 0.71F, 0.62F}, {0.10F, 0.22F, 0.34F}, ramp(0.10F, 0.085F, height));
  surfel.albedo = surfel.albedo * random.between(0.95F, 1.05F);
  surfel.specular = 0.09F;
  surfel.roughness = 0.08F;
  lightRoom(surfel);
  return surfel;
}

/// The place and the cloth of one book.
struct Book {
  Block block;
  Vec3 colour;
  float band;
};

Book bookAt(std::size_t index) {
  // 5 shelves of 24 places; thickness and height from the place's own numbers.
  Random random(hashBits(0xB00C + index));
  const std::size_t shelf = index / 24 % (kBoards - 1);
  const float z =
      kShelf.centre.z - kShelf.half.z + 0.065F + 0.0745F * static_cast<float>(index % 24);
  const float thick = random.between(0.020F, 0.036F);
  const float tall = random.between(0.11F, 0.158F);
  const float deep = random.between(0.085F, 0.115F);
  const float gap = 2 * kShelf.half.y / (kBoards - 1);
  const float foot = 0.05F + gap * static_cast<float>(shelf) + 0.012F;
  constexpr Vec3 kCloths[] = {{0.30F, 0.05F, 0.04F}, {0.05F, 0.10F, 0.20F}, {0.09F, 0.17F, 0.09F},
                              {0.48F, 0.35F, 0.14F}, {0.60F, 0.55F, 0.44F}, {0.16F, 0.08F, 0.05F},
                              {0.10F, 0.21F, 0.22F}, {0.36F, 0.16F, 0.05F}};
  const bool missing = random.unit() < 0.09F;
  return {
      {{kShelf.centre.x + 0.03F, -foot - tall, z}, {deep, missing ? 0.012F : tall, thick}, 0.004F},
      kCloths[static_cast<std::size_t>(random.unit() * 8)] * random.between(1.1F, 1.9F),
      random.between(0.55F, 0.8F)};
}

Surfel bookSplat(std::size_t i, std::size_t n, Random& random) {
  constexpr std::size_t kBooks = 24 * (kBoards - 1);
  const std::size_t index = i % kBooks;
  static const std::vector<Book> kAll = [] {
    std::vector<Book> all;
    for (std::size_t k = 0; k < kBooks; ++k) {
      all.push_back(bookAt(k));
    }
    return all;
  }();
  const Book& book = kAll[index];
  // Spines face the room: most splats go there.
  const std::size_t own = i / kBooks;
  const Point2 at = evenPoint(own);
  Surfel surfel;
  if (own % 3 != 0) {
    surfel =
        onSheet({book.block.centre.x - book.block.half.x, book.block.centre.y, book.block.centre.z},
                {0, book.block.half.y, 0}, {0, 0, book.block.half.z}, at, n / kBooks + 1);
    orient(surfel, {-1, 0, 0}, {0, 1, 0});
    surfel.sigmaU *= 1.25F;
    surfel.sigmaV *= 1.25F;
  } else {
    surfel = onBlock(book.block, own / 3, n / kBooks / 3 + 1, 1).surfel;
  }
  const float up = (book.block.centre.y - surfel.position.y) / book.block.half.y;
  surfel.albedo = book.colour * random.between(0.9F, 1.1F);
  const Vec3 gold{0.62F, 0.43F, 0.14F};
  surfel.albedo = mix(surfel.albedo, gold, ramp(0.05F, 0.03F, std::abs(std::abs(up) - book.band)));
  if (surfel.normal.y < -0.7F) {
    surfel.albedo = {0.62F, 0.57F, 0.46F};  // paper seen from above
  }
  surfel.specular = 0.03F;
  lightRoom(surfel);
  return surfel;
}

Surfel shelfSplat(std::size_t i, std::size_t n, Random& random) {
  const std::size_t part = i % (kBoards + 3);
  Block block = kShelf;
  if (part < kBoards) {
    const float gap = 2 * kShelf.half.y / (kBoards - 1);
    block.centre.y = -0.05F - gap * static_cast<float>(part);
    block.half.y = 0.013F;
  } else if (part < kBoards + 2) {
    block.centre.z += (part == kBoards ? -1.0F : 1.0F) * kShelf.half.z;
    block.half.z = 0.014F;
  } else {
    block.centre.x = kHalfX - 0.012F;
    block.half.x = 0.006F;
  }
  Surfel surfel = onBlock(block, i / (kBoards + 3), n / (kBoards + 3) + 1, 1.5F).surfel;
  const float grain = fractalNoise({surfel.position.z * 3, surfel.position.y * 30, 6}, 3);
  surfel.albedo =
      mix({0.20F, 0.105F, 0.045F}, {0.11F, 0.05F, 0.02F}, grain) * random.between(0.94F, 1.06F);
  surfel.specular = 0.04F;
  lightRoom(surfel);
  return surfel;
}

Surfel pictureSplat(std::size_t i, std::size_t n, Random& random) {
  // A landscape at dusk and an abstract, in broad frames on the back wall.
  const bool dusk = i % 8 < 5;
  const Vec3 centre =
      dusk ? Vec3{-0.45F, -1.62F, kHalfZ - 0.02F} : Vec3{1.02F, -1.58F, kHalfZ - 0.02F};
  const float halfU = dusk ? 0.62F : 0.30F, halfV = dusk ? 0.38F : 0.40F;
  Surfel surfel = onSheet(centre, {halfU, 0, 0}, {0, halfV, 0}, evenPoint(i / 8 * 5 + i % 8),
                          dusk ? 5 * n / 8 : 3 * n / 8);
  orient(surfel, {0, 0, -1}, {1, 0, 0});
  const float a = (surfel.position.x - centre.x) / halfU,
              b = (surfel.position.y - centre.y) / halfV;
  const float edge = std::min((1 - std::abs(a)) * halfU, (1 - std::abs(b)) * halfV);
  if (edge < 0.045F) {
    surfel.albedo = mix({0.42F, 0.27F, 0.08F}, {0.20F, 0.11F, 0.03F},
                        ramp(0.008F, 0.003F, std::abs(edge - 0.024F)));
    surfel.position.z -= 0.02F;
    surfel.specular = 0.3F;
    surfel.roughness = 0.35F;
  } else if (dusk) {
    const float hill = 0.25F + 0.22F * std::sin(3.1F * a + 0.5F) + 0.10F * std::sin(8 * a);
    const Vec3 sky = mix({0.75F, 0.38F, 0.14F}, {0.12F, 0.17F, 0.36F}, ramp(0.25F, -0.95F, b));
    const float sun = std::hypot(a - 0.25F, (b - 0.02F) * 0.62F);
    surfel.albedo = mix(sky, {0.95F, 0.80F, 0.42F}, ramp(0.13F, 0.10F, sun));
    surfel.albedo =
        mix(surfel.albedo, mix({0.06F, 0.085F, 0.05F}, {0.16F, 0.13F, 0.05F}, ramp(0.9F, 0.3F, b)),
            ramp(hill - 0.02F, hill + 0.02F, b));
  } else {
    surfel.albedo = {0.66F, 0.62F, 0.53F};
    surfel.albedo = mix(surfel.albedo, {0.55F, 0.10F, 0.05F},
                        ramp(0.42F, 0.40F, std::hypot(a * 0.75F + 0.1F, b + 0.25F)));
    surfel.albedo = mix(surfel.albedo, {0.04F, 0.09F, 0.22F},
                        ramp(0.36F, 0.34F, std::hypot(a * 0.75F - 0.15F, b - 0.22F)));
    surfel.albedo = mix(surfel.albedo, {0.70F, 0.46F, 0.08F},
                        ramp(0.05F, 0.04F, std::abs(a * 0.6F + b * 0.5F - 0.25F)));
  }
  surfel.albedo = surfel.albedo * random.between(0.94F, 1.06F);
  lightRoom(surfel);
  return surfel;
}

Surfel lampSplat(std::size_t i, std::size_t n, Random& random) {
  const Point2 at = evenPoint(i);
  if (i % 4 == 0) {
    const float t = at.u;
    Surfel surfel = strand(kLamp + kUp * (1.45F * t), kLamp + kUp * (1.45F * t + 0.02F), 0.012F);
    surfel.albedo = {0.50F, 0.36F, 0.16F};
    surfel.specular = 0.2F;
    surfel.roughness = 0.3F;
    return surfel;
  }
  const float height = mix(1.38F, 1.68F, at.v);
  const float radius = mix(0.22F, 0.13F, at.v);
  const Vec3 out{std::cos(2 * kPi * at.u), 0, std::sin(2 * kPi * at.u)};
  Surfel surfel;
  surfel.position = kLamp + kUp * height + out * radius;
  orient(surfel, out, kUp);
  cover(surfel, 2 * kPi * 0.175F * 0.32F, 3 * n / 4, 1);
  const float pleat = 0.93F + 0.07F * std::cos(60 * 2 * kPi * at.u);
  const float glow = 0.80F + 0.25F * std::exp(-40 * (at.v - 0.45F) * (at.v - 0.45F));
  surfel.albedo = Vec3{1.0F, 0.86F, 0.62F} * (glow * pleat * random.between(0.98F, 1.02F));
  surfel.look = Look::Plain;
  return surfel;
}

Surfel greenSplat(std::size_t i, std::size_t n, Random& random) {
  if (i % 6 == 0) {
    Surfel surfel = turned(pot(), i / 6, n / 6 + 1, 1);
    surfel.albedo = Vec3{0.40F, 0.17F, 0.09F} * random.between(0.85F, 1.1F);
    lightRoom(surfel);
    return surfel;
  }
  // Leaves on arching stems: stem first, then pairs of leaves along it.
  constexpr std::size_t kStems = 17;
  const std::size_t stem = i % kStems;
  Random own(hashBits(0x1EAF + stem));
  const float turn = 2 * kPi * own.unit();
  const float reach = own.between(0.25F, 0.62F), rise = own.between(0.75F, 1.45F);
  const auto point = [&](float t) {
    return kPot + kUp * (0.28F + rise * (t - 0.25F * t * t)) +
           Vec3{std::cos(turn), 0, std::sin(turn)} * (reach * t * t);
  };
  const std::size_t rest = i / kStems;
  if (rest % 5 == 0) {
    const float t = evenPoint(rest).u;
    Surfel surfel = strand(point(t), point(t + 0.04F), 0.005F);
    surfel.albedo = {0.13F, 0.17F, 0.05F};
    surfel.look = Look::TwoSided;
    return surfel;
  }
  constexpr std::size_t kLeaves = 13;
  const std::size_t leaf = rest % kLeaves;
  Random shape(hashBits(0x1EAF00 + stem * kLeaves + leaf));
  const float t = 0.25F + 0.75F * static_cast<float>(leaf) / kLeaves;
  const Vec3 along = normalized(shape.direction() + Vec3{std::cos(turn), 0.15F, std::sin(turn)});
  const Tangents axes = tangentsOf(along);
  const float size = shape.between(0.10F, 0.17F) * (1.15F - 0.4F * t);
  const Point2 at = evenPoint(rest / kLeaves);
  const float w = 0.42F * std::sin(kPi * std::pow(at.u, 0.8F)) * (2 * at.v - 1);
  Surfel surfel;
  surfel.position = point(t) + along * (size * at.u) + axes.u * (size * w) +
                    Vec3{0, 0.28F * size * at.u * at.u, 0};
  orient(surfel, axes.v + along * 0.2F, along);
  surfel.sigmaU = 0.16F * size;
  surfel.sigmaV = 0.09F * size;
  surfel.sigmaN = 0.0008F;
  const float vein = ramp(0.03F, 0.01F, std::abs(w));
  surfel.albedo =
      mix({0.055F, 0.16F, 0.04F}, {0.20F, 0.30F, 0.10F}, 0.5F * vein + 0.3F * shape.unit());
  surfel.albedo = surfel.albedo * random.between(0.9F, 1.1F);
  surfel.specular = 0.04F;
  surfel.roughness = 0.3F;
  surfel.look = Look::TwoSided;
  return surfel;
}

}  // namespace

std::vector<SampleObject> furnitureObjects() {
  return {
      {0.085, sofaSplat},    {0.022, pillowSplat}, {0.035, tableSplat},
      {0.014, jugSplat},     {0.075, bookSplat},   {0.035, shelfSplat},
      {0.038, pictureSplat}, {0.012, lampSplat},   {0.030, greenSplat},
  };
}

float furnitureDistance(Vec3 p) {
  // The shelf is left out: as a solid block it would put its books into the dark.
  float best = std::min({table().distance(p), jug().distance(p), pot().distance(p)});
  for (const Block& block : kSofa) {
    best = std::min(best, blockDistance(block, p));
  }
  for (const Block& block : kPillows) {
    best = std::min(best, blockDistance(block, p));
  }
  return best;
}

}  // namespace volpress::sample
