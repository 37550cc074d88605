#include "scene/sequence/sample_figure.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "scene/types/sample_light.hpp"
#include "scene/types/sample_shapes.hpp"
#include "scene/types/sample_splat.hpp"

namespace volpress::sample {
namespace {

enum Bone : std::uint8_t {
  kPelvis,
  kChest,
  kHead,
  kUpperArmL,
  kForearmL,
  kHandL,
  kUpperArmR,
  kForearmR,
  kHandR,
  kThighL,
  kShinL,
  kFootL,
  kThighR,
  kShinR,
  kFootR,
};

// Joints at rest, metres; y is down, so heights are negative.
constexpr float kHipHeight = 0.92F, kKneeHeight = 0.50F, kAnkleHeight = 0.09F;
constexpr float kWaistHeight = 1.06F, kNeckHeight = 1.49F;
constexpr float kShoulderHeight = 1.42F, kElbowHeight = 1.13F, kWristHeight = 0.87F;
constexpr float kHipSide = 0.105F, kShoulderSide = 0.235F;

Vec3 jointOf(std::uint8_t bone) {
  const auto side = [bone](std::uint8_t left, float x) { return bone < left + 3 ? -x : x; };
  switch (bone) {
    case kPelvis: return {0, -kHipHeight, 0};
    case kChest: return {0, -kWaistHeight, 0};
    case kHead: return {0, -kNeckHeight, 0};
    case kUpperArmL:
    case kUpperArmR: return {side(kUpperArmL, kShoulderSide), -kShoulderHeight, 0};
    case kForearmL:
    case kForearmR: return {side(kUpperArmL, kShoulderSide), -kElbowHeight, 0};
    case kHandL:
    case kHandR: return {side(kUpperArmL, kShoulderSide), -kWristHeight, 0};
    case kThighL:
    case kThighR: return {side(kThighL, kHipSide), -kHipHeight, 0};
    case kShinL:
    case kShinR: return {side(kThighL, kHipSide), -kKneeHeight, 0};
    default: return {side(kThighL, kHipSide), -kAnkleHeight, 0};
  }
}

/// One part of the figure: a solid of revolution that follows a bone, softly near its ends.
struct Part {
  Revolved shape;
  std::uint8_t bone, above, below;  ///< above: at its upper end, below: at its lower end
  float top, bottom;                ///< heights of its joints above the floor
  float blend;                      ///< metres over which it gives way to its neighbours
  float flatten;                    ///< its depth against its width
  float pushForward;                ///< metres along +z
  Vec3 centre{};                    ///< of a ball that holds it
  float reach = 0;                  ///< the radius of that ball
};

Vec3 woodOf(Vec3 p, float turn) {
  const Vec3 stretched{p.x * 30, p.y * 3.5F, p.z * 30};
  const float grain = fractalNoise(stretched, 4);
  const float ring = 0.5F + 0.5F * std::sin(55 * p.x + 9 * grain + 6 * turn);
  return mix(Vec3{0.52F, 0.30F, 0.14F}, Vec3{0.80F, 0.56F, 0.31F}, 0.65F * grain + 0.35F * ring);
}

/// Limbs of a mannequin: thicker in the upper third, with round ends.
Revolved limb(Vec3 foot, float length, float low, float middle, float high) {
  return Revolved(foot - kUp * (0.6F * low), {{0.0F, 0.0F},
                                              {low * 0.75F, 0.15F * low},
                                              {low, 0.6F * low},
                                              {middle, 0.6F * low + 0.55F * length},
                                              {high, 0.6F * low + 0.92F * length},
                                              {high * 0.75F, 0.6F * low + length + 0.3F * high},
                                              {0.0F, 0.6F * low + length + 0.6F * high}});
}

Vec3 surfacePoint(const Part& part, Point2 at) {
  const Vec3 axis = jointOf(part.bone);
  Vec3 point = part.shape.sample(at.u, at.v).position;
  point.z = axis.z + (point.z - axis.z) * part.flatten + part.pushForward;
  return point;
}

std::vector<Part> figureParts() {
  std::vector<Part> parts;
  for (const bool right : {false, true}) {
    const auto arm = static_cast<std::uint8_t>(right ? kUpperArmR : kUpperArmL);
    const auto leg = static_cast<std::uint8_t>(right ? kThighR : kThighL);
    const auto next = [](std::uint8_t bone, int steps) {
      return static_cast<std::uint8_t>(bone + steps);
    };
    parts.push_back(
        {limb(jointOf(next(arm, 1)), kShoulderHeight - kElbowHeight, 0.036F, 0.044F, 0.054F), arm,
         kChest, next(arm, 1), kShoulderHeight, kElbowHeight, 0.05F, 1, 0});
    parts.push_back(
        {limb(jointOf(next(arm, 2)), kElbowHeight - kWristHeight, 0.026F, 0.036F, 0.040F),
         next(arm, 1), arm, next(arm, 2), kElbowHeight, kWristHeight, 0.04F, 1, 0});
    const Vec3 hand = jointOf(next(arm, 2)) - kUp * 0.15F;
    parts.push_back({Revolved(hand, {{0.0F, 0.0F},
                                     {0.022F, 0.01F},
                                     {0.036F, 0.05F},
                                     {0.040F, 0.09F},
                                     {0.030F, 0.13F},
                                     {0.022F, 0.155F},
                                     {0.0F, 0.165F}}),
                     next(arm, 2), next(arm, 1), next(arm, 2), kWristHeight, 0, 0.03F, 0.55F, 0});
    parts.push_back({limb(jointOf(next(leg, 1)), kHipHeight - kKneeHeight, 0.052F, 0.072F, 0.088F),
                     leg, kPelvis, next(leg, 1), kHipHeight, kKneeHeight, 0.07F, 1, 0});
    parts.push_back(
        {limb(jointOf(next(leg, 2)), kKneeHeight - kAnkleHeight, 0.034F, 0.050F, 0.055F),
         next(leg, 1), leg, next(leg, 2), kKneeHeight, kAnkleHeight, 0.05F, 1, 0});
    const Vec3 foot = jointOf(next(leg, 2)) - kUp * kAnkleHeight;
    parts.push_back({Revolved(foot, {{0.0F, 0.0F},
                                     {0.045F, 0.0F},
                                     {0.056F, 0.02F},
                                     {0.050F, 0.05F},
                                     {0.040F, 0.09F},
                                     {0.0F, 0.115F}}),
                     next(leg, 2), next(leg, 1), next(leg, 2), kAnkleHeight, -1, 0.03F, 2.3F,
                     -0.055F});
  }
  parts.push_back({Revolved({0, -0.84F, 0}, {{0.0F, 0.0F},
                                             {0.10F, 0.01F},
                                             {0.165F, 0.07F},
                                             {0.150F, 0.15F},
                                             {0.125F, 0.22F},
                                             {0.10F, 0.26F},
                                             {0.0F, 0.28F}}),
                   kPelvis, kChest, kPelvis, kWaistHeight, 0.7F, 0.08F, 0.72F, 0});
  parts.push_back({Revolved({0, -1.02F, 0}, {{0.0F, 0.0F},
                                             {0.10F, 0.02F},
                                             {0.135F, 0.10F},
                                             {0.175F, 0.25F},
                                             {0.190F, 0.36F},
                                             {0.150F, 0.43F},
                                             {0.075F, 0.46F},
                                             {0.0F, 0.475F}}),
                   kChest, kHead, kPelvis, kNeckHeight + 0.02F, kWaistHeight, 0.07F, 0.68F, 0});
  parts.push_back({Revolved({0, -1.45F, 0}, {{0.0F, 0.0F},
                                             {0.052F, 0.01F},
                                             {0.050F, 0.06F},
                                             {0.054F, 0.075F},
                                             {0.088F, 0.12F},
                                             {0.102F, 0.19F},
                                             {0.088F, 0.265F},
                                             {0.050F, 0.305F},
                                             {0.0F, 0.32F}}),
                   kHead, kHead, kChest, 2, kNeckHeight, 0.06F, 1.1F, 0});
  for (Part& part : parts) {
    constexpr std::size_t kLooks = 256;
    for (std::size_t i = 0; i < kLooks; ++i) {
      part.centre = part.centre + surfacePoint(part, evenPoint(i)) * (1.0F / kLooks);
    }
    for (std::size_t i = 0; i < kLooks; ++i) {
      part.reach = std::max(part.reach, length(surfacePoint(part, evenPoint(i)) - part.centre));
    }
    part.reach += 0.02F;
  }
  return parts;
}

Binding bindingOf(const Part& part, float height) {
  Binding binding;
  const float up = 0.5F * ramp(part.top - part.blend, part.top + part.blend, height);
  const float down = 0.5F * ramp(part.bottom + part.blend, part.bottom - part.blend, height);
  binding.bone = {part.bone, up > down ? part.above : part.below};
  binding.second = std::max(up, down);
  return binding;
}

Surfel partSurfel(const Part& part, std::size_t i, std::size_t count, Random& random,
                  Binding& binding) {
  const Point2 at = evenPoint(i);
  const Revolved::Sample sample = part.shape.sample(at.u, at.v);
  Surfel surfel;
  surfel.position = surfacePoint(part, at);
  const Vec3 normal{sample.normal.x, sample.normal.y, sample.normal.z / part.flatten};
  orient(surfel, normal, sample.along);
  cover(surfel, part.shape.area() * (0.5F + 0.5F * part.flatten), count, 1.5F);
  surfel.sigmaN = 0.25F * surfel.sigmaV;
  surfel.albedo = woodOf(sample.position, sample.turn);
  surfel.specular = 0.05F;
  surfel.roughness = 0.35F;
  surfel.opacity = random.between(0.86F, 0.97F);
  const float height = -surfel.position.y;
  if (part.bone == kHead) {
    // Eyes and mouth look towards -z.
    const float side = std::abs(surfel.position.x) - 0.036F;
    const float eye = std::hypot(side, (height - 1.655F) * 1.3F);
    const bool front = surfel.position.z < -0.03F;
    if (front && eye < 0.017F) {
      surfel.albedo = eye < 0.009F ? Vec3{0.02F, 0.02F, 0.03F} : Vec3{0.85F, 0.85F, 0.82F};
      surfel.specular = 0.2F;
    } else if (front &&
               std::abs(height - 1.575F + 2.5F * surfel.position.x * surfel.position.x) < 0.006F &&
               std::abs(surfel.position.x) < 0.035F) {
      surfel.albedo = {0.55F, 0.10F, 0.08F};
    } else if (height > 1.70F + (front ? 0.02F : -0.10F)) {
      surfel.albedo = mix(Vec3{0.05F, 0.03F, 0.02F}, Vec3{0.16F, 0.09F, 0.05F},
                          fractalNoise(sample.position * 90, 3));
    }
  }
  binding = bindingOf(part, height);
  return surfel;
}

/// A skirt from the waist to above the knees.
Surfel skirtSurfel(std::size_t i, std::size_t count, Random& random, Binding& binding) {
  constexpr float kTop = 1.05F, kBottom = 0.56F;
  const Point2 at = evenPoint(i);
  // Nearly even: the hem is longer than the seam; wide at the hips.
  const float along = std::pow(at.u, 0.72F);
  const float radius = 0.13F + 0.18F * std::pow(along, 0.55F);
  const float angle = 2 * kPi * at.v;
  const float fold = 1 + 0.07F * along * std::sin(11 * angle);
  Surfel surfel;
  surfel.position = {radius * fold * std::cos(angle), -mix(kTop, kBottom, along),
                     0.82F * radius * fold * std::sin(angle)};
  const float slope = 0.3F;
  orient(surfel, Vec3{std::cos(angle), -slope, std::sin(angle)},
         Vec3{slope * std::cos(angle), 1, slope * std::sin(angle)});
  cover(surfel, 0.78F, count, 1.2F);
  surfel.sigmaN = 0.25F * surfel.sigmaV;
  const bool checked =
      (static_cast<int>(std::floor(at.v * 24)) + static_cast<int>(std::floor(along * 7))) % 2 == 0;
  const Vec3 cloth = checked ? Vec3{0.06F, 0.16F, 0.42F} : Vec3{0.72F, 0.74F, 0.78F};
  const bool hem = along > 0.94F;
  surfel.albedo = (hem ? Vec3{0.80F, 0.58F, 0.12F} : cloth) * random.between(0.88F, 1.08F);
  surfel.look = Look::TwoSided;
  surfel.opacity = random.between(0.82F, 0.95F);
  // The cloth follows the leg that is nearer, more so towards the hem.
  const bool left = std::cos(angle) < 0;
  const float sideways = std::abs(std::cos(angle));
  binding.bone = {kPelvis, static_cast<std::uint8_t>(left ? kThighL : kThighR)};
  binding.second = 0.55F * along * ramp(0.05F, 0.55F, sideways);
  binding.sway = 0.028F * along;
  binding.along = along;
  binding.around = at.v;
  return surfel;
}

/// A scarf: a ring around the neck, and an end that hangs down the back.
Surfel scarfSurfel(std::size_t i, std::size_t count, Random& random, Binding& binding) {
  const Point2 at = evenPoint(i);
  Surfel surfel;
  constexpr float kRingShare = 0.45F;
  const bool ring = at.u < kRingShare;
  float along = 0;
  if (ring) {
    const float angle = 2 * kPi * at.v;
    const float tube = 2 * kPi * at.u / kRingShare;
    const Vec3 out{std::cos(angle), 0, std::sin(angle)};
    const Vec3 normal = out * std::cos(tube) + kUp * std::sin(tube);
    surfel.position = Vec3{0, -1.475F, 0} + out * 0.085F + normal * 0.030F;
    orient(surfel, normal, cross(out, kUp));
  } else {
    along = (at.u - kRingShare) / (1 - kRingShare);
    surfel.position = {mix(-0.055F, 0.055F, at.v) + 0.05F, -1.47F + 0.50F * along,
                       0.125F + 0.10F * along};
    orient(surfel, Vec3{0, -0.2F, 1}, Vec3{1, 0, 0});
    binding.sway = 0.07F * along;
    binding.along = along;
    binding.around = at.v;
  }
  cover(surfel, ring ? 0.1F : 0.055F,
        static_cast<std::size_t>(
            std::max(1.0F, static_cast<float>(count) * (ring ? kRingShare : 1 - kRingShare))),
        1.2F);
  surfel.sigmaN = 0.3F * surfel.sigmaV;
  const float stripe = fraction(ring ? at.v * 14 : along * 8);
  surfel.albedo = (stripe < 0.22F ? Vec3{0.93F, 0.86F, 0.70F} : Vec3{0.62F, 0.05F, 0.05F}) *
                  random.between(0.85F, 1.1F);
  surfel.look = Look::TwoSided;
  surfel.opacity = random.between(0.82F, 0.95F);
  binding.bone = {kChest, kHead};
  binding.second = ring ? 0.4F : 0.1F * (1 - along);
  return surfel;
}

float bodyDistance(const std::vector<Part>& parts, Vec3 p) {
  float best = p.y > 0 ? -0.01F : 0.5F - p.y * 0.1F;
  for (const Part& part : parts) {
    const Vec3 axis = jointOf(part.bone);
    if (length(p - part.centre) - part.reach > best) {
      continue;
    }
    const Vec3 round{p.x, p.y, axis.z + (p.z - axis.z - part.pushForward) / part.flatten};
    best = std::min(best, part.shape.distance(round) * std::min(1.0F, part.flatten));
  }
  return best;
}

Quaternion turnAbout(std::size_t axis, double angle) {
  Quaternion q{std::cos(angle / 2), 0, 0, 0};
  q[1 + axis] = std::sin(angle / 2);
  return q;
}

Vector3 toDouble(Vec3 v) {
  return {static_cast<double>(v.x), static_cast<double>(v.y), static_cast<double>(v.z)};
}

/// `local` turns the bone about its joint, on top of what its parent does.
BonePose chained(const BonePose& parent, std::uint8_t bone, const Quaternion& local) {
  const Vector3 joint = toDouble(jointOf(bone));
  BonePose pose;
  pose.rotation = normalised(multiply(parent.rotation, local));
  const Vector3 carried = rotated(rotationMatrix(parent.rotation), joint);
  const Vector3 turned = rotated(rotationMatrix(pose.rotation), joint);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    pose.offset[axis] = parent.offset[axis] + carried[axis] - turned[axis];
  }
  return pose;
}

}  // namespace

