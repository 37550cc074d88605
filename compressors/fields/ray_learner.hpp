// The gradient of a field's parameters from rays whose colours are known: volume rendering with a
// gradient by hand.
//
// For samples i of a ray with opacity a_i = 1 - exp(-sigma_i dt_i), transmittance T_i before them
// and colour c_i, the ray's colour is C = sum T_i a_i c_i + T_end b over the background b, hence
//   dC/dc_i = T_i a_i   and   dC/dsigma_i = dt_i (T_{i+1} c_i - S_{i+1}),
// where S_{i+1} is what the samples behind and the background add.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/fields/saliency_grid.hpp"
#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::fields {

/// What a ray's difference from its target counts.
enum class LearningLoss : std::uint8_t {
  Huber,   ///< with threshold 0.1, as instant-ngp trains
  Square,  ///< the mean squared error of a channel
  Probe,   ///< `target` is taken for d(loss)/d(colour) of the ray, not divided by their number
};

/// A ray in the field's frame and what it should look like over a background.
struct LearningRay {
  renderer::FieldRay ray;
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

/// Huber loss with threshold 0.1: its value and slope at a difference.
struct Huber {
  float loss, slope;
};
[[nodiscard]] Huber huber(float difference) noexcept;

/// A saliency grid in front of the field: features and density of each sample are multiplied by its
/// value, and samples where that is below SaliencyGrid::kLeast are left out.
struct LearningGate {
  const SaliencyGrid* grid = nullptr;
  std::span<float> gradient;  ///< d(mean loss)/d(values) is added
};

class RayWorker;

/// Adds gradients of networks and grid over one step's rays. `shape` must outlive it.
class RayLearner {
public:
  RayLearner(const HashGridField& shape, TaskRunner& runner);
  ~RayLearner();
  RayLearner(const RayLearner&) = delete;
  RayLearner& operator=(const RayLearner&) = delete;

  /// Adds d(mean loss)/d(parameters) to `gradient`; both laid out as `HashGridField::parameters`.
  /// The same bits on any number of threads.
  LearningOutcome accumulate(LearningLoss loss, std::span<const float> parameters,
                             std::span<const std::uint8_t> occupancy,
                             std::span<const LearningRay> rays, std::span<float> gradient,
                             const LearningGate& gate = {});

private:
  const HashGridField& m_shape;
  TaskRunner& m_runner;
  std::vector<RayWorker> m_workers;
};

}  // namespace volpress::fields
