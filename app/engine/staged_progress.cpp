#include "app/engine/staged_progress.hpp"

#include <algorithm>
#include <utility>

namespace volpress::engine {

void StagedProgress::setStages(std::vector<Progress::Stage> stages) {
  const std::scoped_lock lock(m_mutex);
  m_stages = std::move(stages);
  m_inner.clear();
  for (std::size_t i = 0; i < m_stages.size(); ++i) {
    m_inner.push_back(std::make_unique<Progress>());
  }
}

Progress& StagedProgress::enter(std::size_t index) {
  const std::scoped_lock lock(m_mutex);
  m_stage = std::max(m_stage, index);
  return *m_inner.at(index);
}

void StagedProgress::finish() {
  const std::scoped_lock lock(m_mutex);
  m_finished = true;
}

Progress::Snapshot StagedProgress::snapshot() const {
  const std::scoped_lock lock(m_mutex);
  if (m_finished || m_stages.empty()) {
    return {m_finished ? 1.0 : 0.0, {}, {}};
  }
  double before = 0;
  double total = 0;
  for (std::size_t i = 0; i < m_stages.size(); ++i) {
    total += m_stages[i].weight;
    before += i < m_stage ? m_stages[i].weight : 0;
  }
  const Progress::Stage& stage = m_stages[m_stage];
  Progress::Snapshot inner = m_inner[m_stage]->snapshot();
  const double fraction = total > 0 ? (before + stage.weight * inner.fraction) / total : 0;
  inner.fraction = std::clamp(fraction, 0.0, 1.0);
  if (inner.stage.empty()) {
    inner.stage = stage.name;
  }
  return inner;
}

}  // namespace volpress::engine
