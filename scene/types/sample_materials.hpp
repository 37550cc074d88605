// Light and materials of the sample scene: how a glossy surface point looks from every side, as SH.
#pragma once

#include <array>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress {

using SampleVec3 = std::array<float, 3>;

/// SH of bands 0..3 per channel, [coefficient][RGB], for `0.5 + sum` colours.
using SampleSh = std::array<SampleVec3, kSh3Coefficients>;

struct SampleMaterial {
  SampleVec3 albedo{};
  SampleVec3 specular{};  ///< reflectance at normal incidence
  float gloss = 0;        ///< 0 matt .. 1 mirror-like (as far as band 3 can show it)
};

/// Least-squares fit of the outgoing light of a surface point with unit normal `normal` over the
/// directions from which it is seen; `occlusion` 0..1 darkens what the surroundings hide.
[[nodiscard]] SampleSh shadeSamplePoint(const SampleMaterial& material, SampleVec3 normal,
                                        float occlusion);

/// Colour that does not depend on the direction.
[[nodiscard]] SampleSh constantSampleColor(SampleVec3 color);

}  // namespace volpress
