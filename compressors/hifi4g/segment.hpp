// One segment: what the encoder makes of its frames, and how any of them is decoded.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "compressors/hifi4g/key_frame.hpp"
#include "compressors/hifi4g/residual_block.hpp"
#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors::hifi4g {

inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kNodeChannels = 7;  ///< centre x y z, rotation w x y z
/// Nodes times frames of a segment, so that their motion fits into memory.
inline constexpr std::size_t kMostNodeFrames = std::size_t{1} << 22;

struct SegmentSettings {
  KeySettings key;
  unsigned motionBits = 11, appearanceBits = 7;
  bool compensate = true;  ///< false: residuals to the key frame where it was (for comparison)
};

/// The layers of a segment.
[[nodiscard]] Result<std::vector<Bytes>> encodeSegment(GaussianSequence& sequence,
                                                       const ClipPlan::Segment& segment,
                                                       unsigned shDegree,
                                                       const SegmentSettings& settings,
                                                       RunContext& context);

/// A segment in untrusted bytes that outlive it: its key frame and node motion are decoded, frames
/// when they are asked for, each without any other.
class SegmentDecoder {
public:
  [[nodiscard]] static Result<std::unique_ptr<SegmentDecoder>> open(
      const ClipInfo& info, std::size_t frames, std::span<const ByteView> layers,
      RunContext& context);
  /// Frame `index` of the segment (below its frame count). Const calls may run side by side.
  [[nodiscard]] Result<GaussianCloud> frame(std::size_t index, TaskRunner& runner) const;
  [[nodiscard]] std::size_t frameCount() const noexcept { return m_frames; }
  /// CRC-32C of the whole numbers that frame `index` is made of, and of the key frame's values as
  /// they came from theirs; 0 when a block is damaged.
  [[nodiscard]] std::uint32_t digest(std::size_t index) const;

private:
  struct Layer {
    KeyBlock key;
    std::vector<float> step;          ///< of each channel's residual
    std::vector<CheckedPart> blocks;  ///< of frames 1, 2, ...
  };
  [[nodiscard]] Result<void> openNodes(ByteReader& reader);
  [[nodiscard]] Result<std::vector<std::int32_t>> motionBins(std::size_t index) const;
  [[nodiscard]] Result<std::vector<std::int32_t>> paintBins(std::size_t index,
                                                            unsigned order) const;
  [[nodiscard]] Result<void> moveSplats(std::size_t index, TaskRunner& runner,
                                        GaussianCloud& cloud) const;
  [[nodiscard]] Result<void> paint(std::size_t index, unsigned order, GaussianCloud& cloud) const;

  const ClipInfo* m_info = nullptr;
  std::size_t m_frames = 0;
  KeyFrame m_key;
  std::array<float, kNodeChannels> m_nodeStep{};
  std::vector<std::vector<std::int32_t>> m_nodeBins;  ///< [channel][frame * nodes + node]
  std::vector<float> m_motionStep;
  std::vector<CheckedPart> m_motion;  ///< of frames 1, 2, ...
  std::vector<Layer> m_layers;        ///< by SH order
};

/// Where the bytes of a segment go. From untrusted bytes.
[[nodiscard]] Result<std::vector<ByteShare>> segmentShares(std::size_t frames,
                                                           std::span<const ByteView> layers);

/// The places of the nodes in a frame from their bins ([channel][frame * nodes + node]).
[[nodiscard]] std::vector<DualQuaternion> decodedMotions(
    const KeyFrame& key, std::span<const float, kNodeChannels> step,
    std::span<const std::vector<std::int32_t>> bins, std::size_t frame);

/// Channels of the motion block: 3 of positions, 3 of rotations (imaginary part of the turn that is
/// left), or 4 (difference of quaternions) in the paper's profile.
[[nodiscard]] inline std::size_t motionChannels(const KeyFrame& key) { return key.paper ? 7 : 6; }

}  // namespace volpress::compressors::hifi4g
