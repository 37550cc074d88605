// What the shell and the furniture of the sample room share: measures, shapes, light.
#pragma once

#include "scene/types/sample_shapes.hpp"

namespace volpress::sample {

// Metres; the floor is y = 0, the window is in the left wall (-x), the sofa stands at the back
// (+z).
inline constexpr float kHalfX = 2.2F, kHalfZ = 2.6F, kHeight = 2.6F;
inline constexpr float kWindowFrom = -1.25F, kWindowTo = 0.95F;  // along z
inline constexpr float kWindowLow = 0.75F, kWindowHigh = 2.25F;  // above the floor
inline constexpr float kWainscot = 0.92F;
inline constexpr Vec3 kWindowCentre{-kHalfX, -1.5F, -0.15F};

inline constexpr Vec3 kLamp{1.45F, 0, 2.15F};  ///< foot of the standing lamp

/// A box with round edges.
struct Block {
  Vec3 centre, half;
  float round;
};
[[nodiscard]] float blockDistance(const Block& block, Vec3 p);

/// A surfel on a block's surface, and where on its face it lies, in metres from the face's middle.
struct OnBlock {
  Surfel surfel;
  int axis = 0;  ///< of the face: 0 x, 1 y, 2 z
  float a = 0, b = 0;
};

/// Splat `i` of `n` even ones.
[[nodiscard]] OnBlock onBlock(const Block& block, std::size_t i, std::size_t n, float stretch);

/// A flat piece: `centre` plus a part of `u` and of `v`, each from -1 to 1 as `at` goes from 0
/// to 1.
[[nodiscard]] Surfel onSheet(Vec3 centre, Vec3 u, Vec3 v, Point2 at, std::size_t n);

/// Scales the albedo by the light of window and lamp, as it falls off through the room.
void lightRoom(Surfel& surfel);

}  // namespace volpress::sample
