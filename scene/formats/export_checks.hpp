// What a writer says about the parts of a cloud that its format cannot hold.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// What a format can hold beside the splats themselves.
struct FormatReach {
  unsigned maxShDegree = kMaxShDegree;
  bool keepsFilter = false;
};

/// Warns of SH above the degree, a filter tag and extra columns that are dropped.
void warnOfDropped(const GaussianCloud& cloud, const FormatReach& reach, IoContext& context);

}  // namespace volpress::formats
