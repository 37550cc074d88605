// The stages of an encode: told to the progress, timed into the log.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "compressors/codec.hpp"

namespace volpress::compressors {

/// Enters stages one after the other. `context` and `names` (what the log calls each stage of
/// context.progress) must live as long.
class StageLog {
public:
  StageLog(RunContext& context, std::span<const char* const> names);

  /// Ends the stage before and enters another.
  void enter(std::size_t stage);
  /// Logs how long the present stage took so far ("packing: 1.2 s"); nothing before the first.
  void logTime();

private:
  RunContext& m_context;
  std::span<const char* const> m_names;
  std::optional<std::size_t> m_stage;
  std::chrono::steady_clock::time_point m_start;
};

}  // namespace volpress::compressors
