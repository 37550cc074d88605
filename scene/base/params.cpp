#include "scene/base/params.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace volpress {
namespace {

/// Levenshtein distance, for "did you mean".
std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

std::string listChoices(const ParamSpec& spec) {
  std::string list;
  for (const ParamChoice& choice : spec.choices) {
    list += (list.empty() ? "" : ", ") + choice.key;
  }
  return list;
}

template <typename T>
std::optional<T> parseNumber(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

Result<ParamValue> checkValue(const ParamSpec& spec, ParamValue value) {
  if (std::holds_alternative<double>(spec.defaultValue) &&
      std::holds_alternative<std::int64_t>(value)) {
    value = static_cast<double>(std::get<std::int64_t>(value));
  }
  if (value.index() != spec.defaultValue.index()) {
    return fail(ErrorCode::InvalidParameter, "parameter {}: '{}' has the wrong type", spec.id,
                formatParamValue(value));
  }
  if (const auto* key = std::get_if<std::string>(&value)) {
    const auto found = std::find_if(spec.choices.begin(), spec.choices.end(),
                                    [&](const ParamChoice& choice) { return choice.key == *key; });
    if (found == spec.choices.end()) {
      return fail(ErrorCode::InvalidParameter, "parameter {}: '{}' is none of {}", spec.id, *key,
                  listChoices(spec));
    }
  }
  if (spec.range) {
    double number = 0;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      number = static_cast<double>(*integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      number = *real;
    }
    if (!(number >= spec.range->min && number <= spec.range->max)) {
      return fail(ErrorCode::InvalidParameter, "parameter {}: {} is outside {} .. {}", spec.id,
                  number, spec.range->min, spec.range->max);
    }
  }
  return value;
}

template <typename T>
const T& paramOf(const ParamSet& params, std::string_view id) {
  const auto found = params.find(id);
  if (found == params.end()) {
    throw std::logic_error(fmt::format("parameter {} was not completed", id));
  }
  return std::get<T>(found->second);
}

}  // namespace

const ParamSpec* findParam(std::span<const ParamSpec> specs, std::string_view id) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const ParamSpec& spec) { return spec.id == id; });
  return found == specs.end() ? nullptr : &*found;
}

Result<ParamValue> parseParamValue(const ParamSpec& spec, std::string_view text) {
  std::optional<ParamValue> value;
  if (std::holds_alternative<bool>(spec.defaultValue)) {
    if (text == "true" || text == "1" || text == "on" || text == "yes") {
      value = true;
    } else if (text == "false" || text == "0" || text == "off" || text == "no") {
      value = false;
    }
  } else if (std::holds_alternative<std::int64_t>(spec.defaultValue)) {
    if (const auto number = parseNumber<std::int64_t>(text)) {
      value = *number;
    }
  } else if (std::holds_alternative<double>(spec.defaultValue)) {
    if (const auto number = parseNumber<double>(text); number && std::isfinite(*number)) {
      value = *number;
    }
  } else {
    value = std::string(text);
  }
  if (!value) {
    return fail(ErrorCode::InvalidParameter, "parameter {}: cannot read '{}'", spec.id, text);
  }
  return checkValue(spec, std::move(*value));
}

std::string formatParamValue(const ParamValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "true" : "false";
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return fmt::format("{}", *integer);
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return fmt::format("{}", *real);
  }
  return std::get<std::string>(value);
}

Result<ParamSet> completeParams(std::span<const ParamSpec> specs, const ParamSet& given) {
  ParamSet complete;
  for (const ParamSpec& spec : specs) {
    complete[spec.id] = spec.defaultValue;
  }
  for (const auto& [id, value] : given) {
    const ParamSpec* spec = findParam(specs, id);
    if (spec == nullptr) {
      const auto nearest =
          std::min_element(specs.begin(), specs.end(), [&name = id](const auto& a, const auto& b) {
            return editDistance(a.id, name) < editDistance(b.id, name);
          });
      return fail(ErrorCode::InvalidParameter, "there is no parameter '{}'{}", id,
                  nearest == specs.end() ? "" : fmt::format("; did you mean '{}'?", nearest->id));
    }
    VOLPRESS_TRY(complete[id], checkValue(*spec, value));
  }
  return complete;
}

bool paramBool(const ParamSet& params, std::string_view id) { return paramOf<bool>(params, id); }

std::int64_t paramInt(const ParamSet& params, std::string_view id) {
  return paramOf<std::int64_t>(params, id);
}

double paramReal(const ParamSet& params, std::string_view id) {
  return paramOf<double>(params, id);
}

const std::string& paramChoice(const ParamSet& params, std::string_view id) {
  return paramOf<std::string>(params, id);
}

}  // namespace volpress
