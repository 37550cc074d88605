// Sweeping a codec's quality knob: the jobs that give its curve of quality against size.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/engine/compare.hpp"
#include "compressors/codec.hpp"

namespace volpress::engine {

/// No sweep takes more encodes than this.
inline constexpr std::size_t kMaxSweepEncodes = 64;

struct SweepRange {
  double low = 0;
  double high = 0;
};
/// A range but for its outermost twentieths, where nobody works.
[[nodiscard]] SweepRange sweepRange(const ParamRange& range);

/// Values of the knob of `info`, evenly over its sweepRange. Empty when the codec has no knob.
[[nodiscard]] std::vector<ParamValue> sweepValues(const compressors::CodecInfo& info,
                                                  std::size_t points);

/// Values of a knob from `low` to `high`, evenly (by ratio where its range is logarithmic), within
/// its range, on its steps, each once; in that order.
[[nodiscard]] std::vector<ParamValue> spreadValues(const ParamSpec& knob, double low, double high,
                                                   std::size_t points);

/// `points` choices for every codec with a quality knob, each preset of those without one.
/// InvalidParameter when that is over kMaxSweepEncodes.
[[nodiscard]] Result<std::vector<CodecChoice>> sweepChoices(const std::vector<CodecChoice>& codecs,
                                                            std::size_t points);

}  // namespace volpress::engine
