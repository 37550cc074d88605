#include "scene/base/progress.hpp"

#include <algorithm>
#include <utility>

namespace volpress {

void Progress::setStages(std::vector<Stage> stages) {
  const std::scoped_lock lock(m_mutex);
  m_stages = std::move(stages);
  m_stage = 0;
}

void Progress::enter(std::size_t index) {
  const std::scoped_lock lock(m_mutex);
  m_stage = index;
  m_detail.clear();
  double before = 0;
  double total = 0;
  for (std::size_t i = 0; i < m_stages.size(); ++i) {
    total += m_stages[i].weight;
    before += i < index ? m_stages[i].weight : 0;
  }
  m_fraction = std::max(m_fraction, total > 0 ? before / total : 0);
}

void Progress::report(double fraction, std::string detail) {
  const std::scoped_lock lock(m_mutex);
  double before = 0;
  double total = 0;
  for (std::size_t i = 0; i < m_stages.size(); ++i) {
    total += m_stages[i].weight;
    before += i < m_stage ? m_stages[i].weight : 0;
  }
  const double within = std::clamp(fraction, 0.0, 1.0);
  const double weight = m_stage < m_stages.size() ? m_stages[m_stage].weight : 0;
  const double overall = total > 0 ? (before + within * weight) / total : within;
  m_fraction = std::max(m_fraction, std::min(overall, 1.0));
  m_detail = std::move(detail);
}

void Progress::finish() {
  const std::scoped_lock lock(m_mutex);
  m_fraction = 1;
  m_detail.clear();
}

Progress::Snapshot Progress::snapshot() const {
  const std::scoped_lock lock(m_mutex);
  return {m_fraction, m_stage < m_stages.size() ? m_stages[m_stage].name : std::string(), m_detail};
}

}  // namespace volpress
