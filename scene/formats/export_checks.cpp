#include "scene/formats/export_checks.hpp"

namespace volpress::formats {

void warnOfDropped(const GaussianCloud& cloud, const FormatReach& reach, IoContext& context) {
  if (cloud.shDegree > reach.maxShDegree) {
    context.warnings.push_back(
        fmt::format("View-dependent colour of SH degree {} was cut to degree {}, the most that "
                    "this format holds.",
                    cloud.shDegree, reach.maxShDegree));
  }
  if (cloud.filter == FilterMode::Antialiased && !reach.keepsFilter) {
    context.warnings.emplace_back(
        "The scene was trained with antialiasing, which this format cannot say: viewers will draw "
        "small splats too strongly.");
  }
  if (!cloud.extras.empty()) {
    std::string names;
    for (const ExtraColumn& extra : cloud.extras) {
      names += (names.empty() ? "" : ", ") + extra.name;
    }
    context.warnings.push_back(fmt::format("Extra columns were left out: {}.", names));
  }
}

}  // namespace volpress::formats
