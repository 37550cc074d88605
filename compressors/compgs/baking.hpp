// A static scene of what anchors look like: opacity and colour depend on the view there, and only
// colour does here.
#pragma once

#include <array>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/compgs/anchors.hpp"
#include "compressors/compgs/primitives.hpp"
#include "scene/types/camera.hpp"

namespace volpress::compressors::compgs {

/// A place that the scene was seen from, and the cone that was in sight.
struct Eye {
  std::array<float, 3> position{}, forward{};
  float cosine = -1;  ///< of the cone's half angle
};
inline constexpr std::size_t kMostEyes = 16;
/// At most `most` (up to kMostEyes) of the cameras, evenly chosen.
[[nodiscard]] std::vector<Eye> chooseEyes(std::span<const Camera> cameras,
                                          std::size_t most = kMostEyes);

struct AnchorScene {
  AnchorSet anchors;
  LatentRows latents;
  Model networks;         ///< rounded; the parts from kFirstDecoder on
  std::vector<Eye> eyes;  ///< 1..kMostEyes
  float unit = 1;
  unsigned shDegree = 0;
};

/// The primitives that show from some eye that sees them, at least one: opacity is their mean, SH
/// is what comes nearest to their colours from there, with a pull towards no view dependence where
/// nothing was seen. Not validated.
[[nodiscard]] Result<GaussianCloud> bake(const AnchorScene& scene, const std::stop_token& stop,
                                         TaskRunner& runner);

}  // namespace volpress::compressors::compgs
