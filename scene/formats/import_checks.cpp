#include "scene/formats/import_checks.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::formats {

Result<void> finishImport(GaussianCloud& cloud, IoContext& context) {
  if (context.options.keepInvalid) {
    return {};
  }
  const SanitiseReport report = sanitise(cloud);
  if (report.removed != 0) {
    context.warnings.push_back(
        fmt::format("{} splats that cannot be drawn (not a number, or infinite) were left out.",
                    report.removed));
  }
  if (report.clamped != 0) {
    context.warnings.push_back(
        fmt::format("{} infinite opacities or scales were replaced by the nearest finite value.",
                    report.clamped));
  }
  if (report.identityRotations != 0) {
    context.warnings.push_back(fmt::format(
        "{} rotations of length zero were replaced by no rotation.", report.identityRotations));
  }
  float farthest = 0;
  for (const float value : cloud.means) {
    farthest = std::max(farthest, std::abs(value));
  }
  warnOfFarPositions(farthest, context);
  return validate(cloud);
}

void noteTruncation(std::uint64_t claimed, std::uint64_t complete, IoContext& context) {
  context.warnings.push_back(
      fmt::format("The file is cut short: of {} splats the {} that are complete were opened.",
                  claimed, complete));
}

void warnOfFarPositions(float farthest, IoContext& context) {
  constexpr float kFar = 1e7F;
  if (farthest > kFar) {
    context.warnings.push_back(
        fmt::format("Positions reach {:.3g} units from the origin: single precision keeps less "
                    "than a unit there.",
                    farthest));
  }
}

}  // namespace volpress::formats
