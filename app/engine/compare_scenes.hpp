// Comparing codecs on several scenes: a report for each, and one over all of them.
#pragma once

#include <filesystem>
#include <vector>

#include "app/engine/compare.hpp"

namespace volpress::engine {

/// `spec.input` is ignored. Every scene's report becomes a folder in `spec.folder`; one that is
/// there already, of the same file, codecs and views, is kept, so that hours of work go on where
/// they were ended. index.html and results.json of all are written at the end. Fails when a scene's
/// report fails as a whole; those before it stay.
[[nodiscard]] Result<Report> runCompareScenes(const std::vector<std::filesystem::path>& inputs,
                                              const CompareSpec& spec, const CompareRun& run);

}  // namespace volpress::engine
