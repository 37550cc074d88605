// Encoding until a file has a wanted size or quality, whatever kind of scene it holds.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

#include "app/engine/target_search.hpp"
#include "compressors/codec.hpp"
#include "scene/base/bytes.hpp"

namespace volpress::engine {

/// The one parameter that a search for a target moves. InvalidParameter when the codec has none.
[[nodiscard]] Result<const ParamSpec*> qualityKnobOf(const compressors::CodecInfo& info);

/// What a search asks of the kind of scene at hand.
struct TargetTrials {
  /// The bytes that these parameters give; `trial` counts from 0.
  std::function<Result<Bytes>(const ParamSet& params, std::size_t trial)> encode;
  /// Mean PSNR of what they decode to, dB. Asked for by targets of quality only.
  std::function<Result<double>(ByteView file)> qualityOf;
  std::function<void(const std::string&)> log;
  std::stop_token stop;
};

/// The file of the value of `knob` where `searchTarget` ends; `params` hold the one that it starts
/// from. `evaluation` is told of the encodes and of that value, the log of every trial. Errors of a
/// trial, and Cancelled, end the search.
[[nodiscard]] Result<Bytes> encodeForTarget(const ParamSpec& knob, ParamSet params,
                                            const QualityTarget& target, const TargetTrials& trials,
                                            Evaluation& evaluation);

}  // namespace volpress::engine
