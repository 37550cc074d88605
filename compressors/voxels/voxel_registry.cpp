// The ordered list of all codecs of voxel sequences.
#include <algorithm>
#include <array>

#include "compressors/fpo/fpo.hpp"
#include "compressors/streamrf/streamrf.hpp"
#include "compressors/voxels/voxel_codec.hpp"

namespace volpress::compressors {

std::span<const VoxelSequenceCodec* const> allVoxelCodecs() {
  static const std::array<const VoxelSequenceCodec*, 2> kCodecs{&streamrfCodec(), &fpoCodec()};
  return kCodecs;
}

const VoxelSequenceCodec* findVoxelCodec(std::string_view id) {
  const auto codecs = allVoxelCodecs();
  const auto found = std::find_if(codecs.begin(), codecs.end(),
                                  [id](const auto* codec) { return codec->info().id == id; });
  return found == codecs.end() ? nullptr : *found;
}

const VoxelSequenceCodec* voxelCodecForClip(const ClipInfo& info) {
  const auto codecs = allVoxelCodecs();
  const auto found = std::find_if(codecs.begin(), codecs.end(), [&info](const auto* codec) {
    return codec->info().fourcc == info.codec;
  });
  return found == codecs.end() ? nullptr : *found;
}

}  // namespace volpress::compressors
