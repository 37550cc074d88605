// The face of what learns a field from rays whose colours are known: the gradient of its
// parameters.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "renderer/field_ray.hpp"
#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::renderer {

/// What a ray's difference from its target counts.
enum class LearningLoss : std::uint8_t {
  Huber,   ///< with threshold 0.1, as instant-ngp trains
  Square,  ///< the mean squared error of a channel
  Probe,   ///< `target` is taken for d(loss)/d(colour) of the ray, not divided by their number
};

/// A ray and what it should look like over a background.
struct LearningRay {
  FieldRay ray;
  float jitter = 0.5F;            ///< part of the first step that is skipped
  float nearest = 0;              ///< distance from which on it is sampled
  std::array<float, 3> target{};  ///< sRGB code values, the background blended in
  std::array<float, 3> background{};
};

struct LearningOutcome {
  double loss = 0;            ///< mean loss of a colour channel
  double squaredError = 0;    ///< mean squared error of a colour channel
  std::uint64_t marched = 0;  ///< samples in occupied cells
  std::uint64_t learnt = 0;   ///< of those, in front of what is opaque
};

/// A device that learns. One thread at a time.
class FieldLearner {
public:
  virtual ~FieldLearner() = default;
  /// For people.
  [[nodiscard]] virtual std::string name() const = 0;

  /// Adds d(mean loss)/d(parameters) to `gradient`; both laid out as `HashGridField::parameters`.
  /// Of `shape` the parameters and the occupancy are not looked at. The same bits for the same
  /// input on the same device. InvalidParameter for layers wider than the device takes; what else
  /// fails leaves `gradient` as it was.
  [[nodiscard]] virtual Result<LearningOutcome> accumulate(const HashGridField& shape,
                                                           LearningLoss loss,
                                                           std::span<const float> parameters,
                                                           std::span<const std::uint8_t> occupancy,
                                                           std::span<const LearningRay> rays,
                                                           std::span<float> gradient) = 0;
};

}  // namespace volpress::renderer
