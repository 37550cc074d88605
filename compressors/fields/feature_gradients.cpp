#include "compressors/fields/feature_gradients.hpp"

namespace volpress::fields {

void FeatureGradients::begin(const renderer::FieldModel& model) {
  m_features = model.grid.features;
  m_levels.resize(model.levels.size());
  for (auto& places : m_places) {
    places.clear();
  }
  for (auto& level : m_levels) {
    level.clear();
  }
}

void FeatureGradients::append(renderer::FieldBatch& batch) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    m_places[axis].insert(m_places[axis].end(), batch.place(axis), batch.place(axis) + batch.count);
  }
  for (std::size_t level = 0; level < m_levels.size(); ++level) {
    std::vector<float>& kept = m_levels[level];
    const std::size_t first = kept.size();
    kept.resize(first + batch.count * m_features);
    for (std::size_t f = 0; f < m_features; ++f) {
      const float* row = batch.featureGradient(level * m_features + f);
      for (std::size_t n = 0; n < batch.count; ++n) {
        kept[first + n * m_features + f] = row[n];
      }
    }
  }
}

renderer::LevelGradient FeatureGradients::level(std::size_t index) const {
  return {{m_places[0].data(), m_places[1].data(), m_places[2].data()},
          m_levels[index].data(),
          m_places[0].size()};
}

void addFeatureGradients(const renderer::FieldModel& model,
                         std::span<const FeatureGradients* const> parts,
                         std::span<float> tableGradient, TaskRunner& runner) {
  runner.parallelFor(model.levels.size(), 1, [&](std::size_t begin, std::size_t end) {
    renderer::FieldBatch scratch(model);
    for (std::size_t level = begin; level < end; ++level) {
      for (const FeatureGradients* part : parts) {
        renderer::fieldScatter(model, level, part->level(level), scratch, tableGradient);
      }
    }
  });
}

}  // namespace volpress::fields
