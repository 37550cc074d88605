// Finding the value of a codec's quality knob that gives a wanted size or quality.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "app/engine/job.hpp"
#include "scene/base/params.hpp"
#include "scene/base/result.hpp"

namespace volpress::engine {

/// No search takes more encodes than this.
inline constexpr std::size_t kMaxTargetEncodes = 8;
/// Sizes end between this share of the target and the target itself.
inline constexpr double kTargetSizeTolerance = 0.02;
/// Mean PSNR ends within this of the target, dB.
inline constexpr double kTargetPsnrTolerance = 0.15;

struct TargetOutcome {
  ParamValue knob;          ///< of the type of the knob's parameter
  double value = 0;         ///< bytes or dB that it gave
  std::size_t encodes = 0;  ///< how often `measure` was called
  bool reached = false;     ///< within the tolerance
  std::string message;      ///< not reached: what the knob can do, in words for people
};

/// Calls `measure` (bytes or dB of one encode) for values of `knob` until the target is met, at
/// most kMaxTargetEncodes times and never twice for one value. The knob must have a range and move
/// the value in one direction, either one. Out of reach, it ends at the nearest end of the range
/// and says so. Errors of `measure` end the search.
[[nodiscard]] Result<TargetOutcome> searchTarget(
    const ParamSpec& knob, const ParamValue& start, const QualityTarget& target,
    const std::function<Result<double>(const ParamValue&)>& measure);

/// "20.0 MB" or "40.00 dB".
[[nodiscard]] std::string describeTarget(QualityTarget::Kind kind, double value);

}  // namespace volpress::engine
