// The face of a compressor of sequences of voxel fields, and the ordered list of all of them.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "compressors/stream/sequence_codec.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::compressors {

/// Where frames come from. Calls are const and may be made from any thread.
class VoxelSource {
public:
  virtual ~VoxelSource() = default;
  [[nodiscard]] virtual std::size_t frameCount() const noexcept = 0;
  /// Frame `index`; it passes `validate`. Errors name the file.
  [[nodiscard]] virtual Result<VoxelField> load(std::size_t index, TaskRunner& runner,
                                                const std::stop_token& stop) const = 0;
};

/// Encodes segments of one sequence, in any order: a segment's bytes depend on the sequence and the
/// parameters only.
class VoxelEncoder {
public:
  virtual ~VoxelEncoder() = default;
  /// The codec's part of INIT.
  [[nodiscard]] virtual const Bytes& init() const = 0;
  [[nodiscard]] virtual std::uint32_t layerCount() const = 0;
  /// The layers of `frameCount` frames from `firstFrame` on.
  [[nodiscard]] virtual Result<std::vector<Bytes>> encodeSegment(std::size_t firstFrame,
                                                                 std::size_t frameCount,
                                                                 RunContext& context) = 0;
};

/// The frames of one segment, one after the other.
class VoxelFrames {
public:
  virtual ~VoxelFrames() = default;
  /// The next frame; it passes `validate`. CorruptData after the last one.
  [[nodiscard]] virtual Result<VoxelField> next(RunContext& context) = 0;
  /// After the last frame: CorruptData unless every byte was used.
  [[nodiscard]] virtual Result<void> finish() = 0;
};

/// Decodes segments of one clip from untrusted bytes, in any order.
class VoxelDecoder {
public:
  virtual ~VoxelDecoder() = default;
  /// The decoder and the bytes of `layers` (at least one, perhaps fewer than the clip has) outlive
  /// the frames.
  [[nodiscard]] virtual Result<std::unique_ptr<VoxelFrames>> openSegment(
      std::size_t frameCount, std::span<const ByteView> layers, RunContext& context) const = 0;
};

class VoxelSequenceCodec {
public:
  virtual ~VoxelSequenceCodec() = default;
  [[nodiscard]] virtual const SequenceCodecInfo& info() const = 0;
  /// `source` and `params` (completed) must outlive the encoder.
  [[nodiscard]] virtual Result<std::unique_ptr<VoxelEncoder>> begin(const VoxelSource& source,
                                                                    const ParamSet& params,
                                                                    RunContext& context) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<VoxelDecoder>> open(ByteView init) const = 0;
  /// What a layer holds, for people.
  [[nodiscard]] virtual std::string layerWords(ByteView init, std::size_t layer) const = 0;
};

/// Every codec of voxel sequences (voxel_registry.cpp).
[[nodiscard]] std::span<const VoxelSequenceCodec* const> allVoxelCodecs();
[[nodiscard]] const VoxelSequenceCodec* findVoxelCodec(std::string_view id);
[[nodiscard]] const VoxelSequenceCodec* voxelCodecForClip(const ClipInfo& info);

}  // namespace volpress::compressors
