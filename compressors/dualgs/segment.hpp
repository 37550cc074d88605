// One segment: what the encoder makes of its frames, and how the decoder plays it.
#pragma once

#include <span>
#include <vector>

#include "compressors/coding/axis_choice.hpp"
#include "compressors/coding/color_book.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/dualgs/skin_model.hpp"
#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors::dualgs {

inline constexpr std::size_t kMotionChannels = 7;  ///< centre x y z, rotation w x y z
inline constexpr std::size_t kTables = 4;          ///< opacity, three log scales
/// What the last layer refines: the tables, by whole parts of their step, and the DC colours; from
/// kViewVersion on the other SH orders too.
inline constexpr std::size_t kRefined = kTables + 3;
inline constexpr float kRefinedParts = 4;
inline constexpr std::int32_t kMostRefined = 64;  ///< parts; damaged streams may say more

struct SegmentSettings {
  double coarseness = 1;       ///< times the usual steps of tables and rotations
  bool paperMotion = false;    ///< 11 bits over each channel's range instead of fixed steps
  double motionStep = 0.25;    ///< of joint centres, in median smallest scales
  double residualStep = 0.25;  ///< of what joints do not explain, in the same unit; 0: left out
  bool refine = false;         ///< a last layer of finer tables and colours, of kViewVersion
  double tableSlack = 0.5;     ///< in steps: how far beyond half a step a table may lag
  coding::BookOptions book;
};

/// Steps and ranges of a segment; what its first layer begins with.
struct SegmentHeader {
  std::array<float, kMotionChannels> motionStep{};
  float residualStep = 0;  ///< 0: positions follow from the joints alone
  float rotationStep = 0;  ///< 0: rotations follow from the joints alone; radians
  std::array<float, kTables> tableLow{}, tableStep{};
};

/// What the segments of a run share.
struct RunParts {
  const SkinModel& model;
  const MotionFitter& fitter;
  const coding::AxisChoice& axes;
};

/// The layers of frames [first, first + count) of one run.
[[nodiscard]] Result<std::vector<Bytes>> encodeSegment(GaussianSequence& sequence,
                                                       const ClipPlan::Segment& segment,
                                                       unsigned shDegree, const RunParts& run,
                                                       const SegmentSettings& settings,
                                                       RunContext& context);

/// Frames of a segment from untrusted bytes. `info`, `model` and the bytes outlive the result.
[[nodiscard]] Result<std::unique_ptr<SegmentFrames>> openSegment(const ClipInfo& info,
                                                                 const SkinModel& model,
                                                                 std::size_t frameCount,
                                                                 std::span<const ByteView> layers,
                                                                 RunContext& context);

/// How the first frame of the planes of splats is laid out for the symbol coder.
[[nodiscard]] inline coding::SymbolLayout firstLayout(std::size_t rows, std::size_t planes,
                                                      std::span<const std::uint32_t> near) {
  coding::SymbolLayout layout;
  layout.rows = rows;
  layout.channels = planes;
  layout.chain = planes;
  layout.neighbours = near;
  return layout;
}

/// Where the bytes of a segment go. From untrusted bytes.
[[nodiscard]] Result<std::vector<ByteShare>> segmentShares(std::uint8_t version, unsigned shDegree,
                                                           std::span<const ByteView> layers);

}  // namespace volpress::compressors::dualgs