Figure makeFigure(std::size_t splats, std::uint64_t seed, TaskRunner& runner) {
  const std::vector<Part> parts = figureParts();
  using Make = std::function<Surfel(std::size_t, std::size_t, Random&, Binding&)>;
  struct Share {
    double area;
    Make make;
  };
  std::vector<Share> shares;
  for (const Part& part : parts) {
    const double detail = part.bone == kHead ? 2.5 : part.bone == kPelvis ? 0.4 : 1;
    shares.push_back({detail * static_cast<double>(part.shape.area()) *
                          static_cast<double>(0.5F + 0.5F * part.flatten),
                      [&part](std::size_t i, std::size_t n, Random& random, Binding& binding) {
                        return partSurfel(part, i, n, random, binding);
                      }});
  }
  shares.push_back({0.55, skirtSurfel});
  shares.push_back({0.17, scarfSurfel});
  double total = 0;
  for (const Share& share : shares) {
    total += share.area;
  }
  Figure figure;
  resizeCloud(figure.rest, splats, 3);
  figure.bindings.resize(splats);
  const DistanceField field([&parts](Vec3 p) { return bodyDistance(parts, p); },
                            {-1.68F, -1.83F, -1.68F}, 0.03F, runner);
  const Studio studio(field);
  double area = 0;
  std::size_t first = 0;
  for (std::size_t s = 0; s < shares.size(); ++s) {
    area += shares[s].area;
    const auto end = s + 1 == shares.size()
                         ? splats
                         : static_cast<std::size_t>(area / total * static_cast<double>(splats));
    const std::size_t count = end - first;
    constexpr std::size_t kGrain = 512;
    runner.parallelFor(count, kGrain, [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) {
        Random random(hashBits(seed) ^ hashBits(s << 40 | i));
        Surfel surfel = shares[s].make(i, count, random, figure.bindings[first + i]);
        writeSplat(surfel, studio.shade(surfel), first + i, figure.rest);
      }
    });
    first = end;
  }
  return figure;
}

