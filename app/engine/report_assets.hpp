// The style and the script of the report, built into the program from report_assets/.
#pragma once

#include <string_view>

namespace volpress::engine {

[[nodiscard]] std::string_view reportStyle();
[[nodiscard]] std::string_view reportScript();
[[nodiscard]] std::string_view timelineScript();

}  // namespace volpress::engine
