// Short ways to write a ParamSpec of each type.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scene/base/params.hpp"

namespace volpress {

/// A numeric parameter; the type of `value` is the parameter's.
template <typename Number>
[[nodiscard]] ParamSpec numberParam(std::string id, std::string label, std::string help,
                                    std::string unit, std::string group, Number value,
                                    ParamRange range, bool advanced = false) {
  return {std::move(id),
          std::move(label),
          std::move(help),
          std::move(unit),
          std::move(group),
          value,
          range,
          {},
          advanced};
}

/// A choice, advanced; the first is the default.
[[nodiscard]] inline ParamSpec choiceParam(std::string id, std::string label, std::string help,
                                           std::string group, std::vector<ParamChoice> choices) {
  return {std::move(id),       std::move(label), std::move(help), "",  std::move(group),
          choices.front().key, std::nullopt,     choices,         true};
}

/// A switch, advanced.
[[nodiscard]] inline ParamSpec flagParam(std::string id, std::string label, std::string help,
                                         std::string group, bool value = false) {
  return {std::move(id),
          std::move(label),
          std::move(help),
          "",
          std::move(group),
          value,
          std::nullopt,
          {},
          true};
}

}  // namespace volpress
