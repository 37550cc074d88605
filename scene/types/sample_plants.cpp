#include "scene/types/sample_plants.hpp"

#include <algorithm>

#include "scene/types/sample_shapes.hpp"

namespace volpress::sample {
namespace {

constexpr std::size_t kBlades = 26;
constexpr std::size_t kStalks = 9;
constexpr std::size_t kPoppies = 6;

/// A stalk that leaves the vase's mouth and bends under its weight.
struct Stalk {
  Vec3 root, middle, tip;

  [[nodiscard]] Vec3 at(float t) const {
    return root * ((1 - t) * (1 - t)) + middle * (2 * t * (1 - t)) + tip * (t * t);
  }
};

Stalk stalk(std::size_t index, float reach, float rise, float droop) {
  Random random(hashBits(index * 977 + 5));
  const float angle = 2.39996F * static_cast<float>(index) + random.between(-0.3F, 0.3F);
  const Vec3 out{std::cos(angle), 0, std::sin(angle)};
  const float far = reach * random.between(0.65F, 1.2F);
  const float high = rise * random.between(0.8F, 1.15F);
  const Vec3 mouth = kVaseFoot + kUp * (kVaseHeight - 0.06F);
  return {mouth + out * 0.055F, mouth + out * (0.35F * far) + kUp * high,
          mouth + out * far + kUp * (high * (1 - droop))};
}

Surfel blade(std::size_t index, float t, float step, Random& random) {
  const Stalk stem = stalk(index, 0.30F, 0.42F, 0.25F);
  Surfel surfel = strand(stem.at(t), stem.at(t + step), 0.004F);
  surfel.sigmaU *= 1.5F;
  const float width = 0.0062F * ramp(0, 0.2F, t) * (1 - 0.85F * t * t);
  surfel.sigmaV = std::max(width, 0.0012F);
  surfel.sigmaN = 0.0008F;
  const Vec3 young{0.20F, 0.36F, 0.06F};
  const Vec3 dry{0.42F, 0.36F, 0.13F};
  surfel.albedo =
      mix(young, dry, ramp(0.35F, 1, t + 0.3F * valueNoise({static_cast<float>(index), 0, 0}))) *
      random.between(0.85F, 1.15F);
  surfel.specular = 0.04F;
  return surfel;
}

/// A bare stalk with an ear of grains and awns.
Surfel ear(std::size_t index, float t, float step, Random& random) {
  const Stalk stem = stalk(100 + index, 0.34F, 0.56F, 0.12F);
  if (t < 0.45F) {
    Surfel surfel = strand(stem.at(t / 0.45F * 0.8F), stem.at((t + step) / 0.45F * 0.8F), 0.0028F);
    surfel.albedo = Vec3{0.50F, 0.40F, 0.17F} * random.between(0.85F, 1.1F);
    return surfel;
  }
  const float along = 0.8F + 0.2F * random.unit();
  const Vec3 core = stem.at(along);
  const Vec3 forward = normalized(stem.at(1) - stem.at(0.9F));
  const Vec3 out = normalized(cross(forward, random.direction()));
  const bool awn = random.unit() < 0.35F;
  const Vec3 from = core + out * 0.006F;
  const Vec3 to = from + (forward + out * 0.45F) * (awn ? 0.075F : 0.014F);
  Surfel surfel = strand(from, to, awn ? 0.0009F : 0.0052F);
  surfel.albedo = Vec3{0.62F, 0.47F, 0.20F} * random.between(0.75F, 1.15F);
  return surfel;
}

Surfel poppy(std::size_t index, float t, float step, std::size_t count, Random& random) {
  const Stalk stem = stalk(200 + index, 0.27F, 0.44F, 0.04F);
  if (t < 0.18F) {
    Surfel surfel = strand(stem.at(t / 0.18F), stem.at((t + step) / 0.18F), 0.0034F);
    surfel.albedo = Vec3{0.16F, 0.26F, 0.06F} * random.between(0.85F, 1.1F);
    return surfel;
  }
  const Vec3 axis = normalized(normalized(stem.tip - stem.middle) + kUp * 0.9F);
  const Tangents side = tangentsOf(axis);
  const float turn = random.unit();
  const Vec3 around = side.u * std::cos(2 * kPi * turn) + side.v * std::sin(2 * kPi * turn);
  if (t > 0.94F) {  // the dark heart
    Surfel surfel =
        strand(stem.tip + axis * 0.004F,
               stem.tip + axis * 0.022F + around * random.between(0.002F, 0.018F), 0.0018F);
    surfel.albedo = {0.02F, 0.015F, 0.02F};
    return surfel;
  }
  // Four petals, crumpled, that open like a bowl.
  const float out = std::sqrt(random.unit());
  const float petal = std::abs(std::sin(4 * kPi * turn + static_cast<float>(index)));
  const float reach = (0.062F + 0.016F * petal) * out;
  const float lift = 0.055F * out * out + 0.006F * std::sin(38 * turn + 5 * out);
  Surfel surfel;
  surfel.position = stem.tip + around * reach + axis * lift;
  orient(surfel, axis - around * (1.5F * out) + random.direction() * 0.18F, around);
  cover(surfel, 0.048F, std::max<std::size_t>(count, 1), 1.2F);
  surfel.sigmaN = 0.0009F;
  surfel.opacity = 0.88F;
  surfel.albedo =
      mix(Vec3{0.10F, 0.004F, 0.006F}, Vec3{0.80F, 0.075F, 0.022F}, ramp(0.12F, 0.4F, out)) *
      random.between(0.82F, 1.12F);
  return surfel;
}

}  // namespace

Surfel plantSplat(std::size_t i, std::size_t n, Random& random) {
  // Poppies need most, since petals are surfaces.
  const std::size_t group = i % 16;
  Surfel surfel;
  const auto part = [&](std::size_t first, std::size_t groups, std::size_t plants) {
    struct Part {
      std::size_t plant;
      float t, step;
      std::size_t count;
    };
    const std::size_t index = i / 16 * groups + (group - first);
    const std::size_t count = std::max<std::size_t>(n / 16 * groups / plants, 1);
    const float step = 1 / static_cast<float>(count);
    const std::size_t round = index / plants;
    return Part{index % plants, std::min(static_cast<float>(round) * step, 1 - step), step, count};
  };
  if (group < 4) {
    const auto [plant, t, step, count] = part(0, 4, kBlades);
    surfel = blade(plant, t, step, random);
  } else if (group < 7) {
    const auto [plant, t, step, count] = part(4, 3, kStalks);
    surfel = ear(plant, t, step, random);
  } else {
    const auto [plant, t, step, count] = part(7, 9, kPoppies);
    surfel = poppy(plant, t, step, count, random);
  }
  surfel.look = Look::TwoSided;
  return surfel;
}

}  // namespace volpress::sample
