#include "app/engine/target_encode.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace volpress::engine {

Result<const ParamSpec*> qualityKnobOf(const compressors::CodecInfo& info) {
  const ParamSpec* knob = findParam(info.params, info.qualityKnob);
  if (knob == nullptr || !knob->range) {
    return fail(ErrorCode::InvalidParameter,
                "{} has no quality knob, so it cannot be steered to a size or quality; leave the "
                "target away or choose another codec",
                info.label);
  }
  return knob;
}

Result<Bytes> encodeForTarget(const ParamSpec& knob, ParamSet params, const QualityTarget& target,
                              const TargetTrials& trials, Evaluation& evaluation) {
  const ParamValue start = params.at(knob.id);
  std::size_t trial = 0;
  std::vector<std::pair<ParamValue, Bytes>> kept;  // bytes of the trials, at most eight
  const auto measure = [&](const ParamValue& value) -> Result<double> {
    if (trials.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    params[knob.id] = value;
    VOLPRESS_TRY(Bytes bytes, trials.encode(params, trial++));
    auto reached = static_cast<double>(bytes.size());
    if (target.kind == QualityTarget::Kind::MeanPsnr) {
      VOLPRESS_TRY(reached, trials.qualityOf(bytes));
    }
    trials.log(fmt::format("trial {}: {} {} gives {}", trial, knob.id, formatParamValue(value),
                           describeTarget(target.kind, reached)));
    kept.emplace_back(value, std::move(bytes));
    return reached;
  };
  VOLPRESS_TRY(const TargetOutcome outcome, searchTarget(knob, start, target, measure));
  if (!outcome.reached) {
    trials.log(outcome.message);
    evaluation.missedTarget = outcome.message;
  }
  evaluation.encodes = outcome.encodes;
  evaluation.settled = {{knob.id, outcome.knob}};
  const auto chosen = std::find_if(kept.begin(), kept.end(),
                                   [&](const auto& one) { return one.first == outcome.knob; });
  return std::move(chosen->second);
}

}  // namespace volpress::engine
