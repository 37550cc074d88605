// Clouds for tests, made from a seed.
#pragma once

#include <cstdint>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::testing {

/// `count` plausible splats in a ball of radius 2 around the origin: varied scales, unit
/// quaternions with each component largest somewhere, opacities from nearly 0 to nearly 1, smooth
/// colours, and SH that falls off with the band.
[[nodiscard]] GaussianCloud randomCloud(std::size_t count, unsigned shDegree, std::uint64_t seed);

/// As randomCloud, but splat i has the SH above band 0 of splat i % `values`, as splats of an SOG
/// palette have.
[[nodiscard]] GaussianCloud sharedShCloud(std::size_t count, unsigned shDegree, std::size_t values,
                                          std::uint64_t seed);

/// As randomCloud, with the corners that quantisers must survive: extreme opacities, scales at
/// both ends, SH at both ends of [-1, 1], equal positions, far positions.
[[nodiscard]] GaussianCloud extremeCloud(std::size_t count, unsigned shDegree, std::uint64_t seed);

}  // namespace volpress::testing
