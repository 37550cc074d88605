#include "compressors/stages/stage_log.hpp"

namespace volpress::compressors {

StageLog::StageLog(RunContext& context, std::span<const char* const> names)
    : m_context(context), m_names(names) {}

void StageLog::enter(std::size_t stage) {
  logTime();
  m_stage = stage;
  m_start = std::chrono::steady_clock::now();
  m_context.progress.enter(stage);
}

void StageLog::logTime() {
  if (m_stage) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - m_start;
    m_context.log.push_back(fmt::format("{}: {:.1f} s", m_names[*m_stage], passed.count()));
  }
}

}  // namespace volpress::compressors
