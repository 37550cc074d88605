// One report over several scenes: the rows of their own reports pooled, and a table of all.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/engine/report.hpp"

namespace volpress::engine {

/// The report of one scene as written by `reportJson`, as far as pooling needs it: no pictures.
/// CorruptData names what is wrong.
[[nodiscard]] Result<Report> reportFromJson(std::string_view text);

/// A row for each row that all scenes have: bytes and seconds are sums, and every view of every
/// scene counts the same. A row that a scene lacks or failed is there without an evaluation.
/// `pages[i]` is where the report of scene i lies, relative to the pooled one.
[[nodiscard]] Report poolReports(std::span<const Report> scenes,
                                 std::span<const std::string> pages);

/// The table of a pooled report: for each row and scene bytes a splat, ratio and PSNR; and BD-rates
/// as means over scenes.
[[nodiscard]] std::string reportScenesHtml(const Report& report);

/// BD-rates of the codecs on each scene, averaged (geometrically) over the scenes that have them.
[[nodiscard]] std::vector<ReportMeanRate> meanBdRates(const Report& report);

}  // namespace volpress::engine
