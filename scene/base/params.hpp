// Parameters as data: the panel, the command line, presets, the project file, the documentation
// and the validation all read the same list.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress {

/// bool, integer, real number, or the key of a choice.
using ParamValue = std::variant<bool, std::int64_t, double, std::string>;

struct ParamRange {
  double min = 0;
  double max = 1;
  double step = 0;           ///< 0: no preferred step
  bool logarithmic = false;  ///< how a slider spreads it
};

struct ParamChoice {
  std::string key;    ///< stable, written into files
  std::string label;  ///< shown to people
};

struct ParamSpec {
  std::string id;     ///< stable: written into files and used as `--set id=value`
  std::string label;  ///< shown in the panel
  std::string help;  ///< one plain sentence: what it is, and what size and quality do when it moves
  std::string unit;  ///< "%", "bits", empty for none
  std::string group;                 ///< panel section
  ParamValue defaultValue;           ///< its alternative is the parameter's type
  std::optional<ParamRange> range;   ///< numbers only
  std::vector<ParamChoice> choices;  ///< non-empty exactly when the type is a choice key
  bool advanced = false;             ///< folded away by default
};

/// Values by parameter id. Ordered, so that what is written from it is deterministic.
using ParamSet = std::map<std::string, ParamValue, std::less<>>;

/// A named set of values; what it does not name keeps its default.
struct ParamPreset {
  std::string id;
  std::string label;
  std::string help;
  ParamSet values;
};

[[nodiscard]] const ParamSpec* findParam(std::span<const ParamSpec> specs, std::string_view id);

/// Parses `text` as the type of `spec` and checks it against range and choices.
[[nodiscard]] Result<ParamValue> parseParamValue(const ParamSpec& spec, std::string_view text);

/// The value as `--set` would take it back.
[[nodiscard]] std::string formatParamValue(const ParamValue& value);

/// Fills in defaults and checks everything: unknown ids (with the nearest known one named), wrong
/// types and values out of range are InvalidParameter. An integer is accepted for a real number.
[[nodiscard]] Result<ParamSet> completeParams(std::span<const ParamSpec> specs,
                                              const ParamSet& given);

/// Reads of a completed set. The id must exist with that type: a miss is a bug of the caller.
[[nodiscard]] bool paramBool(const ParamSet& params, std::string_view id);
[[nodiscard]] std::int64_t paramInt(const ParamSet& params, std::string_view id);
[[nodiscard]] double paramReal(const ParamSet& params, std::string_view id);
[[nodiscard]] const std::string& paramChoice(const ParamSet& params, std::string_view id);

}  // namespace volpress
