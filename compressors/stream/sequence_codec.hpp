// The face of a compressor of sequences, and the ordered list of all of them.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/stream/dgsv.hpp"
#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress::compressors {

/// Frames that have the same Gaussians in the same order.
struct ClipRun {
  std::size_t firstFrame = 0;
  std::size_t frameCount = 0;
  std::size_t splats = 0;
};

/// How a sequence is cut. The same for every shard of an encode.
struct ClipPlan {
  struct Segment {
    std::size_t firstFrame, frameCount, run;
  };
  std::vector<ClipRun> runs;
  std::vector<Segment> segments;  ///< each within one run
  std::size_t frameCount = 0;
  std::size_t maxSplats = 0;
  unsigned shDegree = 0;
  AxisFrame frame = AxisFrame::RightDownForward;
  FilterMode filter = FilterMode::Default;
  Bounds bounds;
};

/// Looks at every frame: counts, order, SH degree. With `needsOrder` a step where the order is lost
/// is InvalidParameter, saying what to do; without, counts alone make runs.
[[nodiscard]] Result<ClipPlan> planClip(GaussianSequence& sequence, std::size_t segmentFrames,
                                        bool needsOrder, RunContext& context);

struct SequenceCodecInfo {
  std::string id;      ///< as in `--codec id`
  std::string fourcc;  ///< in the file
  std::string label, summary, paper, lost;
  std::vector<ParamSpec> params;     ///< "segment_frames" (int) is one of them
  std::vector<ParamPreset> presets;  ///< finest first; "default", or none, is the defaults
  std::string qualityKnob;
  bool needsOrder = true;
};

/// Takes frames as they are decoded; an error ends the work.
using FrameSink = std::function<Result<void>(std::size_t frame, GaussianCloud&& cloud)>;

/// Encodes segments of one sequence. Any order, any subset: a segment's bytes depend on the
/// sequence, the plan and the parameters only.
class ClipEncoder {
public:
  virtual ~ClipEncoder() = default;
  /// The codec's part of INIT.
  [[nodiscard]] virtual const Bytes& init() const = 0;
  [[nodiscard]] virtual std::uint32_t layerCount() const = 0;
  /// The layers of segment `index` of the plan.
  [[nodiscard]] virtual Result<std::vector<Bytes>> encodeSegment(std::size_t index,
                                                                 RunContext& context) = 0;
};

/// The frames of one segment, one after the other, as they are asked for.
class SegmentFrames {
public:
  virtual ~SegmentFrames() = default;
  /// The next frame; it passes `validate`. CorruptData after the last one.
  [[nodiscard]] virtual Result<GaussianCloud> next(RunContext& context) = 0;
  /// Passes over the next frame, for less work where the codec can.
  [[nodiscard]] virtual Result<void> skip(RunContext& context);
  /// After the last frame: CorruptData unless every byte was used.
  [[nodiscard]] virtual Result<void> finish() { return {}; }
  /// CRC-32C of the whole numbers that the last frame was made of: the same on every machine. 0
  /// where the codec does not tell.
  [[nodiscard]] virtual std::uint32_t digest() const { return 0; }
};

/// Decodes segments of one clip from untrusted bytes, in any order.
class ClipDecoder {
public:
  virtual ~ClipDecoder() = default;
  /// A segment, to be taken frame by frame; the decoder and the bytes of `layers` outlive it.
  /// `layers` holds at least one and may hold fewer than the clip has.
  [[nodiscard]] virtual Result<std::unique_ptr<SegmentFrames>> openSegment(
      std::size_t firstFrame, std::size_t frameCount, std::span<const ByteView> layers,
      RunContext& context) const = 0;
  /// Hands `frameCount` clouds that pass `validate` to `sink`, in order: by default as
  /// `openSegment` gives them.
  [[nodiscard]] virtual Result<void> decodeSegment(std::size_t firstFrame, std::size_t frameCount,
                                                   std::span<const ByteView> layers,
                                                   RunContext& context,
                                                   const FrameSink& sink) const;
};

class SequenceCodec {
public:
  virtual ~SequenceCodec() = default;
  [[nodiscard]] virtual const SequenceCodecInfo& info() const = 0;
  /// `sequence`, `plan` and `params` (completed) must outlive the encoder.
  [[nodiscard]] virtual Result<std::unique_ptr<ClipEncoder>> begin(GaussianSequence& sequence,
                                                                   const ClipPlan& plan,
                                                                   const ParamSet& params,
                                                                   RunContext& context) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<ClipDecoder>> open(const ClipInfo& info,
                                                                  RunContext& context) const = 0;
  /// Where the bytes of a segment go; the shares add up to those of its layers. By default a share
  /// a layer. From untrusted bytes.
  [[nodiscard]] virtual Result<std::vector<ByteShare>> breakdown(
      const ClipInfo& info, std::size_t frameCount, std::span<const ByteView> layers) const;
};

/// Adds to the share of that name, or begins one.
void addShare(std::vector<ByteShare>& shares, std::string_view name, std::uint64_t bytes);

/// What people are told of a codec of sequences, as of any other codec.
[[nodiscard]] CodecInfo describeSequenceCodec(const SequenceCodecInfo& info);

/// Every sequence codec (compressors/sequence_registry.cpp).
[[nodiscard]] std::span<const SequenceCodec* const> allSequenceCodecs();
[[nodiscard]] const SequenceCodec* findSequenceCodec(std::string_view id);
[[nodiscard]] const SequenceCodec* sequenceCodecForClip(const ClipInfo& info);

}  // namespace volpress::compressors