std::array<BonePose, kFigureBones> walkPose(double seconds) {
  constexpr double kPi2 = 6.283185307179586;
  constexpr double kStepsPerSecond = 0.9;
  const double phase = kPi2 * kStepsPerSecond * seconds;
  std::array<BonePose, kFigureBones> pose;
  BonePose root;
  root.rotation = turnAbout(1, 3.5 + 0.6 * std::sin(0.35 * seconds));
  root.offset = {0.03 * std::sin(phase), -0.02 + 0.022 * std::cos(2 * phase), 0};
  pose[kPelvis] =
      chained(root, kPelvis,
              multiply(turnAbout(1, 0.12 * std::sin(phase)), turnAbout(2, 0.05 * std::sin(phase))));
  pose[kChest] = chained(pose[kPelvis], kChest,
                         multiply(turnAbout(1, -0.22 * std::sin(phase)),
                                  turnAbout(0, 0.05 + 0.02 * std::cos(2 * phase))));
  pose[kHead] =
      chained(pose[kChest], kHead,
              multiply(turnAbout(1, 0.1 * std::sin(phase) + 0.25 * std::sin(0.8 * seconds)),
                       turnAbout(0, 0.08 * std::sin(2 * phase + 0.5))));
  for (const bool right : {false, true}) {
    const double side = right ? 1 : -1;
    const double swing = side * std::sin(phase);
    const auto arm = static_cast<std::uint8_t>(right ? kUpperArmR : kUpperArmL);
    const auto leg = static_cast<std::uint8_t>(right ? kThighR : kThighL);
    const auto bone = [](std::uint8_t first, int steps) {
      return static_cast<std::uint8_t>(first + steps);
    };
    pose[arm] = chained(pose[kChest], arm,
                        multiply(turnAbout(0, 0.45 * swing), turnAbout(2, -side * 0.16)));
    pose[bone(arm, 1)] = chained(pose[arm], bone(arm, 1), turnAbout(0, 0.45 + 0.25 * (1 + swing)));
    pose[bone(arm, 2)] = chained(pose[bone(arm, 1)], bone(arm, 2), turnAbout(0, 0.15 * swing));
    pose[leg] = chained(pose[kPelvis], leg, turnAbout(0, 0.12 - 0.42 * swing));
    const double lift = std::max(0.0, std::cos(phase) * -side);
    pose[bone(leg, 1)] = chained(pose[leg], bone(leg, 1), turnAbout(0, -0.10 - 0.85 * lift));
    pose[bone(leg, 2)] =
        chained(pose[bone(leg, 1)], bone(leg, 2), turnAbout(0, 0.05 + 0.30 * swing * 0.5));
  }
  return pose;
}

}  // namespace volpress::sample
