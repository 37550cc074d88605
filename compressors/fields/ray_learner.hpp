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
#include "renderer/field_learner.hpp"
#include "renderer/software/field_march.hpp"
#include "renderer/software/field_model.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::fields {

using renderer::LearningLoss;
using renderer::LearningOutcome;
using renderer::LearningRay;

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

  /// The same without a gate on `device`, or here where it is null.
  [[nodiscard]] Result<LearningOutcome> accumulateOn(renderer::FieldLearner* device,
                                                     LearningLoss loss,
                                                     std::span<const float> parameters,
                                                     std::span<const std::uint8_t> occupancy,
                                                     std::span<const LearningRay> rays,
                                                     std::span<float> gradient);

private:
  const HashGridField& m_shape;
  TaskRunner& m_runner;
  std::vector<RayWorker> m_workers;
};

}  // namespace volpress::fields
