// One segment: what the encoder makes of its frames, and how the decoder plays it.
#pragma once

#include <span>
#include <vector>

#include "compressors/dualgs/color_book.hpp"
#include "compressors/dualgs/motion_fit.hpp"
#include "compressors/dualgs/skin_model.hpp"
#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors::dualgs {

inline constexpr std::size_t kMotionChannels = 7;  ///< centre x y z, rotation w x y z
inline constexpr std::size_t kTables = 4;          ///< opacity, three log scales

struct SegmentSettings {
  bool paperMotion = false;    ///< 11 bits over each channel's range instead of fixed steps
  double motionStep = 0.25;    ///< of joint centres, in median smallest scales
  double residualStep = 0.25;  ///< of what joints do not explain, in the same unit; 0: left out
  double tableSlack = 0.5;     ///< in steps: how far beyond half a step a table may lag
  BookOptions book;
};

/// Steps and ranges of a segment; what its first layer begins with.
struct SegmentHeader {
  std::array<float, kMotionChannels> motionStep{};
  float residualStep = 0;  ///< 0: positions follow from the joints alone
  float rotationStep = 0;  ///< 0: rotations follow from the joints alone; radians
  std::array<float, kTables> tableLow{}, tableStep{};
};

/// The layers of frames [first, first + count) of one run.
[[nodiscard]] Result<std::vector<Bytes>> encodeSegment(GaussianSequence& sequence,
                                                       const ClipPlan::Segment& segment,
                                                       unsigned shDegree, const SkinModel& model,
                                                       const MotionFitter& fitter,
                                                       const SegmentSettings& settings,
                                                       RunContext& context);

/// Frames of a segment from untrusted bytes, handed to `sink` one by one.
[[nodiscard]] Result<void> decodeSegment(const ClipInfo& info, const SkinModel& model,
                                         std::size_t firstFrame, std::size_t frameCount,
                                         std::span<const ByteView> layers, RunContext& context,
                                         const FrameSink& sink);

}  // namespace volpress::compressors::dualgs
