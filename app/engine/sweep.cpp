#include "app/engine/sweep.hpp"
#include "app/engine/codec_info.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::engine {
namespace {

constexpr double kFirstShare = 0.05;
constexpr double kLastShare = 0.95;

}  // namespace

std::vector<ParamValue> spreadValues(const ParamSpec& knob, double low, double high,
                                     std::size_t points) {
  std::vector<ParamValue> values;
  if (!knob.range) {
    return values;
  }
  const ParamRange& range = *knob.range;
  const bool byRatio = range.logarithmic && low > 0 && high > 0;
  for (std::size_t i = 0; i < points; ++i) {
    const double share =
        points == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(points - 1);
    double number = byRatio ? low * std::pow(high / low, share) : low + share * (high - low);
    if (range.step > 0) {
      number = range.min + std::round((number - range.min) / range.step) * range.step;
    }
    number = std::clamp(number, range.min, range.max);
    ParamValue value = number;
    if (std::holds_alternative<std::int64_t>(knob.defaultValue)) {
      value = static_cast<std::int64_t>(std::llround(number));
    }
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(std::move(value));
    }
  }
  return values;
}

SweepRange sweepRange(const ParamRange& range) {
  const bool byRatio = range.logarithmic && range.min > 0;
  const auto at = [&](double share) {
    return byRatio ? range.min * std::pow(range.max / range.min, share)
                   : range.min + share * (range.max - range.min);
  };
  return {at(kFirstShare), at(kLastShare)};
}

std::vector<ParamValue> sweepValues(const compressors::CodecInfo& info, std::size_t points) {
  const ParamSpec* knob = findParam(info.params, info.qualityKnob);
  if (knob == nullptr || !knob->range) {
    return {};
  }
  const SweepRange usual = sweepRange(*knob->range);
  return spreadValues(*knob, usual.low, usual.high, points);
}

Result<std::vector<CodecChoice>> sweepChoices(const std::vector<CodecChoice>& codecs,
                                              std::size_t points) {
  std::vector<CodecChoice> choices;
  for (const CodecChoice& wanted : codecs) {
    VOLPRESS_TRY(const compressors::CodecInfo* known, codecInfoOf(wanted.codec));
    const compressors::CodecInfo& info = *known;
    const std::vector<ParamValue> values = sweepValues(info, points);
    for (const ParamValue& value : values) {
      choices.push_back({wanted.codec, wanted.preset, {{info.qualityKnob, value}}});
    }
    if (values.empty()) {
      choices.push_back({wanted.codec, "default", {}});
      for (const ParamPreset& preset : info.presets) {
        if (preset.id != "default") {
          choices.push_back({wanted.codec, preset.id, {}});
        }
      }
    }
  }
  if (choices.size() > kMaxSweepEncodes) {
    return fail(ErrorCode::InvalidParameter,
                "that would be {} encodes, over the {} of one sweep; take fewer codecs or points",
                choices.size(), kMaxSweepEncodes);
  }
  return choices;
}

}  // namespace volpress::engine
