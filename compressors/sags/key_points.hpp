// Which splats become key points, where mid-points lie between them, and what each of them should
// look like.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/sags/settings.hpp"
#include "compressors/sags/stored_scene.hpp"

namespace volpress::compressors::sags {

/// Chooses round(share * n) splats: the Morton order of those that are seen is cut into stretches
/// of equal weight (the root of what a splat contributes), and the one of each that contributes
/// most stays. Sets layout, grid, keys and parents of `scene`; fewer keys come out where several
/// fall into one grid cell. `scores` has an entry a splat.
[[nodiscard]] Result<void> choosePoints(const GaussianCloud& cloud, std::span<const double> scores,
                                        const Settings& settings, StoredScene& scene,
                                        RunContext& context);

/// For each point the splat that it should look like: the nearest to a key point, and the nearest
/// that no key point stands for to a mid-point.
[[nodiscard]] std::vector<std::uint32_t> targetsOf(const GaussianCloud& cloud, const Points& points,
                                                   TaskRunner& runner);

/// Sizes of the key points to begin with: they may move as far as their neighbours are, and their
/// axes are those of their splats.
[[nodiscard]] FloatArray freshSizes(const GaussianCloud& cloud, const Points& points,
                                    std::span<const std::uint32_t> targets);

}  // namespace volpress::compressors::sags
