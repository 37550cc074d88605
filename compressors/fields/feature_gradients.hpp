// Gradients of grid features as they come out of batches, kept until each level is added up.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "renderer/software/field_model.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::fields {

/// Places and feature gradients of one worker's samples, in order.
class FeatureGradients {
public:
  /// Forgets what there was; its memory stays.
  void begin(const renderer::FieldModel& model);
  /// Takes over what `fieldBackward` left in a batch.
  void append(renderer::FieldBatch& batch);
  [[nodiscard]] renderer::LevelGradient level(std::size_t index) const;

private:
  std::size_t m_features = 0;
  std::array<std::vector<float>, 3> m_places;
  std::vector<std::vector<float>> m_levels;  ///< m_features a sample
};

/// Adds all of `parts`, in order, to `tableGradient`: each level on one thread, so that the sums do
/// not depend on their number.
void addFeatureGradients(const renderer::FieldModel& model,
                         std::span<const FeatureGradients* const> parts,
                         std::span<float> tableGradient, TaskRunner& runner);

}  // namespace volpress::fields
