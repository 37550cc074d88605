// One frame, packed alone.
#pragma once

#include <span>
#include <vector>

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors::intra {

inline constexpr std::uint8_t kVersion = 1;  ///< the codec's part of INIT

struct FrameSettings {
  unsigned positionBits = 15;
  double coarseness = 1;  ///< times the usual steps
};

/// The layers of a frame: everything with plain colours, then each SH order.
[[nodiscard]] Result<std::vector<Bytes>> packFrame(const GaussianCloud& cloud,
                                                   const FrameSettings& settings,
                                                   RunContext& context);
/// From untrusted bytes; colours of orders beyond `layers` are 0.
[[nodiscard]] Result<GaussianCloud> unpackFrame(std::span<const ByteView> layers,
                                                const ClipInfo& info, RunContext& context);

}  // namespace volpress::compressors::intra
